/**
 * Paths of directories by their ids, each made from the one above it: who asks for those of a whole tree pays one
 * step for each directory, not one for each directory above each. Holds as long as no directory moves.
 */
import { PondError } from '../../../shared/errors'
import type { NodeId } from '../../tinyfs'
import { ROOT_ID } from '../content/operation'

/** Characters that are kept; more are begun anew. */
const MAX_KEPT = 8 << 20
/** Deeper than any path can be; only damage makes directories contain each other. */
const MAX_DEPTH = 100_000

interface Placed {
  readonly name: string
  readonly parentId: NodeId
}

export class DirectoryPaths {
  readonly #paths = new Map<NodeId, string>()
  #kept = 0

  /** @param placeOf where a directory is @throws tlogfs.corrupt-directory where it is inside itself */
  async of(id: NodeId, placeOf: (id: NodeId) => Promise<Placed>): Promise<string> {
    if (id === ROOT_ID) return '/'
    const way: (Placed & { readonly id: NodeId })[] = []
    let path: string | undefined
    for (let at = id; at !== ROOT_ID && (path = this.#paths.get(at)) === undefined;) {
      const place = await placeOf(at)
      way.push({ id: at, name: place.name, parentId: place.parentId })
      if (way.length > MAX_DEPTH)
        throw new PondError('tlogfs.corrupt-directory', `directory ${id} is inside itself`, { directoryId: id })
      at = place.parentId
    }
    let whole = path ?? ''
    for (const { id: each, name } of way.reverse()) {
      whole = `${whole}/${name}`
      this.#keep(each, whole)
    }
    return whole
  }

  /** A directory was removed. */
  forget(id: NodeId): void {
    this.#paths.delete(id)
  }

  /** A directory was moved, with all that is below it. */
  forgetAll(): void {
    this.#paths.clear()
    this.#kept = 0
  }

  #keep(id: NodeId, path: string): void {
    if (this.#kept > MAX_KEPT) this.forgetAll()
    this.#paths.set(id, path)
    this.#kept += path.length
  }
}
