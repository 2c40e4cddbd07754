/** Content of an entry for viewers, cached by its hash: the same bytes are never fetched twice. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { contentUrl } from '../../../../shared/bytes'
import type { Entry } from '../../../../shared/model'
import { useAt, useConnection, usePond } from '../../../session'

/** Bytes `start` to `end` of an entry. */
export function useContent(entry: Entry, start: number, end: number): UseQueryResult<Uint8Array<ArrayBuffer>> {
  const connection = useConnection()
  const { pondId } = usePond()
  const at = String(useAt())
  return useQuery({
    queryKey: ['content', pondId, entry.sha256 ?? `${entry.nodeId}@${at}`, start, end],
    enabled: end > start,
    gcTime: 10_000,
    queryFn: async ({ signal }) => {
      const headers = { Range: `bytes=${start}-${end - 1}` }
      const response = await connection.fetchBytes(contentUrl(pondId, entry.path, at), { headers, signal })
      return new Uint8Array(await response.arrayBuffer())
    },
  })
}
