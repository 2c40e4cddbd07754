/**
 * The temporary views and tables that a statement needs, planned before there is a DuckDB to make them in:
 * each under the name that the user wrote, where that is free.
 */
import type { PondError } from '../../../shared/errors'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Pace } from '../../platform'
import type { Sandbox } from '../engine/engine'
import { stopIf } from '../engine/failure'
import { arrowFiles, readFiles, type ReadableFile } from './path-tables'
import { soundReads } from './parquet-reads'
import type { TableName } from '../sql/rewriting'
import { quoteName } from '../engine/quote'
import type { Place } from '../sql/scan'

/** What views are made with. */
export interface SqlViewTools {
  readonly sandbox: Sandbox
  /** For what is computed here: lets others run, and ends with the statement's cancellation. */
  readonly pace: Pick<Pace, 'due' | 'rest'>
}

/** A pace whose rests end with a cancellation. */
export function stoppablePace(pace: Pace, signal: AbortSignal | undefined): SqlViewTools['pace'] {
  return {
    get due() {
      return pace.due
    },
    rest: async () => {
      await pace.rest()
      stopIf(signal)
    },
  }
}

export interface SqlView {
  readonly name: string
  /** What it reads: the only files of the pond that the statement's DuckDB can open. */
  readonly files: readonly ReadableFile[]
  /** Those that have to be loaded first, as DuckDB cannot read them by itself. */
  readonly loaded: readonly ReadableFile[]
  /** Those whose rows are read as Parquet. */
  readonly parquet: readonly ReadableFile[]
  /** Where the statement asks for it, in the whole SQL. */
  readonly place: Place | null
  /** SQL that reads one of its files as the view does, in the order in which to try. */
  probe(file: ReadableFile): readonly string[]
  /** Says of what it fails by whose fault it is, where that is not the statement's. */
  readonly told?: (error: PondError) => Promise<PondError>
  /** Creates it under its name. */
  make(connection: DuckDBConnection, name: string, tools: SqlViewTools): Promise<void>
}

interface Wanted extends Pick<SqlView, 'name' | 'files' | 'place'> {
  /** The body, where it is a call of DuckDB's own. */
  readonly sql?: string
  /** The body, where it reads files as the pond has them. */
  readonly table?: string
  /** How one of the files is read by itself, where that is another way than that of its name. */
  readonly probe?: SqlView['probe']
  readonly told?: SqlView['told']
  /** Another way to make it, which needs `key`. */
  readonly make?: SqlView['make']
  /** Tells two views of one name apart; that of a view by body is the body. */
  readonly key?: string
}

export class SqlViews {
  /** By the lower-case name: DuckDB does not tell names apart by case. */
  readonly #views = new Map<string, SqlView & { readonly key: string }>()

  /** In the order in which they can be made. */
  get all(): readonly SqlView[] {
    return [...this.#views.values()]
  }

  /** Plans a view, or finds the one that is the same; its name is the wanted one if that is not taken. */
  add({
    name,
    files,
    place,
    sql,
    table,
    make = madeOf(sql ?? table ?? ''),
    key = sql ?? table ?? '',
    probe = (file) => [readFiles([file])],
    told,
  }: Wanted): TableName {
    for (let count = 1; ; count++) {
      const free = count === 1 ? name : `${name} (${count})`
      const taken = this.#views.get(free.toLowerCase())
      if (taken?.key === key && (taken.name === free || count > 1)) return { path: [], name: free }
      if (taken === undefined) {
        // A call of DuckDB's own reader reads the bytes as they are.
        const loaded = sql === undefined ? arrowFiles(files) : []
        const isRead = sql === undefined || /\b(read_parquet|parquet_scan)\(/i.test(sql)
        const parquet = isRead ? files.filter((file) => file.plan === undefined && !loaded.includes(file)) : []
        const view = {
          name: free,
          key,
          files,
          loaded,
          parquet,
          place,
          make,
          probe,
          ...(told !== undefined && { told }),
        }
        this.#views.set(free.toLowerCase(), view)
        return { path: [], name: free }
      }
    }
  }
}

/** @throws what the view says of its failure, where that is not the statement's */
export async function makeOrTell(
  view: SqlView,
  connection: DuckDBConnection,
  { tools, failure }: { readonly tools: SqlViewTools; readonly failure: (error: unknown) => PondError },
): Promise<void> {
  try {
    await view.make(connection, view.name, tools)
  } catch (error) {
    throw view.told === undefined ? error : await view.told(failure(error))
  }
}

export async function makeView(connection: DuckDBConnection, name: string, body: string): Promise<void> {
  await connection.run(`CREATE TEMP VIEW ${quoteName(name)} AS ${await soundReads(connection, body)}`)
}

function madeOf(body: string): SqlView['make'] {
  return (connection, name) => makeView(connection, name, body)
}
