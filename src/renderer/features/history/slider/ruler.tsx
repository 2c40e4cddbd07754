/** The marks under the slider's rail: a tick per version where there is room, clock times at some of them. */
import { memo } from 'react'
import { useNow } from '../../../ui'
import { useVersions } from '../use-versions'
import { fractionOf, type Ruler } from './scale'
import classes from './time-slider.module.css'
import { clockLabels } from './words'

const percent = (position: number, head: number): string => `${(100 * fractionOf(position, head)).toFixed(4)}%`

export const Ticks = memo(function Ticks({ ruler, head }: { readonly ruler: Ruler; readonly head: number }) {
  const versions = useVersions(ruler.labelled)
  const now = useNow()
  const clocks = clockLabels(
    ruler.labelled.map((version) => versions.entry(version)?.committedAt),
    now,
  )
  const labelled = new Set(ruler.labelled)
  return (
    <div className={classes.ruler} aria-hidden>
      {ruler.ticks.map((version) => (
        <span
          key={version}
          className={classes.tick}
          data-major={labelled.has(version) || undefined}
          style={{ left: percent(version, head) }}
        />
      ))}
      {ruler.labelled.map((version, i) => (
        <span
          key={version}
          className={classes.label}
          data-first={version === 0 || undefined}
          style={{ left: percent(version, head) }}
        >
          <b>{version === 0 ? 'Empty' : version}</b>
          {clocks[i] != null && <span>{clocks[i]}</span>}
        </span>
      ))}
      <span className={classes.label} data-now>
        <b>Now</b>
      </span>
    </div>
  )
})
