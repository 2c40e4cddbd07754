/**
 * A directory tree in order. Relies on `entries` alone; promises to end on any tree, also on one
 * that a damaged backend has bent into a circle.
 */
import { childPath, type PondPath } from '../../shared/path'
import type { NodeId, NodeRef, ReadBackend } from './backend'
import { visitLoop } from './refusal'

export interface Visited {
  readonly path: PondPath
  readonly name: string
  readonly node: NodeRef
  /** 0 for what is directly in the directory that the visit began in. */
  readonly depth: number
}

/** Depth first, a directory before its content, names in UTF-8 order. @throws tinyfs.visit-loop */
export async function* visitBelow(backend: ReadBackend, path: PondPath, directory: NodeRef): AsyncGenerator<Visited> {
  const above = new Set<NodeId>()
  const levels = [{ path, id: directory.id, rest: (await backend.entries(directory)).values() }]
  above.add(directory.id)
  while (levels.length > 0) {
    const level = levels.at(-1)!
    const next = level.rest.next()
    if (next.done) {
      levels.pop()
      above.delete(level.id)
      continue
    }
    const { name, node } = next.value
    if (backend.pace?.due) await backend.pace.rest()
    const at = childPath(level.path, name)
    if (above.has(node.id)) throw visitLoop(at)
    yield { path: at, name, node, depth: levels.length - 1 }
    if (node.fileType === 'directory') {
      above.add(node.id)
      levels.push({ path: at, id: node.id, rest: (await backend.entries(node)).values() })
    }
  }
}
