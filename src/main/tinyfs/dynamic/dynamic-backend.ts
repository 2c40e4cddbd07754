/**
 * Any backend, with computed directories in it. Relies on the backend for everything that is stored and
 * on providers for what is not; promises that computed entries lead to stored nodes, that no directory
 * leads back to itself through them, and that nothing is computed before somebody looks.
 */
import { PondError } from '../../../shared/errors'
import { compareUtf8, quote } from '../../../shared/path'
import type { Pace } from '../../platform'
import type { DirectoryEntry, FileReader, Metadata, NodeId, NodeRef, ReadBackend } from '../backend'
import { ReadFileSystem } from '../read-filesystem'
import { attachMounts, mountsIn, planMounts, type Attached, type Mount } from './mounts'
import type { DynamicDirectory } from './provider'

interface Listing {
  readonly sorted: readonly DirectoryEntry[]
  readonly byNormalName: ReadonlyMap<string, DirectoryEntry>
}

export class DynamicBackend<B extends ReadBackend = ReadBackend> implements ReadBackend {
  readonly root: NodeRef
  readonly base: B
  readonly #plan: Mount
  readonly #mounts: ReadonlyMap<NodeId, Mount>
  /** What follows was computed at this revision of the base. */
  #revision: number | undefined
  #attached: Promise<Attached> | undefined
  readonly #provided = new Map<NodeId, Promise<readonly DirectoryEntry[]>>()
  readonly #listings = new Map<NodeId, Promise<Listing>>()

  constructor(base: B, directories: readonly DynamicDirectory[]) {
    this.base = base
    this.root = base.root
    this.#plan = planMounts(directories)
    this.#mounts = new Map([...mountsIn(this.#plan)].map((mount) => [mount.node.id, mount]))
  }

  get revision(): number {
    return this.base.revision ?? 0
  }

  get moves(): number {
    return this.base.moves ?? 0
  }

  get pace(): Pace | undefined {
    return this.base.pace
  }

  /** True for a directory that is not stored. */
  isComputed(node: NodeRef): boolean {
    return this.#mounts.has(node.id)
  }

  madeBy(node: NodeRef): string | undefined {
    return this.base.madeBy?.(node)
  }

  async lookup(directory: NodeRef, name: string): Promise<DirectoryEntry | undefined> {
    const mount = this.#mounts.get(directory.id)
    if (mount !== undefined) return (await this.#listing(mount)).byNormalName.get(name.normalize('NFC'))
    const stored = await this.base.lookup(directory, name)
    if (stored !== undefined) return stored
    const normal = name.normalize('NFC')
    return (await this.#shownIn(directory)).find((entry) => entry.name.normalize('NFC') === normal)
  }

  async entries(directory: NodeRef): Promise<readonly DirectoryEntry[]> {
    const mount = this.#mounts.get(directory.id)
    if (mount !== undefined) return (await this.#listing(mount)).sorted
    const stored = await this.base.entries(directory)
    const shown = await this.#shownIn(directory)
    return shown.length === 0 ? stored : [...stored, ...shown].sort(byName)
  }

  async metadata(node: NodeRef): Promise<Metadata> {
    const mount = this.#mounts.get(node.id)
    if (mount === undefined) return this.base.metadata(node)
    const above = (await this.#attach()).above.get(node.id) ?? this.root
    return {
      ...(await this.base.metadata(above)),
      node,
      // It has no versions of its own.
      nodeVersion: 0,
      attributes: mount.provider?.attributes ?? {},
    }
  }

  async metadataOfEntries(directory: NodeRef): Promise<readonly Metadata[]> {
    if (this.#mounts.has(directory.id)) {
      const nodes = (await this.entries(directory)).map(({ node }) => node)
      await this.readAhead(nodes)
      const all: Metadata[] = []
      for (const node of nodes) {
        if (this.pace?.due) await this.pace.rest()
        all.push(await this.metadata(node))
      }
      return all
    }
    const stored = await this.base.metadataOfEntries(directory)
    if ((await this.#shownIn(directory)).length === 0) return stored
    const known = new Map(stored.map((metadata) => [metadata.node.id, metadata]))
    const all: Metadata[] = []
    for (const { node } of await this.entries(directory)) all.push(known.get(node.id) ?? (await this.metadata(node)))
    return all
  }

  async readLink(node: NodeRef): Promise<string> {
    if (!this.#mounts.has(node.id)) return this.base.readLink(node)
    throw new PondError('tinyfs.not-a-symlink', `expected a link, found a directory`, { nodeId: node.id })
  }

  async open(node: NodeRef, path?: string, signal?: AbortSignal): Promise<FileReader> {
    const mount = this.#mounts.get(node.id)
    if (mount === undefined) return this.base.open(node, path, signal)
    throw new PondError('tinyfs.is-a-directory', `expected a file at ${quote(mount.path)}, found a directory`, {
      path: mount.path,
    })
  }

  async readAhead(nodes: readonly NodeRef[]): Promise<void> {
    await this.base.readAhead?.(nodes.filter((node) => !this.#mounts.has(node.id)))
  }

  async readAheadEntries(directories: readonly NodeRef[]): Promise<void> {
    await this.base.readAheadEntries?.(directories.filter((directory) => !this.#mounts.has(directory.id)))
  }

  async #shownIn(directory: NodeRef): Promise<readonly DirectoryEntry[]> {
    if (this.#mounts.size === 1) return []
    return ((await this.#attach()).shown.get(directory.id) ?? []).map(entryOf)
  }

  #attach(): Promise<Attached> {
    this.#forgetIfChanged()
    this.#attached ??= attachMounts(this.base, this.#plan)
    return kept(this.#attached, () => (this.#attached = undefined))
  }

  #listing(mount: Mount): Promise<Listing> {
    this.#forgetIfChanged()
    const { id } = mount.node
    let listing = this.#listings.get(id)
    if (listing === undefined) this.#listings.set(id, (listing = this.#list(mount)))
    return kept(listing, () => this.#listings.delete(id))
  }

  async #list(mount: Mount): Promise<Listing> {
    const { reached } = await this.#attach()
    const byNormalName = new Map<string, DirectoryEntry>()
    for (const entry of await this.#provide(mount)) {
      if (this.pace?.due) await this.pace.rest()
      // Most entries are files, which lead nowhere.
      const isSafe = entry.node.fileType !== 'directory' || !(await this.#leadsTo(mount, entry.node, reached))
      if (isSafe) byNormalName.set(entry.name.normalize('NFC'), entry)
    }
    for (const [name, below] of mount.below) byNormalName.set(name, entryOf(below))
    return { sorted: [...byNormalName.values()].sort(byName), byNormalName }
  }

  #provide(mount: Mount): Promise<readonly DirectoryEntry[]> {
    const { id } = mount.node
    let provided = this.#provided.get(id)
    if (provided === undefined) {
      provided = mount.provider?.entries(new ReadFileSystem(this.base)) ?? Promise.resolve([])
      this.#provided.set(id, provided)
    }
    return kept(provided, () => this.#provided.delete(id))
  }

  /** Whether a mount can be reached from a stored directory, through whatever other mounts. */
  async #leadsTo(goal: Mount, from: NodeRef, reached: Attached['reached']): Promise<boolean> {
    const seen = new Set<NodeId>()
    const waiting = [from]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const mount of reached.get(next.id) ?? []) {
        if (mount === goal) return true
        if (seen.has(mount.node.id)) continue
        seen.add(mount.node.id)
        for (const { node } of await this.#provide(mount)) if (node.fileType === 'directory') waiting.push(node)
      }
    }
    return false
  }

  #forgetIfChanged(): void {
    if (this.#revision === this.base.revision) return
    this.#revision = this.base.revision
    this.#attached = undefined
    this.#provided.clear()
    this.#listings.clear()
  }
}

function entryOf({ name, node }: Mount): DirectoryEntry {
  return { name, node }
}

function byName(a: DirectoryEntry, b: DirectoryEntry): number {
  return compareUtf8(a.name, b.name)
}

/** A failure is not remembered: what failed may succeed the next time. */
function kept<T>(work: Promise<T>, forget: () => void): Promise<T> {
  work.catch(forget)
  return work
}
