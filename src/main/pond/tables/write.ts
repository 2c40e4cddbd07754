/**
 * Tables and series by path, written: records or Arrow batches as Parquet, and text tables that become Parquet
 * on their way into a series. Part of the wiring: content goes through the steward, conversion through the
 * query layer. Memory holds one batch and one row group.
 */
import type { RecordBatch, Schema } from 'apache-arrow'
import { orCancellation } from '../../../shared/cancellation'
import { PondError } from '../../../shared/errors'
import type {
  CommitOutcome,
  Entry,
  Micros,
  OperationRecord,
  PlannedFormat,
  Reading,
  ReadingOptions,
  TableFormat,
} from '../../../shared/model'
import { quote } from '../../../shared/path'
import { CACHE_FOLDER } from '../../../shared/pond-folder'
import { cleanUp } from '../../diagnostics'
import type { StorageReader, World } from '../../platform'
import { formatOfName, type Queries, type TableBytes } from '../../query'
import {
  asCommitted,
  type Appended,
  type Moment,
  type Staged,
  type StagingFileSystem,
  type Steward,
} from '../../steward'
import {
  batchesOfRecords,
  beginsLikeEncrypted,
  checkedSchema,
  writeParquet,
  type Several,
  type TableRecord,
  type TableType,
} from '../../tables'
import { checkColumns } from './series-columns'
import { paced } from './read'
import { readOnly } from '../../tinyfs'
import { inlineBytes, seriesContent, seriesFacts, type PreparedContent, type SeriesContent } from '../../tlogfs'

/** Rows that somebody writes: records, or Arrow batches of one schema. */
export type Rows = Several<TableRecord> | Several<RecordBatch>
/** A declaration of our own or Arrow's. */
export type RowSchema = TableType | Schema

export interface WriteOptions {
  /** Make missing directories above. */
  readonly parents?: boolean
  /** Give the file that is there new content; without it that is tinyfs.exists. */
  readonly replace?: boolean
  readonly signal?: AbortSignal
}

export interface AppendOptions {
  readonly parents?: boolean
  /** Of bytes; told by their beginning and by `name` where absent. */
  readonly format?: TableFormat
  /** What the source is called: its ending says format, compression and delimiter. */
  readonly name?: string
  /** The column that says when rows happened; that of the series, or the first of the known names that fits. */
  readonly timestampColumn?: string
  /** How text is read; what is absent is decided. */
  readonly reading?: ReadingOptions
  readonly signal?: AbortSignal
}

export interface AppendedSeries extends Appended {
  readonly rows: number
  /** Of what was appended; null where no row has a time. */
  readonly minEventTime: Micros | null
  readonly maxEventTime: Micros | null
  /** How it was read; null of what was no text. */
  readonly reading: Reading | null
  readonly operations: readonly OperationRecord[]
  readonly commit: CommitOutcome | null
}

type Stage = <T>(work: (fs: StagingFileSystem) => Promise<T>) => Promise<Staged<T>>

export class TableFiles {
  readonly #world: World
  readonly #steward: Steward
  readonly #queries: () => Queries

  constructor(input: { readonly world: World; readonly steward: Steward; readonly queries: () => Queries }) {
    this.#world = input.world
    this.#steward = input.steward
    this.#queries = input.queries
  }

  async write(
    path: string,
    rows: Rows,
    options: WriteOptions & { readonly schema: RowSchema; readonly stage: Stage },
  ): Promise<Staged<Entry>> {
    const { schema: wanted, stage, signal, ...put } = options
    const schema = checkedSchema(wanted)
    const content = await this.#steward.changing.prepare(
      writeParquet(paced(batchesOf(rows, schema), this.#steward.store.pace)),
      signal,
    )
    try {
      const staged = await stage(async (fs) =>
        fs.entry(await fs.put(path, content, { ...put, fileType: 'file:table' })),
      )
      return { ...staged, result: asCommitted(staged.result, staged.commit) }
    } finally {
      await this.#steward.changing.discardPrepared(content)
    }
  }

  async append(
    path: string,
    bytes: Several<Uint8Array>,
    options: AppendOptions & { readonly stage: Stage },
  ): Promise<AppendedSeries> {
    const { stage, parents = false, signal } = options
    const moment = await this.#steward.moments.at('pending')
    const series = await seriesAt(moment, path)
    const column = options.timestampColumn ?? series?.timestampColumn ?? undefined
    const raw = await this.#steward.changing.prepare(bytes, signal)
    const held = [raw]
    let reading: Reading | null = null
    try {
      if (raw.size === 0) {
        const message = `${quote(options.name ?? path)} is empty: expected a table with event times`
        throw new PondError('query.unreadable-file', message, { path })
      }
      const format = options.format ?? options.reading?.format ?? (await this.#formatOf(raw, options.name ?? ''))
      if (format === 'arrow') {
        const message = `${quote(options.name ?? path)} is Arrow data, and CSV, JSON or Parquet can be appended: export it as Parquet first`
        throw new PondError('query.unreadable-file', message, { path })
      }
      if (format !== 'parquet') {
        const like = series === null ? undefined : await this.#steward.cache.hostFile(series.newest, moment.backend)
        const { name, reading: said } = options
        const converted = await this.#convert(raw, { path, format, like, column, name, reading: said, signal })
        held.push(converted.content)
        reading = converted.reading
      }
      const part = await seriesContent(this.#steward.store.blobs, held.at(-1)!, { path, column })
      if (series !== null) await this.#checkColumns(moment, path, held.at(-1)!)
      const attributes = { readAs: reading }
      const staged = await stage((fs) => fs.append(path, part, { parents, attributes }))
      return appended(part, reading, staged)
    } catch (error) {
      throw orCancellation(error, signal)
    } finally {
      for (const content of held) await this.#steward.changing.discardPrepared(content)
    }
  }

  /** Rows as they come. */
  async appendRows(
    path: string,
    rows: Rows,
    options: AppendOptions & { readonly schema: RowSchema; readonly stage: Stage },
  ): Promise<AppendedSeries> {
    const schema = checkedSchema(options.schema)
    return this.append(path, writeParquet(paced(batchesOf(rows, schema), this.#steward.store.pace)), {
      ...options,
      format: 'parquet',
    })
  }

  async #checkColumns(moment: Moment, path: string, content: PreparedContent): Promise<void> {
    const reader = await this.#steward.store.blobs.openContent(content)
    try {
      await checkColumns(moment, path, reader)
    } finally {
      await reader.close()
    }
  }

  async #formatOf(content: PreparedContent, name: string): Promise<TableFormat> {
    if (content.parquet !== undefined) return 'parquet'
    const named = formatOfName(name)
    const reader = await this.#steward.store.blobs.openContent(content)
    try {
      // As Parquet it is refused for what it is.
      if (beginsLikeEncrypted(await reader.read(0, 4))) return 'parquet'
      if (named !== null) return named
      const head = new TextDecoder().decode(await reader.read(0, 4_096)).trimStart()
      return head.startsWith('[') ? 'json' : head.startsWith('{') ? 'jsonl' : 'csv'
    } finally {
      await reader.close()
    }
  }

  /** Content that is text as Parquet, prepared. DuckDB reads and writes files of the host, so there are some for a while. */
  async #convert(
    content: PreparedContent,
    options: {
      readonly path: string
      readonly format: PlannedFormat
      readonly like: string | undefined
      readonly column: string | undefined
      readonly name: string | undefined
      readonly reading: ReadingOptions | undefined
      readonly signal: AbortSignal | undefined
    },
  ): Promise<{ readonly content: PreparedContent; readonly reading: Reading }> {
    const { storage, random, clock, log } = this.#world
    const { hostPath } = storage
    if (hostPath === null)
      throw new PondError('query.unreadable-file', `${quote(options.path)}: only Parquet can be appended here`, options)
    const name = `${CACHE_FOLDER}/append-${random.uuid(clock.now())}`
    await storage.makeFolder(CACHE_FOLDER)
    const [source, target] = [content.temp ?? `${name}.text`, `${name}.parquet`]
    try {
      if (content.inline !== null) await writeFile(this.#world, source, await inlineBytes(content.inline))
      const open = async (): Promise<TableBytes> => bytesOf(await storage.open(source))
      const conversion = {
        format: options.format,
        source: `${hostPath}/${source}`,
        target: `${hostPath}/${target}`,
        name: options.name ?? options.path,
        reading: options.reading,
        series: { timestampColumn: options.column, like: options.like },
        signal: options.signal,
      }
      const { reading } = await this.#queries().convert(conversion, { open })
      return { content: await this.#steward.changing.prepare(chunksOf(this.#world, target), options.signal), reading }
    } finally {
      await cleanUp(log, `files of an append in ${CACHE_FOLDER}/`, async () => {
        if (content.inline !== null) await storage.remove(source)
        await storage.remove(target)
      })
    }
  }
}

const READ_BYTES = 1024 * 1024

async function writeFile({ storage }: World, path: string, bytes: Uint8Array): Promise<void> {
  const writer = await storage.create(path)
  try {
    await writer.write(bytes)
  } finally {
    await writer.close()
  }
}

function bytesOf(reader: StorageReader): TableBytes {
  return {
    size: reader.sizeBytes,
    read: (offset, length) => reader.read(offset, length),
    close: () => reader.close(),
  }
}

async function* chunksOf({ storage }: World, path: string): AsyncGenerator<Uint8Array> {
  const reader = await storage.open(path)
  try {
    for (let at = 0; at < reader.sizeBytes; at += READ_BYTES)
      yield await reader.read(at, Math.min(READ_BYTES, reader.sizeBytes - at))
  } finally {
    await reader.close()
  }
}

/** What is known of the series at a path; null where nothing is there yet. @throws tlogfs.not-a-series, tinyfs.read-only */
async function seriesAt(moment: Moment, path: string) {
  if (!(await moment.fs.exists(path))) return null
  const { node, path: place } = await moment.fs.find(path)
  if (moment.computed(node) !== undefined) throw readOnly(place, moment.fs.backend.madeBy?.(node))
  const newest = await moment.backend.mustState(node)
  const facts = seriesFacts(newest)
  if (facts !== null) return { newest, timestampColumn: facts.timestampColumn }
  const message = `${quote(place)} is ${node.fileType}, expected file:series: nothing can be appended to it`
  throw new PondError('tlogfs.not-a-series', message, { path: place, fileType: node.fileType })
}

function appended(
  { facts, minEventTime, maxEventTime }: SeriesContent,
  reading: Reading | null,
  staged: Staged<Appended>,
): AppendedSeries {
  const { result, operations, commit } = staged
  return { ...result, rows: facts.rows, minEventTime, maxEventTime, reading, operations, commit }
}

/** Rows of either kind as batches; there is at least one, which may be empty. @throws tables.bad-value, tables.bad-schema */
async function* batchesOf(rows: Rows, schema: Schema): AsyncGenerator<RecordBatch> {
  const items = iterate<TableRecord | RecordBatch>(rows as Several<TableRecord | RecordBatch>)
  const first = await items.next()
  if (first.done !== true && isBatch(first.value)) {
    yield sameColumns(first.value, schema)
    for await (const batch of items) yield sameColumns(batch as RecordBatch, schema)
    return
  }
  async function* records(): AsyncGenerator<TableRecord> {
    if (first.done !== true) yield first.value as TableRecord
    for await (const record of items) yield record as TableRecord
  }
  yield* batchesOfRecords(schema, records())
}

async function* iterate<T>(items: Several<T>): AsyncGenerator<T> {
  yield* items
}

/** Also of another copy of the library than ours. */
function isBatch(item: TableRecord | RecordBatch): item is RecordBatch {
  return 'schema' in item && 'numRows' in item && typeof item.numRows === 'number'
}

function sameColumns(batch: RecordBatch, { fields }: Schema): RecordBatch {
  const spell = (all: Schema['fields']): string => all.map(({ name, type }) => `${name} ${String(type)}`).join(', ')
  const [found, expected] = [spell(batch.schema.fields), spell(fields)]
  if (found === expected) return batch
  throw new PondError('tables.bad-schema', `expected the columns ${expected}, found ${found}`, { expected, found })
}
