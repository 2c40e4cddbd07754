/** Reads as much of a tree as can be read: what is damaged is a failure of its own, not of the whole. */
import type { ReadFileSystem } from '../../src/main/tinyfs'
import { fileText, type Tree } from '../simulation/model'

export interface ReadOutcome {
  /** What could be read. */
  readonly tree: Tree
  readonly failures: readonly unknown[]
}

export async function readTree(fs: ReadFileSystem): Promise<ReadOutcome> {
  const tree = new Map<string, string>()
  const failures: unknown[] = []
  const waiting = ['/']
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    try {
      for (const { name, node } of await fs.list(path)) {
        const at = path === '/' ? `/${name}` : `${path}/${name}`
        try {
          if (node.fileType === 'directory') {
            tree.set(at, 'directory')
            waiting.push(at)
          } else if (node.fileType === 'symlink') tree.set(at, `link ${await fs.readLink(at)}`)
          else tree.set(at, fileText(await fs.readAll(at)))
        } catch (error) {
          failures.push(error)
        }
      }
    } catch (error) {
      failures.push(error)
    }
  }
  return { tree, failures }
}
