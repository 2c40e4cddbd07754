/** Open files of the real disk. Every failure names the operation and the file. */
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
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
  const file = new OpenFile(await openHandle(place, flags, operation), place)
  return new NodeWriter(file, await file.sizeOrClose(operation))
}

export async function openReader(place: FilePlace): Promise<StorageReader> {
  const file = new OpenFile(await openHandle(place, constants.O_RDONLY | NO_WAIT, 'open'), place)
  return new NodeReader(file, await file.sizeOrClose('open'))
}

async function openHandle({ path, hostPath }: FilePlace, flags: number, operation: string): Promise<FileHandle> {
  try {
    return await open(hostPath, flags, 0o666)
  } catch (error) {
    throw platformError(operation, path, hostPath, error)
  }
}

class OpenFile {
  readonly #place: FilePlace
  #handle: FileHandle | undefined

  constructor(handle: FileHandle, place: FilePlace) {
    this.#handle = handle
    this.#place = place
  }

  async run<T>(operation: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
    try {
      if (this.#handle === undefined) throw new Error('the file was closed')
      return await work(this.#handle)
    } catch (error) {
      throw platformError(operation, this.#place.path, this.#place.hostPath, error)
    }
  }

  /** The size of a regular file. Anything else is refused, and closed. */
  async sizeOrClose(operation: string): Promise<number> {
    try {
      return await this.run(operation, async (handle) => {
        const stat = await handle.stat()
        if (!stat.isFile()) throw new Error('it is not a file')
        return stat.size
      })
    } catch (error) {
      await this.close().catch(() => undefined)
      throw error
    }
  }

  async close(): Promise<void> {
    if (this.#handle === undefined) return
    const handle = this.#handle
    await this.run('close', () => {
      this.#handle = undefined
      return handle.close()
    })
  }
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
    return this.#file.run('write', async (handle) => {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done)
        // Counted as it goes: after a failure the file holds exactly `sizeBytes`.
        done += bytesWritten
        this.#sizeBytes += bytesWritten
      }
    })
  }

  sync(): Promise<void> {
    return this.#file.run('sync', (handle) => handle.sync())
  }

  setModified(ms: number): Promise<void> {
    // The system takes fractions of a second: two microseconds more keep it from falling a millisecond short.
    const seconds = ms / 1000 + 2e-6
    return this.#file.run('set the time of', (handle) => handle.utimes(seconds, seconds))
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
    return this.#file.run('read', async (handle) => {
      // Never more memory than the file can fill, whatever a damaged length asks for.
      const end =
        offset + length <= this.sizeBytes ? offset + length : Math.min(offset + length, (await handle.stat()).size)
      const bytes = new Uint8Array(Buffer.allocUnsafeSlow(Math.max(0, end - offset)).buffer)
      let done = 0
      while (done < bytes.length) {
        const { bytesRead } = await handle.read(bytes, done, bytes.length - done, offset + done)
        if (bytesRead === 0) break
        done += bytesRead
      }
      return done === bytes.length ? bytes : bytes.slice(0, done)
    })
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
