/**
 * What the Delta log says at one version: the live files, the protocol, the pond version. States are
 * values; applying commits to one gives the next. Commits that are not ours are judged here.
 */
import { PondError } from '../../../shared/errors'
import type { Micros } from '../../../shared/model'
import type { Add, Commit, MetaData, PartitionValues, Protocol, Remove } from '../log/action'
import { BLOCKS_TAG, parseBlocksTag } from '../log/checksum'
import { decodePath } from '../log/data-path'
import { DIRECTORIES_TAG, parseDirectoriesTag, type DirectoryFilter } from '../data/directory-filter'
import { readStatistics, UNKNOWN_STATISTICS, type FileBounds } from '../data/statistics'

/** A live data file. */
export interface LiveFile {
  readonly add: Add
  /** Decoded, relative to the table. */
  readonly path: string
  readonly size: number
  readonly partitionValues: PartitionValues
  /** Null where only the file itself can say. */
  readonly rows: number | null
  /** Of the blocks of a file that we wrote; undefined for other engines' files. */
  readonly checksums: readonly number[] | undefined
  /** Unknown unless we wrote the file: other engines' statistics are not relied on. */
  readonly bounds: FileBounds
  /** Undefined where the file may hold rows of any directory. */
  readonly directories: DirectoryFilter | undefined
}

/** The first change of the table that another program made. */
export interface Foreign {
  readonly deltaVersion: number
  readonly reason: string
  /**
   * Whether the table is read as it was before that version, because its rows may be others since. What
   * only changed what the table says of itself leaves the rows as they are.
   */
  readonly isReadBefore: boolean
}

export interface TableState {
  readonly deltaVersion: number
  readonly pondVersion: number
  readonly lastCommittedAt: Micros
  /** Null in an empty pond. */
  readonly lastTransactionId: string | null
  readonly foreign: Foreign | null
  readonly protocol: Protocol
  readonly metaData: MetaData
  readonly live: ReadonlyMap<string, LiveFile>
  readonly tail: Tail
}

/** What happened since the checkpoint that the state was built from (since the beginning if none). */
export interface Tail {
  readonly checkpoint: { readonly deltaVersion: number; readonly sizeBytes: number } | null
  readonly commits: readonly TailCommit[]
}

export interface TailCommit {
  readonly version: number
  readonly sizeBytes: number
  /** Null where the commit is not ours. */
  readonly transactionId: string | null
  /** Those that checkpoints go on naming, see `outlivesItsFile`. */
  readonly tombstones: readonly Remove[]
}

/** A file that was removed sooner than this after it was written needs no tombstone in a checkpoint. */
const SHORT_LIFE_MS = 3_600_000

const SUPPORTED_READER_VERSION = 1
const SUPPORTED_WRITER_VERSION = 2

/** The state after version 0. @throws oplog.corrupt-log, oplog.unsupported */
export function firstState(commit: Commit): TableState {
  const { protocol, metaData } = commit
  if (protocol === null || metaData === null) {
    throw new PondError('oplog.corrupt-log', `Delta version ${commit.version} does not say protocol and schema`, {
      version: commit.version,
    })
  }
  const empty: TableState = {
    deltaVersion: commit.version - 1,
    pondVersion: -1,
    lastCommittedAt: 0,
    lastTransactionId: null,
    foreign: null,
    protocol,
    metaData,
    live: new Map(),
    tail: { checkpoint: null, commits: [] },
  }
  return { ...advance(empty, [commit]), lastTransactionId: null }
}

/** The state after further commits, which follow it without a gap. @throws oplog.corrupt-log, oplog.unsupported */
export function advance(state: TableState, commits: readonly Commit[]): TableState {
  if (commits.length === 0) return state
  let { pondVersion, lastCommittedAt, lastTransactionId, foreign, protocol, metaData } = state
  const live = new Map(state.live)
  const tail = [...state.tail.commits]
  for (const commit of commits) {
    const pond = commit.commitInfo?.pond
    foreign = also(foreign, judge(commit, { pondVersion, protocol, metaData }))
    const { version, sizeBytes, removes } = commit
    // Nothing of it counts, nor of what follows: it builds on what we do not read.
    if (foreign?.isReadBefore === true) {
      tail.push({ version, sizeBytes, tombstones: [], transactionId: pond?.transactionId ?? null })
      continue
    }
    if (foreign === null) {
      protocol = commit.protocol ?? protocol
      metaData = commit.metaData ?? metaData
      checkSupported(protocol, metaData)
    }
    const tombstones = removes.filter((remove) => outlivesItsFile(remove, live.get(decodePath(remove.path))))
    tail.push({ version, sizeBytes, tombstones, transactionId: pond?.transactionId ?? null })
    for (const remove of removes) live.delete(decodePath(remove.path))
    for (const add of commit.adds) {
      const file = liveFile(add)
      live.set(file.path, file)
    }
    if (pond === undefined || 'maintenance' in pond) continue
    if (pond.version !== pondVersion + 1) {
      throw new PondError(
        'oplog.corrupt-log',
        `Delta version ${commit.version} is pond version ${pond.version}, expected ${pondVersion + 1}`,
        { version: commit.version, expected: pondVersion + 1, found: pond.version },
      )
    }
    pondVersion = pond.version
    lastCommittedAt = pond.committedAtUs
    lastTransactionId = pond.transactionId
  }
  return {
    deltaVersion: commits.at(-1)!.version,
    pondVersion: Math.max(0, pondVersion),
    lastCommittedAt,
    lastTransactionId,
    foreign,
    protocol,
    metaData,
    live,
    tail: { checkpoint: state.tail.checkpoint, commits: tail },
  }
}

/** The same state, with its tail counted from a newer checkpoint. */
export function rebase(
  state: TableState,
  checkpoint: { readonly deltaVersion: number; readonly bytes: number },
): TableState {
  const { deltaVersion, bytes } = checkpoint
  if (deltaVersion > state.deltaVersion || deltaVersion <= (state.tail.checkpoint?.deltaVersion ?? -1)) return state
  const commits = state.tail.commits.filter(({ version }) => version > deltaVersion)
  return { ...state, tail: { checkpoint: { deltaVersion, sizeBytes: bytes }, commits } }
}

/**
 * A tombstone keeps another engine's clean-up from a file until so long after its removal; the file's
 * own age does until so long after it was written. Where the two are nearly the same, the tombstone
 * protects nothing, and a history of many small commits has very many such.
 */
function outlivesItsFile({ deletionTimestamp }: Remove, file: LiveFile | undefined): boolean {
  return file === undefined || deletionTimestamp - file.add.modificationTime > SHORT_LIFE_MS
}

/** Our own files are known by their checksums, wherever the `add` was found. */
export function liveFile(add: Add): LiveFile {
  const checksums = parseBlocksTag(add.tags?.[BLOCKS_TAG], add.size)
  const { rows, bounds } = checksums === undefined ? UNKNOWN_STATISTICS : readStatistics(add.stats)
  const { size, partitionValues } = add
  const directories = checksums === undefined ? undefined : parseDirectoriesTag(add.tags?.[DIRECTORIES_TAG])
  return { add, path: decodePath(add.path), size, partitionValues, rows, bounds, checksums, directories }
}

/** True where a commit says that it only arranges the same rows in other files. */
export function isRearrangement(commit: Commit): boolean {
  const actions = [...commit.adds, ...commit.removes]
  const pond = commit.commitInfo?.pond
  if (commit.unreadable !== undefined || (pond !== undefined && !('maintenance' in pond))) return false
  return commit.protocol === null && commit.metaData === null && actions.every((action) => !action.dataChange)
}

/** Why a commit is somebody else's change of the table; null when it is ours or changes nothing. */
function judge(
  commit: Commit,
  before: { readonly pondVersion: number; readonly protocol: Protocol; readonly metaData: MetaData },
): Foreign | null {
  const { version: deltaVersion, adds, removes } = commit
  if (commit.commitInfo?.pond !== undefined) return null
  const engine = engineOf(commit)
  if (before.pondVersion < 0) return { deltaVersion, reason: `the table was made by ${engine}`, isReadBefore: false }
  const changed = (reason: string, isReadBefore = true): Foreign => ({ deltaVersion, reason, isReadBefore })
  if (commit.unreadable !== undefined)
    return changed(`${engine} wrote what DuckPond does not read: ${commit.unreadable.message}`)
  if (isRearrangement(commit)) {
    const { falsehood } = commit
    return falsehood == null ? null : changed(`${engine} says that it only rearranged rows, but ${falsehood}`)
  }
  if ([...adds, ...removes].some(({ dataChange }) => dataChange)) return changed(`${engine} added or removed rows`)
  try {
    checkSupported(commit.protocol ?? before.protocol, commit.metaData ?? before.metaData)
  } catch (error) {
    if (!(error instanceof PondError)) throw error
    return changed(`${engine} changed the table's protocol: ${error.message}`)
  }
  // Rows that come along with other properties are not compared with those before.
  const isPlain = adds.length === 0 && removes.length === 0
  const what = commit.metaData === null ? 'protocol' : 'schema or properties'
  return changed(`${engine} changed the table's ${what}`, !isPlain)
}

/** What is to be said of two changes, the second of which may be the first of rows. */
function also(first: Foreign | null, second: Foreign | null): Foreign | null {
  if (first === null || second === null) return first ?? second
  if (first.isReadBefore || !second.isReadBefore) return first
  const reason = `${first.reason}; Delta version ${second.deltaVersion}: ${second.reason}`
  return { ...first, reason, isReadBefore: true }
}

/** Who wrote a commit, for messages. */
export function engineOf({ commitInfo }: Commit): string {
  return typeof commitInfo?.engineInfo === 'string' ? commitInfo.engineInfo : 'another program'
}

/** @throws oplog.unsupported */
export function checkSupported(protocol: Protocol, metaData: MetaData): void {
  if (protocol.minReaderVersion > SUPPORTED_READER_VERSION) {
    const features = protocol.readerFeatures ?? []
    const named = features.length > 0 ? ` (${features.join(', ')})` : ''
    throw new PondError(
      'oplog.unsupported',
      `the table needs a Delta reader of version ${protocol.minReaderVersion}${named}, DuckPond reads version ${SUPPORTED_READER_VERSION}`,
      { minReaderVersion: protocol.minReaderVersion, readerFeatures: features },
    )
  }
  if (metaData.format.provider !== 'parquet') {
    throw new PondError('oplog.unsupported', `the table's files are ${metaData.format.provider}, expected parquet`, {
      provider: metaData.format.provider,
    })
  }
}

/** What keeps us from writing, as an error to throw; undefined when nothing does. */
export function whyReadOnly(state: TableState): PondError | undefined {
  const { foreign, protocol } = state
  if (foreign !== null) {
    return new PondError('oplog.foreign-commit', `${foreign.reason} (Delta version ${foreign.deltaVersion})`, {
      deltaVersion: foreign.deltaVersion,
      reason: foreign.reason,
    })
  }
  if (protocol.minWriterVersion > SUPPORTED_WRITER_VERSION) {
    return new PondError(
      'oplog.unsupported',
      `the table needs a Delta writer of version ${protocol.minWriterVersion}, DuckPond writes version ${SUPPORTED_WRITER_VERSION}`,
      { minWriterVersion: protocol.minWriterVersion },
    )
  }
  return undefined
}
