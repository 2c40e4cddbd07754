/** A folder of this machine, to be read as it is. */
import type { Stats } from 'node:fs'
import { lstat, readdir, readlink, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { HostKind, HostName, HostStat, HostTree } from '../host-tree'
import type { StorageReader } from '../storage'
import { platformError, systemCode } from './errors'
import { openReader } from './file'
import { fileContent } from './complete-content'

/** Bytes of a file that does not tell how many it has. */
const MAX_UNSIZED = 64 * 1024 * 1024

/** @param root host path of a folder; a link to one is followed @throws platform.not-found, platform.denied */
export async function nodeHostTree(root: string): Promise<HostTree> {
  return run('open', '', resolve(root), async () => new NodeHostTree(await realpath(root)))
}

class NodeHostTree implements HostTree {
  readonly hostPath: string

  constructor(hostPath: string) {
    this.hostPath = hostPath
  }

  list(folder: string): Promise<readonly HostName[]> {
    return this.#run('list', folder, async (hostPath) => {
      const entries = await readdir(hostPath, { encoding: 'buffer', withFileTypes: true })
      return entries.map((entry) => {
        const name = entry.name.toString('utf8')
        return { name, isText: Buffer.from(name).equals(entry.name), kind: kindOf(entry) }
      })
    })
  }

  stat(path: string): Promise<HostStat | undefined> {
    return this.#run('look at', path, async (hostPath) => {
      try {
        const found = await lstat(hostPath)
        return {
          kind: kindOf(found),
          sizeBytes: found.size,
          modifiedMs: Math.floor(found.mtimeMs),
          identity: `${found.dev}/${found.ino}`,
        }
      } catch (error) {
        if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined
        throw error
      }
    })
  }

  readLink(path: string): Promise<{ readonly target: string; readonly outside: boolean }> {
    return this.#run('read the link', path, async (hostPath) => {
      const written = await readlink(hostPath)
      const goal = resolve(dirname(hostPath), written)
      if (goal !== this.hostPath && !goal.startsWith(this.hostPath + sep)) return { target: written, outside: true }
      const target = isAbsolute(written) ? relative(dirname(hostPath), goal) || '.' : written
      return { target: target.split(sep).join('/'), outside: false }
    })
  }

  async open(path: string): Promise<StorageReader> {
    const hostPath = this.#hostPath(path)
    const reader = await openReader({ path, hostPath })
    if (reader.sizeBytes > 0) return reader
    await reader.close()
    return this.#run('read', path, () => readAll(hostPath))
  }

  #hostPath(path: string): string {
    return path === '' ? this.hostPath : join(this.hostPath, ...path.split('/'))
  }

  #run<T>(operation: string, path: string, work: (hostPath: string) => Promise<T>): Promise<T> {
    const hostPath = this.#hostPath(path)
    return run(operation, path, hostPath, () => work(hostPath))
  }
}

/**
 * What the system makes as it is read (in /proc, say) tells no size: it is read whole. Such files are small, and
 * an empty file costs one read more.
 */
async function readAll(hostPath: string): Promise<StorageReader> {
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  for await (const part of fileContent(hostPath)) {
    sizeBytes += part.length
    if (sizeBytes > MAX_UNSIZED) throw new Error(`its size is not told, and it has more than ${MAX_UNSIZED} bytes`)
    parts.push(part)
  }
  const bytes = new Uint8Array(Buffer.concat(parts))
  return {
    sizeBytes,
    read: async (offset, length) => bytes.slice(offset, offset + length),
    close: async () => undefined,
  }
}

async function run<T>(operation: string, path: string, hostPath: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw platformError(operation, path, hostPath, error)
  }
}

function kindOf(entry: Pick<Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): HostKind {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  return entry.isSymbolicLink() ? 'link' : 'other'
}
