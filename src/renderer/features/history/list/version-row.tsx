/** One version in the list: its place in time, message, author, age, and what it changed. */
import type { FileVersion, LogEntry } from '../../../../shared/model'
import { usePendingCount, useRead } from '../../../session'
import { ChangeBadge, ChangeCountsBadge, displayName, formatAgo, SizeText, TimeAgo, useNow } from '../../../ui'
import type { RowKey } from '../choice'
import { pendingWords, subjectOf } from '../slider/words'
import classes from './version-list.module.css'

/** What the mouse did to a row. */
export type RowEvent =
  | { readonly kind: 'pick'; readonly key: RowKey; readonly extend: boolean }
  | { readonly kind: 'look'; readonly key: RowKey }
  | { readonly kind: 'menu'; readonly key: RowKey; readonly x: number; readonly y: number }

export interface VersionRowProps {
  readonly id: string
  readonly row: RowKey
  /** Undefined until it is read, and for what is pending. */
  readonly entry: LogEntry | undefined
  /** In the history of one entry: how this version changed it. */
  readonly change: FileVersion | null
  /** The window shows this moment. */
  readonly here: boolean
  /** And it is not now. */
  readonly past: boolean
  readonly chosen: boolean
  readonly active: boolean
  readonly index: number
  readonly count: number
  readonly top: number
  onEvent(event: RowEvent): void
}

export function VersionRow({
  id,
  row,
  entry,
  change,
  here,
  past,
  chosen,
  active,
  index,
  count,
  top,
  onEvent,
}: VersionRowProps) {
  const now = useNow()
  const pending = usePendingCount()
  const name =
    row === 'pending'
      ? `Pending, ${pendingWords(pending)}`
      : [
          `Version ${row}`,
          ...(entry === undefined
            ? []
            : [subjectOf(entry.message), displayName(entry.author), formatAgo(entry.committedAt, now)]),
        ].join(', ')
  return (
    <div
      id={id}
      role="option"
      aria-label={name}
      aria-selected={chosen}
      aria-current={here ? 'true' : undefined}
      aria-posinset={index + 1}
      aria-setsize={count}
      data-pending={row === 'pending' || undefined}
      data-first={index === 0 || undefined}
      data-last={index === count - 1 || undefined}
      data-active={active || undefined}
      className={classes.row}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => onEvent({ kind: 'pick', key: row, extend: event.shiftKey })}
      onDoubleClick={() => onEvent({ kind: 'look', key: row })}
      onContextMenu={(event) => {
        event.preventDefault()
        onEvent({ kind: 'menu', key: row, x: event.clientX, y: event.clientY })
      }}
    >
      <span className={classes.dot} data-here={here || undefined} data-past={past || undefined} />
      <span className={classes.number}>{row === 'pending' ? '' : row}</span>
      <span className={classes.words}>
        {row === 'pending' ? (
          <PendingWords change={change} />
        ) : (
          <VersionWords entry={entry} change={change} past={past} />
        )}
      </span>
    </div>
  )
}

function PendingWords({ change }: { readonly change: FileVersion | null }) {
  const pending = usePendingCount()
  const { data } = useRead(['status'], (api) => api.changes.status(), { at: 'pending' })
  return (
    <>
      <span className={classes.line}>
        <b className={classes.subject}>Pending</b>
        <span className={classes.aside}>not committed yet</span>
      </span>
      <span className={classes.line}>
        <span className={classes.author}>{pendingWords(pending)}</span>
        {change !== null ? (
          <EntryChange change={change} />
        ) : (
          data !== undefined && <ChangeCountsBadge counts={data.counts} />
        )}
      </span>
    </>
  )
}

function VersionWords({
  entry,
  change,
  past,
}: {
  readonly entry: LogEntry | undefined
  readonly change: FileVersion | null
  readonly past: boolean
}) {
  if (entry === undefined) return <span className={classes.unread} aria-hidden />
  return (
    <>
      <span className={classes.line}>
        <span className={classes.subject} title={entry.message}>
          {subjectOf(entry.message)}
        </span>
        <TimeAgo className={classes.aside} instant={entry.committedAt} />
      </span>
      <span className={classes.line}>
        <span className={classes.author}>{displayName(entry.author)}</span>
        {past && <span className={classes.here}>shown</span>}
        {change !== null ? <EntryChange change={change} /> : <ChangeCountsBadge counts={entry.counts} />}
      </span>
    </>
  )
}

function EntryChange({ change }: { readonly change: FileVersion }) {
  return (
    <span className={classes.change}>
      <span className={classes.aside}>
        <SizeText bytes={change.size} />
      </span>
      <ChangeBadge change={change.change} oldPath={change.oldPath} />
    </span>
  )
}
