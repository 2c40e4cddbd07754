/** One entry at two moments: what it is on either side, and the ways to read its content there. */
import { useCallback } from 'react'
import type { DiffSide, EntryDiff } from '../../shared/contract'
import type { WireError } from '../../shared/model'
import { useConnection } from './connection'
import { readContent } from './content'
import { failureOf } from './failure'
import { usePond, useRead } from './hooks'
import { useQueryRun, type QueryRun } from './query-run'

export interface EntryDiffRead {
  /** Null while it is on its way. */
  readonly diff: EntryDiff | null
  readonly failure: WireError | null
  loadText(side: DiffSide, signal: AbortSignal): Promise<string>
}

/** Moments as the API takes them. */
export function useEntryDiff({
  path,
  from,
  to,
}: {
  readonly path: string
  readonly from: string
  readonly to: string
}): EntryDiffRead {
  const connection = useConnection()
  const { pondId } = usePond()
  const { data, error } = useRead(
    ['diff-entry', path, from],
    (api, at, signal) => api.changes.diffEntry({ path, from, to: at }, { signal }),
    { at: to, followNews: !/^\d+$/.test(from) },
  )
  const loadText = useCallback(
    async ({ path: at, sha256, size, ...side }: DiffSide, signal: AbortSignal) => {
      const expected = sha256 === null || size === null ? null : { sha256, size }
      const moment = momentOfSide(side)
      const bytes = await readContent(connection, { pondId, path: at, at: moment, expected, signal })
      return new TextDecoder().decode(bytes)
    },
    [connection, pondId],
  )
  return { diff: data ?? null, failure: error === null ? null : failureOf(error), loadText }
}

/** The rows of a side that reads as a table. */
export function useSideRows(side: DiffSide): QueryRun {
  return useQueryRun({ sql: `SELECT * FROM '${side.path.replaceAll("'", "''")}'`, at: momentOfSide(side) }, side.sha256)
}

export const momentOfSide = (side: Pick<DiffSide, 'at'>): string =>
  side.at.kind === 'pending' ? 'pending' : String(side.at.version)
