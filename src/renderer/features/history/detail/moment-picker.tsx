/** One side of a comparison: a version from the list, or anything that names a moment, such as a date. */
import { Autocomplete } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useHead } from '../../../session'
import { TimeAgo } from '../../../ui'
import { momentName, parseMoment } from '../choice'
import { subjectOf } from '../slider/words'
import { useVersions } from '../use-versions'
import classes from './detail.module.css'

/** Suggested without typing; every other version can be typed. */
const NEWEST = 40

export function MomentPicker({
  label,
  value,
  onPick,
}: {
  readonly label: string
  /** As the API takes it. */
  readonly value: string
  onPick(moment: string): void
}) {
  const head = useHead()
  const name = momentName(value, head)
  const [text, setText] = useState(name)
  const [opened, setOpened] = useState(false)
  // Only an open list is worth building: there are two of these, and versions go by fast.
  const newest = opened ? Array.from({ length: Math.min(NEWEST, head) }, (_, i) => head - i) : []
  const versions = useVersions(newest)
  useEffect(() => setText(name), [name])

  const settle = (typed: string): void => {
    const moment = parseMoment(typed)
    if (moment === null || momentName(moment, head) === name) setText(name)
    else onPick(moment)
  }
  return (
    <Autocomplete
      className={classes.picker}
      size="xs"
      aria-label={label}
      spellCheck={false}
      value={text}
      onChange={setText}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={() => settle(text)}
      onOptionSubmit={settle}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setText(name)
        if (event.key === 'Enter' && !event.currentTarget.hasAttribute('aria-activedescendant')) {
          settle(text)
          setOpened(false)
        }
      }}
      data={opened ? ['Pending', ...newest.map((version) => `Version ${version}`), 'Version 0'] : []}
      // What stands in the field is not what one looks for.
      filter={({ options, search }) => {
        const words = search === name ? '' : search.trim().toLowerCase()
        return options.filter((option) => 'label' in option && option.label.toLowerCase().includes(words))
      }}
      comboboxProps={{ width: 360, position: 'bottom-start' }}
      classNames={{ options: classes.options }}
      // The list scrolls itself: as the field's own popup it needs no place in the tab order.
      withScrollArea={false}
      dropdownOpened={opened}
      onDropdownOpen={() => setOpened(true)}
      onDropdownClose={() => setOpened(false)}
      renderOption={({ option }) => {
        const version = /^Version (\d+)$/.exec(option.value)?.[1]
        const entry = version === undefined ? undefined : versions.entry(Number(version))
        return (
          <span className={classes.option}>
            <b>{option.value}</b>
            <span className="pond-ellipsis">
              {version === undefined
                ? 'Now, with what is pending'
                : entry !== undefined
                  ? subjectOf(entry.message)
                  : version === '0'
                    ? 'The empty pond'
                    : ''}
            </span>
            {entry !== undefined && <TimeAgo instant={entry.committedAt} />}
          </span>
        )
      }}
    />
  )
}
