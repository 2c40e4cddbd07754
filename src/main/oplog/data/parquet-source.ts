/** A data file as hyparquet takes it, and what its failures say: the system's, damage, or a bug. */
import type { AsyncBuffer } from 'hyparquet'
import { isPondError, PondError } from '../../../shared/errors'
import type { StorageReader } from '../../platform'
import { Malformed, type PartitionValues } from '../log/action'

/** A data file as the log knows it. */
export interface KnownFile {
  readonly path: string
  readonly size: number
  readonly partitionValues: PartitionValues
}

/** A failure of the reader that is neither the system's nor damage: none of the library's business. */
class OfReader extends Error {
  override readonly name = 'OfReader'
}

/** The reader as hyparquet takes it; a file that ends early is `Malformed`. */
export function asyncBuffer(reader: StorageReader): AsyncBuffer {
  return {
    byteLength: reader.sizeBytes,
    async slice(start, end = reader.sizeBytes) {
      const bytes = await reader.read(start, end - start).catch((error: unknown) => {
        throw isPondError(error) || error instanceof Malformed ? error : new OfReader('', { cause: error })
      })
      if (bytes.length !== end - start)
        throw new Malformed(`expected ${end - start} bytes at ${start}, found ${bytes.length}`)
      return toArrayBuffer(bytes)
    },
  }
}

export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes
  if (byteOffset === 0 && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) return buffer
  return bytes.slice().buffer as ArrayBuffer
}

/**
 * Around calls of the Parquet library alone, which meets damaged bytes with failures of every kind. What our own
 * code does with the values is outside: its checks say `corrupt`, and its bugs are none of the file's.
 */
export async function decoding<T>(file: KnownFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asCorrupt(file, error)
  }
}

export function decodingNow<T>(file: KnownFile, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw asCorrupt(file, error)
  }
}

function asCorrupt(file: KnownFile, error: unknown): unknown {
  if (isPondError(error)) return error
  if (error instanceof OfReader) return error.cause
  return corrupt(file, error instanceof Error ? error.message : String(error), error)
}

export function corrupt(file: { readonly path: string }, reason: string, cause?: unknown): PondError {
  return new PondError(
    'oplog.corrupt-data',
    `the data file ${file.path} is damaged: ${reason}`,
    { file: file.path },
    cause,
  )
}
