/** What a place on the slider stands for, above the pointer: version, message, author and time. */
import { displayName, formatInstant, TimeAgo } from '../../../ui'
import { useVersions } from '../use-versions'
import classes from './time-slider.module.css'
import { pendingWords, subjectOf } from './words'

export function Bubble({
  position,
  head,
  pending,
  left,
}: {
  readonly position: number
  readonly head: number
  readonly pending: number
  /** In pixels from the left edge of the window. */
  readonly left: number
}) {
  const entry = useVersions(position <= head ? [position] : []).entry(position)
  return (
    <div className={classes.bubble} style={{ left: `clamp(172px, ${left}px, calc(100vw - 172px))` }} aria-hidden>
      {position > head ? (
        <>
          <strong>Now</strong>
          <p className={classes.aside}>{`Version ${head} with ${pendingWords(pending)}`}</p>
        </>
      ) : position === 0 ? (
        <>
          <strong>Version 0</strong>
          <p className={classes.aside}>The empty pond, before the first commit</p>
        </>
      ) : (
        <>
          <p className={classes.bubbleHead}>
            <strong>Version {position}</strong>
            {entry !== undefined && <TimeAgo className={classes.aside} instant={entry.committedAt} />}
          </p>
          {entry !== undefined && (
            <>
              <p className={classes.message}>{subjectOf(entry.message)}</p>
              <p className={classes.aside}>
                {displayName(entry.author)} ·{' '}
                <span className={classes.instant}>{formatInstant(entry.committedAt)}</span>
              </p>
            </>
          )}
        </>
      )}
    </div>
  )
}
