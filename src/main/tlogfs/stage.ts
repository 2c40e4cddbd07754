/**
 * The write side of the pending filesystem: every change becomes an operation that is replayed on the
 * overlay at once, so that what follows sees it. Nothing is durable until the steward has written the
 * operations to the journal; content over the inline limit is a blob already.
 */
import { PondError } from '../../shared/errors'
import type { Micros } from '../../shared/model'
import { childPath, quote, type PondPath } from '../../shared/path'
import type { FileOptions, FileWriter, Metadata, NodeId, NodeRef, WriteBackend } from '../tinyfs'
import type { Blobs, Content, InlineContent } from './content/blobs'
import { partDraft, placeOf, type OperationDraft } from './content/operation-draft'
import { notASeries, typeOfContent, type ContentType } from './content/content-type'
import type { NodeState } from './content/node-state'
import { hasAttributes, INLINE_LIMIT, NO_ATTRIBUTES, type Operation, type Place } from './content/operation'
import type { Overlay } from './overlay/overlay'
import { contentHash, seriesFacts } from './content/series'
import { seriesContent, type SeriesContent } from './content/series-content'

/** Content taken in and hashed, not yet named by anything. */
export type PreparedContent = Content

export interface StageSource {
  readonly blobs: Blobs
  readonly now: () => Micros
  readonly newId: () => NodeId
  /** The next unused sequence number of the journal. */
  readonly nextSeq: number
  /** Where inline content is put by sequence number, until the journal has it. */
  readonly contents: Map<number, InlineContent>
}

export class StagingBackend implements WriteBackend {
  readonly root: NodeRef
  readonly overlay: Overlay
  readonly operations: Operation[] = []
  readonly #source: StageSource
  /** Files that are being written. */
  readonly #writers = new Set<FileWriter>()
  /** Operations on their way into the overlay, one after another: each has a number of its own, and sees those before. */
  #turn: Promise<void> = Promise.resolve()
  #moves = 0
  #ended = false

  constructor(overlay: Overlay, source: StageSource) {
    this.overlay = overlay
    this.root = overlay.root
    this.#source = source
  }

  get revision(): number {
    return this.operations.length
  }

  get moves(): number {
    return this.#moves
  }

  get pace(): Overlay['pace'] {
    return this.overlay.pace
  }

  lookup(directory: NodeRef, name: string): ReturnType<Overlay['lookup']> {
    return this.overlay.lookup(directory, name)
  }
  entries(directory: NodeRef): ReturnType<Overlay['entries']> {
    return this.overlay.entries(directory)
  }
  metadata(node: NodeRef): Promise<Metadata> {
    return this.overlay.metadata(node)
  }
  metadataOfEntries(directory: NodeRef): ReturnType<Overlay['metadataOfEntries']> {
    return this.overlay.metadataOfEntries(directory)
  }
  readLink(node: NodeRef): Promise<string> {
    return this.overlay.readLink(node)
  }
  open(node: NodeRef, path?: string): ReturnType<Overlay['open']> {
    return this.overlay.open(node, path)
  }
  readAhead(nodes: readonly NodeRef[]): Promise<void> {
    return this.overlay.readAhead(nodes)
  }
  readAheadEntries(directories: readonly NodeRef[]): Promise<void> {
    return this.overlay.readAheadEntries(directories)
  }

  async createDirectory(parent: NodeRef, name: string): Promise<NodeRef> {
    const id = this.#source.newId()
    await this.perform({ kind: 'create', nodeId: id, fileType: 'directory', place: { directoryId: parent.id, name } })
    return { id, fileType: 'directory', parentId: parent.id }
  }

  async createSymlink(parent: NodeRef, name: string, target: string): Promise<NodeRef> {
    const id = this.#source.newId()
    await this.perform({
      kind: 'create',
      nodeId: id,
      fileType: 'symlink',
      place: { directoryId: parent.id, name },
      target,
    })
    return { id, fileType: 'symlink', parentId: parent.id }
  }

  async createFile(parent: NodeRef, name: string, options: FileOptions = {}): Promise<FileWriter> {
    return this.#writer((content) => this.putFile(parent, name, content, options))
  }

  async updateFile(node: NodeRef, options: FileOptions = {}): Promise<FileWriter> {
    return this.#writer((content) => this.replaceContent(node, content, options))
  }

  /** Names prepared content, which becomes what it is unless told otherwise. @throws tinyfs.exists, tlogfs.not-a-table, tlogfs.not-a-series */
  async putFile(parent: NodeRef, name: string, content: PreparedContent, options: FileOptions = {}): Promise<Metadata> {
    const place = { directoryId: parent.id, name }
    const typed = await this.#typed(content, { place, options, before: null })
    const node: NodeRef = { id: this.#source.newId(), fileType: typed.fileType, parentId: parent.id }
    await this.perform({ kind: 'create', nodeId: node.id, place, ...typed })
    return this.overlay.metadata(node)
  }

  /**
   * Gives a file new content; its type stays unless named, and a series starts over with it.
   * @throws tlogfs.not-a-table, tlogfs.not-a-series
   */
  async replaceContent(node: NodeRef, content: PreparedContent, options: FileOptions = {}): Promise<Metadata> {
    const before = await this.overlay.mustState(node)
    const place = placeOf(before)
    const typed = await this.#typed(content, { place, options, before })
    await this.perform({ kind: 'update', nodeId: node.id, place, baseSha256: contentHash(before), ...typed })
    return this.overlay.metadata({ ...node, fileType: typed.fileType })
  }

  /** Says something else of a file, whose content stays; null takes back what was said. */
  async setAttributes(node: NodeRef, attributes: Readonly<Record<string, unknown>>): Promise<void> {
    const before = await this.overlay.mustState(node)
    const { size, sha256 } = before
    if (size === null || sha256 === null || node.fileType === 'file:series') {
      throw new PondError('tinyfs.not-a-file', `${quote(before.name)} is ${node.fileType}, expected a file`, {})
    }
    const isInline = size <= INLINE_LIMIT
    await this.perform({
      kind: 'update',
      nodeId: node.id,
      fileType: node.fileType,
      place: placeOf(before),
      baseSha256: contentHash(before),
      content: { size, sha256, inline: isInline ? { read: () => this.#readWhole(before) } : null, temp: null },
      attributes,
    })
  }

  async #readWhole(state: NodeState): Promise<Uint8Array> {
    const reader = await this.overlay.openState(state)
    try {
      const bytes = new Uint8Array(reader.size)
      let at = 0
      for await (const chunk of reader.chunks()) {
        bytes.set(chunk, at)
        at += chunk.length
      }
      return bytes
    } finally {
      await reader.close()
    }
  }

  /** A new series of one version. @throws tinyfs.exists */
  async createSeries(
    parent: NodeRef,
    name: string,
    part: SeriesContent,
    attributes: Readonly<Record<string, unknown>> = {},
  ): Promise<Metadata> {
    const node: NodeRef = { id: this.#source.newId(), fileType: 'file:series', parentId: parent.id }
    const place = { directoryId: parent.id, name }
    const draft = partDraft(part, attributes)
    await this.perform({ kind: 'create', nodeId: node.id, fileType: node.fileType, place, ...draft })
    return this.overlay.metadata(node)
  }

  /** Adds a version to a series. @throws tlogfs.not-a-series */
  async appendContent(
    node: NodeRef,
    part: SeriesContent,
    attributes: Readonly<Record<string, unknown>> = {},
  ): Promise<Metadata> {
    const before = await this.overlay.mustState(node)
    const place = placeOf(before)
    const column = seriesFacts(before)?.timestampColumn ?? null
    const { timestampColumn } = part.facts
    if (column !== null && column !== timestampColumn) {
      const reason = `its event times are in ${column}, those of the content in ${timestampColumn}`
      throw notASeries(await this.#pathOf(place), reason, { column, found: timestampColumn })
    }
    const { fileType } = before.node
    await this.perform({ kind: 'append', nodeId: node.id, fileType, place, ...partDraft(part, attributes) })
    return this.overlay.metadata(node)
  }

  async remove(parent: NodeRef, name: string): Promise<void> {
    const entry = await this.overlay.lookup(parent, name)
    if (entry === undefined) throw new PondError('tinyfs.not-found', `${quote(name)} does not exist`, { name })
    const { id, fileType } = entry.node
    await this.perform({ kind: 'delete', nodeId: id, fileType, place: { directoryId: parent.id, name: entry.name } })
  }

  async rename(from: { parent: NodeRef; name: string }, to: { parent: NodeRef; name: string }): Promise<void> {
    const entry = await this.overlay.lookup(from.parent, from.name)
    if (entry === undefined)
      throw new PondError('tinyfs.not-found', `${quote(from.name)} does not exist`, { name: from.name })
    const { id, fileType } = entry.node
    await this.perform({
      kind: 'rename',
      nodeId: id,
      fileType,
      place: { directoryId: to.parent.id, name: to.name },
      from: { directoryId: from.parent.id, name: entry.name },
    })
  }

  /**
   * Abandons what is still being written, and takes nothing more: what is staged from here on would be
   * seen by others without being durable. Idempotent.
   */
  async end(): Promise<void> {
    this.#ended = true
    await Promise.all([...this.#writers].map((writer) => writer.abandon()))
    await this.#turn
  }

  /**
   * Stages one operation as plain data.
   * @throws the tinyfs error of the condition that does not hold; tinyfs.closed once the stage is over
   */
  async perform(draft: OperationDraft): Promise<void> {
    if (this.#ended) throw new PondError('tinyfs.closed', 'this stage is over: what comes now belongs to another')
    const performing = this.#turn.then(() => this.#perform(draft))
    this.#turn = performing.catch(() => undefined)
    await performing
  }

  async #perform(draft: OperationDraft): Promise<void> {
    const { content, attributes = NO_ATTRIBUTES } = draft
    // Field by field, so that all operations are of one shape: there may be many.
    const operation: Operation = {
      seq: this.#source.nextSeq + this.operations.length,
      kind: draft.kind,
      nodeId: draft.nodeId,
      fileType: draft.fileType,
      place: draft.place,
      from: draft.from ?? null,
      stagedAt: this.#source.now(),
      size: content?.size ?? null,
      sha256: content?.sha256 ?? null,
      baseSha256: draft.baseSha256 ?? null,
      target: draft.target ?? null,
      priorVersion: draft.priorVersion ?? 0,
      minEventTime: draft.minEventTime ?? null,
      maxEventTime: draft.maxEventTime ?? null,
      attributes: hasAttributes(attributes) ? attributes : NO_ATTRIBUTES,
    }
    const refusal = await this.overlay.apply(operation)
    if (refusal !== null) {
      const { name } = operation.place
      const message = `cannot ${operation.kind} ${quote(name)}: ${refusal.reason}`
      throw new PondError(refusal.code, message, { name, operation: operation.kind })
    }
    if (operation.fileType === 'directory' && operation.kind !== 'create') this.#moves++
    this.operations.push(operation)
    if (content !== undefined) await this.#source.blobs.keep(content)
    if (content?.inline) this.#source.contents.set(operation.seq, content.inline)
  }

  /** What content becomes at a place, and what an operation says of it. */
  async #typed(
    content: PreparedContent,
    {
      place,
      options,
      before,
    }: { readonly place: Place; readonly options: FileOptions; readonly before: NodeState | null },
  ): Promise<Pick<OperationDraft, 'content' | 'attributes' | 'minEventTime' | 'maxEventTime'> & Typed> {
    const path = await this.#pathOf(place)
    const existing = before === null ? undefined : (before.node.fileType as ContentType)
    const fileType = typeOfContent(content, { path, asked: options.fileType, existing })
    const attributes = options.attributes ?? {}
    if (fileType !== 'file:series') return { fileType, content, attributes }
    const column = options.timestampColumn ?? (before && seriesFacts(before)?.timestampColumn) ?? undefined
    const draft = partDraft(await seriesContent(this.#source.blobs, content, { path, column }))
    return { ...draft, fileType, attributes: { ...attributes, ...draft.attributes } }
  }

  async #pathOf({ directoryId, name }: Place): Promise<string> {
    return childPath((await this.overlay.directoryPath(directoryId)) as PondPath, name)
  }

  async #writer(name: (content: PreparedContent) => Promise<Metadata>): Promise<FileWriter> {
    const blob = this.#source.blobs.writer()
    let open = true
    const writer: FileWriter = {
      write: async (chunk) => {
        if (!open) throw new PondError('tinyfs.closed', 'the file is closed already')
        return blob.write(chunk)
      },
      close: async () => {
        if (!open) throw new PondError('tinyfs.closed', 'the file is closed already')
        open = false
        this.#writers.delete(writer)
        const content = await blob.finish()
        try {
          return await name(content)
        } catch (error) {
          await this.#source.blobs.drop(content).catch(() => undefined)
          throw error
        }
      },
      abandon: async () => {
        if (!open) return
        open = false
        this.#writers.delete(writer)
        await blob.abandon()
      },
    }
    this.#writers.add(writer)
    return writer
  }
}

interface Typed {
  readonly fileType: ContentType
}
