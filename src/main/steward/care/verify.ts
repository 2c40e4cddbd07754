/**
 * Checks a pond against everything it says of itself, file by file: first that each is what was written,
 * then that what they say fits together. Names every file that is not right; what nothing names is
 * remarked on, and is no damage. Reads only.
 */
import { mustGoOn } from '../../../shared/cancellation'
import type { Progress, VerifyReport } from '../../../shared/model'
import type { Storage } from '../../platform'
import { blobFiles, hasBlob, type Pending } from '../../tlogfs'
import { type ConfigFile } from '../ground/config-file'
import { Findings } from './findings'
import { isJournalProblem, missingEntries } from '../ground/journal-fit'
import type { PondStore } from '../state/pond-store'
import { isPondFileWhole } from '../ground/pond-file'
import type { State } from '../state/state'
import { checkRows, checkTree } from './verify-rows'
import { TransactionCheck } from './verify-transactions'
import { CONFIG_FILE, DATA_FOLDER, JOURNAL, LOG_FOLDER, POND_FILE } from '../../../shared/pond-folder'

export interface VerifyOptions {
  /** That files are there, with their sizes, and rows and names that can be read; no hash is computed. */
  readonly quick?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

export async function verifyPond(store: PondStore, options: VerifyOptions): Promise<VerifyReport> {
  const findings = new Findings(options.signal)
  const state = await store.state()
  await checkSmallFiles({ storage: store.world.storage, config: store.config }, findings)
  await checkLog(store, findings, options)
  await checkData(store, state, findings, options)
  // What a damaged file holds would be missing everywhere: the file is named, and that is enough.
  if (findings.isSound) checkTotals(findings)
  if (findings.isSound) await checkTree(state, findings, options)
  await checkJournal(store, state, findings, options)
  // What cannot be read may name any file.
  const isAllRead = findings.isSound && state.problem === null
  await checkBlobs(store, findings, options)
  if (state.problem !== null && (isJournalProblem(state.problem) || findings.isSound))
    findings.failed(isJournalProblem(state.problem) ? JOURNAL : DATA_FOLDER, state.problem)
  const { foreign } = state.snapshot
  if (foreign !== null && options.quick === true) findings.damage(LOG_FOLDER, 'oplog.foreign-commit', foreign.reason)
  await remarkOnUnnamed(store, state, findings, isAllRead)
  return findings.report()
}

export async function checkSmallFiles(
  { storage, config }: { readonly storage: Storage; readonly config: ConfigFile },
  findings: Findings,
): Promise<void> {
  try {
    if (!(await isPondFileWhole(storage)))
      findings.damage(POND_FILE, 'steward.corrupt-pond', `${POND_FILE} is not what was written`)
  } catch (error) {
    findings.failed(POND_FILE, error)
  }
  try {
    await config.read()
  } catch (error) {
    findings.failed(CONFIG_FILE, error)
  }
}

async function checkLog(
  { table }: PondStore,
  findings: Findings,
  { quick = false, signal, onProgress }: VerifyOptions,
): Promise<void> {
  const { damage, notes } = await table.checkLog({
    quick,
    ...(signal && { signal }),
    onProgress: (done, total) =>
      onProgress?.({ kind: 'progress', done, total, unit: 'files', note: 'checking the log' }),
  })
  for (const { file, code, message } of damage) findings.damage(file, code, message)
  for (const { file, code, message } of notes) findings.note(file, code, message)
}

async function checkData(
  { table }: PondStore,
  state: State,
  findings: Findings,
  options: VerifyOptions,
): Promise<void> {
  const { snapshot } = state
  const { files } = snapshot
  const transactions = new TransactionCheck()
  const known = findings.problems
  for (const [done, file] of files.entries()) {
    mustGoOn(options.signal)
    options.onProgress?.({ kind: 'progress', done, total: files.length, unit: 'files', note: 'checking the table' })
    findings.dataFiles++
    try {
      await table.checkFile(snapshot, file.path, { quick: options.quick === true })
    } catch (error) {
      // One that was merged away and cleaned up meanwhile is read where its rows are now.
      const isLive = (await table.snapshot()).files.some(({ path }) => path === file.path)
      if (isLive) findings.failed(`${DATA_FOLDER}/${file.path}`, error)
      continue
    }
    findings.bytes += file.size
    await checkRows(state, file, { findings, transactions }, options)
  }
  // Rows that could not be read would be missing everywhere.
  if (findings.problems === known) await transactions.report(state, findings)
}

/** Each version keeps how many nodes there are; that number goes on from the one before it, and nothing else tells. */
function checkTotals(findings: Findings): void {
  const wrong = findings.nodes.wrong()
  if (wrong === undefined) return
  const { version, told, found } = wrong
  const message = `version ${version} says that there are ${told} nodes, and its rows make ${found}`
  findings.damage(DATA_FOLDER, 'oplog.corrupt-data', message)
}

/** What is pending, what an undo could bring back, and whether the log is as long as the journal says. */
async function checkJournal(
  store: PondStore,
  { snapshot }: State,
  findings: Findings,
  { quick = false }: VerifyOptions,
): Promise<void> {
  const pending = store.pending()
  if (pending === null) return
  const missing = missingEntries(snapshot, pending.baseDelta)
  if (missing !== null) findings.failed(LOG_FOLDER, missing)
  remarkOnTail(pending, findings)
  for (const operation of pending.everything()) {
    const { size, sha256, place } = operation
    if (hasBlob(operation)) findings.blobs.set(sha256 ?? '', { size: size ?? 0, path: place.name })
  }
  if (quick) return
  try {
    findings.bytes += await pending.checkContents()
  } catch (error) {
    findings.failed(JOURNAL, error)
  }
}

export function remarkOnTail({ tailBytes }: Pending, findings: Findings): void {
  if (tailBytes === 0) return
  const message = `${tailBytes} bytes at its end are no whole change: one that was cut short, or damage`
  findings.note(JOURNAL, 'tlogfs.journal-damaged', message)
}

async function checkBlobs(
  { blobs }: PondStore,
  findings: Findings,
  { quick = false, signal, onProgress }: VerifyOptions,
): Promise<void> {
  let done = 0
  const total = findings.blobs.size
  for (const [sha256, { size, path }] of findings.blobs) {
    mustGoOn(signal)
    onProgress?.({ kind: 'progress', done: done++, total, unit: 'files', note: 'checking large files' })
    try {
      const reader = await blobs.open(sha256, size, { path, version: null, nodeId: null })
      try {
        if (quick) continue
        for await (const chunk of reader.chunks()) {
          mustGoOn(signal)
          findings.bytes += chunk.length
        }
      } finally {
        await reader.close()
      }
    } catch (error) {
      findings.failed(await blobs.find(sha256), error)
    }
  }
}

/** One remark for each kind of file that nothing names: there may be very many. */
async function remarkOnUnnamed(
  { world: { storage }, table }: PondStore,
  state: State,
  findings: Findings,
  isAllRead: boolean,
): Promise<void> {
  const unnamed = new Map<string, { count: number; bytes: number; first: string }>()
  const add = (kind: string, file: string, bytes: number): void => {
    if (!isAllRead && kind !== 'temporary') return
    const known = unnamed.get(kind)
    if (known === undefined) unnamed.set(kind, { count: 1, bytes, first: file })
    else unnamed.set(kind, { count: known.count + 1, bytes: known.bytes + bytes, first: known.first })
  }
  let below = { files: 0, bytes: 0, first: '' }
  for await (const { file, sha256, sizeBytes, isBelowTable } of blobFiles(storage)) {
    if (sha256 === null) add('temporary', file, sizeBytes)
    else if (!findings.blobs.has(sha256)) add('blob', file, sizeBytes)
    else if (isBelowTable)
      below = { files: below.files + 1, bytes: below.bytes + sizeBytes, first: below.first || file }
  }
  if (below.files > 0) {
    const message = `${below.files} large files of DuckPond 0.1, ${below.bytes} bytes, lie below the table, where another engine's VACUUM may remove them: a clean-up moves them`
    findings.note(below.first, 'below-the-table', message)
  }
  for (const { file, bytes, kind } of await table.garbage(state.snapshot, Infinity, { isToBeRemoved: false }))
    add(kind, file, bytes)
  for (const [kind, { count, bytes, first }] of unnamed) {
    const rest = count === 1 ? '' : ` and ${count - 1} more`
    findings.note(first, `unnamed.${kind}`, `${first}${rest}, ${bytes} bytes: nothing names it; a clean-up removes it`)
  }
}
