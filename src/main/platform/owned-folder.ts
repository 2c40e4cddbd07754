/**
 * A folder that one process needs while it lives. A lock of the operating system says whose it is, and ends with
 * the process however that dies. So anybody can tell a folder that was left behind, which may be removed, from one
 * in use.
 */
import { isPondError } from '../../shared/errors'
import type { Storage } from './storage'
import type { World } from './world'

export interface OwnedFolder {
  /** In the storage. */
  readonly path: string
  /** Removes it with all that is in it. Idempotent. */
  remove(): Promise<void>
}

const PREFIX = 'work-'
const LOCK = 'lock'
const ATTEMPTS = 5

/** Whether a folder of this name may be one that a process owns. */
export function isOwnedName(name: string): boolean {
  return name.startsWith(PREFIX)
}

interface Place {
  readonly storage: Storage
  /** The folder that such folders are in; '' for the root. */
  readonly folder: string
}

type Owner = Pick<World, 'clock' | 'random' | 'process'>

/** @throws platform.* */
export async function makeOwnedFolder(owner: Owner, { storage, folder }: Place): Promise<OwnedFolder> {
  for (let attempt = 1; ; attempt++) {
    const path = join(folder, `${PREFIX}${owner.random.uuid(owner.clock.now())}`)
    await storage.makeFolder(path)
    try {
      return await own(owner, storage, path)
    } catch (error) {
      // Somebody took it for one that was left behind, before it was locked.
      if (attempt === ATTEMPTS || !isTaken(error)) throw error
    }
  }
}

/** The folders that no living process owns; each is the caller's now, to be released or removed. */
export async function* abandonedFolders(
  owner: Owner,
  { storage, folder }: Place,
): AsyncGenerator<OwnedFolder & { release(): Promise<void> }> {
  if ((await storage.stat(folder))?.kind !== 'folder') return
  for (const { name, kind } of await storage.list(folder)) {
    if (kind !== 'folder' || !isOwnedName(name)) continue
    try {
      yield await own(owner, storage, join(folder, name))
    } catch (error) {
      if (!isTaken(error)) throw error
    }
  }
}

async function own({ process }: Owner, storage: Storage, path: string) {
  const lock = await storage.lock(join(path, LOCK), process, 0)
  let isOver = false
  const release = async (): Promise<void> => {
    isOver = true
    await lock.release()
  }
  return {
    path,
    release,
    async remove(): Promise<void> {
      if (isOver) return
      // The lock's name goes last, and the folder only while it is empty: who locks a new file in it has it.
      await empty(storage, path)
      await storage.remove(join(path, LOCK))
      await release()
      await removeFolder(storage, path)
    },
  }
}

async function empty(storage: Storage, folder: string): Promise<void> {
  for (const { name, kind } of await storage.list(folder)) {
    const path = join(folder, name)
    if (kind === 'folder') {
      await empty(storage, path)
      await removeFolder(storage, path)
    } else if (name !== LOCK) await storage.remove(path)
  }
}

async function removeFolder(storage: Storage, path: string): Promise<void> {
  try {
    await storage.removeFolder(path)
  } catch (error) {
    if (!isPondError(error, 'platform.exists')) throw error
  }
}

function isTaken(error: unknown): boolean {
  return isPondError(error, 'platform.locked') || isPondError(error, 'platform.not-found')
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}
