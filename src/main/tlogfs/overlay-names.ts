/**
 * Which names of which directories differ from the base, for an overlay: lookups by exact spelling,
 * then by NFC, and copies on the first change after a fork.
 */
import { compareUtf8 } from '../../shared/path'
import { pacedSort, type Pace } from '../platform'
import type { DirectoryEntry, NodeId, NodeRef } from '../tinyfs'
import type { DirectoryState } from './directory-state'
import type { Place } from './operation'

interface Changed {
  /** Null: the name is gone. */
  readonly names: Map<string, DirectoryEntry | null>
  /** NFC form -> names that were given, for names that are not their own NFC form. */
  readonly aliases: Map<string, readonly string[]>
}

export class OverlayNames {
  readonly #changed: Map<NodeId, Changed>
  /** Directories whose maps are this one's own; those of others are copied before they change. */
  readonly #owned = new Set<NodeId>()

  constructor(parent?: OverlayNames) {
    this.#changed = new Map(parent === undefined ? [] : parent.#changed)
  }

  /** Directories with names that differ, and those names. */
  *directories(): Generator<{ readonly id: NodeId; readonly names: ReadonlyMap<string, DirectoryEntry | null> }> {
    for (const [id, { names }] of this.#changed) yield { id, names }
  }

  lookup(directoryId: NodeId, base: DirectoryState | undefined, name: string): DirectoryEntry | undefined {
    const changed = this.#changed.get(directoryId)
    const exact = changed?.names.get(name)
    if (exact) return exact
    const inBase = exact === null ? undefined : base?.exact(name)
    if (inBase !== undefined) return inBase
    const normal = name.normalize('NFC')
    for (const twin of [normal, ...(changed?.aliases.get(normal) ?? [])]) {
      const entry = changed?.names.get(twin)
      if (entry) return entry
    }
    for (const candidate of [base?.exact(normal), ...(base?.aliases(normal) ?? [])]) {
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
    const merged = before.filter((entry) => !changed.names.has(entry.name))
    for (const entry of changed.names.values()) if (entry !== null) merged.push(entry)
    return pacedSort(merged, (a, b) => compareUtf8(a.name, b.name), pace)
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
    const own: Changed = { names: new Map(known?.names), aliases: new Map(known?.aliases) }
    this.#owned.add(directoryId)
    this.#changed.set(directoryId, own)
    return own
  }
}
