/** Which entry's versions are listed: a path, or nothing for the whole pond. */
import { TextInput } from '@mantine/core'
import { IconFilter, IconFocusCentered, IconX } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useSession } from '../../../session'
import { displayName, IconButton } from '../../../ui'
import classes from '../history-view.module.css'

/** Long enough that a path is not looked up letter by letter. */
const PAUSE_MS = 300

export function PathFilter() {
  const path = useSession((s) => s.historyPath)
  const selected = useSession((s) => s.selected)
  const [text, setText] = useState(path ?? '')
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  useEffect(() => setText(path ?? ''), [path])
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current)
    },
    [],
  )

  const apply = (typed: string): void => {
    if (timer.current !== null) clearTimeout(timer.current)
    timer.current = null
    const next = pathOf(typed)
    if (next !== path) useSession.setState({ historyPath: next })
  }
  const type = (typed: string): void => {
    setText(typed)
    if (timer.current !== null) clearTimeout(timer.current)
    timer.current = setTimeout(() => apply(typed), PAUSE_MS)
  }
  const useful = selected !== null && selected !== '/' && selected !== path
  return (
    <div className={classes.filter}>
      <TextInput
        aria-label="Only versions of this path"
        placeholder="Only versions of a path"
        spellCheck={false}
        leftSection={<IconFilter size={14} stroke={1.6} />}
        value={text}
        onChange={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') apply(text)
          if (event.key === 'Escape') apply('')
        }}
        rightSection={
          text !== '' ? (
            <IconButton size={20} label="Show all versions" icon={<IconX size={14} />} onClick={() => apply('')} />
          ) : useful ? (
            <IconButton
              size={20}
              label={`Only versions of ${displayName(selected)}`}
              icon={<IconFocusCentered size={14} stroke={1.6} />}
              onClick={() => apply(selected)}
            />
          ) : null
        }
      />
    </div>
  )
}

/** Null for no path; the leading slash may be left out and a trailing one does not matter. */
function pathOf(typed: string): string | null {
  const path = typed
    .trim()
    .replace(/^\/*/, '/')
    .replace(/(.)\/+$/, '$1')
  return path === '/' ? null : path
}
