/**
 * A folder of this machine as a storage. Does what it is told and no more: what must be durable, and
 * in which order, is the caller's to say. Relies on a file system with POSIX semantics of rename.
 */
import { constants, type Stats } from 'node:fs'
import { access, link, mkdir, open, readdir, rename, rmdir, stat, truncate, unlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type {
  LockHolder,
  Storage,
  StorageEntry,
  StorageLock,
  StorageReader,
  StorageStat,
  StorageWriter,
} from '../storage'
import { storageNames } from '../storage-path'
import { CACHE_FOLDER, LOCK } from '../../../shared/pond-folder'
import { platformError, systemCode } from './errors'
import { APPEND, CREATE, openReader, openWriter, type FilePlace } from './file'
import { lockFile } from './lock'
import { watchFolder } from './watch'

/** What changes all the time without meaning anything to others. */
const UNWATCHED = [CACHE_FOLDER, LOCK]
/** File systems without hard links say one of these. */
const NO_LINKS = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  ...(process.platform === 'win32' ? ['EISDIR'] : []),
])
/** File systems that cannot sync folders say one of these; there is nothing more to be done then. */
const NO_FOLDER_SYNC = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/** @param root host path of the folder; it need not exist yet */
export function nodeStorage(root: string): Storage {
  return new NodeStorage(resolve(root))
}

class NodeStorage implements Storage {
  readonly hostPath: string

  constructor(root: string) {
    this.hostPath = root
  }

  list(folder: string): Promise<StorageEntry[]> {
    return this.#run('list', folder, async ({ hostPath }) => {
      const entries = await readdir(hostPath, { withFileTypes: true })
      return entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
    })
  }

  stat(path: string): Promise<StorageStat | undefined> {
    return this.#run('look at', path, async ({ hostPath }) => {
      const found = await ifPresent(stat(hostPath))
      return (
        found && {
          kind: kindOf(found),
          sizeBytes: found.size,
          modifiedMs: Math.floor(found.mtimeMs),
          identity: `${found.dev}/${found.ino}`,
        }
      )
    })
  }

  isWritable(folder: string): Promise<boolean> {
    return this.#run('look at', folder, async ({ hostPath }) =>
      access(hostPath, constants.W_OK | constants.X_OK).then(
        () => true,
        () => false,
      ),
    )
  }

  open(path: string): Promise<StorageReader> {
    return this.#run('open', path, openReader)
  }

  async readFile(path: string): Promise<Uint8Array> {
    const reader = await this.open(path)
    try {
      return await reader.read(0, Number.MAX_SAFE_INTEGER)
    } finally {
      await reader.close()
    }
  }

  makeFolder(path: string): Promise<void> {
    return this.#run('make the folder', path, async ({ hostPath }) => {
      const first = await makeFolders(hostPath)
      if (path !== '' || first === undefined) return
      for (let made = hostPath; made !== dirname(made); made = dirname(made)) {
        await syncFolderAt(dirname(made)).catch(ignoreDenied)
        if (made === first) return
      }
    })
  }

  create(path: string): Promise<StorageWriter> {
    return this.#run('create', path, (place) => openWriter(place, CREATE, 'create'))
  }

  append(path: string): Promise<StorageWriter> {
    return this.#run('open', path, (place) => openWriter(place, APPEND, 'open'))
  }

  truncate(path: string, sizeBytes: number): Promise<void> {
    return this.#run('truncate', path, ({ hostPath }) => truncate(hostPath, sizeBytes))
  }

  async link(from: string, to: string): Promise<'linked' | 'exists' | 'unsupported'> {
    const source = this.#place('link', from)
    return this.#run('link', to, async ({ hostPath }) => {
      try {
        await link(source.hostPath, hostPath)
        return 'linked'
      } catch (error) {
        const code = systemCode(error) ?? ''
        if (code === 'EEXIST') return 'exists'
        if (NO_LINKS.has(code)) return 'unsupported'
        throw error
      }
    })
  }

  async replace(from: string, to: string): Promise<void> {
    const source = this.#place('replace', from)
    return this.#run('replace', to, ({ hostPath }) => rename(source.hostPath, hostPath))
  }

  remove(path: string): Promise<void> {
    return this.#run('remove', path, async ({ hostPath }) => {
      await ifPresent(unlink(hostPath))
    })
  }

  removeFolder(path: string): Promise<void> {
    return this.#run('remove the folder', path, async ({ hostPath }) => {
      await ifPresent(rmdir(hostPath))
    })
  }

  syncFile(path: string): Promise<void> {
    // Windows syncs only what is open for writing.
    const flags = process.platform === 'win32' ? constants.O_RDWR : constants.O_RDONLY
    return this.#run('sync', path, ({ hostPath }) => syncOpened(hostPath, flags))
  }

  syncFolder(path: string): Promise<void> {
    return this.#run('sync the folder', path, ({ hostPath }) => syncFolderAt(hostPath))
  }

  lock(path: string, holder: LockHolder, timeoutMs: number, signal?: AbortSignal): Promise<StorageLock> {
    return this.#run('lock', path, (place) => lockFile(place, holder, { timeoutMs, signal }))
  }

  watch(path: string, changed: () => void): Promise<{ close(): Promise<void> }> {
    const unwatched = UNWATCHED.map((ignored) => join(this.hostPath, ignored))
    return this.#run('watch', path, ({ hostPath }) => watchFolder({ hostPath, unwatched, changed }))
  }

  #place(operation: string, path: string): FilePlace {
    return { path, hostPath: join(this.hostPath, ...storageNames(operation, path)) }
  }

  async #run<T>(operation: string, path: string, work: (place: FilePlace) => Promise<T>): Promise<T> {
    const place = this.#place(operation, path)
    try {
      return await work(place)
    } catch (error) {
      throw platformError(operation, path, place.hostPath, error)
    }
  }
}

function kindOf(entry: Pick<Stats, 'isFile' | 'isDirectory'>): StorageStat['kind'] {
  if (entry.isFile()) return 'file'
  return entry.isDirectory() ? 'folder' : 'other'
}

async function ifPresent<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined
    throw error
  }
}

/** A folder may be written in without being readable; then it cannot be synced. */
function ignoreDenied(error: unknown): void {
  if (!['EACCES', 'EPERM'].includes(systemCode(error) ?? '')) throw error
}

async function syncFolderAt(hostPath: string): Promise<void> {
  // Windows cannot open a folder for this; its journal keeps the order of changes to names.
  if (process.platform === 'win32') return
  try {
    await syncOpened(hostPath, constants.O_RDONLY)
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(systemCode(error) ?? '')) throw error
  }
}

async function syncOpened(hostPath: string, flags: number): Promise<void> {
  const handle = await open(hostPath, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Makes a folder and those above it; the first that was missing, or undefined. Node's own recursive
 * mkdir never ends where the system says ENOENT of a folder whose parent is there, as /proc does.
 */
async function makeFolders(hostPath: string): Promise<string | undefined> {
  const missing: string[] = []
  for (let at = hostPath; (await ifPresent(stat(at))) === undefined && at !== dirname(at); at = dirname(at))
    missing.push(at)
  const first = missing.at(-1)
  // Whatever else has the name is named by the system's own refusal.
  if (first === undefined && !(await stat(hostPath)).isDirectory()) await mkdir(hostPath)
  for (const folder of missing.reverse()) {
    await mkdir(folder).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error
    })
  }
  return first
}
