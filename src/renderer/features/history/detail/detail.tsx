/**
 * What the chosen version changed, or how two moments differ: who, when and why above, the entries
 * below. Both sides are always named and either can be named anew.
 */
import { useEffect, useState } from 'react'
import { failureOf, useRead } from '../../../session'
import { EmptyState, ErrorState, formatCount, Pane } from '../../../ui'
import { isOneRow, pairOf, resolvedName, type Choice } from '../choice'
import { ChangedEntries } from './changed-entries'
import { CompareBar } from './compare-bar'
import { Waiting } from './entry-diff'
import { ComparisonHead, PendingHead, VersionHead } from './heads'

/** More are listed on demand. */
const PAGE = 20_000

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
  const pair = pairOf(choice)
  const [limit, setLimit] = useState(PAGE)
  const { data, error, isPlaceholderData } = useRead(
    ['changes', pair.from, limit],
    (api, to, signal) => api.changes.list({ from: pair.from, to, limit }, { signal }),
    { at: pair.to, followNews: !/^\d+$/.test(pair.from) },
  )
  useEffect(() => setLimit(PAGE), [pair.from, pair.to])
  const page = isPlaceholderData && !isOneRow(choice) ? undefined : data
  const counts = data?.counts

  return (
    <Pane>
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
      ) : page === undefined ? (
        <Waiting />
      ) : page.changes.length === 0 ? (
        <EmptyState>
          Nothing differs between {resolvedName(page.from).toLowerCase()} and {resolvedName(page.to).toLowerCase()}.
        </EmptyState>
      ) : (
        <ChangedEntries
          page={page}
          pair={pair}
          label={
            isOneRow(choice)
              ? choice.active === 'pending'
                ? 'Pending changes'
                : `What version ${choice.active} changed`
              : 'What differs'
          }
          preferred={preferred}
          onMore={() => setLimit(limit + PAGE)}
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
