/**
 * The actions of a Delta log as plain data, and one commit file as text: one JSON action per line.
 * Reading is tolerant of fields it does not know and strict about those it uses; the source of the
 * format is the Delta transaction log protocol.
 */
import { PondError } from '../../../shared/errors'
import { isSealed, sealEntry } from './checksum'
import { decodePath } from './data-path'

export interface Protocol {
  readonly minReaderVersion: number
  readonly minWriterVersion: number
  readonly readerFeatures?: readonly string[]
  readonly writerFeatures?: readonly string[]
}

export interface MetaData {
  readonly id: string
  readonly format: { readonly provider: string; readonly options: Readonly<Record<string, string>> }
  readonly schemaString: string
  readonly partitionColumns: readonly string[]
  readonly configuration: Readonly<Record<string, string>>
  readonly createdTime: number
}

export type PartitionValues = Readonly<Record<string, string | null>>

export interface Add {
  /** As the log spells it: percent-encoded. */
  readonly path: string
  readonly partitionValues: PartitionValues
  readonly size: number
  /** Milliseconds. */
  readonly modificationTime: number
  readonly dataChange: boolean
  /** JSON text. */
  readonly stats: string | null
  readonly tags?: Readonly<Record<string, string>>
}

export interface Remove {
  readonly path: string
  /** Milliseconds. */
  readonly deletionTimestamp: number
  readonly dataChange: boolean
  readonly extendedFileMetadata: true
  readonly partitionValues: PartitionValues
  readonly size: number
}

/** Our part of `commitInfo`: a pond version, or work that makes none. */
export type PondInfo = (
  | { readonly version: number; readonly committedAtUs: number }
  /** With the Delta version that it was written for (early ponds left it out): it follows from those before. */
  | { readonly maintenance: string; readonly deltaVersion?: number }
) & {
  readonly transactionId: string
  /** Of the whole entry, see `sealEntry`. */
  readonly crc32c: string
}

export interface CommitInfo {
  /** Milliseconds. */
  readonly timestamp: number
  readonly operation: string
  readonly operationParameters: Readonly<Record<string, string>>
  readonly isBlindAppend: boolean
  readonly engineInfo: string
  readonly txnId: string
  readonly pond?: PondInfo
}

/** One Delta version. */
export interface Commit {
  readonly version: number
  readonly sizeBytes: number
  readonly commitInfo: Partial<CommitInfo> | null
  readonly protocol: Protocol | null
  readonly metaData: MetaData | null
  readonly adds: readonly Add[]
  readonly removes: readonly Remove[]
  /** Of another engine's commit: what in it DuckPond does not read. Then the other parts are not all there. */
  readonly unreadable?: PondError
  /** Of a rearrangement that was looked into (see rearrangement.ts): what is not so, as the end of a sentence. */
  readonly falsehood?: string | null
}

export type Action =
  | { readonly commitInfo: CommitInfo }
  | { readonly protocol: Protocol }
  | { readonly metaData: MetaData }
  | { readonly add: Add }
  | { readonly remove: Remove }

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What was looked at and is not as the format says. Any other failure is a bug of ours, and no damage. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

/** The entry's bytes, with its checksum filled in. The `commitInfo` with our part comes first. */
export function formatCommit(actions: readonly Action[]): Uint8Array {
  return encoder.encode(sealEntry(actions.map((action) => `${JSON.stringify(action)}\n`).join('')))
}

/** @throws oplog.corrupt-log naming `file`; where the commit is ours, oplog.unsupported and oplog.unsafe-path */
export function parseCommit(version: number, bytes: Uint8Array, file: string): Commit {
  try {
    const text = decodeText(bytes)
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    const actions = lines.map((line) => record(parseJson(line)))
    if (actions.length === 0) throw new Malformed('no action in it')
    const infos = actions.filter((action) => action['commitInfo'] !== undefined)
    const commitInfo = infos.length === 0 ? null : parseCommitInfo(record(infos.at(-1)!['commitInfo']))
    checkOurs(text, commitInfo)
    const pond = commitInfo?.pond
    if (pond !== undefined && 'maintenance' in pond && (pond.deltaVersion ?? version) !== version)
      throw new Malformed(`it is the entry of Delta version ${pond.deltaVersion}`)
    const common = { version, sizeBytes: bytes.length, commitInfo }
    try {
      return { ...common, ...parseActions(actions) }
    } catch (error) {
      if (pond !== undefined || version === 0 || !(error instanceof PondError)) throw error
      return { ...common, protocol: null, metaData: null, adds: [], removes: [], unreadable: error }
    }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw new PondError(
      'oplog.corrupt-log',
      `${file} is not a commit of the Delta log: ${error.message}`,
      { file, version },
      error,
    )
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error
    throw new Malformed('it is not UTF-8', { cause: error })
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new Malformed(error instanceof Error ? error.message : 'it is not JSON', { cause: error })
  }
}

function parseActions(
  actions: readonly Readonly<Record<string, unknown>>[],
): Pick<Commit, 'protocol' | 'metaData' | 'adds' | 'removes'> {
  const adds: Add[] = []
  const removes: Remove[] = []
  let protocol: Protocol | null = null
  let metaData: MetaData | null = null
  for (const action of actions) {
    if (action['add'] !== undefined) adds.push(parseAdd(record(action['add'])))
    else if (action['remove'] !== undefined) removes.push(parseRemove(record(action['remove'])))
    else if (action['protocol'] !== undefined) protocol = parseProtocol(record(action['protocol']))
    else if (action['metaData'] !== undefined) metaData = parseMetaData(record(action['metaData']))
  }
  return { protocol, metaData, adds, removes }
}

/** An entry of ours is exactly what we wrote; one that says so and is not is damaged, not foreign. */
function checkOurs(text: string, commitInfo: Partial<CommitInfo> | null): void {
  const isOurs = commitInfo?.pond !== undefined || String(commitInfo?.engineInfo).startsWith('DuckPond/')
  if (isOurs && !isSealed(text)) throw new Malformed('it is not what was written (checksum)')
}

/** An add as JSON or a checkpoint has it; numbers may be bigint. @throws Malformed, oplog.unsupported, oplog.unsafe-path */
export function parseAdd(value: Readonly<Record<string, unknown>>): Add {
  if (value['deletionVector'] !== undefined && value['deletionVector'] !== null) {
    throw new PondError('oplog.unsupported', `the table uses deletion vectors, which DuckPond does not read`, {
      feature: 'deletionVectors',
    })
  }
  const path = string(value, 'path')
  decodePath(path)
  return {
    path,
    partitionValues: partitionValues(value['partitionValues']),
    size: integer(value, 'size'),
    modificationTime: integer(value, 'modificationTime'),
    dataChange: value['dataChange'] !== false,
    stats: typeof value['stats'] === 'string' ? value['stats'] : null,
    ...(value['tags'] === undefined || value['tags'] === null ? {} : { tags: strings(value['tags']) }),
  }
}

export function parseRemove(value: Readonly<Record<string, unknown>>): Remove {
  const path = string(value, 'path')
  decodePath(path)
  return {
    path,
    deletionTimestamp: optionalInteger(value['deletionTimestamp']),
    dataChange: value['dataChange'] !== false,
    extendedFileMetadata: true,
    partitionValues: partitionValues(value['partitionValues']),
    size: optionalInteger(value['size']),
  }
}

export function parseProtocol(value: Readonly<Record<string, unknown>>): Protocol {
  const features = (name: string) => (Array.isArray(value[name]) ? { [name]: value[name].map(String) } : {})
  return {
    minReaderVersion: integer(value, 'minReaderVersion'),
    minWriterVersion: integer(value, 'minWriterVersion'),
    ...features('readerFeatures'),
    ...features('writerFeatures'),
  }
}

export function parseMetaData(value: Readonly<Record<string, unknown>>): MetaData {
  const format = record(value['format'] ?? {})
  return {
    id: string(value, 'id'),
    format: { provider: string(format, 'provider'), options: strings(format['options']) },
    schemaString: string(value, 'schemaString'),
    partitionColumns: Array.isArray(value['partitionColumns']) ? value['partitionColumns'].map(String) : [],
    configuration: strings(value['configuration']),
    createdTime: optionalInteger(value['createdTime']),
  }
}

function parseCommitInfo(value: Readonly<Record<string, unknown>>): Partial<CommitInfo> {
  // Free-form for everybody else; only our own part is relied on, so only it is checked.
  const { pond: given, ...rest } = value
  const pond = parsePondInfo(given)
  return { ...(rest as Partial<CommitInfo>), ...(pond === undefined ? {} : { pond }) }
}

function parsePondInfo(value: unknown): PondInfo | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const pond = record(value)
  const common = { transactionId: string(pond, 'transactionId'), crc32c: string(pond, 'crc32c') }
  if (pond['maintenance'] !== undefined) {
    const deltaVersion = pond['deltaVersion'] === undefined ? {} : { deltaVersion: integer(pond, 'deltaVersion') }
    return { maintenance: string(pond, 'maintenance'), ...deltaVersion, ...common }
  }
  return { version: integer(pond, 'version'), committedAtUs: integer(pond, 'committedAtUs'), ...common }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Malformed('expected an object')
  // An object with string keys is what was just checked.
  return value as Record<string, unknown>
}

function string(value: Readonly<Record<string, unknown>>, name: string): string {
  const found = value[name]
  if (typeof found !== 'string') throw new Malformed(`expected text in ${name}, found ${typeof found}`)
  return found
}

function integer(value: Readonly<Record<string, unknown>>, name: string): number {
  const found = Number(value[name] ?? Number.NaN)
  if (!Number.isSafeInteger(found)) throw new Malformed(`expected an integer in ${name}, found ${String(value[name])}`)
  return found
}

/** Delta leaves some numbers of a remove or of old metadata out; they only inform. */
function optionalInteger(value: unknown): number {
  const found = Number(value ?? 0)
  return Number.isSafeInteger(found) ? found : 0
}

function strings(value: unknown): Record<string, string> {
  const entries = Object.entries(record(value ?? {})).filter(([, text]) => text !== null && text !== undefined)
  return Object.fromEntries(entries.map(([name, text]) => [name, String(text)]))
}

function partitionValues(value: unknown): PartitionValues {
  const entries = Object.entries(record(value ?? {}))
  return Object.fromEntries(
    entries.map(([name, text]) => [name, text === null || text === undefined ? null : String(text)]),
  )
}
