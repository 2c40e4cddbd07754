/**
 * One statement for a grid: runs it at a moment, follows its states, and offers its rows as a source
 * of Arrow pages. Leaving the component, or asking something else, cancels it and frees its rows.
 */
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Table } from 'apache-arrow'
import { resultUrl } from '../../shared/bytes'
import type { Column, QueryState, SortKey, WireError } from '../../shared/model'
import { damaged, readBody } from '../connect'
import { useConnection, type Connection } from './connection'
import { failureOf } from './failure'
import { usePond, useReconnects } from './hooks'

export interface QueryAsk {
  readonly sql: string
  /** As the API takes it: `pending`, `head`, a version. */
  readonly at: string
}

/** A result's rows as a grid takes them: see `RowSource` of `ui/grid`, which this fits. */
export interface ResultRows {
  readonly key: string
  readonly columns: readonly Column[]
  readonly rowCount: number
  readonly final: boolean
  page(offset: number, limit: number, signal: AbortSignal): Promise<Table>
  readonly sort: ((keys: readonly SortKey[]) => Promise<void>) | null
}

export interface QueryRun {
  /** Null until the host has answered at all. */
  readonly state: QueryState | null
  /** The call itself failed, before or beside the statement: what is wrong with SQL is in `state.error`. */
  readonly failure: WireError | null
  /** Null until columns are known. */
  readonly source: ResultRows | null
  readonly running: boolean
  cancel(): void
}

/** Runs `ask` as soon as it is there, and again when it, or `again`, changes. Null runs nothing. */
export function useQueryRun(ask: QueryAsk | null, again?: unknown): QueryRun {
  const connection = useConnection()
  const { pondId } = usePond()
  const [state, setState] = useState<QueryState | null>(null)
  const [failure, setFailure] = useState<WireError | null>(null)
  const reconnects = useReconnects()
  const handle = useRef<RunHandle | null>(null)
  const sql = ask?.sql
  const at = ask?.at

  useEffect(() => {
    setState(null)
    setFailure(null)
    if (sql === undefined || at === undefined) return
    const run = startRun(connection, { sql, at }, setState, (error) => setFailure(failureOf(error)))
    handle.current = run
    return () => {
      run.close()
      handle.current = null
    }
  }, [connection, sql, at, again, reconnects])

  const source = useRowSource(pondId, state)
  const running = ask !== null && failure === null && (state === null || state.state === 'running')
  return { state, failure, source, running, cancel: () => handle.current?.cancel() }
}

export interface RunHandle {
  /** Stops the statement; what it has found so far stays. */
  cancel(): void
  /** Stops it and frees its rows. */
  close(): void
}

/** Starts a statement outside of a component's life. `onState` hears every state until `close`. */
export function startRun(
  connection: Connection,
  ask: QueryAsk,
  onState: (state: QueryState) => void,
  onFailure: (error: unknown) => void,
): RunHandle {
  const { queries } = connection.api
  let queryId: string | null = null
  let cancelled = false
  let closed = false
  const ignore = () => undefined
  const follow = async (): Promise<void> => {
    for await (const state of await queries.run(ask)) {
      const first = queryId === null
      queryId = state.queryId
      if (closed) {
        // Closed before the host had named it.
        if (first) await queries.close({ queryId }).catch(ignore)
        return
      }
      if (first && cancelled) void queries.cancel({ queryId }).catch(ignore)
      onState(state)
    }
  }
  follow().catch((error: unknown) => {
    if (!closed) onFailure(error)
  })
  return {
    cancel: () => {
      cancelled = true
      if (queryId !== null) void queries.cancel({ queryId }).catch(ignore)
    },
    close: () => {
      closed = true
      if (queryId !== null) void queries.close({ queryId }).catch(ignore)
    },
  }
}

/** The rows of a query's state as a source; the same object until there are more of them. */
export function useRowSource(pondId: string, state: QueryState | null): ResultRows | null {
  const connection = useConnection()
  const { queryId, columns, rowsReady } = state ?? { queryId: null, columns: null, rowsReady: 0 }
  const final = state !== null && state.state !== 'running'
  const failed = state?.state === 'failed'
  // An order needs all rows.
  const sortable = state?.state === 'done'
  // Every state comes with a new array of the same columns.
  const spelled = JSON.stringify(columns)
  return useMemo(() => {
    if (queryId === null || columns === null || failed) return null
    return rowSource(connection, pondId, queryId, columns, rowsReady, final, sortable)
    // eslint-disable-next-line react/exhaustive-deps
  }, [connection, pondId, queryId, spelled, rowsReady, final, sortable, failed])
}

function rowSource(
  connection: Connection,
  pondId: string,
  queryId: string,
  columns: NonNullable<QueryState['columns']>,
  rowCount: number,
  final: boolean,
  sortable: boolean,
): ResultRows {
  return {
    key: queryId,
    columns,
    rowCount,
    final,
    page: async (offset, limit, signal) => {
      const [{ tableFromIPC }, response] = await Promise.all([
        import('apache-arrow'),
        connection.fetchBytes(resultUrl(pondId, queryId, offset, limit), { signal }),
      ])
      const table = tableFromIPC(await readBody(response))
      const { numRows, numCols } = table
      if (numCols === columns.length && numRows <= limit && (numRows > 0 || offset >= rowCount)) return table
      const expected = `expected up to ${limit} rows of ${columns.length} columns from row ${offset}`
      throw damaged(`${expected}, found ${numRows} of ${numCols}`, { offset })
    },
    sort: sortable
      ? (keys: readonly SortKey[]) => connection.api.queries.sort({ queryId, keys: [...keys] }).then(() => undefined)
      : null,
  }
}
