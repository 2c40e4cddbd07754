/** The pending filesystem that `stage` hands to its work: tinyfs, and content prepared beforehand. */
import type { PondPath } from '../../shared/path'
import { FileSystem } from '../tinyfs'
import type { PreparedContent, StagingBackend } from '../tlogfs'
import type { PutOptions, StagingFileSystem } from './types'

export class StewardStagingFileSystem extends FileSystem implements StagingFileSystem {
  readonly #staging: StagingBackend

  constructor(staging: StagingBackend) {
    super(staging)
    this.#staging = staging
  }

  async put(path: string, content: PreparedContent, options: PutOptions = {}): Promise<PondPath> {
    const { replace = false, parents = false, ...fileOptions } = options
    const place = await this.placeFile(path, { replace, parents })
    if (place.existing === undefined) await this.#staging.putFile(place.parent, place.name, content, fileOptions)
    else if ((await this.#staging.overlay.mustState(place.existing)).sha256 !== content.sha256) {
      await this.#staging.replaceContent(place.existing, content, fileOptions)
    }
    return place.path
  }
}
