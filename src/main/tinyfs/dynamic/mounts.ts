/**
 * Where computed directories show in a stored tree. What is stored wins: a path that is taken hides
 * the computed directory there, and a directory that is missing on the way to one is computed too.
 */
import { createHash } from 'node:crypto'
import { childPath, pathNames, ROOT, type PondPath } from '../../../shared/path'
import type { NodeId, NodeRef, ReadBackend } from '../backend'
import type { DirectoryProvider, DynamicDirectory } from './provider'

/** A directory that is not stored: it has a provider, or is on the way to one that has. */
export interface Mount {
  readonly name: string
  readonly path: PondPath
  readonly node: NodeRef
  provider: DirectoryProvider | undefined
  /** By the NFC form of their names. */
  readonly below: Map<string, Mount>
}

/** How mounts meet a stored tree. */
export interface Attached {
  /** Mounts that show in a stored directory. */
  readonly shown: ReadonlyMap<NodeId, readonly Mount[]>
  /** Mounts with a provider that show anywhere below a stored directory. */
  readonly reached: ReadonlyMap<NodeId, readonly Mount[]>
  /** The stored directory above each mount. */
  readonly above: ReadonlyMap<NodeId, NodeRef>
}

/** The mounts as a tree; its root stands for the stored root. */
export function planMounts(directories: readonly DynamicDirectory[]): Mount {
  const root = mountAt(ROOT, '')
  for (const { path, provider } of directories) {
    let at = root
    for (const name of pathNames(path)) {
      const key = name.normalize('NFC')
      const next = at.below.get(key) ?? mountAt(childPath(at.path, name), name)
      at.below.set(key, next)
      at = next
    }
    at.provider = provider
  }
  return root
}

/** A mount and all below it. */
export function* mountsIn(mount: Mount): Generator<Mount> {
  const waiting = [mount]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next
    waiting.push(...[...next.below.values()].reverse())
  }
}

export async function attachMounts(stored: ReadBackend, root: Mount): Promise<Attached> {
  const shown = new Map<NodeId, Mount[]>()
  const reached = new Map<NodeId, Mount[]>()
  const above = new Map<NodeId, NodeRef>()
  const attach = async (directory: NodeRef, mount: Mount): Promise<readonly Mount[]> => {
    const providers: Mount[] = []
    for (const next of mount.below.values()) {
      const taken = await stored.lookup(directory, next.name)
      if (taken?.node.fileType === 'directory') providers.push(...(await attach(taken.node, next)))
      if (taken !== undefined) continue
      shown.set(directory.id, [...(shown.get(directory.id) ?? []), next])
      for (const hidden of mountsIn(next)) {
        above.set(hidden.node.id, directory)
        if (hidden.provider !== undefined) providers.push(hidden)
      }
    }
    reached.set(directory.id, providers)
    return providers
  }
  await attach(stored.root, root)
  return { shown, reached, above }
}

function mountAt(path: PondPath, name: string): Mount {
  // An id as those of stored nodes look, the same for the same path wherever and whenever it is computed.
  const hex = createHash('sha256').update(`computed directory ${path}`).digest('hex')
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  return { name, path, node: { id, fileType: 'directory', parentId: id }, provider: undefined, below: new Map() }
}
