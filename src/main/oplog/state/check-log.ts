/**
 * Checks the folder `_delta_log` against itself: that every entry is there and is what was written, that
 * each follows from those before it, that checkpoints say what the entries say, and the hint what the
 * newest checkpoint is. Reads only, and names every file that is not right, not the first alone.
 */
import { mustGoOn } from '../../../shared/cancellation'
import { isPondError, type ErrorCode } from '../../../shared/errors'
import type { Storage } from '../../platform'
import type { Commit } from '../log/action'
import { hintText, loadCheckpoint } from './checkpoint'
import { whyNotForeign } from './checkpoint-file'
import type { DataFiles } from '../data/data-files'
import type { DeltaLog } from '../log/log'
import { follow } from './rearrangement'
import { compareRearranged, notTheSame } from './same-rows'
import { firstState, type TableState } from './state'

export interface TableFinding {
  /** In the storage that the table is in. */
  readonly file: string
  readonly code: ErrorCode
  readonly message: string
}

export interface LogFindings {
  readonly damage: readonly TableFinding[]
  /** What is remarkable and no damage. */
  readonly notes: readonly TableFinding[]
  readonly entries: number
}

export interface CheckLogOptions {
  /** That entries are there, not what they say. */
  readonly quick: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

/** Entries read ahead of those that are looked at. */
const READ_AHEAD = 32

interface Place {
  readonly storage: Storage
  /** The table's. */
  readonly folder: string
  readonly log: DeltaLog
  readonly data: DataFiles
}

export async function checkLog(place: Place, options: CheckLogOptions): Promise<LogFindings> {
  const { log } = place
  const findings = { damage: [] as TableFinding[], notes: [] as TableFinding[] }
  const { checkpoints, commits } = await log.contents()
  const last = Math.max(commits.at(-1) ?? -1, checkpoints[0] ?? -1)
  const there = new Set(commits)
  for (let version = 0; version <= last; version++) {
    const file = log.commitFile(version)
    if (!there.has(version)) findings.damage.push(corrupt(file, `${file} is missing`))
  }
  if (options.quick) {
    const files = [
      ...commits.map((version) => log.commitFile(version)),
      ...checkpoints.map((at) => log.checkpointFile(at)),
    ]
    for (const file of files)
      if ((await place.storage.stat(file))?.sizeBytes === 0) findings.damage.push(corrupt(file, `${file} is empty`))
  } else {
    const known = new Set(checkpoints)
    let state: TableState | undefined
    for (let start = 0; start <= last; start += READ_AHEAD) {
      mustGoOn(options.signal)
      options.onProgress?.(start, last + 1)
      const versions = Array.from({ length: Math.min(READ_AHEAD, last + 1 - start) }, (_, index) => start + index)
      const read = await Promise.all(versions.map((version) => readEntry(log, version)))
      for (const [index, version] of versions.entries()) {
        const entry = read[index]
        if (isFinding(entry)) findings.damage.push(entry)
        state = await stateAfter(
          place,
          { state, version, entry: isFinding(entry) ? undefined : entry },
          findings.damage,
        )
        if (known.has(version)) state = (await checkCheckpoint(place, { version, state }, findings)) ?? state
      }
    }
  }
  await checkHint(place, checkpoints[0], findings)
  return { ...findings, entries: commits.length }
}

/** Undefined for one that is not there: that is said already. */
async function readEntry(log: DeltaLog, version: number): Promise<Commit | TableFinding | undefined> {
  try {
    return await log.readCommit(version)
  } catch (error) {
    if (!isPondError(error) || !error.code.startsWith('oplog.')) throw error
    return { file: log.commitFile(version), code: error.code, message: error.message }
  }
}

/** The state after an entry; undefined where it is not known any more. */
async function stateAfter(
  place: Place,
  step: {
    readonly state: TableState | undefined
    readonly version: number
    readonly entry: Commit | undefined
  },
  damage: TableFinding[],
): Promise<TableState | undefined> {
  const { log, data } = place
  const { state, version, entry } = step
  if (entry === undefined || (state === undefined && version > 0)) return undefined
  try {
    const next = state === undefined ? firstState(entry) : await follow(place, state, [entry])
    if (next.foreign !== null && state?.foreign == null)
      damage.push({ file: log.commitFile(version), code: 'oplog.foreign-commit', message: next.foreign.reason })
    else if (state !== undefined && next.foreign === null) {
      const sameness = await compareRearranged(data, state, entry)
      if (sameness !== null && sameness !== 'unknown') {
        const { code, message } = notTheSame(entry, sameness)
        damage.push({ file: log.commitFile(version), code, message })
      }
    }
    // The tail is for who commits; here it would grow with the log.
    return { ...next, tail: { checkpoint: null, commits: [] } }
  } catch (error) {
    if (!isPondError(error) || !error.code.startsWith('oplog.')) throw error
    damage.push({ file: log.commitFile(version), code: error.code, message: error.message })
    return undefined
  }
}

/** The checkpoint's state where it is sound and the entries' is not known. */
async function checkCheckpoint(
  { storage, log }: Place,
  { version, state }: { readonly version: number; readonly state: TableState | undefined },
  findings: { readonly damage: TableFinding[]; readonly notes: TableFinding[] },
): Promise<TableState | undefined> {
  const file = log.checkpointFile(version)
  const loaded = await loadCheckpoint(storage, log, version)
  if (loaded === undefined) {
    const reason = await whyNoCheckpoint(storage, file)
    if (reason !== undefined) {
      findings.damage.push(corrupt(file, `the checkpoint ${file} is damaged: ${reason}`))
      return undefined
    }
    const message = `${file} is another program's checkpoint; DuckPond opens from its own`
    findings.notes.push({ file, code: 'oplog.foreign-commit', message })
    return undefined
  }
  if (loaded instanceof Error) {
    findings.damage.push(corrupt(file, `the checkpoint ${file} is damaged: ${loaded.message}`))
    return undefined
  }
  const isSame = state === undefined || sameTable(state, loaded)
  if (!isSame) findings.damage.push(corrupt(file, `the checkpoint ${file} does not say what the log says`))
  return state === undefined ? loaded : undefined
}

/** What is wrong with a file that is no checkpoint of ours; undefined for another program's. */
async function whyNoCheckpoint(storage: Storage, file: string): Promise<string | undefined> {
  try {
    return whyNotForeign(await storage.readFile(file))
  } catch (error) {
    // Somebody's clean-up took it away meanwhile.
    if (isPondError(error, 'platform.not-found')) return undefined
    throw error
  }
}

function sameTable(a: TableState, b: TableState): boolean {
  if (a.pondVersion !== b.pondVersion || a.live.size !== b.live.size) return false
  return [...a.live].every(([path, file]) => {
    const other = b.live.get(path)
    return other !== undefined && other.size === file.size && other.add.stats === file.add.stats
  })
}

/** A hint that is missing or late does no harm, and a crash may leave it so; one that says nonsense was damaged. */
async function checkHint(
  { storage, log }: Place,
  newest: number | undefined,
  findings: { readonly damage: TableFinding[]; readonly notes: TableFinding[] },
): Promise<void> {
  const file = log.hintFile
  const say = (to: TableFinding[], message: string): void => void to.push(corrupt(file, `${file} ${message}`))
  const text = await storage.readFile(file).catch((error: unknown) => {
    if (isPondError(error, 'platform.not-found')) return undefined
    throw error
  })
  if (text === undefined) {
    if (newest !== undefined) say(findings.notes, 'is missing: opening lists the folder instead')
    return
  }
  const version = versionIn(text)
  if (version === undefined) return say(findings.damage, 'is not what was written')
  if ((await storage.stat(log.checkpointFile(version))) === undefined)
    return say(findings.damage, `names the checkpoint of Delta version ${version}, which does not exist`)
  const expected = await hintText({ storage, log }, version)
  if (expected !== undefined && expected !== new TextDecoder().decode(text))
    return say(findings.damage, 'is not what was written')
  if (newest !== undefined && version < newest) say(findings.notes, `is late: there is a checkpoint of ${newest}`)
}

function versionIn(text: Uint8Array): number | undefined {
  try {
    const hint: unknown = JSON.parse(new TextDecoder().decode(text))
    const version = typeof hint === 'object' && hint !== null ? (hint as Record<string, unknown>)['version'] : undefined
    return Number.isSafeInteger(version) ? (version as number) : undefined
  } catch {
    return undefined
  }
}

function corrupt(file: string, message: string): TableFinding {
  return { file, code: 'oplog.corrupt-log', message }
}

function isFinding(entry: Commit | TableFinding | undefined): entry is TableFinding {
  return entry !== undefined && 'code' in entry
}
