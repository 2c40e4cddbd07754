/** Small filesystems in memory for this layer's own tests. */
import { MemoryBackend } from '../backends/memory'
import { FileSystem } from '../filesystem'

/** Time and identities that count, so that a failure repeats. */
export function memoryBackend(): MemoryBackend {
  let ticks = 0
  return new MemoryBackend({ now: () => ++ticks, newId: () => `node-${++ticks}` })
}

/**
 * A filesystem from lines of text: `/d/` a directory, `/l -> t` a link, anything else a file that
 * holds its own path. Directories above are made.
 */
export async function planted(...lines: readonly string[]): Promise<FileSystem> {
  const fs = new FileSystem(memoryBackend())
  for (const line of lines) {
    const [path, target] = line.split(' -> ') as [string, string | undefined]
    await fs.createDirectory(path.slice(0, path.lastIndexOf('/') + 1), { parents: true })
    if (target !== undefined) await fs.createSymlink(path, target)
    else if (!path.endsWith('/')) {
      const writer = await fs.createFile(path)
      await writer.write(Buffer.from(path))
      await writer.close()
    }
  }
  return fs
}
