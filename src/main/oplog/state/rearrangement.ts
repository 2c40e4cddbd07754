/**
 * Other engines' commits that say they only arrange the same rows in other files. They are taken at their word
 * where the numbers of rows agree, and instants have kept their microseconds; whether every row is what
 * it was, is compared before anything relies on it for good (see same-rows.ts).
 */
import { isPondError } from '../../../shared/errors'
import type { Storage } from '../../platform'
import type { Commit } from '../log/action'
import { closeAll, DataFiles, type DecodedFile, type OpenedFile } from '../data/data-files'
import { decodePath } from '../log/data-path'
import { join } from '../log/log'
import { hasCoarseInstants, readFooter } from '../data/parquet-read'
import { scanFile } from '../data/scan'
import { advance, isRearrangement, liveFile, type LiveFile, type TableState } from './state'
import { readStatistics } from '../data/statistics'

interface Place {
  readonly storage: Storage
  /** The table's. */
  readonly folder: string
}

/** As `advance`, with the rearrangements of others looked into. @throws oplog.corrupt-log, oplog.unsupported */
export async function follow(place: Place, state: TableState, commits: readonly Commit[]): Promise<TableState> {
  let reached = state
  let start = 0
  for (const [index, commit] of commits.entries()) {
    if (!isOthersRearrangement(commit)) continue
    reached = advance(reached, commits.slice(start, index))
    const falsehood = reached.foreign?.isReadBefore === true ? null : await findFalsehood(place, reached, commit)
    reached = advance(reached, [{ ...commit, falsehood }])
    start = index + 1
  }
  return advance(reached, commits.slice(start))
}

export function isOthersRearrangement(commit: Commit): boolean {
  return commit.commitInfo?.pond === undefined && commit.version > 0 && isRearrangement(commit)
}

/** The files that a commit takes out of a state, and those that it brings. */
export function movedFiles(
  state: TableState,
  { adds, removes }: Commit,
): { readonly removed: readonly LiveFile[]; readonly added: readonly LiveFile[]; readonly unknown: string | null } {
  const paths = new Set([...removes, ...adds].map(({ path }) => decodePath(path)))
  const unknown = removes.map(({ path }) => decodePath(path)).find((path) => !state.live.has(path))
  const removed = [...paths].map((path) => state.live.get(path)).filter((file) => file !== undefined)
  return { removed, added: adds.map((add) => liveFile(add)), unknown: unknown ?? null }
}

async function findFalsehood(place: Place, state: TableState, commit: Commit): Promise<string | null> {
  const { removed, added, unknown } = movedFiles(state, commit)
  if (unknown !== null) return `it removes ${unknown}, which is no file of the table`
  if (new Set(added.map(({ path }) => path)).size < added.length) return 'it adds a file twice'
  const looks: Look[] = []
  for (const file of added) {
    const look = await lookAt(place, file)
    if (typeof look === 'string') return look
    looks.push(look)
  }
  let before: number | null = 0
  for (const file of removed) before = plus(before, file.rows ?? (await rowsOf(place, file)))
  const after = looks.reduce((sum: number | null, { rows }) => plus(sum, rows), 0)
  if (before !== null && after !== null && before !== after)
    return `the files it removes have ${before} rows and those it adds ${after}`
  if (!looks.some(({ isCoarse }) => isCoarse)) return null
  return (await keepsInstants(place, removed, added)) ? null : 'it rounded instants to milliseconds'
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b
}

interface Look {
  /** Null where nothing tells any more. */
  readonly rows: number | null
  readonly isCoarse: boolean
}

/** What a file of another engine is; or what is wrong with it. */
async function lookAt({ storage, folder }: Place, file: LiveFile): Promise<Look | string> {
  try {
    const reader = await storage.open(join(folder, file.path))
    try {
      const metadata = await readFooter(file, reader)
      return { rows: Number(metadata.num_rows), isCoarse: hasCoarseInstants(metadata) }
    } finally {
      await reader.close()
    }
  } catch (error) {
    // Merged into others and cleaned away meanwhile.
    if (isPondError(error, 'platform.not-found')) return { rows: readStatistics(file.add.stats).rows, isCoarse: false }
    if (isPondError(error, 'oplog.corrupt-data')) return error.message
    throw error
  }
}

async function rowsOf(place: Place, file: LiveFile): Promise<number | null> {
  const look = await lookAt(place, file)
  return typeof look === 'string' ? null : look.rows
}

/** Whether every row has the instant it had. Files that are gone cannot be asked: then it counts as so. */
async function keepsInstants(place: Place, removed: readonly LiveFile[], added: readonly LiveFile[]): Promise<boolean> {
  const instants = new Map<string, number>()
  const data = new DataFiles(place.storage, place.folder)
  const isRead = await readInstants(data, removed, (key, instant) => void instants.set(key, instant))
  let isSame = true
  const isReadToo = await readInstants(data, added, (key, instant) => {
    const before = instants.get(key)
    if (before !== undefined && before !== instant) isSame = false
  })
  return isSame || !isRead || !isReadToo
}

/** False where a file is gone. */
async function readInstants(
  data: DataFiles,
  files: readonly LiveFile[],
  take: (key: string, instant: number) => void,
): Promise<boolean> {
  for (const file of files) {
    const opened: (DecodedFile | OpenedFile)[] = []
    try {
      opened.push(await data.open(file))
      for await (const rows of scanFile(opened[0]!, {}))
        for (const { nodeId, version, timestamp } of rows) take(`${nodeId}/${version}`, timestamp)
    } catch (error) {
      if (isPondError(error, 'platform.not-found')) return false
      throw error
    } finally {
      await closeAll(opened)
    }
  }
  return true
}
