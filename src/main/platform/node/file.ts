/** Open files of the real disk. Every failure names the operation and the file. */
import { close, constants, fstat, fsync, futimes, open, read, write, type Stats } from 'node:fs'
import type { StorageReader, StorageWriter } from '../storage'
import { platformError } from './errors'

/** Where a file is: as the engine calls it, and on the host. */
export interface FilePlace {
  readonly path: string
  readonly hostPath: string
}

/** A named pipe in a pond must not make us wait for its other end. Absent on Windows. */
const NO_WAIT = (constants.O_NONBLOCK as number | undefined) ?? 0

/** Flags for StorageWriter: made by us, or there already. */
export const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
export const APPEND = constants.O_WRONLY | constants.O_APPEND | NO_WAIT

export async function openWriter(place: FilePlace, flags: number, operation: string): Promise<StorageWriter> {
  const file = new OpenFile(await openDescriptor(place, flags, operation), place)
  // What was made just now is an empty file.
  const isNew = (flags & constants.O_EXCL) !== 0
  return new NodeWriter(file, isNew ? 0 : await file.sizeOrClose(operation))
}

export async function openReader(place: FilePlace): Promise<StorageReader> {
  const file = new OpenFile(await openDescriptor(place, constants.O_RDONLY | NO_WAIT, 'open'), place)
  return new NodeReader(file, await file.sizeOrClose('open'))
}

async function openDescriptor({ path, hostPath }: FilePlace, flags: number, operation: string): Promise<number> {
  try {
    return await called<number>((done) => open(hostPath, flags, 0o666, done))
  } catch (error) {
    throw platformError(operation, path, hostPath, error)
  }
}

/** What a call with a callback gives: half the work, and a tenth of the memory, of what `fs/promises` makes of the same. */
function called<T>(call: (done: (error: Error | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) =>
    call((error, value) => (error === null || error === undefined ? resolve(value) : reject(error))),
  )
}

/** A descriptor in use. It is closed when all work on it is over: its number is another file's then. */
class OpenFile {
  readonly #place: FilePlace
  readonly #descriptor: number
  #isOpen = true
  #working = 0
  /** Goes on with closing, once no work is left. */
  #idle: () => void = () => undefined

  constructor(descriptor: number, place: FilePlace) {
    this.#descriptor = descriptor
    this.#place = place
  }

  async run<T>(operation: string, work: (descriptor: number) => Promise<T>): Promise<T> {
    try {
      if (!this.#isOpen) throw new Error('the file was closed')
      this.#working++
      try {
        return await work(this.#descriptor)
      } finally {
        this.#working--
        if (this.#working === 0) this.#idle()
      }
    } catch (error) {
      throw platformError(operation, this.#place.path, this.#place.hostPath, error)
    }
  }

  /** The size of a regular file. Anything else is refused, and closed. */
  async sizeOrClose(operation: string): Promise<number> {
    try {
      return await this.run(operation, async (descriptor) => {
        const stat = await statOf(descriptor)
        if (!stat.isFile()) throw new Error('it is not a file')
        return stat.size
      })
    } catch (error) {
      await this.close().catch(() => undefined)
      throw error
    }
  }

  /** Idempotent. Waits for what is under way. */
  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    if (this.#working > 0) await new Promise<void>((resolve) => (this.#idle = resolve))
    try {
      await called<void>((done) => close(this.#descriptor, done))
    } catch (error) {
      throw platformError('close', this.#place.path, this.#place.hostPath, error)
    }
  }
}

function statOf(descriptor: number): Promise<Stats> {
  return called<Stats>((done) => fstat(descriptor, done))
}

class NodeWriter implements StorageWriter {
  readonly #file: OpenFile
  #sizeBytes: number

  constructor(file: OpenFile, sizeBytes: number) {
    this.#file = file
    this.#sizeBytes = sizeBytes
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#file.run('write', async (descriptor) => {
      for (let at = 0; at < bytes.length;) {
        const written = await called<number>((done) => write(descriptor, bytes, at, bytes.length - at, null, done))
        // Counted as it goes: after a failure the file holds exactly `sizeBytes`.
        at += written
        this.#sizeBytes += written
      }
    })
  }

  sync(): Promise<void> {
    return this.#file.run('sync', (descriptor) => called<void>((done) => fsync(descriptor, done)))
  }

  setModified(ms: number): Promise<void> {
    // The system takes fractions of a second: two microseconds more keep it from falling a millisecond short.
    const seconds = ms / 1000 + 2e-6
    return this.#file.run('set the time of', (descriptor) =>
      called<void>((done) => futimes(descriptor, seconds, seconds, done)),
    )
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

class NodeReader implements StorageReader {
  readonly sizeBytes: number
  readonly #file: OpenFile

  constructor(file: OpenFile, sizeBytes: number) {
    this.sizeBytes = sizeBytes
    this.#file = file
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return this.#file.run('read', async (descriptor) => {
      // Never more memory than the file can fill, whatever a damaged length asks for.
      const end =
        offset + length <= this.sizeBytes ? offset + length : Math.min(offset + length, (await statOf(descriptor)).size)
      const wanted = Math.max(0, end - offset)
      if (wanted > LENT_BYTES) {
        const bytes = new Uint8Array(Buffer.allocUnsafeSlow(wanted).buffer)
        const got = await readInto(bytes, descriptor, offset)
        return got === wanted ? bytes : bytes.slice(0, got)
      }
      const bytes = lent.pop() ?? new Uint8Array(LENT_BYTES)
      try {
        return bytes.slice(0, await readInto(bytes.subarray(0, wanted), descriptor, offset))
      } finally {
        if (lent.length < MAX_LENT) lent.push(bytes)
      }
    })
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/**
 * Buffers for small reads. Node keeps what a call was given until the next full collection of garbage, which
 * for thousands of small files is all their bytes.
 */
const lent: Uint8Array[] = []
const LENT_BYTES = 65_536
const MAX_LENT = 16

/** Fills the bytes from an offset of the file on. Returns how many there were. */
async function readInto(bytes: Uint8Array, descriptor: number, offset: number): Promise<number> {
  let at = 0
  while (at < bytes.length) {
    const got = await called<number>((done) => read(descriptor, bytes, at, bytes.length - at, offset + at, done))
    if (got === 0) break
    at += got
  }
  return at
}
