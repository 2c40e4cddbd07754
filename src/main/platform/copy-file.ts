/** A file of a storage once more, under another name. */
import { PondError } from '../../shared/errors'
import { quote } from '../../shared/path'
import type { Storage } from './storage'

const COPY_BYTES = 1 << 20

/** The content is durable when this returns; the name is once its folder was synced. @throws platform.* */
export async function copyFile(storage: Storage, from: string, to: string): Promise<void> {
  const reader = await storage.open(from)
  try {
    const writer = await storage.create(to)
    try {
      while (writer.sizeBytes < reader.sizeBytes) {
        const bytes = await reader.read(writer.sizeBytes, COPY_BYTES)
        if (bytes.length === 0) throw cutShort(from, reader.sizeBytes, writer.sizeBytes)
        await writer.write(bytes)
      }
      await writer.sync()
    } finally {
      await writer.close()
    }
  } finally {
    await reader.close()
  }
}

/** What is taken for a copy is the whole, never a beginning. */
function cutShort(path: string, expected: number, found: number): PondError {
  const message = `in ${quote(path)}, expected ${expected} bytes, found ${found}: it became shorter`
  return new PondError('platform.incomplete', message, { path, expected, found })
}
