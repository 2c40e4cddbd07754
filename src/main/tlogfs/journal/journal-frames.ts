/**
 * The bytes of a journal: a header, then frames, grouped into actions. A frame is mark, lengths, the
 * offset at which its action starts, checksums, meta (JSON) and content; the last of an action says
 * `end`. Knows what is a torn tail and what is damage; drawn in docs/formats.md.
 */
import { crc32c } from '@node-rs/crc32'
import { PondError } from '../../../shared/errors'
import type { StorageReader } from '../../platform'
import { JournalWindow, READ_WINDOW, seedOf } from './journal-window'

const encoder = new TextEncoder()
const MAGIC = encoder.encode('PONDJRN1')
const FORMAT = 1
const PREFIX_BYTES = MAGIC.length + 8
const MAX_HEADER_BYTES = 4_096
const MARK = 0x4d52_465f
const MARK_BYTES = new Uint8Array(new Uint32Array([MARK]).buffer)
/** mark, meta length, content length, action start (u64), content checksum, head checksum. */
const HEAD_BYTES = 28
const CHECKED_HEAD_BYTES = 24
const MAX_META_BYTES = 256 << 20
const WRITE_CHUNK = 1 << 20

export interface JournalHeader {
  readonly pondId: string
  readonly generation: string
  /** Delta version that the operations were left over from. */
  readonly baseDelta: number
  readonly nextSequence: number
}

export type JournalMeta = Readonly<Record<string, unknown>>

export interface JournalEntry {
  readonly meta: JournalMeta
  readonly content?: Uint8Array
}

/** The entries of one action, in order; they may be made while they are written. */
export type JournalAction = Iterable<JournalEntry> | AsyncIterable<JournalEntry>

/** Where content is. */
export interface JournalContent {
  /** Which file it is in. */
  readonly generation: string
  readonly offset: number
  readonly bytes: number
  readonly crc: number
}

export interface JournalFrame {
  readonly meta: JournalMeta
  readonly content: JournalContent
}

export function encodeHeader(header: JournalHeader): Uint8Array {
  const json = encoder.encode(JSON.stringify({ format: FORMAT, ...header }))
  const bytes = new Uint8Array(PREFIX_BYTES + json.length)
  bytes.set(MAGIC)
  const view = new DataView(bytes.buffer)
  view.setUint32(MAGIC.length, json.length, true)
  view.setUint32(MAGIC.length + 4, crc32c(json), true)
  bytes.set(json, PREFIX_BYTES)
  return bytes
}

/** @throws tlogfs.journal-damaged, tlogfs.newer-journal, tlogfs.foreign-journal */
export async function readHeader(
  reader: StorageReader,
  path: string,
  pondId: string,
): Promise<{ readonly header: JournalHeader; readonly bytes: number }> {
  const first = await reader.read(0, MAX_HEADER_BYTES)
  if (first.length < PREFIX_BYTES || MAGIC.some((byte, i) => first[i] !== byte))
    throw journalDamaged(path, 'it does not begin as a journal')
  const view = viewOf(first)
  const length = view.getUint32(MAGIC.length, true)
  const json = first.subarray(PREFIX_BYTES, PREFIX_BYTES + length)
  if (json.length !== length || crc32c(json) !== view.getUint32(MAGIC.length + 4, true))
    throw journalDamaged(path, 'its header does not match its checksum')
  const header = JSON.parse(new TextDecoder().decode(json)) as JournalHeader & { readonly format: number }
  if (header.format > FORMAT) {
    const message = `${path} is of format ${header.format}, this DuckPond reads format ${FORMAT}: a newer one wrote it. It was left as it is; what is committed can be read: ask for head or a version.`
    throw new PondError('tlogfs.newer-journal', message, { path })
  }
  if (header.format !== FORMAT)
    throw journalDamaged(path, `it is of format ${header.format}, this DuckPond reads format ${FORMAT}`)
  if (header.pondId !== pondId) {
    throw new PondError(
      'tlogfs.foreign-journal',
      `${path} belongs to another pond (${header.pondId}, expected ${pondId})`,
      { path },
    )
  }
  return { header, bytes: PREFIX_BYTES + length }
}

export interface ActionPlace {
  readonly generation: string
  /** Offset of the action in the file. */
  readonly start: number
}

/**
 * An action's bytes, in chunks of about a MiB, which is what it holds of it at once; none for an action
 * without entries. Calls `wrote` with each frame as it will be read back.
 */
export async function* encodeAction(
  action: JournalAction,
  { generation, start }: ActionPlace,
  wrote: (frame: JournalFrame) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  const seed = seedOf(generation)
  let parts: Uint8Array[] = []
  let offset = start
  let chunkStart = start
  const add = ({ meta, content = new Uint8Array(0) }: JournalEntry, isLast: boolean): void => {
    const { head, json, crc } = encodeFrame({ meta: isLast ? { ...meta, end: true } : meta, content }, { seed, start })
    wrote({ meta, content: { generation, offset: offset + HEAD_BYTES + json.length, bytes: content.length, crc } })
    parts.push(head, json, content)
    offset += HEAD_BYTES + json.length + content.length
  }
  let waiting: JournalEntry | undefined
  for await (const entry of action) {
    if (waiting !== undefined) add(waiting, false)
    waiting = entry
    if (offset - chunkStart < WRITE_CHUNK) continue
    yield Buffer.concat(parts)
    parts = []
    chunkStart = offset
  }
  if (waiting === undefined) return
  add(waiting, true)
  yield Buffer.concat(parts)
}

function encodeFrame(
  { meta, content }: Required<JournalEntry>,
  { seed, start }: { readonly seed: number; readonly start: number },
): { readonly head: Uint8Array; readonly json: Uint8Array; readonly crc: number } {
  const json = encoder.encode(JSON.stringify(meta))
  if (json.length > MAX_META_BYTES) {
    const message = `a change of ${json.length} bytes is too large for the journal (at most ${MAX_META_BYTES}): do it in parts`
    throw new PondError('tinyfs.too-large', message, { size: json.length, limit: MAX_META_BYTES })
  }
  const crc = crc32c(content, seed)
  const head = new Uint8Array(HEAD_BYTES)
  const view = viewOf(head)
  view.setUint32(0, MARK, true)
  view.setUint32(4, json.length, true)
  view.setUint32(8, content.length, true)
  view.setBigUint64(12, BigInt(start), true)
  view.setUint32(20, crc, true)
  view.setUint32(CHECKED_HEAD_BYTES, headChecksum(seed, head.subarray(0, CHECKED_HEAD_BYTES), json), true)
  return { head, json, crc }
}

/**
 * What follows the last whole action: nothing; the beginning of one, as whoever is stopped leaves it; or bytes that
 * were written and are not what was written, which power that fails leaves too, but also a change that was there.
 */
export type Tail = 'none' | 'unfinished' | 'damaged'

/**
 * The frames of all whole actions from an offset on, where the last of them ends, and what follows. That is
 * damage of the whole where a later action can be read.
 * @throws tlogfs.journal-damaged
 */
export async function readActions(
  reader: StorageReader,
  { generation, start: from }: ActionPlace,
  path: string,
): Promise<{ readonly frames: JournalFrame[]; readonly end: number; readonly tail: Tail }> {
  const window = new JournalWindow(reader, generation)
  const frames: JournalFrame[] = []
  let end = from
  let tail: Tail = 'none'
  /** Of the last whole action; and of the one that is being read. */
  let last = { start: from, frames: [] as JournalFrame[] }
  let action: JournalFrame[] = []
  const mustBeTail = async (bad: number): Promise<void> => {
    if (await isActionAfter(window, bad))
      throw journalDamaged(path, `the frame at byte ${bad} cannot be read, but later ones can`)
  }
  for (let offset = from; offset < reader.sizeBytes;) {
    const known = frameIn(window, offset)
    const raw = typeof known === 'number' ? await readFrame(window, offset) : known
    if (raw === null || raw.actionStart !== end) {
      await mustBeTail(offset)
      tail = raw === null && (await isCutShort(window, offset)) ? 'unfinished' : 'damaged'
      break
    }
    action.push(raw.frame)
    offset = raw.end
    tail = raw.closesAction ? 'none' : 'unfinished'
    if (!raw.closesAction) continue
    for (const frame of last.frames) frames.push(frame)
    last = { start: end, frames: action }
    action = []
    end = offset
  }
  // All but the last action were synced before the next began; only the last may be torn inside its content.
  let offset = last.start
  for (const { content } of last.frames) {
    const at = window.indexOf(content.offset, content.bytes)
    const bytes =
      at < 0 ? await window.read(content.offset, content.bytes) : window.bytes.subarray(at, at + content.bytes)
    if (!isContent(bytes, content)) {
      await mustBeTail(offset)
      return { frames, end: last.start, tail: 'damaged' }
    }
    offset = content.offset + content.bytes
  }
  for (const frame of last.frames) frames.push(frame)
  return { frames, end, tail }
}

/** The whole actions from an offset on, up to the first that is damaged or cut short; contents are not looked at. */
export async function readUntilDamage(
  reader: StorageReader,
  { generation, start }: ActionPlace,
): Promise<readonly (readonly JournalFrame[])[]> {
  const window = new JournalWindow(reader, generation)
  const actions: JournalFrame[][] = []
  let action: JournalFrame[] = []
  let end = start
  for (let offset = start; offset < reader.sizeBytes;) {
    const raw = await readFrame(window, offset)
    if (raw === null || raw.actionStart !== end) break
    action.push(raw.frame)
    offset = raw.end
    if (!raw.closesAction) continue
    actions.push(action)
    action = []
    end = offset
  }
  return actions
}

/** Whether these bytes are that content. */
export function isContent(bytes: Uint8Array, content: JournalContent): boolean {
  return bytes.length === content.bytes && crc32c(bytes, seedOf(content.generation)) === content.crc
}

export function journalDamaged(path: string, why: string): PondError {
  const message = `${path} is damaged: ${why}. What is committed can still be read: ask for head or a version.`
  return new PondError('tlogfs.journal-damaged', message, { path })
}

/** @param head without the checksum itself */
function headChecksum(seed: number, head: Uint8Array, meta: Uint8Array): number {
  return crc32c(meta, crc32c(head, seed))
}

interface RawFrame {
  readonly frame: JournalFrame
  readonly end: number
  readonly actionStart: number
  readonly closesAction: boolean
}

/** Null where no whole frame begins; its content is not looked at. */
async function readFrame(window: JournalWindow, offset: number): Promise<RawFrame | null> {
  for (;;) {
    const known = frameIn(window, offset)
    if (typeof known !== 'number') return known
    if ((await window.read(offset, known)).length < known) return null
  }
}

/** As `readFrame`, of what was read already; or how many bytes from the offset on it takes to say. */
function frameIn(window: JournalWindow, offset: number): RawFrame | null | number {
  const at = window.indexOf(offset, HEAD_BYTES)
  if (at < 0) return HEAD_BYTES
  const { view, bytes: read, seed, generation } = window
  if (view.getUint32(at, true) !== MARK) return null
  const metaBytes = view.getUint32(at + 4, true)
  const bytes = view.getUint32(at + 8, true)
  const contentOffset = offset + HEAD_BYTES + metaBytes
  if (metaBytes === 0 || metaBytes > MAX_META_BYTES || contentOffset + bytes > window.sizeBytes) return null
  if (window.indexOf(offset, HEAD_BYTES + metaBytes) < 0) return HEAD_BYTES + metaBytes
  const [start, end] = [at + HEAD_BYTES, at + HEAD_BYTES + metaBytes]
  const head = read.subarray(at, at + CHECKED_HEAD_BYTES)
  if (headChecksum(seed, head, read.subarray(start, end)) !== view.getUint32(at + CHECKED_HEAD_BYTES, true)) return null
  const meta = JSON.parse(read.toString('utf8', start, end)) as JournalMeta
  return {
    frame: { meta, content: { generation, offset: contentOffset, bytes, crc: view.getUint32(at + 20, true) } },
    end: contentOffset + bytes,
    actionStart: view.getUint32(at + 12, true) + view.getUint32(at + 16, true) * 2 ** 32,
    closesAction: meta['end'] === true,
  }
}

/** Whether bytes that are no whole frame may be the beginning of one that goes beyond the end. */
async function isCutShort(window: JournalWindow, offset: number): Promise<boolean> {
  const head = await window.read(offset, HEAD_BYTES)
  if (head.some((byte, i) => i < MARK_BYTES.length && byte !== MARK_BYTES[i])) return false
  if (head.length < HEAD_BYTES) return true
  const view = viewOf(head)
  return offset + HEAD_BYTES + view.getUint32(4, true) + view.getUint32(8, true) > window.sizeBytes
}

/** Whether a frame can be read, somewhere after `bad`, of an action that starts after it. */
async function isActionAfter(window: JournalWindow, bad: number): Promise<boolean> {
  const candidates = new JournalWindow(window.reader, window.generation)
  for (let offset = bad + 1; offset + HEAD_BYTES <= window.sizeBytes;) {
    const part = await window.read(offset, READ_WINDOW)
    const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength)
    for (let found = bytes.indexOf(MARK_BYTES); found >= 0; found = bytes.indexOf(MARK_BYTES, found + 1)) {
      const raw = await readFrame(candidates, offset + found)
      if (raw !== null && raw.actionStart > bad) return true
    }
    // A mark may lie across the border.
    offset += Math.max(1, bytes.length - MARK_BYTES.length + 1)
  }
  return false
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
