/**
 * Typed rows in files: a table is one Parquet file, a series grows by a Parquet file with each append and
 * reads as all of them in order. Records are plain objects; Arrow goes in and out as IPC bytes.
 */
import type { Entry, Micros, ReadingOptions, TableFormat } from '../../shared/model'
import type { AppendedSeries as EngineAppended, Pond as Engine, TableRows as EngineRows } from '../pond'
import { fromArrowStream, toArrowStream } from './arrow'
import { optionalCount, rangeEnd } from './arguments'
import { chunksOf, type Content } from './content'
import { Files } from './files'
import type { CreateOptions, ReadOptions } from './options'
import { pondScope } from './scope'

/** `timestamp` is an instant in microseconds, UTC; `date` a day; a decimal has 1 to 38 digits, `scale` of them after the point. */
export type ColumnType =
  | 'string'
  | 'binary'
  | 'boolean'
  | 'byte'
  | 'short'
  | 'integer'
  | 'long'
  | 'float'
  | 'double'
  | 'date'
  | 'timestamp'
  | { readonly precision: number; readonly scale: number }

/** What the columns of a table are, in the order in which they are written. */
export interface TableSchema {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: ColumnType; readonly nullable: boolean }[]
}

/**
 * A value of a record, exactly: `long` and `timestamp` (microseconds) come as bigint, decimals as text, days as
 * numbers since 1970, bytes as Uint8Array. docs/engine.md lists what each type takes and gives.
 */
export type RecordValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly RecordValue[]
  | { readonly [name: string]: RecordValue }

export type TableRecord = { readonly [column: string]: RecordValue }

export interface WriteTableOptions extends CreateOptions {
  /** Give the file that is there new content; without it that is tinyfs.exists. */
  readonly replace?: boolean
}

export interface ReadTableOptions extends ReadOptions {
  /** Top-level columns; default all. */
  readonly columns?: readonly string[]
  /** Rows of an Arrow batch at most. Default 8,192. */
  readonly batchRows?: number
}

export interface ReadSeriesOptions extends ReadTableOptions {
  /**
   * Event times, from the first on, up to and without the last: Dates, microseconds since 1970, or text, which is
   * local time without a zone; a bare date is the beginning of its day.
   */
  readonly from?: Date | Micros | string
  readonly to?: Date | Micros | string
}

export interface AppendOptions extends CreateOptions {
  /** Of content; default: told by its beginning and by `name`. */
  readonly format?: TableFormat
  /** What the content is called: its ending says format, compression and delimiter. */
  readonly name?: string
  /** The column that says when rows happened. Default: that of the series, or the first of the known names that fits. */
  readonly timestampColumn?: string
  /** How text is read; what is absent is decided from its bytes. */
  readonly reading?: ReadingOptions
}

export interface AppendedSeries {
  /** The true path of the series. */
  readonly path: string
  /** From 1. */
  readonly nodeVersion: number
  readonly rows: number
  /** Event times of what was appended, in microseconds; null where no row has one. */
  readonly minEventTime: Micros | null
  readonly maxEventTime: Micros | null
}

/** Rows of a table or series, read as they are asked for; each iteration reads anew. */
export class TableRows implements AsyncIterable<TableRecord> {
  readonly #rows: EngineRows
  readonly #schema: () => ReturnType<Engine['tableSchema']>

  /** @internal */
  constructor(rows: EngineRows, schema: () => ReturnType<Engine['tableSchema']>) {
    this.#rows = rows
    this.#schema = schema
  }

  /** Records, one at a time. @throws tlogfs.not-a-table, tlogfs.not-a-series, tables.unreadable */
  [Symbol.asyncIterator](): AsyncGenerator<TableRecord> {
    return this.#rows.records()
  }

  /** The same rows as one Arrow IPC stream, in chunks. @throws as for records */
  async *arrow(): AsyncGenerator<Uint8Array> {
    const batches = this.#rows[Symbol.asyncIterator]()
    const first = await batches.next()
    const schema = first.done === true ? await this.#schema() : first.value.schema
    yield* toArrowStream(
      schema,
      (async function* () {
        if (first.done !== true) yield first.value
        yield* batches
      })(),
    )
  }
}

export class Tables extends Files {
  readonly #engine: Engine

  /** @internal */
  constructor(engine: Engine) {
    super(pondScope(engine), '/')
    this.#engine = engine
  }

  /** Writes records as a table (a Parquet file). @throws tables.bad-value with row and column, tinyfs.exists */
  async writeTable(
    path: string,
    rows: Iterable<TableRecord> | AsyncIterable<TableRecord>,
    schema: TableSchema,
    options: WriteTableOptions = {},
  ): Promise<Entry> {
    const { result } = await this.#engine.writeTable(path, rows, schema, options)
    return result
  }

  /** Writes an Arrow IPC stream, or file, as a table. @throws tables.bad-schema, tinyfs.exists */
  async writeArrow(path: string, arrow: Content, options: WriteTableOptions = {}): Promise<Entry> {
    const { schema, batches } = await fromArrowStream(arrow)
    const { result } = await this.#engine.writeTable(path, batches, schema, options)
    return result
  }

  /** The rows of a table, or of all versions of a series. Nothing is read before they are asked for. */
  readTable(path: string, options: ReadTableOptions = {}): TableRows {
    optionalCount('batchRows', options.batchRows, 1)
    return new TableRows(this.#engine.readTable(path, options), () => this.#engine.tableSchema(path, options.at))
  }

  /**
   * Appends one version to a series, or makes a series of one: content that is Parquet, CSV, JSON or JSON lines.
   * All rows are taken, or none.
   * @throws tlogfs.not-a-series naming the columns where none says when, query.unreadable-file naming the line
   */
  async appendSeries(path: string, content: Content, options: AppendOptions = {}): Promise<AppendedSeries> {
    return appended(await this.#engine.appendSeries(path, chunksOf(content), options))
  }

  /** As `appendSeries`, of records. @throws tables.bad-value with row and column, tlogfs.not-a-series */
  async appendRecords(
    path: string,
    rows: Iterable<TableRecord> | AsyncIterable<TableRecord>,
    schema: TableSchema,
    options: Pick<AppendOptions, 'parents' | 'timestampColumn'> = {},
  ): Promise<AppendedSeries> {
    return appended(await this.#engine.appendSeries(path, rows, { ...options, schema }))
  }

  /** The rows of a series in the order of its versions; those outside the range are not opened. @throws tlogfs.not-a-series */
  readSeries(path: string, { from, to, ...options }: ReadSeriesOptions = {}): TableRows {
    optionalCount('batchRows', options.batchRows, 1)
    const range = { from: rangeEnd('from', from), to: rangeEnd('to', to) }
    return new TableRows(this.#engine.readSeries(path, { ...options, ...range }), () =>
      this.#engine.tableSchema(path, options.at),
    )
  }
}

function appended({ path, nodeVersion, rows, minEventTime, maxEventTime }: EngineAppended): AppendedSeries {
  return { path, nodeVersion, rows, minEventTime, maxEventTime }
}
