/** Content of an entry for viewers, cached by its hash: the same bytes are never fetched twice. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { Entry } from '../../../../shared/model'
import { failureOf, isOutdated, readContent, useAt, useConnection, usePond, useTick } from '../../../session'

/** How long the news of other content may take to get here, in tries and ms between them. */
const NEWS = { tries: 20, everyMs: 250 }

/** Bytes `start` to `end` of an entry, the part `start` to `end` of what it is and nothing else. */
export function useContent(entry: Entry, start: number, end: number): UseQueryResult<Uint8Array<ArrayBuffer>> {
  const connection = useConnection()
  const { pondId } = usePond()
  const at = String(useAt())
  const tick = useTick()
  return useQuery({
    queryKey: contentKey(
      pondId,
      entry.sha256 ?? `${entry.nodeId}@${at}${at === 'pending' ? ` ${tick}` : ''}`,
      start,
      end,
    ),
    enabled: end > start,
    gcTime: 10_000,
    // The entry is about to be another one here too: until then there is nothing to show, and nothing wrong.
    retry: (count, error) =>
      count < (isOutdated(error) ? NEWS.tries : failureOf(error).code === 'web.disconnected' ? 3 : 0),
    retryDelay: NEWS.everyMs,
    queryFn: ({ signal }) =>
      readContent(connection, {
        pondId,
        path: entry.path,
        at,
        expected: contentOf(entry),
        range: { start, end },
        signal,
      }),
  })
}

/** @param content its hash, or what else tells it from other content */
export const contentKey = (pondId: string, content: string, start: number, end: number) =>
  ['content', pondId, content, start, end] as const

/** What the bytes of an entry have to be. */
export function contentOf({
  fileType,
  sha256,
  size,
}: Entry): { readonly sha256: string; readonly size: number } | null {
  return fileType === 'file:series' || sha256 === null || size === null ? null : { sha256, size }
}
