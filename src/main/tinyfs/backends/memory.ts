/**
 * A filesystem in memory: for tests, and for files that are derived and need no disk. Relies on its
 * maker for time and identities; promises what every backend does (`testing/conformance.ts`).
 */
import { createHash } from 'node:crypto'
import { PondError } from '../../../shared/errors'
import type { FileType, Micros } from '../../../shared/model'
import { compareUtf8, quote } from '../../../shared/path'
import type {
  DirectoryEntry,
  FileOptions,
  FileReader,
  FileWriter,
  Metadata,
  NodeId,
  NodeRef,
  WriteBackend,
} from '../backend'
import { BytesReader } from '../bytes-reader'

export interface MemorySources {
  readonly now: () => Micros
  readonly newId: () => NodeId
}

interface MemoryNode {
  readonly id: NodeId
  fileType: FileType
  parentId: NodeId
  nodeVersion: number
  modifiedAt: Micros
  attributes: Readonly<Record<string, unknown>>
  content: Uint8Array
  sha256: string | null
  target: string
  /** A directory's names; the second map finds the one that is equal after NFC. */
  readonly names: Map<string, NodeId>
  readonly normalised: Map<string, string>
  sorted: readonly DirectoryEntry[] | undefined
}

export class MemoryBackend implements WriteBackend {
  readonly root: NodeRef
  readonly #sources: MemorySources
  readonly #nodes = new Map<NodeId, MemoryNode>()
  #revision = 0
  #moves = 0

  constructor(sources: MemorySources) {
    this.#sources = sources
    const id = sources.newId()
    this.root = refOf(this.#add('directory', id, id))
  }

  get revision(): number {
    return this.#revision
  }

  get moves(): number {
    return this.#moves
  }

  async lookup(directory: NodeRef, name: string): Promise<DirectoryEntry | undefined> {
    const { names, normalised } = this.#directory(directory)
    const exact = names.has(name) ? name : normalised.get(name.normalize('NFC'))
    if (exact === undefined) return undefined
    return { name: exact, node: refOf(this.#node(names.get(exact)!)) }
  }

  async entries(directory: NodeRef): Promise<readonly DirectoryEntry[]> {
    const node = this.#directory(directory)
    node.sorted ??= [...node.names]
      .map(([name, id]) => ({ name, node: refOf(this.#node(id)) }))
      .sort((a, b) => compareUtf8(a.name, b.name))
    return node.sorted
  }

  async metadata(node: NodeRef): Promise<Metadata> {
    return metadataOf(this.#node(node.id))
  }

  async metadataOfEntries(directory: NodeRef): Promise<readonly Metadata[]> {
    return (await this.entries(directory)).map(({ node }) => metadataOf(this.#node(node.id)))
  }

  async readLink(node: NodeRef): Promise<string> {
    return this.#node(node.id).target
  }

  async open(node: NodeRef): Promise<FileReader> {
    return new BytesReader(this.#node(node.id).content)
  }

  async createDirectory(parent: NodeRef, name: string): Promise<NodeRef> {
    this.#mustBeFree(parent, name)
    return this.#name(parent, name, this.#add('directory', parent.id))
  }

  async createSymlink(parent: NodeRef, name: string, target: string): Promise<NodeRef> {
    this.#mustBeFree(parent, name)
    return this.#name(parent, name, { ...this.#add('symlink', parent.id), target })
  }

  async createFile(parent: NodeRef, name: string, options: FileOptions = {}): Promise<FileWriter> {
    this.#mustBeFree(parent, name)
    return new MemoryWriter((content) => {
      this.#mustBeFree(parent, name)
      const node = this.#add(options.fileType ?? 'file:data', parent.id)
      this.#name(parent, name, node)
      return this.#fill(node, content, options)
    })
  }

  async updateFile(node: NodeRef, options: FileOptions = {}): Promise<FileWriter> {
    this.#node(node.id)
    return new MemoryWriter((content) => {
      const file = this.#node(node.id)
      file.nodeVersion++
      if (options.fileType !== undefined && options.fileType !== file.fileType) {
        file.fileType = options.fileType
        this.#node(file.parentId).sorted = undefined
      }
      return this.#fill(file, content, options)
    })
  }

  async remove(parent: NodeRef, name: string): Promise<void> {
    const directory = this.#directory(parent)
    const node = this.#node(this.#idOf(directory, name))
    if (node.names.size > 0)
      throw new PondError('tinyfs.not-empty', `the directory ${quote(name)} is not empty`, { name })
    unname(directory, name)
    this.#nodes.delete(node.id)
    this.#revision++
    this.#moves++
  }

  async rename(
    from: { readonly parent: NodeRef; readonly name: string },
    to: { readonly parent: NodeRef; readonly name: string },
  ): Promise<void> {
    const source = this.#directory(from.parent)
    const node = this.#node(this.#idOf(source, from.name))
    const isTwin = from.parent.id === to.parent.id && from.name.normalize('NFC') === to.name.normalize('NFC')
    if (!isTwin) this.#mustBeFree(to.parent, to.name)
    for (let above = to.parent.id; above !== this.root.id; above = this.#node(above).parentId) {
      if (above === node.id) {
        throw new PondError('tinyfs.into-itself', `${quote(from.name)} cannot be moved into itself`, {
          name: from.name,
        })
      }
    }
    unname(source, from.name)
    this.#moves++
    node.parentId = to.parent.id
    node.nodeVersion++
    node.modifiedAt = this.#sources.now()
    this.#name(to.parent, to.name, node)
  }

  #add(fileType: FileType, parentId: NodeId, id: NodeId = this.#sources.newId()): MemoryNode {
    const node: MemoryNode = {
      id,
      fileType,
      parentId,
      nodeVersion: 1,
      modifiedAt: this.#sources.now(),
      attributes: {},
      content: new Uint8Array(),
      sha256: null,
      target: '',
      names: new Map(),
      normalised: new Map(),
      sorted: undefined,
    }
    this.#nodes.set(id, node)
    return node
  }

  #name(parent: NodeRef, name: string, node: MemoryNode): NodeRef {
    this.#nodes.set(node.id, node)
    const directory = this.#directory(parent)
    directory.names.set(name, node.id)
    directory.normalised.set(name.normalize('NFC'), name)
    directory.sorted = undefined
    this.#revision++
    return refOf(node)
  }

  #fill(node: MemoryNode, content: Uint8Array, options: FileOptions): Metadata {
    node.content = content
    node.sha256 = createHash('sha256').update(content).digest('hex')
    node.modifiedAt = this.#sources.now()
    node.attributes = options.attributes ?? node.attributes
    this.#revision++
    return metadataOf(node)
  }

  #node(id: NodeId): MemoryNode {
    const node = this.#nodes.get(id)
    if (node === undefined) throw new PondError('tinyfs.not-found', `there is no node ${id} any more`, { nodeId: id })
    return node
  }

  #directory(ref: NodeRef): MemoryNode {
    const node = this.#node(ref.id)
    if (node.fileType === 'directory') return node
    throw new PondError('tinyfs.not-a-directory', `expected a directory, found the ${node.fileType} ${ref.id}`, {
      nodeId: ref.id,
    })
  }

  #idOf(directory: MemoryNode, name: string): NodeId {
    const id = directory.names.get(name)
    if (id === undefined) throw new PondError('tinyfs.not-found', `${quote(name)} does not exist`, { name })
    return id
  }

  #mustBeFree(parent: NodeRef, name: string): void {
    const existing = this.#directory(parent).normalised.get(name.normalize('NFC'))
    if (existing !== undefined)
      throw new PondError('tinyfs.exists', `${quote(name)} already exists`, { name, existing })
  }
}

function unname(directory: MemoryNode, name: string): void {
  directory.names.delete(name)
  directory.normalised.delete(name.normalize('NFC'))
  directory.sorted = undefined
}

function refOf({ id, fileType, parentId }: MemoryNode): NodeRef {
  return { id, fileType, parentId }
}

function metadataOf(node: MemoryNode): Metadata {
  const isFile = node.fileType.startsWith('file:')
  return {
    node: refOf(node),
    size: isFile ? node.content.length : null,
    sha256: node.sha256,
    nodeVersion: node.nodeVersion,
    modifiedAt: node.modifiedAt,
    minEventTime: null,
    maxEventTime: null,
    attributes: node.attributes,
  }
}

class MemoryWriter implements FileWriter {
  readonly #finish: (content: Uint8Array) => Metadata
  #chunks: Uint8Array[] = []
  #open = true

  constructor(finish: (content: Uint8Array) => Metadata) {
    this.#finish = finish
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#mustBeOpen()
    // A copy: the caller may fill the same buffer again.
    this.#chunks.push(new Uint8Array(chunk))
  }

  async close(): Promise<Metadata> {
    this.#mustBeOpen()
    this.#open = false
    return this.#finish(new Uint8Array(Buffer.concat(this.#chunks)))
  }

  async abandon(): Promise<void> {
    this.#open = false
    this.#chunks = []
  }

  #mustBeOpen(): void {
    if (!this.#open) throw new PondError('tinyfs.closed', 'this file is not being written any more')
  }
}
