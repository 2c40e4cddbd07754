/**
 * The file `pending/journal`: a header and frames, grouped into actions that are there as a whole or
 * not at all. It knows bytes, checksums and tails; what the frames mean belongs to `pending.ts`.
 * Readers need no lock. Appending, cutting and replacing are for whoever holds it. Drawn in
 * docs/formats.md.
 */
import { crc32c } from '@node-rs/crc32'
import { isPondError, PondError } from '../../shared/errors'
import type { Storage, StorageReader } from '../platform'

const MAGIC = new TextEncoder().encode('PONDJRN1')
const PREFIX_BYTES = MAGIC.length + 8
const MARK = 0x4d52_465f
/** mark, meta length, content length, action start (u64), content checksum, head checksum. */
const HEAD_BYTES = 28
const MAX_META_BYTES = 16 << 20
const WRITE_CHUNK = 1 << 20
const READ_WINDOW = 1 << 20
/** Readers of replaced generations that are kept for content which is still being read. */
const KEPT_GENERATIONS = 4

export interface JournalHeader {
  readonly pondId: string
  readonly generation: string
  readonly baseDelta: number
  readonly nextSequence: number
}

export type JournalMeta = Readonly<Record<string, unknown>>

export interface JournalEntry {
  readonly meta: JournalMeta
  readonly content?: Uint8Array
}

export interface JournalFrame {
  readonly meta: JournalMeta
  /** Which file it is in. */
  readonly generation: string
  readonly contentOffset: number
  readonly contentBytes: number
  readonly contentCrc: number
}

/** Makes a journal, durably, in place of whatever is at the path. */
export async function createJournal(
  storage: Storage,
  path: string,
  header: JournalHeader,
  actions: readonly (readonly JournalEntry[])[] = [],
): Promise<void> {
  const temp = `${path}.${header.generation}.tmp`
  const writer = await storage.create(temp)
  try {
    await writer.write(encodeHeader(header))
    for (const action of actions)
      for (const bytes of encodeAction(header.generation, action, writer.sizeBytes)) await writer.write(bytes)
    await writer.sync()
    await writer.close()
    await storage.replace(temp, path)
  } catch (error) {
    await writer.close()
    if (!isPondError(error, 'platform.crashed')) await storage.remove(temp)
    throw error
  }
  await storage.syncFolder(path.slice(0, path.lastIndexOf('/')))
}

/** @throws platform.not-found, tlogfs.journal-damaged, tlogfs.foreign-journal */
export async function openJournal(storage: Storage, path: string, pondId: string): Promise<Journal> {
  const journal = new Journal(storage, path, pondId)
  await journal.refresh()
  return journal
}

export class Journal {
  readonly #storage: Storage
  readonly #path: string
  readonly #pondId: string
  readonly #readers = new Map<string, StorageReader>()
  #header: JournalHeader | null = null
  #frames: JournalFrame[] = []
  /** End of the last whole action. */
  #end = 0
  #size = 0
  #identity = ''
  #poisoned = false

  constructor(storage: Storage, path: string, pondId: string) {
    this.#storage = storage
    this.#path = path
    this.#pondId = pondId
  }

  get generation(): string {
    return this.#mustHeader().generation
  }
  get baseDelta(): number {
    return this.#mustHeader().baseDelta
  }
  get nextSequence(): number {
    return this.#mustHeader().nextSequence
  }
  /** Frames of all whole actions, in order. */
  get frames(): readonly JournalFrame[] {
    return this.#frames
  }
  /** Bytes after the last whole action. */
  get tailBytes(): number {
    return this.#size - this.#end
  }
  /** After a failed sync nobody knows what is durable: only a new generation can be appended to. */
  get poisoned(): boolean {
    return this.#poisoned
  }

  async close(): Promise<void> {
    for (const reader of this.#readers.values()) await reader.close()
    this.#readers.clear()
  }

  /** Reads what was appended since, or everything where the file was replaced. */
  async refresh(): Promise<{ replaced: boolean; frames: readonly JournalFrame[] }> {
    const stat = await this.#storage.stat(this.#path)
    // The file that is known is held open, so no other can have its identity.
    if (stat?.identity === this.#identity && stat?.sizeBytes === this.#size) return { replaced: false, frames: [] }
    const reader = await this.#storage.open(this.#path)
    try {
      const { header, bytes } = await readHeader(reader, this.#path, this.#pondId)
      const same = this.#header?.generation === header.generation
      if (same && reader.sizeBytes === this.#size) {
        await reader.close()
        return { replaced: false, frames: [] }
      }
      const from = same ? this.#end : bytes
      const read = await readActions(reader, header.generation, from, this.#path)
      await this.#keepReader(header.generation, reader)
      const replaced = !same && this.#header !== null
      this.#frames = same ? [...this.#frames, ...read.frames] : read.frames
      this.#header = header
      this.#identity = stat?.identity ?? ''
      this.#end = read.end
      this.#size = reader.sizeBytes
      this.#poisoned = this.#poisoned && same
      return { replaced, frames: read.frames }
    } catch (error) {
      await reader.close()
      throw error
    }
  }

  /**
   * Appends one action durably: one write, one sync. A failed write leaves the journal as it was.
   * Returns its frames.
   */
  async append(action: readonly JournalEntry[]): Promise<readonly JournalFrame[]> {
    if (this.#poisoned)
      throw new PondError('platform.io', 'the journal cannot be appended to after a failed sync', { path: this.#path })
    const { generation } = this.#mustHeader()
    const start = this.#end
    const writer = await this.#storage.append(this.#path)
    try {
      if (writer.sizeBytes !== start) {
        throw new PondError('platform.io', `the journal has ${writer.sizeBytes} bytes where ${start} were expected`, {
          path: this.#path,
        })
      }
      for (const bytes of encodeAction(generation, action, start)) await writer.write(bytes)
    } catch (error) {
      await writer.close()
      await this.#takeBack(start, error)
      throw error
    }
    try {
      await writer.sync()
    } catch (error) {
      this.#poisoned = true
      await writer.close()
      await this.#takeBack(start, error)
      throw error
    }
    await writer.close()
    return (await this.refresh()).frames
  }

  /** Starts a new generation with these actions in place of everything. */
  async replace(
    input: Omit<JournalHeader, 'pondId'> & { readonly actions: readonly (readonly JournalEntry[])[] },
  ): Promise<void> {
    const { actions, ...rest } = input
    await createJournal(this.#storage, this.#path, { ...rest, pondId: this.#pondId }, actions)
    await this.refresh()
  }

  /** Cuts what follows the last whole action, keeping the bytes in a file beside it. Returns how many. */
  async cutTail(): Promise<number> {
    const cut = this.tailBytes
    if (cut === 0) return 0
    const { generation } = this.#mustHeader()
    const aside = `${this.#path}.cut-${generation}-${this.#end}`
    const reader = this.#readers.get(generation)
    if (reader !== undefined && (await this.#storage.stat(aside)) === undefined) {
      const writer = await this.#storage.create(aside)
      try {
        for (let offset = this.#end; offset < this.#size; offset += READ_WINDOW)
          await writer.write(await reader.read(offset, Math.min(READ_WINDOW, this.#size - offset)))
      } finally {
        await writer.close()
      }
    }
    await this.#storage.truncate(this.#path, this.#end)
    await this.#storage.syncFile(this.#path)
    this.#size = this.#end
    return cut
  }

  /** @throws tlogfs.journal-damaged */
  async readContent(frame: JournalFrame): Promise<Uint8Array> {
    const reader = this.#readers.get(frame.generation)
    if (reader === undefined) throw damaged(this.#path, `generation ${frame.generation} is not open any more`)
    const bytes = await reader.read(frame.contentOffset, frame.contentBytes)
    if (bytes.length !== frame.contentBytes || checksum(frame.generation, bytes) !== frame.contentCrc) {
      throw damaged(this.#path, `the content at byte ${frame.contentOffset} does not match its checksum`)
    }
    return bytes
  }

  async #keepReader(generation: string, reader: StorageReader): Promise<void> {
    await this.#readers.get(generation)?.close()
    this.#readers.delete(generation)
    this.#readers.set(generation, reader)
    const oldest = this.#readers.entries().next().value
    if (this.#readers.size > KEPT_GENERATIONS && oldest !== undefined) {
      this.#readers.delete(oldest[0])
      await oldest[1].close()
    }
  }

  async #takeBack(size: number, error: unknown): Promise<void> {
    if (isPondError(error, 'platform.crashed')) return
    try {
      await this.#storage.truncate(this.#path, size)
    } catch {
      // What could not be cut is an unfinished tail: readers ignore it, the next holder cuts it.
    }
  }

  #mustHeader(): JournalHeader {
    if (this.#header === null) throw damaged(this.#path, 'it was not read yet')
    return this.#header
  }
}

function encodeHeader(header: JournalHeader): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify({ format: 1, ...header }))
  const bytes = new Uint8Array(PREFIX_BYTES + json.length)
  bytes.set(MAGIC)
  const view = new DataView(bytes.buffer)
  view.setUint32(MAGIC.length, json.length, true)
  view.setUint32(MAGIC.length + 4, crc32c(json), true)
  bytes.set(json, PREFIX_BYTES)
  return bytes
}

async function readHeader(
  reader: StorageReader,
  path: string,
  pondId: string,
): Promise<{ header: JournalHeader; bytes: number }> {
  const first = await reader.read(0, 4096)
  if (first.length < PREFIX_BYTES || MAGIC.some((byte, i) => first[i] !== byte))
    throw damaged(path, 'it does not begin as a journal')
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength)
  const length = view.getUint32(MAGIC.length, true)
  const json = first.subarray(PREFIX_BYTES, PREFIX_BYTES + length)
  if (json.length !== length || crc32c(json) !== view.getUint32(MAGIC.length + 4, true))
    throw damaged(path, 'its header does not match its checksum')
  const header = JSON.parse(new TextDecoder().decode(json)) as JournalHeader
  if (header.pondId !== pondId) {
    throw new PondError(
      'tlogfs.foreign-journal',
      `${path} belongs to another pond (${header.pondId}, expected ${pondId})`,
      { path },
    )
  }
  return { header, bytes: PREFIX_BYTES + length }
}

/** An action's bytes, in chunks of a few MiB. */
function* encodeAction(generation: string, action: readonly JournalEntry[], start: number): Generator<Uint8Array> {
  let parts: Uint8Array[] = []
  let size = 0
  for (const [i, { meta, content }] of action.entries()) {
    const last = i === action.length - 1
    const json = new TextEncoder().encode(JSON.stringify(last ? { ...meta, end: true } : meta))
    const bytes = content ?? new Uint8Array(0)
    const head = new Uint8Array(HEAD_BYTES)
    const view = new DataView(head.buffer)
    view.setUint32(0, MARK, true)
    view.setUint32(4, json.length, true)
    view.setUint32(8, bytes.length, true)
    view.setBigUint64(12, BigInt(start), true)
    view.setUint32(20, checksum(generation, bytes), true)
    view.setUint32(24, headChecksum(generation, head.subarray(0, 24), json), true)
    parts.push(head, json, bytes)
    size += HEAD_BYTES + json.length + bytes.length
    if (size >= WRITE_CHUNK || last) {
      yield Buffer.concat(parts)
      parts = []
      size = 0
    }
  }
}

/** Checksums are seeded by the generation, so that a frame of another file is no frame of this one. */
function checksum(generation: string, bytes: Uint8Array): number {
  return crc32c(bytes, crc32c(generation))
}

function headChecksum(generation: string, head: Uint8Array, meta: Uint8Array): number {
  return crc32c(meta, checksum(generation, head))
}

interface RawFrame {
  readonly frame: JournalFrame
  readonly actionStart: number
  readonly end: number
  readonly closesAction: boolean
}

/** Whole actions from an offset on. A bad frame ends them, unless a later action proves that it is damage and no tail. */
async function readActions(
  reader: StorageReader,
  generation: string,
  from: number,
  path: string,
): Promise<{ frames: JournalFrame[]; end: number }> {
  const window = new Window(reader)
  const frames: JournalFrame[] = []
  let action: RawFrame[] = []
  let start = from
  let end = from
  let last: RawFrame[] = []
  for (let offset = from; offset < reader.sizeBytes;) {
    const raw = await readFrame(window, generation, offset)
    if (raw === null || raw.actionStart !== start) {
      await mustBeTail(window, generation, offset, path)
      break
    }
    action.push(raw)
    offset = raw.end
    if (!raw.closesAction) continue
    for (const { frame } of last) frames.push(frame)
    last = action
    action = []
    start = offset
    end = offset
  }
  // All but the last action were synced before the next began; the last may be torn inside its content.
  for (const { frame } of last) {
    const bytes = await reader.read(frame.contentOffset, frame.contentBytes)
    if (bytes.length === frame.contentBytes && checksum(generation, bytes) === frame.contentCrc) continue
    return { frames, end: last[0]?.actionStart ?? from }
  }
  frames.push(...last.map(({ frame }) => frame))
  return { frames, end }
}

async function readFrame(window: Window, generation: string, offset: number): Promise<RawFrame | null> {
  const head = await window.read(offset, HEAD_BYTES)
  if (head.length < HEAD_BYTES) return null
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  if (view.getUint32(0, true) !== MARK) return null
  const metaBytes = view.getUint32(4, true)
  const contentBytes = view.getUint32(8, true)
  if (metaBytes === 0 || metaBytes > MAX_META_BYTES) return null
  const contentOffset = offset + HEAD_BYTES + metaBytes
  if (contentOffset + contentBytes > window.sizeBytes) return null
  const contentCrc = view.getUint32(20, true)
  const headCrc = view.getUint32(24, true)
  const fixed = head.slice(0, 24)
  const actionStart = Number(view.getBigUint64(12, true))
  const json = await window.read(offset + HEAD_BYTES, metaBytes)
  if (json.length !== metaBytes || headChecksum(generation, fixed, json) !== headCrc) return null
  const meta = JSON.parse(new TextDecoder().decode(json)) as JournalMeta
  return {
    frame: { meta, generation, contentOffset, contentBytes, contentCrc },
    actionStart,
    end: contentOffset + contentBytes,
    closesAction: meta['end'] === true,
  }
}

/** @throws tlogfs.journal-damaged when an action that starts after `bad` can be read */
async function mustBeTail(window: Window, generation: string, bad: number, path: string): Promise<void> {
  for (let offset = bad + 1; offset + HEAD_BYTES <= window.sizeBytes;) {
    const bytes = await window.read(offset, READ_WINDOW)
    const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(MARK_BYTES)
    if (found < 0) {
      offset += Math.max(bytes.length - MARK_BYTES.length + 1, 1)
      continue
    }
    const raw = await readFrame(window, generation, offset + found)
    if (raw !== null && raw.actionStart > bad) {
      throw damaged(path, `the frame at byte ${bad} cannot be read, but later ones can`)
    }
    offset += found + 1
  }
}

const MARK_BYTES = new Uint8Array(new Uint32Array([MARK]).buffer)

function damaged(path: string, why: string): PondError {
  return new PondError('tlogfs.journal-damaged', `${path} is damaged: ${why}. What is committed can still be read.`, {
    path,
  })
}

/** Small reads out of larger ones. */
class Window {
  readonly #reader: StorageReader
  #offset = 0
  #bytes: Uint8Array = new Uint8Array(0)

  constructor(reader: StorageReader) {
    this.#reader = reader
  }

  get sizeBytes(): number {
    return this.#reader.sizeBytes
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset < this.#offset || offset + length > this.#offset + this.#bytes.length) {
      this.#offset = offset
      this.#bytes = await this.#reader.read(offset, Math.max(length, READ_WINDOW))
    }
    return this.#bytes.subarray(offset - this.#offset, offset - this.#offset + length)
  }
}
