/**
 * Which names of which directories differ from the base, for an overlay: lookups by exact spelling,
 * then by NFC, and copies on the first change after a fork.
 */
import { compareUtf8 } from '../../../shared/path'
import type { Pace } from '../../platform'
import type { DirectoryEntry, NodeId, NodeRef } from '../../tinyfs'
import type { DirectoryState } from '../view/directory-state'
import { ForkedMap } from '../maps/forked-map'
import type { Place } from '../content/operation'

/** Names of a directory that differ from the base; null: the name is gone. */
export interface ChangedNames {
  readonly id: NodeId
  readonly names: ForkedMap<string, DirectoryEntry | null>
}

interface Changed {
  /** In the order of listings. Null: the name is gone. */
  readonly names: ForkedMap<string, DirectoryEntry | null>
  /** NFC form -> names that were given, for names that are not their own NFC form. */
  readonly aliases: ForkedMap<string, readonly string[]>
}

export class OverlayNames {
  readonly #changed: ForkedMap<NodeId, Changed>
  /** Directories whose maps are this one's own; those of others are forked before they change. */
  readonly #owned = new Set<NodeId>()

  constructor(parent?: OverlayNames) {
    this.#changed = parent === undefined ? new ForkedMap() : parent.#changed.fork()
  }

  /** Directories with names that differ, and those names, as they are now. */
  *directories(): Generator<ChangedNames> {
    for (const [id, { names }] of this.#changed.fork().entries()) yield { id, names: names.fork() }
  }

  isEmpty(directoryId: NodeId, base: DirectoryState | undefined): boolean {
    let left = base?.size ?? 0
    const changed = this.#changed.get(directoryId)
    if (changed === undefined) return left === 0
    for (const [name, entry] of changed.names.entries()) {
      if (entry !== null) return false
      if (base?.exact(name) !== undefined) left--
    }
    return left === 0
  }

  lookup(directoryId: NodeId, base: DirectoryState | undefined, name: string): DirectoryEntry | undefined {
    const changed = this.#changed.get(directoryId)
    const exact = changed?.names.get(name)
    if (exact) return exact
    const inBase = exact === null ? undefined : base?.exact(name)
    if (inBase !== undefined) return inBase
    const normal = name.normalize('NFC')
    const aliases = changed?.aliases.get(normal)
    const inBaseToo = base?.aliases(normal) ?? []
    // Most names are their own form, and have no twin.
    if (normal === name && aliases === undefined && inBaseToo.length === 0) return undefined
    for (const twin of [normal, ...(aliases ?? [])]) {
      const entry = changed?.names.get(twin)
      if (entry) return entry
    }
    for (const candidate of [base?.exact(normal), ...inBaseToo]) {
      if (candidate !== undefined && changed?.names.get(candidate.name) !== null) return candidate
    }
    return undefined
  }

  async sorted(
    directoryId: NodeId,
    { base, pace }: { readonly base: DirectoryState | undefined; readonly pace: Pace },
  ): Promise<readonly DirectoryEntry[]> {
    const changed = this.#changed.get(directoryId)
    const before = base?.sorted() ?? []
    if (changed === undefined) return before
    // A copy, as others may change names while this rests.
    const names = changed.names.fork()
    const merged: DirectoryEntry[] = []
    let next = 0
    const takeBefore = (end: string | null): void => {
      for (; next < before.length && (end === null || compareUtf8(before[next]!.name, end) < 0); next++)
        merged.push(before[next]!)
    }
    for (const [name, entry] of names.entries()) {
      if (pace.due) await pace.rest()
      takeBefore(name)
      if (before[next]?.name === name) next++
      if (entry !== null) merged.push(entry)
    }
    takeBefore(null)
    return merged
  }

  set({ directoryId, name }: Place, node: NodeRef): void {
    const { names, aliases } = this.#own(directoryId)
    names.set(name, { name, node })
    const normal = name.normalize('NFC')
    const known = normal === name ? undefined : (aliases.get(normal) ?? [])
    if (known !== undefined && !known.includes(name)) aliases.set(normal, [...known, name])
  }

  remove({ directoryId, name }: Place): void {
    this.#own(directoryId).names.set(name, null)
  }

  #own(directoryId: NodeId): Changed {
    const known = this.#changed.get(directoryId)
    if (known !== undefined && this.#owned.has(directoryId)) return known
    const own: Changed = {
      names: known?.names.fork() ?? new ForkedMap(compareUtf8),
      aliases: known?.aliases.fork() ?? new ForkedMap(),
    }
    this.#owned.add(directoryId)
    this.#changed.set(directoryId, own)
    return own
  }
}
