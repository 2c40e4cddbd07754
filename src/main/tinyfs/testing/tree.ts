/** A directory tree as plain data: what tests plant, compare and print. */
import { compareUtf8 } from '../../../shared/path'
import type { FileSystem } from '../filesystem'
import type { ReadFileSystem } from '../read-filesystem'

/** By absolute path, in an order in which directories come before what they contain. */
export type Tree = ReadonlyMap<string, TreeEntry>

export type TreeEntry =
  | { readonly kind: 'directory' }
  | { readonly kind: 'symlink'; readonly target: string }
  | { readonly kind: 'file'; readonly bytes: Uint8Array }

/** Makes all of a tree in an empty filesystem. */
export async function plantTree(fs: FileSystem, tree: Tree): Promise<void> {
  for (const [path, entry] of tree) {
    if (entry.kind === 'directory') await fs.createDirectory(path)
    else if (entry.kind === 'symlink') await fs.createSymlink(path, entry.target)
    else {
      const writer = await fs.createFile(path)
      await writer.write(entry.bytes)
      await writer.close()
    }
  }
}

/** Everything in a filesystem, content included, by the UTF-8 bytes of the paths. */
export async function readTree(fs: ReadFileSystem): Promise<Tree> {
  const entries: [string, TreeEntry][] = []
  for await (const { path, node } of fs.visit('/')) {
    if (node.fileType === 'directory') entries.push([path, { kind: 'directory' }])
    else if (node.fileType === 'symlink') entries.push([path, { kind: 'symlink', target: await fs.readLink(path) }])
    else entries.push([path, { kind: 'file', bytes: await fs.readAll(path) }])
  }
  return new Map(entries.sort(([a], [b]) => compareUtf8(a, b)))
}
