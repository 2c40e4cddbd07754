/**
 * A directory tree in order. Relies on `entries` alone; promises to end on any tree, also on one
 * that a damaged backend has bent into a circle.
 */
import { childPath, type PondPath } from '../../shared/path'
import type { DirectoryEntry, NodeId, NodeRef, ReadBackend } from './backend'
import { visitLoop } from './refusal'

export interface Visited {
  readonly path: PondPath
  readonly name: string
  readonly node: NodeRef
  /** 0 for what is directly in the directory that the visit began in. */
  readonly depth: number
}

/** Directories beside each other that are read ahead at once. */
const AHEAD = 1_000

/** Entries whose metadata is read ahead at once: many, because they may be all over the table. */
const METADATA_AHEAD = 4_096

/** A directory on the way, and how far into it the visit has come. */
interface Level {
  readonly path: PondPath
  readonly id: NodeId
  readonly entries: readonly DirectoryEntry[]
  next: number
  /** Directories before this place were read ahead. */
  ahead: number
}

/** Depth first, a directory before its content, names in UTF-8 order. @throws tinyfs.visit-loop */
export async function* visitBelow(backend: ReadBackend, path: PondPath, directory: NodeRef): AsyncGenerator<Visited> {
  const above = new Set<NodeId>([directory.id])
  const enter = async (at: PondPath, node: NodeRef): Promise<Level> => {
    return { path: at, id: node.id, entries: await backend.entries(node), next: 0, ahead: 0 }
  }
  const levels = [await enter(path, directory)]
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const entry = level.entries[level.next]
    if (entry === undefined) {
      levels.pop()
      above.delete(level.id)
      continue
    }
    if (backend.pace?.due) await backend.pace.rest()
    const { name, node } = entry
    const at = childPath(level.path, name)
    if (above.has(node.id)) throw visitLoop(at)
    yield { path: at, name, node, depth: levels.length - 1 }
    if (node.fileType === 'directory') {
      if (level.ahead <= level.next) await readAhead(backend, level)
      above.add(node.id)
      levels.push(await enter(at, node))
    }
    level.next++
  }
}

/** The same entries, their metadata read ahead: for whoever asks for it, or opens them. */
export async function* withMetadataAhead(
  backend: ReadBackend,
  visited: AsyncIterable<Visited>,
): AsyncGenerator<Visited> {
  let some: Visited[] = []
  for await (const one of visited) {
    some.push(one)
    if (some.length < METADATA_AHEAD) continue
    yield* await ahead(backend, some)
    some = []
  }
  yield* await ahead(backend, some)
}

async function ahead(backend: ReadBackend, some: readonly Visited[]): Promise<readonly Visited[]> {
  if (some.length > 1) await backend.readAhead?.(some.map(({ node }) => node))
  return some
}

/** The directory that comes next in a level, with those after it. */
async function readAhead(backend: ReadBackend, level: Level): Promise<void> {
  const directories: NodeRef[] = []
  let at = level.next
  for (; at < level.entries.length && directories.length < AHEAD; at++) {
    const { node } = level.entries[at]!
    if (node.fileType === 'directory') directories.push(node)
  }
  level.ahead = at
  if (directories.length > 1) await backend.readAheadEntries?.(directories)
}
