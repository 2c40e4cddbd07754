/**
 * Checks what is there of a pond whose table cannot be opened, file by file, so that it is known what can be saved:
 * each is compared with its own checksums. What they say together cannot be told, and the report says so. Reads only.
 */
import { createHash } from 'node:crypto'
import { mustGoOn } from '../../../shared/cancellation'
import { isPondError } from '../../../shared/errors'
import type { VerifyReport } from '../../../shared/model'
import { OplogTable } from '../../oplog'
import type { Storage, World } from '../../platform'
import { blobFiles, Pending } from '../../tlogfs'
import { ConfigFile } from '../ground/config-file'
import { isJournalProblem } from '../ground/journal-fit'
import { readPondFile } from '../ground/pond-file'
import { Findings } from './findings'
import { checkSmallFiles, remarkOnTail, type VerifyOptions } from './verify'
import { DATA_FOLDER, JOURNAL, LOG_FOLDER } from '../../../shared/pond-folder'

/** Asked of the disk at once. */
const READ_BYTES = 1 << 20

/**
 * @param cause why it cannot be opened
 * @throws the cause where the pond could not be opened for something else than damage of its table
 */
export async function verifyUnopened(world: World, cause: unknown, options: VerifyOptions): Promise<VerifyReport> {
  if (!isPondError(cause) || !cause.code.startsWith('oplog.')) throw cause
  const { storage } = world
  const findings = new Findings(options.signal)
  await checkSmallFiles({ storage, config: new ConfigFile(storage) }, findings)
  await checkTable(world, findings, options)
  if (findings.isSound) {
    const { file } = cause.detail
    findings.damage(typeof file === 'string' ? file : LOG_FOLDER, cause.code, cause.message)
  }
  await checkJournal(world, findings)
  await checkBlobs(storage, findings, options)
  const message = `the pond cannot be opened (${cause.message}): its files were checked one by one, and not whether they fit together`
  findings.note(LOG_FOLDER, cause.code, message)
  return findings.report()
}

async function checkTable(world: World, findings: Findings, options: VerifyOptions): Promise<void> {
  const { quick = false, signal, onProgress } = options
  const { damage, notes, files, bytes } = await OplogTable.checkUnopened(world.storage, DATA_FOLDER, world, {
    quick,
    ...(signal && { signal }),
    onProgress: (done, total) =>
      onProgress?.({ kind: 'progress', done, total, unit: 'files', note: 'checking the table' }),
  })
  findings.dataFiles = files
  if (!quick) findings.bytes += bytes
  for (const { file, code, message } of damage) findings.damage(file, code, message)
  for (const { file, code, message } of notes) findings.note(file, code, message)
}

async function checkJournal({ storage }: World, findings: Findings): Promise<void> {
  if ((await storage.stat(JOURNAL)) === undefined) return
  try {
    const pending = await Pending.open(storage, JOURNAL, (await readPondFile(storage)).pondId)
    try {
      remarkOnTail(pending, findings)
      findings.bytes += await pending.checkContents()
    } finally {
      await pending.close()
    }
  } catch (error) {
    if (!isJournalProblem(error)) throw error
    findings.failed(JOURNAL, error)
  }
}

/** Each is named after its hash. */
async function checkBlobs(storage: Storage, findings: Findings, options: VerifyOptions): Promise<void> {
  for await (const { file, sha256, sizeBytes } of blobFiles(storage)) {
    mustGoOn(options.signal)
    if (sha256 === null) continue
    findings.blobs.set(sha256, { size: sizeBytes, path: file })
    if (options.quick === true) continue
    findings.bytes += sizeBytes
    if ((await hashOf(storage, file, options.signal)) === sha256) continue
    findings.damage(file, 'tlogfs.corrupt-content', `${file} is not what it is named after`)
  }
}

async function hashOf(storage: Storage, file: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256')
  const reader = await storage.open(file)
  try {
    for (let offset = 0; offset < reader.sizeBytes; offset += READ_BYTES) {
      mustGoOn(signal)
      hash.update(await reader.read(offset, READ_BYTES))
    }
    return hash.digest('hex')
  } finally {
    await reader.close()
  }
}
