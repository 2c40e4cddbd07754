/** The tree of only what is pending: changed entries, and the directories on the way to them. */
import type { Change } from '../../../../shared/model'
import { compareUtf8, parentPath, type PondPath } from '../../../../shared/path'
import type { TreeEntry, TreeSource } from './tree-model'

export interface PendingTree {
  readonly source: TreeSource
  /** Every directory in it, parents first. */
  readonly directories: readonly string[]
}

export function pendingTree(changes: readonly Change[]): PendingTree {
  const children = new Map<string, Map<string, TreeEntry>>([['/', new Map()]])
  const below = new Map<string, number>()

  const put = (entry: TreeEntry): void => {
    const parent = parentPath(entry.path as PondPath)
    let siblings = children.get(parent)
    if (siblings === undefined) {
      siblings = new Map()
      children.set(parent, siblings)
      put(directory(parent))
    }
    const known = siblings.get(entry.path)
    if (known === undefined || entry.change !== null) siblings.set(entry.path, entry)
  }

  for (const change of changes) {
    put(entryOf(change))
    for (let up: string = parentPath(change.path as PondPath); up !== '/'; up = parentPath(up as PondPath)) {
      below.set(up, (below.get(up) ?? 0) + 1)
    }
  }

  const lists = new Map<string, readonly TreeEntry[]>()
  for (const [path, entries] of children) {
    const list = [...entries.values()].map((e) => ({ ...e, pendingBelow: below.get(e.path) ?? 0 }))
    lists.set(
      path,
      list.sort((a, b) => compareUtf8(a.name, b.name)),
    )
  }
  return {
    source: async (path, offset, limit) => {
      const all = lists.get(path) ?? []
      return { total: all.length, entries: all.slice(offset, offset + limit) }
    },
    directories: [...lists.keys()].sort(),
  }
}

function entryOf(change: Change): TreeEntry {
  const { path, fileType, oldPath } = change
  return {
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
    fileType,
    size: change.sizeAfter,
    change: change.change,
    oldPath,
    pendingBelow: 0,
    target: null,
  }
}

function directory(path: string): TreeEntry {
  return {
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
    fileType: 'directory',
    size: null,
    change: null,
    oldPath: null,
    pendingBelow: 0,
    target: null,
  }
}
