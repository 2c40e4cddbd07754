/**
 * What the chosen version changed, or how two moments differ: who, when and why above, the entries
 * below. Both sides are always named and either can be named anew.
 */
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { ChangePage } from '../../../../shared/contract'
import { failureOf, useRead } from '../../../session'
import { EmptyState, ErrorState, formatCount, Pane } from '../../../ui'
import { isOneRow, pairOf, resolvedName, type Choice, type Pair } from '../choice'
import { ChangedEntries } from './changed-entries'
import { CompareBar } from './compare-bar'
import { Waiting } from './entry-diff'
import classes from './detail.module.css'
import { ComparisonHead, PendingHead, VersionHead } from './heads'

/** More are listed on demand. */
const PAGE = 20_000
const SteadyEntries = memo(ChangedEntries)

export function Detail({
  choice,
  onChoose,
  preferred,
}: {
  readonly choice: Choice
  onChoose(choice: Choice): void
  /** The entry whose history is looked at, if only one is. */
  readonly preferred: string | null
}) {
  const pair = useMemo(() => pairOf(choice), [choice])
  const [limit, setLimit] = useState(PAGE)
  const { data, error, isPlaceholderData } = useRead(
    ['changes', pair.from, limit],
    (api, to, signal) => api.changes.list({ from: pair.from, to, limit }, { signal }),
    { at: pair.to, followNews: !/^\d+$/.test(pair.from) },
  )
  useEffect(() => setLimit(PAGE), [pair.from, pair.to])
  const onMore = useCallback(() => setLimit((n) => n + PAGE), [])
  // What was listed last stays, dimmed, until the next is there: a blank between two versions would only flicker.
  const last = useRef<{ readonly page: ChangePage; readonly pair: Pair } | null>(null)
  const page = isPlaceholderData ? undefined : data
  if (page !== undefined) last.current = { page, pair }
  const listed = last.current
  const counts = listed?.pair === pair ? listed.page.counts : undefined

  return (
    <Pane className={classes.detail}>
      {!isOneRow(choice) ? (
        <ComparisonHead pair={pair} page={page} />
      ) : choice.active === 'pending' ? (
        <PendingHead counts={counts} />
      ) : (
        <VersionHead version={choice.active} counts={counts} />
      )}
      <CompareBar choice={choice} pair={pair} onChoose={onChoose} />
      {error !== null ? (
        <ErrorState title="The two moments cannot be compared" failure={failureOf(error)} />
      ) : listed === null ? (
        <Waiting />
      ) : listed.page.changes.length === 0 ? (
        <EmptyState>
          Nothing differs between {resolvedName(listed.page.from).toLowerCase()} and{' '}
          {resolvedName(listed.page.to).toLowerCase()}.
        </EmptyState>
      ) : (
        <SteadyEntries
          page={listed.page}
          pair={listed.pair}
          busy={page === undefined}
          label={
            isOneRow(choice)
              ? choice.active === 'pending'
                ? 'Pending changes'
                : `What version ${choice.active} changed`
              : 'What differs'
          }
          preferred={preferred}
          onMore={onMore}
        />
      )}
      <span className="pond-hidden" role="status">
        {page === undefined
          ? ''
          : `${formatCount(page.total, 'change')} from ${resolvedName(page.from)} to ${resolvedName(page.to)}`}
      </span>
    </Pane>
  )
}
