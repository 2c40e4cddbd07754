/**
 * How the query layer crosses to a process of its own: each method of `Queries` and of what it reads, said
 * once. A method that is added there needs a line here, or nothing compiles.
 */
import {
  call,
  bytes,
  data,
  iterate,
  list,
  nullable,
  object,
  optional,
  record,
  signal,
  tell,
  withField,
} from '../../platform'
import type { Codec, Scope } from '../../platform'
import type { Column, FileNote, QueryState, SortKey } from '../../../shared/model'
import type { LogFields, LogLevel } from '../../diagnostics'
import type { Conversion, ConversionSource } from '../convert/convert'
import type { TableDescription } from '../convert/describe'
import type { NamedBytes } from '../ipc/whole-arrow'
import type { ExportOptions, ExportResult } from '../run/export'
import type { RunExportOptions } from '../run/export-run'
import type { Queries } from '../run/queries'
import type { BytesOptions } from '../run/result-bytes'
import type { SplitOptions } from '../run/split'
import type { FileState, QuerySource, SeriesPartFile, TableBytes, TableFile } from '../source'

/** What is read, for messages: a file becomes part of what a call is about when its content is asked for. */
export interface ReadFile {
  readonly path: string
  readonly sha256: string
}

const notes = new WeakMap<Scope, Map<string, ReadFile>>()

/** Files whose content the call has asked for. */
export function filesRead(scope: Scope): readonly ReadFile[] {
  return [...(notes.get(scope)?.values() ?? [])]
}

function noteFile(scope: Scope, { path, sha256 }: ReadFile): void {
  const known = notes.get(scope) ?? new Map<string, ReadFile>()
  notes.set(scope, known.set(path, { path, sha256 }))
}

// ---- what is read: it stays with the pond, and is called back ------------------------------------

const TABLE_BYTES: Codec<TableBytes> = object<TableBytes>(
  { size: true },
  {
    read: call([data(), data()], bytes),
    close: call([], data()),
  },
)

const CONVERSION_SOURCE: Codec<ConversionSource> = object<ConversionSource>({}, { open: call([], TABLE_BYTES) })

const NAMED_BYTES: Codec<NamedBytes> = object<NamedBytes>({ name: true }, { open: call([], TABLE_BYTES) })

const SERIES_PART: Codec<SeriesPartFile> = object<SeriesPartFile>(
  {
    nodeVersion: true,
    version: true,
    size: true,
    sha256: true,
    rows: true,
    timestampColumn: true,
    minEventTime: true,
    maxEventTime: true,
  },
  { hostFile: call([], data()), open: call([], TABLE_BYTES) },
)

const TABLE_FILE: Codec<TableFile> = object<TableFile>(
  { path: true, fileType: true, size: true, sha256: true, reading: true, query: true },
  {
    hostFile: call([optional(signal)], data()),
    open: call([], TABLE_BYTES),
    told: call([data()], data()),
    types: call([], data()),
    parts: call([], list(SERIES_PART)),
  },
  { onCall: (file, _method, scope) => noteFile(scope, file) },
)

const FILE_STATE: Codec<FileState> = withField('file', nullable(TABLE_FILE))

/** A moment leads to others of its kind. */
const MOMENT: Codec<QuerySource> = {
  pack: (value, scope) => SOURCE.pack(value, scope),
  unpack: (packed, scope) => SOURCE.unpack(packed, scope),
}

const SOURCE: Codec<QuerySource> = object<QuerySource>(
  {
    isForRecipe: true,
    at: true,
    pondId: true,
    pondFolder: true,
    cacheFolder: true,
    dataFiles: true,
    othersFiles: true,
    hasLaterRows: true,
  },
  {
    notice: tell([data()]),
    pendingRows: iterate([data()], data()),
    directoryRows: iterate([], data()),
    changes: call([], data()),
    tables: call([data()], list(TABLE_FILE)),
    list: call([data(), optional(data())], data()),
    info: call([], data()),
    computed: call([], data()),
    moment: call([data()], MOMENT),
    changesUntil: call([data()], data()),
    nodeId: call([data()], data()),
    fileStates: call([data(), data()], list(FILE_STATE)),
  },
)

// ---- what comes of it ----------------------------------------------------------------------------

/** A value as it is shown: of what is no number, text or boolean, the class stays with DuckDB (`shownValue`). */
export type WireRow = readonly unknown[]

export interface WireRows {
  readonly columns: readonly Column[]
  readonly resultsDropped: number
  readonly notes: readonly FileNote[]
  batches(): AsyncIterable<readonly WireRow[]>
  close(): Promise<void>
}

export interface WireBytes {
  readonly columns: readonly Column[]
  readonly resultsDropped: number
  readonly notes: readonly FileNote[]
  /** `rows` are those up to the end of the chunk. */
  chunks(): AsyncIterable<{ readonly bytes: Uint8Array; readonly rows: number }>
  close(): Promise<void>
}

export interface WireRun {
  readonly id: string
  readonly sql: string
  readonly first: QueryState
  states(): AsyncIterable<QueryState>
  page(offset: number, limit: number): Promise<Uint8Array>
  sort(keys: readonly SortKey[]): Promise<QueryState>
  export(options: RunExportOptions): Promise<ExportResult>
  cancel(): void
  close(): Promise<void>
}

const ROWS: Codec<WireRows> = object<WireRows>(
  { columns: true, resultsDropped: true, notes: true },
  { batches: iterate([], data()), close: call([], data()) },
)
const BYTES: Codec<WireBytes> = object<WireBytes>(
  { columns: true, resultsDropped: true, notes: true },
  {
    chunks: iterate([], withField('bytes', bytes)),
    close: call([], data()),
  },
)
const RUN: Codec<WireRun> = object<WireRun>(
  { id: true, sql: true, first: true },
  {
    states: iterate([], data()),
    page: call([data(), data()], bytes),
    sort: call([data()], data()),
    export: call([record<RunExportOptions>()], data()),
    cancel: tell([]),
    close: call([], data()),
  },
)

/** What crosses in another shape, as it is more than data and promises. */
interface Reshaped {
  start(source: QuerySource, sql: string): Promise<WireRun>
  stream(source: QuerySource, sql: string, signal?: AbortSignal): Promise<WireRows>
  bytes(source: QuerySource, sql: string, options: BytesOptions): Promise<WireBytes>
}

/** The folder for files of a process is made by the process that wants it. */
type Local = 'workFolder'

export type WireQueries = Omit<Pick<Queries, keyof Queries>, keyof Reshaped | Local> & Reshaped

/** Methods that do the same on both sides, with the kind of process that they go to. */
export const PASSED = {
  // Asked for a statement that is to run: its process is there.
  reads: 'results',
  rowOrigin: 'results',
  split: 'results',
  export: 'results',
  describe: 'files',
  convert: 'files',
  checkArrow: 'files',
  catalog: 'files',
  complete: 'files',
} as const satisfies Record<Exclude<keyof WireQueries, keyof Reshaped | 'close'>, Lane>

/** Results that are open are not in the process that looks into files nobody asked SQL of. */
export type Lane = 'results' | 'files'

const QUERIES: Codec<WireQueries> = object<WireQueries>(
  {},
  {
    start: call([SOURCE, data()], RUN),
    stream: call([SOURCE, data(), optional(signal)], ROWS),
    bytes: call([SOURCE, data(), record<BytesOptions>()], BYTES),
    reads: call([SOURCE, data()], data()),
    rowOrigin: call([data(), data()], data()),
    split: call([SOURCE, data(), record<SplitOptions>()], data()),
    export: call([SOURCE, data(), record<ExportOptions>()], data()),
    describe: call([TABLE_FILE, optional(record())], record<TableDescription>()),
    convert: call([record<Conversion>(), CONVERSION_SOURCE], data()),
    checkArrow: call([NAMED_BYTES, optional(record<{ readonly signal?: AbortSignal | undefined }>())], data()),
    catalog: call([], data()),
    complete: call([SOURCE, data(), data(), optional(signal)], data()),
    close: call([], data()),
  },
  { isRoot: true },
)

// ---- how it begins -------------------------------------------------------------------------------

export interface EngineSettings {
  readonly threads?: number
  readonly memoryLimit?: string
  /** Absolute host paths: the folder to work in, and that of the storage that it is in. */
  readonly tempFolder: string
  readonly tempStorage: string
  /** What locks name as the doer. */
  readonly command: string
  readonly user: string
}

/** What the process asks of the one that started it. */
export interface EngineHost {
  memoryBytes(): Promise<number | null>
  log(level: LogLevel, event: string, fields: LogFields): void
}

export interface Root {
  open(settings: EngineSettings, host: EngineHost): Promise<WireQueries>
}

const HOST: Codec<EngineHost> = object<EngineHost>(
  {},
  {
    memoryBytes: call([], data()),
    log: tell([data(), data(), data()]),
  },
)

export const ROOT: Codec<Root> = object<Root>({}, { open: call([data(), HOST], QUERIES) }, { isRoot: true })
