/**
 * Setting aside what other programs wrote into the log since their first change: the entries and
 * checkpoints are moved out of it, and stay as files together with the data they name. Under the pond's lock.
 * A step cut short leaves a log that ends later than it should, never one with a gap, and can be done again.
 */
import { isPondError, PondError } from '../../../shared/errors'
import { toIsoTime } from '../../../shared/time'
import { copyFile, type Storage } from '../../platform'
import type { Commit } from '../log/action'
import { readHint } from './checkpoint'
import { decodePath } from '../log/data-path'
import { loadState } from './load'
import { join } from '../log/log'
import { engineOf, type TableState } from './state'
import type { TableParts } from '../table-parts'

/** An entry of the log that was set aside. */
export interface AsideEntry {
  readonly deltaVersion: number
  readonly engine: string
  readonly operation: string
  /** ISO 8601; null where the entry does not say. */
  readonly at: string | null
}

/**
 * @param folder in the storage that the table is in: made, and what is moved goes there
 * @returns the entries, oldest first, and the state of the table without them
 * @throws oplog.foreign-commit where entries of ours follow them, oplog.missing-data where the rows from before are gone
 */
export async function setForeignAside(
  table: TableParts,
  first: number,
  folder: string,
): Promise<{ readonly entries: readonly AsideEntry[]; readonly state: TableState }> {
  const { storage, log } = table
  const before = await loadState(table, first - 1)
  await mustHaveFiles(table, before)
  const commits = await log.readCommitsFrom(first)
  const ours = commits.find(({ commitInfo }) => commitInfo?.pond !== undefined)
  if (ours !== undefined) {
    const message = `nothing was set aside: Delta version ${ours.version}, which is DuckPond's own, follows the change of another program in Delta version ${first}`
    throw new PondError('oplog.foreign-commit', message, { deltaVersion: ours.version })
  }
  const entries = commits.map(describe)
  await storage.makeFolder(folder)
  const names = await namesFrom(table, first)
  for (const name of names.all) await giveName(storage, join(log.folder, name), `${folder}/${name}`)
  await keepData(table, commits, { before, folder })
  await writeText(storage, `${folder}/README.txt`, explain(table, entries, names.all))
  for (let above = folder; above !== ''; above = parentOf(above)) await storage.syncFolder(above)
  await storage.syncFolder('')
  // What readers would begin at goes first, then the entries from the newest back, each for good.
  for (const name of names.derived) await storage.remove(join(log.folder, name))
  await storage.syncFolder(log.folder)
  for (const name of names.entries) {
    await storage.remove(join(log.folder, name))
    await storage.syncFolder(log.folder)
  }
  return { entries, state: await loadState(table) }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

async function mustHaveFiles({ storage, folder }: TableParts, { live }: TableState): Promise<void> {
  const gone: string[] = []
  for (const { path, size } of live.values())
    if ((await storage.stat(join(folder, path)))?.sizeBytes !== size) gone.push(path)
  if (gone.length === 0) return
  const rest = gone.length === 1 ? '' : ` and ${gone.length - 1} more`
  const message = `nothing was set aside: the other program removed files with rows from before its change (${gone[0]!}${rest}); bring them back from a backup first`
  throw new PondError('oplog.missing-data', message, { file: gone[0]!, files: gone })
}

interface Names {
  /** Checkpoints and the like, and the hint where it leads to one of them. */
  readonly derived: readonly string[]
  /** Newest first. */
  readonly entries: readonly string[]
  readonly all: readonly string[]
}

/** What of the log's folder is about a Delta version or a later one. */
async function namesFrom({ storage, log }: TableParts, first: number): Promise<Names> {
  const derived: string[] = []
  const entries: string[] = []
  for (const { name, kind } of await storage.list(log.folder)) {
    // `N.json`, `N.crc`, `N.checkpoint...`, and `N.M.compacted.json`, which goes up to M.
    const [, from, to] = /^(\d{20})(?:\.(\d{20}))?\./.exec(name) ?? []
    if (kind !== 'file' || from === undefined || Number(to ?? from) < first) continue
    if (/^\d{20}\.json$/.test(name)) entries.push(name)
    else derived.push(name)
  }
  const hint = await readHint(storage, log)
  if (hint === undefined || hint >= first) {
    const name = log.hintFile.slice(log.folder.length + 1)
    if ((await storage.stat(log.hintFile)) !== undefined) derived.push(name)
  }
  entries.sort().reverse()
  return { derived, entries, all: [...derived, ...entries] }
}

/** The files that the entries brought, so that they can be put back even after another engine's clean-up. */
async function keepData(
  { storage, folder }: TableParts,
  commits: readonly Commit[],
  to: { readonly before: TableState; readonly folder: string },
): Promise<void> {
  const paths = new Set(commits.flatMap(({ adds }) => adds.map(({ path }) => decodePath(path))))
  const made = new Set<string>()
  for (const path of paths) {
    if (to.before.live.has(path)) continue
    const target = `${to.folder}/data/${path}`
    const above = parentOf(target)
    try {
      if ((await storage.stat(join(folder, path))) === undefined) continue
      if (!made.has(above)) await storage.makeFolder(above)
      made.add(above)
      await giveName(storage, join(folder, path), target)
    } catch (error) {
      if (!isPondError(error, 'platform.not-found')) throw error
    }
  }
  for (const above of made)
    for (let each = above; each !== to.folder; each = parentOf(each)) await storage.syncFolder(each)
}

/** A second name for a file; where there are no links, a copy. */
async function giveName(storage: Storage, from: string, to: string): Promise<void> {
  if ((await storage.link(from, to)) !== 'unsupported') return
  await copyFile(storage, from, to)
}

async function writeText(storage: Storage, path: string, text: string): Promise<void> {
  const writer = await storage.create(path)
  try {
    await writer.write(new TextEncoder().encode(text))
    await writer.sync()
  } finally {
    await writer.close()
  }
}

function describe(commit: Commit): AsideEntry {
  const { operation, timestamp } = commit.commitInfo ?? {}
  return {
    deltaVersion: commit.version,
    engine: engineOf(commit),
    operation: typeof operation === 'string' ? operation : 'change',
    at: typeof timestamp === 'number' && Number.isSafeInteger(timestamp) ? toIsoTime(timestamp * 1_000) : null,
  }
}

function explain({ log }: TableParts, entries: readonly AsideEntry[], names: readonly string[]): string {
  const lines = entries.map(
    ({ deltaVersion, engine, operation, at }) =>
      `  Delta version ${deltaVersion}: ${operation} by ${engine}, ${at ?? 'time not known'}`,
  )
  return `These entries of ${log.folder} were written by other programs, and were set aside on request:

${lines.join('\n')}

As long as nothing has been committed to the pond since, they can be put back: with no program at work on the
pond, copy the files of this folder (${names.length} of them; not this text, not data/) into ${log.folder}, and what is
in data/ here into data/ there where it is missing. Otherwise this folder may be deleted.
`
}
