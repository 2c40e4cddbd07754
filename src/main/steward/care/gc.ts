/**
 * Garbage: files in the pond's folder that no version, no pending operation and no undo can ever ask
 * for again. Found and removed under the lock, only where everything that could name one can be read;
 * removing is the last step, so a crash leaves a part of the garbage and nothing else.
 */
import { mustGoOn } from '../../../shared/cancellation'
import { PondError } from '../../../shared/errors'
import type { GarbageReport, Progress, RemovedFile } from '../../../shared/model'
import type { Snapshot } from '../../oplog'
import { abandonedFolders, isOwnedName, type Storage } from '../../platform'
import { blobFiles, hasBlob, INLINE_LIMIT, moveBlobs, type BlobFile, type Pending } from '../../tlogfs'
import type { Hold } from '../state/hold'
import type { PondStore } from '../state/pond-store'
import { CACHE_FOLDER, JOURNAL_FOLDER } from '../../../shared/pond-folder'

export interface GarbageOptions {
  /** What is younger stays. Default: 7 days. With 0, nobody else should be at work on the pond. */
  readonly graceMs?: number
  /** Only says what would be removed. */
  readonly dryRun?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

const GRACE_MS = 7 * 86_400_000
/** What replacing the journal leaves behind, ends that were cut off it, and damaged ones that were set aside. */
const JOURNAL_LEFTOVER = /^journal\.(?:.+\.tmp|cut-.+|damaged-.+)$/
const SET_ASIDE = /^journal\.damaged-/
const ROOT_LEFTOVER = /^\..+\.tmp$/

/** @throws oplog.missing-data, oplog.corrupt-data, oplog.foreign-commit, tlogfs.journal-damaged, steward.locked */
export async function collectGarbage(store: PondStore, options: GarbageOptions): Promise<GarbageReport> {
  const { graceMs = GRACE_MS } = options
  if (!Number.isFinite(graceMs) || graceMs < 0)
    throw new PondError('steward.bad-count', `graceMs: expected milliseconds, found ${graceMs}`, { graceMs })
  return store.hold(async (hold) => {
    const { clock, storage } = store.world
    const nowMs = Math.floor(clock.now() / 1_000)
    const beforeMs = nowMs - graceMs
    const place = { storage, folder: CACHE_FOLDER }
    const { unnamed, misplaced } = await lookAtBlobs(storage, { hold, beforeMs, options })
    const found = [
      ...unnamed,
      ...(await store.table.garbage(hold.state().snapshot, beforeMs)),
      ...(await leftovers(storage, { beforeMs, nowMs })),
      ...(await filesBelow(storage, CACHE_FOLDER, beforeMs)),
    ]
    mustGoOn(options.signal)
    const isDry = options.dryRun === true
    if (!isDry && misplaced.length > 0) await moveUp(store, misplaced, options)
    if (!isDry) for (const { file } of found) await storage.remove(file)
    for await (const folder of abandonedFolders(store.world, place)) {
      found.push(...(await filesBelow(storage, folder.path, Number.POSITIVE_INFINITY)))
      await (isDry ? folder.release() : folder.remove())
    }
    found.sort((a, b) => (a.file < b.file ? -1 : 1))
    return {
      removed: found,
      bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
      moved: { files: misplaced.length, bytes: misplaced.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) },
    }
  }, options.signal)
}

interface Search {
  readonly hold: Hold
  readonly beforeMs: number
  readonly options: GarbageOptions
}

type Misplaced = BlobFile & { readonly sha256: string }

/**
 * Blobs that nothing names, and those that something does where they should not be. Reads every row of every
 * version, whether or not there is a blob to ask about.
 */
async function lookAtBlobs(
  storage: Storage,
  { hold, beforeMs, options }: Search,
): Promise<{ readonly unnamed: readonly RemovedFile[]; readonly misplaced: readonly Misplaced[] }> {
  const temporary: RemovedFile[] = []
  const files: Misplaced[] = []
  for await (const blob of blobFiles(storage)) {
    mustGoOn(options.signal)
    const { file, sha256, sizeBytes, modifiedMs } = blob
    if (sha256 !== null) files.push({ ...blob, sha256 })
    else if (modifiedMs <= beforeMs) temporary.push({ file, bytes: sizeBytes, kind: 'temporary' })
  }
  const unnamed = new Set(files.map(({ sha256 }) => sha256))
  await spareCommitted(unnamed, hold.state().snapshot, options)
  sparePending(unnamed, hold.pending)
  const misplaced = files.filter(({ sha256, isBelowTable }) => isBelowTable && !unnamed.has(sha256))
  // What cannot be read of a journal that lies aside may name any of them.
  if ((await setAside(storage)).length > 0) unnamed.clear()
  const old = files.filter(({ sha256, modifiedMs }) => unnamed.has(sha256) && modifiedMs <= beforeMs)
  const removed = old.map(({ file, sizeBytes }): RemovedFile => ({ file, bytes: sizeBytes, kind: 'blob' }))
  return { unnamed: [...temporary, ...removed], misplaced }
}

async function moveUp(store: PondStore, blobs: readonly Misplaced[], { signal }: GarbageOptions): Promise<void> {
  const { storage, random } = store.world
  await store.useNewFormat()
  await moveBlobs(storage, blobs, { random, ...(signal && { signal }) })
}

async function spareCommitted(blobs: Set<string>, snapshot: Snapshot, options: GarbageOptions): Promise<void> {
  const total = snapshot.files.length
  for (const [done, { path }] of snapshot.files.entries()) {
    options.onProgress?.({ kind: 'progress', done, total, unit: 'files', note: 'looking for what is named' })
    for await (const rows of snapshot.scan({ file: path })) {
      mustGoOn(options.signal)
      for (const { sha256, size } of rows) if (sha256 !== null && (size ?? 0) > INLINE_LIMIT) blobs.delete(sha256)
    }
  }
}

function sparePending(blobs: Set<string>, pending: Pending): void {
  for (const operation of pending.everything()) if (hasBlob(operation)) blobs.delete(operation.sha256 ?? '')
}

async function setAside(storage: Storage): Promise<readonly string[]> {
  const names = (await storage.list(JOURNAL_FOLDER)).map(({ name }) => name)
  return names.filter((name) => SET_ASIDE.test(name))
}

/** Temporary files of the journal and of the pond's root, and what was cut off the journal or set aside. */
async function leftovers(
  storage: Storage,
  { beforeMs, nowMs }: { readonly beforeMs: number; readonly nowMs: number },
): Promise<readonly RemovedFile[]> {
  const found: RemovedFile[] = []
  for (const [folder, pattern] of [
    ['', ROOT_LEFTOVER],
    [JOURNAL_FOLDER, JOURNAL_LEFTOVER],
  ] as const) {
    for (const { name, kind } of await storage.list(folder)) {
      if (kind !== 'file' || !pattern.test(name)) continue
      const file = folder === '' ? name : `${folder}/${name}`
      const stat = await storage.stat(file)
      // The only copy of changes that could not be read: no grace asked for is too short for it.
      const oldMs = SET_ASIDE.test(name) ? Math.min(beforeMs, nowMs - GRACE_MS) : beforeMs
      if (stat === undefined || stat.modifiedMs > oldMs) continue
      found.push({ file, bytes: stat.sizeBytes, kind: name.endsWith('.tmp') ? 'temporary' : 'journal' })
    }
  }
  return found
}

/** Files of the cache that were not written lately: everything in it can be made again. What processes own is their own. */
async function filesBelow(storage: Storage, folder: string, beforeMs: number): Promise<readonly RemovedFile[]> {
  if ((await storage.stat(folder))?.kind !== 'folder') return []
  const found: RemovedFile[] = []
  for (const { name, kind } of await storage.list(folder)) {
    const file = `${folder}/${name}`
    if (kind === 'folder' && !isOwnedName(name)) found.push(...(await filesBelow(storage, file, beforeMs)))
    if (kind !== 'file') continue
    const stat = await storage.stat(file)
    if (stat !== undefined && stat.modifiedMs <= beforeMs) found.push({ file, bytes: stat.sizeBytes, kind: 'cache' })
  }
  return found
}
