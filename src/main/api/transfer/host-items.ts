/**
 * What an import brings from this machine: a file, or a folder with everything in it, each item under
 * its names from where the walk began. What a pond cannot hold is named at the end, with the reason.
 */
import { basename, join, resolve } from 'node:path'
import { isPondError, PondError } from '../../../shared/errors'
import { pathNames, quote } from '../../../shared/path'
import type { HostTree } from '../../platform'
import { nodeHostTree } from '../../platform/node'
import { HostBackend, ReadFileSystem, type FileReader } from '../../tinyfs'

export type HostItem =
  | { readonly kind: 'file'; readonly names: readonly string[]; readonly open: () => Promise<FileReader> }
  | { readonly kind: 'folder'; readonly names: readonly string[] }
  | { readonly kind: 'link'; readonly names: readonly string[]; readonly target: string }
  | { readonly kind: 'skipped'; readonly hostPath: string; readonly reason: string }

/**
 * Each folder before what it contains, in the order of their names; a link as the root is followed.
 * @throws host.not-found, host.unreadable
 */
export async function* hostItems(root: string): AsyncGenerator<HostItem, void, void> {
  try {
    yield* items(await nodeHostTree(root), basename(resolve(root)) || 'root')
  } catch (error) {
    throw asHostError(error, root)
  }
}

async function* items(tree: HostTree, name: string): AsyncGenerator<HostItem, void, void> {
  const kind = (await tree.stat(''))?.kind
  const backend = new HostBackend(tree)
  if (kind === 'file') return yield { kind, names: [name], open: () => backend.open(backend.root) }
  if (kind === 'other') {
    return yield { kind: 'skipped', hostPath: tree.hostPath, reason: 'it is neither a file nor a folder' }
  }
  const fs = new ReadFileSystem(backend)
  // Its own content first: a folder that cannot be read is no empty one.
  await fs.list('/')
  yield { kind: 'folder', names: [name] }
  for await (const { path, node } of fs.visit('/')) {
    const names = [name, ...pathNames(path)]
    if (node.fileType === 'directory') yield { kind: 'folder', names }
    else if (node.fileType === 'symlink') yield { kind: 'link', names, target: await backend.readLink(node) }
    else yield { kind: 'file', names, open: () => backend.open(node) }
  }
  for (const [path, reason] of backend.skipped) {
    yield { kind: 'skipped', hostPath: join(tree.hostPath, path), reason }
  }
}

/** @returns the error itself where it is none of the machine's */
function asHostError(error: unknown, root: string): unknown {
  if (isPondError(error, 'platform.not-found')) {
    return new PondError(
      'host.not-found',
      `expected a file or folder at ${quote(root)}, found none`,
      { path: root },
      error,
    )
  }
  if (!isPondError(error, 'platform.denied')) return error
  return new PondError('host.unreadable', `${quote(root)} cannot be read: ${error.message}`, { path: root }, error)
}
