/** The pending filesystem that `stage` hands to its work: tinyfs, and content prepared beforehand. */
import type { PondPath } from '../../shared/path'
import { FileSystem, type WalkBase, type WriteBackend } from '../tinyfs'
import { contentHash, type PreparedContent, type SeriesContent, type StagingBackend } from '../tlogfs'
import type { Appended, PutOptions, StagingFileSystem } from './types'

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
    const { replace = false, parents = false, ...fileOptions } = options
    const place = await this.placeFile(path, { replace, parents })
    if (place.existing === undefined) await this.#staging.putFile(place.parent, place.name, content, fileOptions)
    else {
      const before = await this.#staging.overlay.mustState(place.existing)
      const keepsType = (fileOptions.fileType ?? before.node.fileType) === before.node.fileType
      if (contentHash(before) !== content.sha256 || !keepsType)
        await this.#staging.replaceContent(place.existing, content, fileOptions)
    }
    return place.path
  }

  async append(path: string, part: SeriesContent, { parents = false } = {}): Promise<Appended> {
    const place = await this.placeFile(path, { replace: true, parents })
    const { nodeVersion } =
      place.existing === undefined
        ? await this.#staging.createSeries(place.parent, place.name, part)
        : await this.#staging.appendContent(place.existing, part)
    return { path: place.path, nodeVersion }
  }
}
