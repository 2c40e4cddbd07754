/**
 * The other side: what runs in the process that has DuckDB. It has the query layer as it is, and of the pond
 * only what it is handed over the channel.
 */
import { Channel, type Port, type World } from '../../platform'
import type { Log, LogLevel } from '../../diagnostics'
import { Queries } from '../run/queries'
import { shownValue } from '../engine/values'
import {
  PASSED,
  ROOT,
  type EngineHost,
  type EngineSettings,
  type Root,
  type WireBytes,
  type WireQueries,
  type WireRun,
} from './wire'

/** @param worldAt the real world, rooted at a folder (absolute host path) */
export function serveQueries(port: Port, worldAt: (folder: string, log: Log, settings: EngineSettings) => World): void {
  const root: Root = {
    open: (settings, host) => {
      const world = worldAt(settings.tempStorage, forwarded(host), settings)
      const { threads, memoryLimit, tempFolder } = settings
      const queries = new Queries(world, {
        tempFolder,
        memoryBytes: () => host.memoryBytes(),
        ...(threads === undefined ? {} : { threads }),
        ...(memoryLimit === undefined ? {} : { memoryLimit }),
      })
      return Promise.resolve(wireQueries(queries))
    },
  }
  // Loaded while the other side still opens its pond; whoever needs it hears of a failure.
  import('@duckdb/node-api').catch(() => undefined)
  void new Channel(port, { root: { target: root, codec: ROOT as never } })
}

function wireQueries(queries: Queries): WireQueries {
  const passed = Object.fromEntries(
    Object.keys(PASSED).map((name) => [name, (queries[name as keyof typeof PASSED] as () => unknown).bind(queries)]),
  ) as unknown as Pick<WireQueries, keyof typeof PASSED>
  return {
    ...passed,
    close: () => queries.close(),
    start: async (source, sql): Promise<WireRun> => {
      const run = await queries.start(source, sql)
      return {
        id: run.id,
        sql,
        first: run.current(),
        states: () => run.states(),
        page: (offset, limit) => run.page(offset, limit),
        sort: (keys) => run.sort(keys),
        export: (options) => run.export(options),
        cancel: () => run.cancel(),
        close: () => run.close(),
      }
    },
    stream: async (source, sql, signal) => {
      const { columns, resultsDropped, notes, batches, close } = await queries.stream(source, sql, signal)
      async function* shown() {
        for await (const batch of batches)
          yield batch.map((row) => row.map((value, index) => shownValue(value, columns[index]?.type)))
      }
      return { columns, resultsDropped, notes, batches: shown, close }
    },
    bytes: async (source, sql, options): Promise<WireBytes> => {
      const stream = await queries.bytes(source, sql, options)
      async function* counted() {
        for await (const bytes of stream.chunks) yield { bytes, rows: stream.rows }
      }
      const { columns, resultsDropped, notes, close } = stream
      return { columns, resultsDropped, notes, chunks: counted, close }
    },
  }
}

function forwarded(host: EngineHost): Log {
  const at =
    (level: LogLevel): Log['info'] =>
    (event, fields = {}) =>
      host.log(level, event, fields)
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log }
  return log
}
