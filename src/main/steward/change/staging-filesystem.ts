/** The pending filesystem that `stage` hands to its work: tinyfs, and content prepared beforehand. */
import { isPondError, PondError } from '../../../shared/errors'
import type { Entry, ReadingOptions } from '../../../shared/model'
import { parseReading } from '../../../shared/reading'
import { isWithin, joinNames, pathNames, quote, type PondPath } from '../../../shared/path'
import {
  FileSystem,
  type FileOptions,
  type FilePlace,
  type NodeId,
  type PlaceOptions,
  type WalkBase,
  type WriteBackend,
} from '../../tinyfs'
import {
  contentHash,
  saysTheSame,
  type NodeState,
  type PreparedContent,
  type SeriesContent,
  type StagingBackend,
} from '../../tlogfs'
import { entryOf, pendingOf } from '../read/entries'
import type { Appended, PutOptions, StagingFileSystem } from '../types'

export class StewardStagingFileSystem extends FileSystem implements StagingFileSystem {
  readonly #staging: StagingBackend

  /** @param shown what is staged, and whatever else shows in it */
  constructor(staging: StagingBackend, shown: WriteBackend, base?: WalkBase) {
    super(shown, base)
    this.#staging = staging
  }

  override async workingDirectory(path: string): Promise<StewardStagingFileSystem> {
    return new StewardStagingFileSystem(this.#staging, this.backend, await this.baseAt(path))
  }

  async put(path: string, content: PreparedContent, options: PutOptions = {}): Promise<PondPath> {
    const { replace = false, parents = false, overComputed = false, ...fileOptions } = options
    if (overComputed) {
      const { node, parent, name, path: at, computed } = await this.resolve(path, { follow: false })
      // What is in a directory that is computed has no place among what is stored.
      if (computed && node !== undefined && this.backend.madeBy?.(parent) === undefined) {
        await this.#staging.putFile(parent, name, content, fileOptions)
        return at
      }
    }
    return this.#atPlace(path, { replace, parents }, async (place) => {
      await this.#putAt(place, content, fileOptions)
      return place.path
    })
  }

  /**
   * Who may take what is there for its place may also take what another part of the same stage put there since it
   * was looked up: then the work begins again.
   */
  async #atPlace<T>(path: string, options: PlaceOptions, work: (place: FilePlace) => Promise<T>): Promise<T> {
    for (;;) {
      const { revision } = this.#staging
      const place = await this.placeFile(path, options)
      try {
        return await work(place)
      } catch (error) {
        const isLate = isPondError(error, 'tinyfs.exists') || isPondError(error, 'tlogfs.changed')
        if (options.replace !== true || !isLate || this.#staging.revision === revision) throw error
      }
    }
  }

  async #putAt(place: FilePlace, content: PreparedContent, fileOptions: FileOptions): Promise<void> {
    if (place.existing === undefined) {
      await this.#staging.putFile(place.parent, place.name, content, fileOptions)
    } else {
      const before = await this.#staging.overlay.mustState(place.existing)
      const keepsType = (fileOptions.fileType ?? before.node.fileType) === before.node.fileType
      const keepsWhatIsSaid = saysTheSame(before.attributes, { ...before.attributes, ...fileOptions.attributes })
      if (contentHash(before) !== content.sha256 || !keepsType || !keepsWhatIsSaid)
        await this.#staging.replaceContent(place.existing, content, fileOptions)
    }
  }

  async putById(nodeId: NodeId, content: PreparedContent, options: PutOptions = {}): Promise<PondPath> {
    const state = await this.#find(nodeId)
    const path = await this.#pathOf(state)
    if (!state.node.fileType.startsWith('file:')) {
      const message = `${path} is no file but a ${state.node.fileType}`
      throw new PondError('tinyfs.not-a-file', message, { path, nodeId, fileType: state.node.fileType })
    }
    const { fileType, attributes } = options
    const fileOptions = { ...(fileType && { fileType }), ...(attributes && { attributes }) }
    if (contentHash(state) !== content.sha256) await this.#staging.replaceContent(state.node, content, fileOptions)
    return path
  }

  async removeById(nodeId: NodeId, options: { readonly recursive?: boolean } = {}): Promise<PondPath> {
    const path = await this.#pathOf(await this.#find(nodeId))
    await this.remove(path, options)
    return path
  }

  async #find(nodeId: NodeId): Promise<NodeState> {
    const state = await this.#staging.overlay.findNode(nodeId)
    if (state !== undefined) return state
    throw new PondError('tinyfs.not-found', `there is no node ${quote(nodeId)} now`, { nodeId })
  }

  /** From the directory that this begins in. @throws tinyfs.not-found for what is outside of it */
  async #pathOf(state: NodeState): Promise<PondPath> {
    const whole = (await this.#staging.overlay.pathOf(state)) as PondPath
    const from = this.base.path
    if (isWithin(whole, from)) return joinNames(pathNames(whole).slice(pathNames(from).length))
    throw new PondError('tinyfs.not-found', `${whole} is not below ${from}`, { path: whole, nodeId: state.node.id })
  }

  async entry(path: string): Promise<Entry> {
    const { node, name, path: place } = await this.find(path, { follow: false })
    const metadata = await this.backend.metadata(node)
    const target = node.fileType === 'symlink' ? await this.backend.readLink(node) : null
    await this.#staging.overlay.settle()
    return entryOf({ path: place, name, metadata, target }, await pendingOf(this.#staging.overlay, node))
  }

  async setReading(path: string, reading: ReadingOptions | null): Promise<PondPath> {
    const { node, path: place } = await this.find(path)
    if (node.fileType !== 'file:data') {
      const what =
        node.fileType === 'directory' ? 'a directory' : `${node.fileType}: only of text it can be said how it is read`
      throw new PondError('tinyfs.not-a-file', `${quote(place)} is ${what}`, { path: place, fileType: node.fileType })
    }
    const own = reading === null ? null : parseReading(reading)
    const before = (await this.#staging.metadata(node)).attributes['reading'] ?? null
    if (JSON.stringify(before) !== JSON.stringify(own)) await this.#staging.setAttributes(node, { reading: own })
    return place
  }

  async append(
    path: string,
    part: SeriesContent,
    { parents = false, attributes = {} }: Pick<PutOptions, 'parents' | 'attributes'> = {},
  ): Promise<Appended> {
    return this.#atPlace(path, { replace: true, parents }, async ({ path: at, parent, name, existing }) => {
      const { nodeVersion } =
        existing === undefined
          ? await this.#staging.createSeries(parent, name, part, attributes)
          : await this.#staging.appendContent(existing, part, attributes)
      return { path: at, nodeVersion }
    })
  }
}
