/**
 * How many changed nodes are below each directory. A change is noted at the directory that it is in, and
 * carried up to those above when somebody is about to ask: many changes in a deep tree cost its
 * directories once, not each change all of them.
 */
import type { NodeId } from '../../tinyfs'
import { ForkedMap } from '../maps/forked-map'
import { ROOT_ID } from '../content/operation'

export type ParentOf = (directory: NodeId) => Promise<NodeId>

export class ChangesBelow {
  readonly #counts: ForkedMap<NodeId, number>
  /** What is not in the counts yet, neither of the directory nor of those above it. */
  readonly #noted: Map<NodeId, number>

  constructor(
    counts: ForkedMap<NodeId, number> = new ForkedMap(),
    noted: ReadonlyMap<NodeId, number> = new Map<NodeId, number>(),
  ) {
    this.#counts = counts
    this.#noted = new Map(noted)
  }

  /** Cheap once everything is carried up. */
  fork(): ChangesBelow {
    return new ChangesBelow(this.#counts.fork(), this.#noted)
  }

  /** @param directory may not have moved since what is below it was noted, unless that is carried up */
  note(directory: NodeId, change: number): void {
    if (change !== 0) this.#noted.set(directory, (this.#noted.get(directory) ?? 0) + change)
  }

  /** What was noted at a directory goes on from the one above: it is about to be removed, and nothing is below it. */
  passUp(directory: NodeId, parent: NodeId): void {
    const change = this.#noted.get(directory)
    if (change === undefined) return
    this.#noted.delete(directory)
    this.#count(directory, change)
    this.note(parent, change)
  }

  /** As far as it is carried up. */
  of(directory: NodeId): number {
    return this.#counts.get(directory) ?? 0
  }

  /** Carries up what was noted. Directories may not move meanwhile. */
  async carryUp(parentOf: ParentOf): Promise<void> {
    if (this.#noted.size === 0) return
    const parents = await directoriesAbove([...this.#noted.keys()], parentOf)
    // From here on nothing waits: what another caller carried up meanwhile is not noted any more.
    for (const [directory, parent] of [...parents].reverse()) {
      const change = this.#noted.get(directory)
      if (change === undefined) continue
      this.#noted.delete(directory)
      this.#count(directory, change)
      if (parent !== null) this.note(parent, change)
    }
  }

  #count(directory: NodeId, change: number): void {
    const count = this.of(directory) + change
    if (count === 0) this.#counts.delete(directory)
    else this.#counts.set(directory, count)
  }
}

/** These and all above them, each with its parent, which comes before it. */
async function directoriesAbove(
  directories: Iterable<NodeId>,
  parentOf: ParentOf,
): Promise<ReadonlyMap<NodeId, NodeId | null>> {
  const parents = new Map<NodeId, NodeId | null>([[ROOT_ID, null]])
  for (const directory of directories) {
    const way: [NodeId, NodeId][] = []
    for (let at = directory; !parents.has(at);) {
      const parent = await parentOf(at)
      way.push([at, parent])
      at = parent
    }
    for (const [at, parent] of way.reverse()) parents.set(at, parent)
  }
  return parents
}
