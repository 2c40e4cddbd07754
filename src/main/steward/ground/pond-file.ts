/** `pond.json`: what makes a folder a pond, written last when one is made. Drawn in docs/formats.md. */
import { crc32c } from '@node-rs/crc32'
import { isPondError, PondError } from '../../../shared/errors'
import type { Random, Storage } from '../../platform'
import { POND_FILE } from '../../../shared/pond-folder'

/**
 * 1: large content lies below the table. 2: what was written since lies beside it, in `large`. A pond of
 * format 1 becomes one of format 2 with the first content that 0.1, which reads up to 1, would not find.
 */
export const FORMAT = 2
const NAME = POND_FILE

export interface PondFile {
  readonly format: number
  readonly pondId: string
  readonly createdAt: string
}

/** @throws steward.not-a-pond, steward.newer-format, steward.corrupt-pond */
export async function readPondFile(storage: Storage): Promise<PondFile> {
  const where = storage.hostPath ?? 'this folder'
  const file = await findPondFile(storage)
  if (file === undefined) {
    throw new PondError('steward.not-a-pond', `${where} is not a pond: it has no ${NAME}`, { path: where })
  }
  return file
}

/** As `readPondFile`, but undefined where there is none. */
export async function findPondFile(storage: Storage): Promise<PondFile | undefined> {
  const where = storage.hostPath ?? 'this folder'
  let text: string
  try {
    text = new TextDecoder().decode(await storage.readFile(NAME))
  } catch (error) {
    if (isPondError(error, 'platform.not-found')) return undefined
    throw error
  }
  const corrupt = (why: string, cause?: unknown): PondError =>
    new PondError('steward.corrupt-pond', `${where} has a ${NAME} that cannot be used: ${why}`, { path: where }, cause)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw corrupt('it is not JSON', error)
  }
  if (typeof value !== 'object' || value === null) throw corrupt('it is not a JSON object')
  const { format, pondId, createdAt } = value as Record<string, unknown>
  if (typeof format !== 'number') throw corrupt('it names no format')
  if (format > FORMAT) {
    throw new PondError(
      'steward.newer-format',
      `${where} is a pond of format ${format}; this DuckPond reads up to format ${FORMAT}. Use a newer one.`,
      {
        path: where,
        format,
        expected: FORMAT,
      },
    )
  }
  if (typeof pondId !== 'string' || typeof createdAt !== 'string') throw corrupt('it names no pondId or createdAt')
  const file = { format, pondId, createdAt }
  const { crc32c: sum } = value as Record<string, unknown>
  if (sum !== undefined && sum !== checksum(file)) throw corrupt('it is not what was written (checksum)')
  return file
}

/** Whether the file is what was written to the last byte. @throws as `readPondFile` */
export async function isPondFileWhole(storage: Storage): Promise<boolean> {
  const file = await readPondFile(storage)
  const text = new TextDecoder().decode(await storage.readFile(NAME))
  // Early ponds have no checksum.
  return text === textOfPondFile(file) || text === `${JSON.stringify(file)}\n`
}

export function textOfPondFile(file: PondFile): string {
  return `${JSON.stringify({ ...file, crc32c: checksum(file) })}\n`
}

function checksum({ format, pondId, createdAt }: PondFile): string {
  return crc32c(JSON.stringify([format, pondId, createdAt]))
    .toString(16)
    .padStart(8, '0')
}

/** Publishes the file durably; another's that came first stands. @throws steward.already-a-pond */
export async function writePondFile(storage: Storage, file: PondFile): Promise<void> {
  const temp = `.${NAME}.${file.pondId}.tmp`
  const writer = await storage.create(temp)
  try {
    await writer.write(new TextEncoder().encode(textOfPondFile(file)))
    await writer.sync()
  } finally {
    await writer.close()
  }
  const linked = await storage.link(temp, NAME)
  if (linked === 'unsupported') await storage.replace(temp, NAME)
  await storage.syncFolder('')
  if (linked !== 'unsupported') await storage.remove(temp)
  if (linked === 'exists') {
    throw new PondError(
      'steward.already-a-pond',
      `${storage.hostPath ?? 'this folder'} has just become a pond by another hand`,
      {},
    )
  }
}

/**
 * Under the lock: makes the pond one of a format, durably, unless it is of that or a newer one already.
 * @throws as `readPondFile`, platform.*
 */
export async function raiseFormat(storage: Storage, random: Random, format: number): Promise<PondFile> {
  const known = await readPondFile(storage)
  if (known.format >= format) return known
  const file = { ...known, format }
  const temp = `.${NAME}.${Buffer.from(random.bytes(6)).toString('hex')}.tmp`
  const writer = await storage.create(temp)
  try {
    await writer.write(new TextEncoder().encode(textOfPondFile(file)))
    await writer.sync()
  } finally {
    await writer.close()
  }
  await storage.replace(temp, NAME)
  await storage.syncFolder('')
  return file
}
