/**
 * Any backend, with what some of its files make beside themselves. Relies on the backend for everything that is
 * stored and on a maker for what is not; promises that what is stored wins, that nothing is made of what is made, and
 * that nothing is made before somebody looks.
 */
import { compareUtf8 } from '../../../shared/path'
import type { Pace } from '../../platform'
import type { DirectoryEntry, FileReader, Metadata, NodeId, NodeRef, ReadBackend } from '../backend'
import { isADirectory, notASymlink, notADirectory } from '../refusal'
import type { ComputedNode, Maker } from './maker'

export class ComputedBackend<B extends ReadBackend = ReadBackend> implements ReadBackend {
  readonly root: NodeRef
  readonly base: B
  readonly #maker: Maker
  /** What was made at this revision of the base, by the file that makes it. */
  #revision: number | undefined
  readonly #made = new Map<NodeId, Promise<ComputedNode | undefined>>()
  /** What was found so far, to be asked for by its node. */
  readonly #nodes = new Map<NodeId, ComputedNode>()

  constructor(base: B, maker: Maker) {
    this.base = base
    this.root = base.root
    this.#maker = maker
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

  /** What a node is if it is computed; undefined for what is stored. */
  computed(node: NodeRef): ComputedNode | undefined {
    return this.#nodes.get(node.id)
  }

  madeBy(node: NodeRef): string | undefined {
    const computed = this.computed(node)
    return computed && this.#maker.sourceName(computed.path.split('/')[0]!)
  }

  async lookup(directory: NodeRef, name: string): Promise<DirectoryEntry | undefined> {
    const inside = this.computed(directory)
    if (inside !== undefined) {
      const normal = name.normalize('NFC')
      return (await this.#entriesOf(inside)).find((entry) => entry.name.normalize('NFC') === normal)
    }
    const stored = await this.base.lookup(directory, name)
    if (stored !== undefined) return stored
    const source = await this.base.lookup(directory, this.#maker.sourceName(name))
    return source && this.#entryOf(source)
  }

  async entries(directory: NodeRef): Promise<readonly DirectoryEntry[]> {
    const inside = this.computed(directory)
    if (inside !== undefined) return this.#entriesOf(inside)
    const stored = await this.base.entries(directory)
    const made = await this.#madeBeside(stored)
    return made.length === 0 ? stored : [...stored, ...made].sort(byName)
  }

  async metadata(node: NodeRef): Promise<Metadata> {
    const computed = this.computed(node)
    return computed === undefined ? this.base.metadata(node) : { ...(await computed.metadata()), node, nodeVersion: 0 }
  }

  async metadataOfEntries(directory: NodeRef): Promise<readonly Metadata[]> {
    const inside = this.computed(directory)
    const stored = inside === undefined ? await this.base.metadataOfEntries(directory) : []
    const entries = await this.entries(directory)
    if (entries.length === stored.length) return stored
    const known = new Map(stored.map((metadata) => [metadata.node.id, metadata]))
    const all: Metadata[] = []
    for (const { node } of entries) {
      if (this.pace?.due) await this.pace.rest()
      all.push(known.get(node.id) ?? (await this.metadata(node)))
    }
    return all
  }

  async readLink(node: NodeRef): Promise<string> {
    const computed = this.computed(node)
    if (computed === undefined) return this.base.readLink(node)
    throw notASymlink(computed.path, computed.fileType)
  }

  async open(node: NodeRef, path?: string, signal?: AbortSignal): Promise<FileReader> {
    const computed = this.computed(node)
    if (computed === undefined) return this.base.open(node, path, signal)
    if (computed.open === undefined) throw isADirectory(path ?? computed.path)
    return computed.open(path, signal)
  }

  async readAhead(nodes: readonly NodeRef[]): Promise<void> {
    await this.base.readAhead?.(nodes.filter((node) => this.computed(node) === undefined))
  }

  async readAheadEntries(directories: readonly NodeRef[]): Promise<void> {
    await this.base.readAheadEntries?.(directories.filter((node) => this.computed(node) === undefined))
  }

  async #madeBeside(stored: readonly DirectoryEntry[]): Promise<readonly DirectoryEntry[]> {
    const sources = stored.filter(({ name }) => this.#maker.outputName(name) !== undefined)
    if (sources.length === 0) return []
    const taken = new Set(stored.map(({ name }) => name.normalize('NFC')))
    const free = sources.filter(({ name }) => !taken.has(this.#maker.outputName(name)!.normalize('NFC')))
    await this.base.readAhead?.(free.map(({ node }) => node))
    const made: DirectoryEntry[] = []
    for (const source of free) {
      if (this.pace?.due) await this.pace.rest()
      const entry = await this.#entryOf(source)
      if (entry !== undefined) made.push(entry)
    }
    return made
  }

  async #entryOf(source: DirectoryEntry): Promise<DirectoryEntry | undefined> {
    const name = this.#maker.outputName(source.name)
    if (name === undefined || source.node.fileType !== 'file:data') return undefined
    const computed = await this.#make(source)
    return computed && this.#shown(name, computed)
  }

  /** A failure is not remembered: what failed may succeed the next time. */
  #make(source: DirectoryEntry): Promise<ComputedNode | undefined> {
    this.#forgetIfChanged()
    const { id } = source.node
    let made = this.#made.get(id)
    if (made === undefined) {
      this.#made.set(id, (made = this.#maker.make(source.node, source.name)))
      made.catch(() => this.#made.delete(id))
    }
    return made
  }

  async #entriesOf(directory: ComputedNode): Promise<readonly DirectoryEntry[]> {
    if (directory.entries === undefined) throw notADirectory(directory.path, directory.fileType)
    const entries = await directory.entries()
    return entries.map(({ name, computed }) => this.#shown(name, computed)).sort(byName)
  }

  #shown(name: string, computed: ComputedNode): DirectoryEntry {
    const { id, fileType } = computed
    this.#nodes.set(id, computed)
    return { name, node: { id, fileType, parentId: id } }
  }

  #forgetIfChanged(): void {
    if (this.#revision === this.base.revision) return
    this.#revision = this.base.revision
    this.#made.clear()
  }
}

function byName(a: DirectoryEntry, b: DirectoryEntry): number {
  return compareUtf8(a.name, b.name)
}
