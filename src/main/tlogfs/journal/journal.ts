/**
 * The file `pending/journal` for as long as it is open: what is in it, what others appended, and the
 * ways to change it. It knows actions and their durability; what frames mean belongs to `pending.ts`,
 * their bytes to `journal-frames.ts`. Readers need no lock. Appending, cutting and replacing are for
 * whoever holds it.
 */
import { isPondError, PondError } from '../../../shared/errors'
import type { Storage, StorageReader, StorageStat } from '../../platform'
import {
  encodeAction,
  encodeHeader,
  isContent,
  journalDamaged,
  readActions,
  readHeader,
  type JournalAction,
  type JournalContent,
  type JournalFrame,
  type JournalHeader,
  type Tail,
} from './journal-frames'
import { JournalWindow } from './journal-window'

export type {
  JournalAction,
  JournalContent,
  JournalEntry,
  JournalFrame,
  JournalHeader,
  JournalMeta,
} from './journal-frames'

/** An end that was cut off. */
export interface CutTail {
  readonly bytes: number
  readonly tail: Tail
  /** The file that has it now. */
  readonly aside: string
}

/** Readers of replaced generations that are kept for content which is still being read. */
const KEPT_GENERATIONS = 4
const COPY_BYTES = 1 << 20

/**
 * Makes a journal, durably, in place of whatever is at the path. Its folder is made durable too: it may
 * be as new as the journal. Under the lock.
 */
export async function createJournal(
  storage: Storage,
  path: string,
  header: JournalHeader,
  actions: readonly JournalAction[] = [],
): Promise<void> {
  await writeJournal(storage, path, header, actions)
  await storage.syncFolder(folderOf(folderOf(path)))
}

/** @throws platform.not-found, tlogfs.journal-damaged, tlogfs.foreign-journal */
export async function openJournal(
  storage: Storage,
  path: string,
  pondId: string,
): Promise<{ readonly journal: Journal; readonly frames: readonly JournalFrame[] }> {
  const journal = new Journal(storage, path, pondId)
  const { frames } = await journal.refresh()
  return { journal, frames }
}

export class Journal {
  readonly #storage: Storage
  readonly #path: string
  readonly #pondId: string
  /** By generation, the newest last. */
  readonly #readers = new Map<string, StorageReader>()
  #header: JournalHeader | null = null
  /** End of the last whole action. */
  #end = 0
  #tail: Tail = 'none'
  /** The file as it was last looked at; the newest reader keeps its identity from being used again. */
  #seen: StorageStat | undefined
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
  /** Bytes after the last whole action. */
  get tailBytes(): number {
    return Math.max(0, (this.#seen?.sizeBytes ?? 0) - this.#end)
  }
  /** What those are. */
  get tail(): Tail {
    return this.#tail
  }
  /** After a failed sync nobody knows what is durable: only a new generation can be appended to. */
  get poisoned(): boolean {
    return this.#poisoned
  }

  async close(): Promise<void> {
    for (const reader of this.#readers.values()) await reader.close()
    this.#readers.clear()
  }

  /**
   * What was appended since the last look; everything at the first look and, with `replaced`, where
   * the file is not the one that was known.
   * @throws platform.not-found, tlogfs.journal-damaged, tlogfs.foreign-journal
   */
  async refresh(): Promise<{ readonly replaced: boolean; readonly frames: readonly JournalFrame[] }> {
    const seen = await this.#storage.stat(this.#path)
    if (seen !== undefined && isSame(seen, this.#seen)) return { replaced: false, frames: [] }
    const reader = await this.#storage.open(this.#path)
    try {
      const { header, bytes } = await readHeader(reader, this.#path, this.#pondId)
      const place = { generation: header.generation, start: bytes }
      const appended = this.#header?.generation === header.generation ? await this.#readAppended(reader) : null
      const { frames, end, tail } = appended ?? (await readActions(reader, place, this.#path))
      const replaced = appended === null && this.#header !== null
      this.#poisoned = this.#poisoned && this.#header?.generation === header.generation
      this.#header = header
      this.#end = end
      this.#tail = tail
      this.#seen = seen && { ...seen, sizeBytes: reader.sizeBytes }
      await this.#keep(header.generation, reader)
      return { replaced, frames }
    } catch (error) {
      await reader.close()
      throw error
    }
  }

  /**
   * Appends one action durably: written at once, synced once. A failed write leaves the journal as it
   * was. Returns where the content of each entry is.
   */
  async append(action: JournalAction): Promise<readonly JournalContent[]> {
    const { generation } = this.#mustHeader()
    if (this.#poisoned) throw this.#refused('it cannot be appended to after a failed sync')
    const start = this.#end
    const contents: JournalContent[] = []
    const writer = await this.#storage.append(this.#path)
    try {
      if (writer.sizeBytes !== start) throw this.#refused(`it has ${writer.sizeBytes} bytes, expected ${start}`)
      try {
        const wrote = ({ content }: JournalFrame): void => void contents.push(content)
        for await (const bytes of encodeAction(action, { generation, start }, wrote)) await writer.write(bytes)
      } catch (error) {
        await this.#takeBack(start)
        throw error
      }
      try {
        await writer.sync()
      } catch (error) {
        this.#poisoned = true
        await this.#takeBack(start)
        throw error
      }
      this.#end = writer.sizeBytes
    } finally {
      // What was synced stands, and what failed has its own reason.
      await writer.close().catch(onlyOfTheLiving)
    }
    // Unseen, the file is only read again.
    const seen = await this.#storage.stat(this.#path).catch(onlyOfTheLiving)
    this.#seen = seen && { ...seen, sizeBytes: this.#end }
    return contents
  }

  /**
   * Starts a new generation with this action, or none, in place of everything; what the action reads of
   * the old one while it is written is still there. Returns the new frames.
   */
  async replace(
    input: Omit<JournalHeader, 'pondId'> & { readonly action: JournalAction },
  ): Promise<readonly JournalFrame[]> {
    const { action, ...header } = input
    await writeJournal(this.#storage, this.#path, { ...header, pondId: this.#pondId }, [action])
    return (await this.refresh()).frames
  }

  /** Cuts what follows the last whole action, keeping the bytes in a file beside it. Null where nothing does. */
  async cutTail(): Promise<CutTail | null> {
    const bytes = this.tailBytes
    if (bytes === 0) return null
    const cut = { bytes, tail: this.#tail, aside: `${this.#path}.cut-${this.generation}-${this.#end}` }
    await this.#copyTail(cut.aside)
    await this.#storage.truncate(this.#path, this.#end)
    await this.#storage.syncFile(this.#path)
    this.#tail = 'none'
    this.#seen = await this.#storage.stat(this.#path)
    return cut
  }

  /** Whether content can be read still, as far as its generation goes. */
  has({ generation }: JournalContent): boolean {
    return this.#readers.has(generation)
  }

  /** @throws tlogfs.journal-damaged, tlogfs.missing-content where the generation was left long ago */
  async readContent(content: JournalContent): Promise<Uint8Array> {
    const reader = this.#readers.get(content.generation)
    if (reader === undefined) {
      const message = 'this pending content was replaced several times since it was looked up: look again'
      throw new PondError('tlogfs.missing-content', message, { path: this.#path })
    }
    return this.#checked(await reader.read(content.offset, content.bytes), content)
  }

  /** As `readContent`, for the newest generation, and much cheaper for content in the order of the file. */
  contentInOrder(): (content: JournalContent) => Promise<Uint8Array> {
    const reader = this.#readers.get(this.generation)
    if (reader === undefined) throw journalDamaged(this.#path, 'it was not read yet')
    const window = new JournalWindow(reader, this.generation, this.#end)
    return async (content) => this.#checked(await window.read(content.offset, content.bytes), content)
  }

  /**
   * Null where reading on from the known end does not come out even: somebody may have taken back what
   * was read before, and only the whole file tells.
   */
  async #readAppended(reader: StorageReader): Promise<Awaited<ReturnType<typeof readActions>> | null> {
    if (reader.sizeBytes <= this.#end) return null
    try {
      const read = await readActions(reader, { generation: this.generation, start: this.#end }, this.#path)
      return read.end === reader.sizeBytes ? read : null
    } catch {
      return null
    }
  }

  async #copyTail(aside: string): Promise<void> {
    const size = this.#end + this.tailBytes
    const reader = this.#readers.get(this.generation)
    if (reader === undefined || (await this.#storage.stat(aside)) !== undefined) return
    const writer = await this.#storage.create(aside)
    try {
      for (let offset = this.#end; offset < size; offset += COPY_BYTES)
        await writer.write(await reader.read(offset, Math.min(COPY_BYTES, size - offset)))
    } finally {
      await writer.close()
    }
  }

  async #keep(generation: string, reader: StorageReader): Promise<void> {
    await this.#readers.get(generation)?.close()
    this.#readers.delete(generation)
    this.#readers.set(generation, reader)
    const [oldest] = this.#readers
    if (this.#readers.size <= KEPT_GENERATIONS || oldest === undefined) return
    this.#readers.delete(oldest[0])
    await oldest[1].close()
  }

  async #takeBack(size: number): Promise<void> {
    // What could not be cut is an unfinished tail: readers ignore it, the next holder cuts it.
    await this.#storage.truncate(this.#path, size).catch(() => undefined)
    this.#seen = undefined
  }

  #checked(bytes: Uint8Array, content: JournalContent): Uint8Array {
    if (isContent(bytes, content)) return bytes
    throw journalDamaged(this.#path, `the content at byte ${content.offset} does not match its checksum`)
  }

  #refused(why: string): PondError {
    return new PondError('platform.io', `cannot append to ${this.#path}: ${why}`, {
      operation: 'append',
      path: this.#path,
    })
  }

  #mustHeader(): JournalHeader {
    if (this.#header === null) throw journalDamaged(this.#path, 'it was not read yet')
    return this.#header
  }
}

async function writeJournal(
  storage: Storage,
  path: string,
  header: JournalHeader,
  actions: readonly JournalAction[],
): Promise<void> {
  const temp = `${path}.${header.generation}.tmp`
  const { generation } = header
  try {
    const writer = await storage.create(temp)
    try {
      await writer.write(encodeHeader(header))
      for (const action of actions)
        for await (const bytes of encodeAction(action, { generation, start: writer.sizeBytes }))
          await writer.write(bytes)
      await writer.sync()
    } finally {
      await writer.close()
    }
    await storage.replace(temp, path)
  } catch (error) {
    await storage.remove(temp).catch(() => undefined)
    throw error
  }
  await storage.syncFolder(folderOf(path))
}

/** Passes over a failure that changes nothing; a simulated process that ended does not go on. */
function onlyOfTheLiving(error: unknown): undefined {
  if (isPondError(error, 'platform.crashed')) throw error
  return undefined
}

function isSame(a: StorageStat, b: StorageStat | undefined): boolean {
  return b !== undefined && a.identity === b.identity && a.sizeBytes === b.sizeBytes && a.modifiedMs === b.modifiedMs
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}
