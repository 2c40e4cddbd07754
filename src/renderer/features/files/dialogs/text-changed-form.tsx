/** A text was to be saved over other content than it was made from: both are shown before one gives way. */
import { Button, Group, Loader, Stack, TextInput } from '@mantine/core'
import { lazy, Suspense, useEffect, useState } from 'react'
import { baseName, childPath, parentPath, type PondPath } from '../../../../shared/path'
import type { WireError } from '../../../../shared/model'
import { failureOf, keepDraft, readContent, useConnection, usePond, useSession } from '../../../session'
import { displayName, ErrorState, formatBytes } from '../../../ui'
import { problemOf } from '../navigator/tree-row'
import { revealInTree, showDialog } from '../state'
import { contentOf } from '../viewer/content'
import { decodeText } from '../viewer/text-document'
import { useSaveText } from '../viewer/use-save-text'
import classes from './dialogs.module.css'

const TextDiff = lazy(() => import('../../../ui/diff/text-diff'))

/** Beyond this, comparing in a page would take longer than anybody looks. */
const MOST_TEXT_BYTES = 4_000_000

export function TextChangedForm({
  path,
  text,
  found,
}: {
  readonly path: string
  readonly text: string
  readonly found: string | null
}) {
  const save = useSaveText()
  const { pondId } = usePond()
  const [seen, setSeen] = useState(found)
  const [name, setName] = useState<string | null>(null)
  const [taken, setTaken] = useState(false)
  const [busy, setBusy] = useState(false)
  const there = useText(path, seen)
  const { api } = useConnection()

  const done = (saved: string): void => {
    keepDraft(pondId, path, null)
    showDialog(null)
    if (saved !== path) {
      useSession.getState().select(saved)
      revealInTree(saved)
    }
  }
  const overwrite = async (): Promise<void> => {
    setBusy(true)
    const outcome = await save(path, text, seen)
    setBusy(false)
    if (outcome === 'saved') done(path)
    // Once more something else: that has to be seen first.
    else if (typeof outcome === 'object') setSeen(outcome.found)
    else if (outcome === 'taken') setSeen(await hashAt())
  }
  const hashAt = async (): Promise<string | null> =>
    api.files.stat({ path }).then(
      (entry) => entry.sha256,
      () => null,
    )
  const saveAs = async (): Promise<void> => {
    if (name === null) return
    const to = childPath(parentPath(path as PondPath), name)
    setBusy(true)
    const outcome = await save(to, text, null)
    setBusy(false)
    if (outcome === 'saved') done(to)
    else if (outcome === 'taken') setTaken(true)
  }

  const problem = name === null ? '' : taken ? 'An entry of this name is there already' : problemOf(name)
  return (
    <Stack gap={12}>
      <p className={classes.lead}>
        {seen === null
          ? `${displayName(baseName(path))} is not there any more: it was deleted or moved since you began. `
          : `${displayName(baseName(path))} has other content than the one you began with. `}
        Nothing was saved, and your edits are kept.
      </p>
      {seen !== null && (
        <div className={classes.both} role="region" aria-label="What is there now, and your edits">
          {there.failure !== null ? (
            <ErrorState compact title="What is there now cannot be shown" failure={there.failure} />
          ) : there.text === null ? (
            <Loader size="xs" aria-label="Reading what is there now" />
          ) : there.text === '' && there.tooLarge ? (
            <p className={classes.note}>Too large to be compared here: {formatBytes(there.size)} are there now.</p>
          ) : (
            <Suspense fallback={<Loader size="xs" aria-label="Comparing" />}>
              <TextDiff before={there.text} after={text} names={{ before: 'What is there now', after: 'Your edits' }} />
            </Suspense>
          )}
        </div>
      )}
      {name !== null && (
        <TextInput
          label={`Name, in ${displayName(parentPath(path as PondPath))}`}
          spellCheck={false}
          autoFocus
          value={name}
          error={problem === '' ? null : problem}
          onChange={(event) => {
            setTaken(false)
            setName(event.currentTarget.value)
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && problem === '') void saveAs()
          }}
        />
      )}
      <Group justify="flex-end" gap={8}>
        <Button variant="default" data-autofocus onClick={() => showDialog(null)}>
          Go on editing
        </Button>
        {name === null ? (
          <>
            <Button variant="default" onClick={() => setName(anotherName(baseName(path)))}>
              Save as…
            </Button>
            <Button
              color="red"
              loading={busy}
              disabled={seen !== null && there.text === null && there.failure === null}
              onClick={() => void overwrite()}
            >
              {seen === null ? 'Save it there again' : 'Replace what is there'}
            </Button>
          </>
        ) : (
          <Button loading={busy} disabled={problem !== ''} onClick={() => void saveAs()}>
            Save under this name
          </Button>
        )}
      </Group>
    </Stack>
  )
}

/** `notes.txt` becomes `notes (mine).txt`. */
function anotherName(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? `${name.slice(0, dot)} (mine)${name.slice(dot)}` : `${name} (mine)`
}

interface There {
  readonly text: string | null
  readonly tooLarge: boolean
  readonly size: number
  readonly failure: WireError | null
}
const NOT_YET: There = { text: null, tooLarge: false, size: 0, failure: null }

/** The text of a path as it is now, if it has this hash. */
function useText(path: string, sha256: string | null): There {
  const connection = useConnection()
  const { pondId } = usePond()
  const [there, setThere] = useState(NOT_YET)
  useEffect(() => {
    setThere(NOT_YET)
    if (sha256 === null) return
    const abort = new AbortController()
    const read = async (): Promise<There> => {
      const entry = await connection.api.files.stat({ path }, { signal: abort.signal })
      const size = entry.size ?? 0
      if (size > MOST_TEXT_BYTES) return { text: '', tooLarge: true, size, failure: null }
      const expected = contentOf({ ...entry, sha256 })
      const bytes = await readContent(connection, { pondId, path, at: 'pending', expected, signal: abort.signal })
      return { text: decodeText(bytes, true).text, tooLarge: false, size, failure: null }
    }
    read().then(
      (read) => !abort.signal.aborted && setThere(read),
      (error: unknown) => !abort.signal.aborted && setThere({ ...NOT_YET, failure: failureOf(error) }),
    )
    return () => abort.abort()
  }, [connection, pondId, path, sha256])
  return there
}
