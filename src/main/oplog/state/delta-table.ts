/**
 * Any Delta table's newest version, read from the files of its log: which data files are live, and the schema.
 * Knows no pond. What a table needs that is not read here (deletion vectors, column mapping, newer features)
 * is refused by name, never passed over. Source of the format: the Delta transaction log protocol.
 */
import { parquetReadObjects } from 'hyparquet'
import { PondError } from '../../../shared/errors'
import {
  parseAdd,
  parseCommit,
  parseMetaData,
  parseProtocol,
  type Add,
  type MetaData,
  type Protocol,
} from '../log/action'
import { decodePath } from '../log/data-path'

export interface DeltaLogFiles {
  /** Names in the folder `_delta_log`. */
  readonly names: readonly string[]
  read(name: string): Promise<Uint8Array>
}

export interface DeltaTable {
  readonly version: number
  /** The table's columns with Delta's types; of nested ones the type is an object. */
  readonly columns: readonly { readonly name: string; readonly type: unknown }[]
  readonly partitionColumns: readonly string[]
  readonly files: readonly {
    /** Decoded, relative to the table's folder. */
    readonly path: string
    readonly partitionValues: Readonly<Record<string, string | null>>
  }[]
}

/** Features of readers that ask nothing of one that reads whole files, or that the files themselves would show. */
const HARMLESS: ReadonlySet<string> = new Set([
  'timestampNtz',
  'vacuumProtocolCheck',
  // Refused where a file has one.
  'deletionVectors',
  // Refused where the table maps.
  'columnMapping',
])

/** @throws oplog.not-found, oplog.corrupt-log, oplog.unsupported, oplog.unsafe-path */
export async function readDeltaTable(log: DeltaLogFiles, folder: string): Promise<DeltaTable> {
  const commits = versionsOf(log.names, /^(\d{20})\.json$/)
  const last = commits.at(-1)
  if (last === undefined)
    throw new PondError('oplog.not-found', `${folder} is no Delta table: its _delta_log has no entry`, { path: folder })
  const live = new Map<string, Add>()
  const about: About = { protocol: null, metaData: null }
  const first = commits[0] === 0 ? 0 : await startFromCheckpoint(log, folder, { live, about })
  for (let version = first; version <= last; version++) {
    const name = `${String(version).padStart(20, '0')}.json`
    if (!log.names.includes(name)) throw corrupt(folder, `the entry ${name} of its log is missing`)
    const commit = parseCommit(version, await log.read(name), `${folder}/_delta_log/${name}`)
    if (commit.unreadable !== undefined) throw commit.unreadable
    about.protocol = commit.protocol ?? about.protocol
    about.metaData = commit.metaData ?? about.metaData
    for (const { path } of commit.removes) live.delete(decodePath(path))
    for (const add of commit.adds) live.set(decodePath(add.path), add)
  }
  return tableOf(folder, last, { live, about })
}

interface About {
  protocol: Protocol | null
  metaData: MetaData | null
}

interface Replayed {
  readonly live: Map<string, Add>
  readonly about: About
}

function tableOf(folder: string, version: number, { live, about }: Replayed): DeltaTable {
  const { protocol, metaData } = about
  if (protocol === null || metaData === null) throw corrupt(folder, 'its log does not say protocol and schema')
  mustBeReadable(folder, protocol, metaData)
  let fields: unknown
  try {
    fields = (JSON.parse(metaData.schemaString) as { fields?: unknown }).fields
  } catch (error) {
    throw corrupt(folder, 'its schema is not JSON', error)
  }
  if (!Array.isArray(fields)) throw corrupt(folder, 'its schema has no fields')
  return {
    version,
    columns: fields.map((field: { name?: unknown; type?: unknown }) => ({
      name: String(field.name),
      type: field.type,
    })),
    partitionColumns: metaData.partitionColumns,
    files: [...live].map(([path, { partitionValues }]) => ({ path, partitionValues })),
  }
}

function mustBeReadable(folder: string, protocol: Protocol, { configuration, format }: MetaData): void {
  const needs: string[] = []
  if (protocol.minReaderVersion > 3) needs.push(`a reader of version ${protocol.minReaderVersion}`)
  needs.push(...(protocol.readerFeatures ?? []).filter((feature) => !HARMLESS.has(feature)))
  const mapping = configuration['delta.columnMapping.mode'] ?? 'none'
  if (mapping !== 'none') needs.push(`columnMapping by ${mapping}`)
  if (format.provider !== 'parquet') needs.push(`files in ${format.provider}`)
  if (needs.length === 0) return
  const message = `the Delta table ${folder} needs ${needs.join(', ')}, which DuckPond does not read`
  throw new PondError('oplog.unsupported', message, { path: folder, needs })
}

/** The version after that of the newest checkpoint, whose actions are taken in. */
async function startFromCheckpoint(log: DeltaLogFiles, folder: string, { live, about }: Replayed): Promise<number> {
  const whole = versionsOf(log.names, /^(\d{20})\.checkpoint\.parquet$/)
  const parted = versionsOf(log.names, /^(\d{20})\.checkpoint\.\d{10}\.\d{10}\.parquet$/)
  const version = Math.max(whole.at(-1) ?? -1, parted.at(-1) ?? -1)
  if (version < 0) {
    const isNewer = log.names.some((name) => /^\d{20}\.checkpoint\./.test(name))
    if (isNewer)
      throw new PondError(
        'oplog.unsupported',
        `the Delta table ${folder} needs v2Checkpoint, which DuckPond does not read`,
        {
          path: folder,
          needs: ['v2Checkpoint'],
        },
      )
    throw corrupt(folder, 'its log does not begin at version 0, and has no checkpoint')
  }
  const digits = String(version).padStart(20, '0')
  const names = log.names.filter((name) => name.startsWith(`${digits}.checkpoint.`)).sort()
  const parts = names.filter((name) => /\.\d{10}\.\d{10}\.parquet$/.test(name))
  const isWhole = names.includes(`${digits}.checkpoint.parquet`)
  if (!isWhole && parts.length !== Number(parts[0]!.slice(-18, -8)))
    throw corrupt(folder, `a part of its checkpoint of version ${version} is missing`)
  for (const name of isWhole ? [`${digits}.checkpoint.parquet`] : parts)
    for (const row of await rowsOf(await log.read(name), `${folder}/_delta_log/${name}`)) {
      if (isRecord(row['protocol'])) about.protocol = parseProtocol(row['protocol'])
      if (isRecord(row['metaData'])) about.metaData = parseMetaData(row['metaData'])
      if (!isRecord(row['add'])) continue
      const add = parseAdd(row['add'])
      live.set(decodePath(add.path), add)
    }
  return version + 1
}

async function rowsOf(bytes: Uint8Array, file: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { compressors } = await import('hyparquet-compressors')
  const buffer = bytes.slice().buffer as ArrayBuffer
  const columns = ['protocol', 'metaData', 'add']
  try {
    return await parquetReadObjects({ file: buffer, columns, compressors, geoparquet: false })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new PondError('oplog.corrupt-log', `${file} is no checkpoint that can be read: ${why}`, { file }, error)
  }
}

/** Ascending. */
function versionsOf(names: readonly string[], pattern: RegExp): readonly number[] {
  const versions = names.map((name) => pattern.exec(name)?.[1]).filter((found) => found !== undefined)
  return versions.map(Number).sort((a, b) => a - b)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function corrupt(folder: string, why: string, cause?: unknown): PondError {
  return new PondError('oplog.corrupt-log', `the Delta table ${folder} cannot be read: ${why}`, { path: folder }, cause)
}
