/**
 * Where the items of an import go when something is in the way: replaced, beside it under a free
 * name, or left out. A directory that had to take another name takes everything below it along.
 */
import { isPondError, PondError } from '../../../shared/errors'
import { baseName, childPath, parentPath, quote, type PondPath } from '../../../shared/path'
import { PathSet } from '../../../shared/path-set'
import type { StagingFileSystem } from '../../pond'

export type OnExisting = 'replace' | 'keep-both' | 'skip' | 'refuse'

/** What an import brings to a path. */
export interface IncomingItem {
  readonly kind: 'file' | 'directory' | 'symlink'
  readonly path: PondPath
}

export interface Place {
  readonly path: PondPath
  /** A file is there, and is to get the new content. */
  readonly replace: boolean
}

export class ImportTargets {
  readonly skipped: { readonly path: string; readonly reason: string }[] = []
  readonly #fs: StagingFileSystem
  readonly #onExisting: OnExisting
  /** Directories that go elsewhere (or nowhere: null), by where they were meant to go. */
  readonly #moved = new Map<PondPath, PondPath | null>()
  readonly #movedPaths = new PathSet()
  /** What has a place already, by its path as lookup compares it: two spellings of a name are one entry. */
  readonly #placed = new Map<string, IncomingItem>()

  constructor(fs: StagingFileSystem, onExisting: OnExisting) {
    this.#fs = fs
    this.#onExisting = onExisting
  }

  /** With `refuse`: throws if anything is in the way of these. @throws tinyfs.exists with `paths` */
  async check(arrivals: readonly IncomingItem[]): Promise<void> {
    if (this.#onExisting !== 'refuse') return
    const paths: string[] = []
    const known = new PathSet()
    // Nothing is in a directory that is not there.
    const absent = new PathSet()
    for (const arrival of arrivals) {
      if (absent.covers(arrival.path)) continue
      const there = await this.#kindAt(arrival.path)
      if (there === 'nothing' && arrival.kind === 'directory') absent.add(arrival.path)
      if (there === 'nothing' || (arrival.kind === 'directory' && there === 'directory')) continue
      if (known.covers(arrival.path)) continue
      known.add(arrival.path)
      paths.push(arrival.path)
    }
    const [first] = paths
    if (first === undefined) return
    const others = paths.length === 1 ? '' : ` and ${paths.length - 1} more`
    throw new PondError('tinyfs.exists', `${quote(first)}${others} already exists: replace, keep both or skip`, {
      path: first,
      paths: paths.slice(0, 1_000),
      count: paths.length,
    })
  }

  /** Where this one goes; undefined when it is left out. Call it in the order parents come in. */
  async place(arrival: IncomingItem): Promise<Place | undefined> {
    const path = this.#moveAlong(arrival.path)
    if (path === undefined) return undefined
    if (this.#onExisting !== 'keep-both' && this.#isTwin(arrival)) {
      this.skipped.push({
        path: arrival.path,
        reason: 'another name in this import is the same after Unicode normalisation',
      })
      if (arrival.kind === 'directory') this.#move(arrival.path, null)
      return undefined
    }
    const place = await this.#placeAt(arrival, path)
    if (place !== undefined) this.#placed.set(arrival.path.normalize('NFC'), arrival)
    return place
  }

  /** Two spellings of a directory are joined; of anything else, only the first can have the name. */
  #isTwin({ path, kind }: IncomingItem): boolean {
    const first = this.#placed.get(path.normalize('NFC'))
    return first !== undefined && first.path !== path && !(first.kind === 'directory' && kind === 'directory')
  }

  async #placeAt(arrival: IncomingItem, path: PondPath): Promise<Place | undefined> {
    const there = await this.#kindAt(path)
    if (there === 'nothing' || (there === 'directory' && arrival.kind === 'directory')) return { path, replace: false }
    const isSame = there === arrival.kind
    if (this.#onExisting === 'keep-both' && there !== 'blocked') {
      const free = await this.#freePath(path)
      if (arrival.kind === 'directory') this.#move(arrival.path, free)
      return { path: free, replace: false }
    }
    if (this.#onExisting === 'replace' && isSame) return { path, replace: true }
    if (this.#onExisting === 'refuse') throw new PondError('tinyfs.exists', `${quote(path)} already exists`, { path })
    const inTheWay =
      there === 'blocked' ? 'a file is where one of its directories would be' : `a ${there} is in the way`
    this.skipped.push({ path: arrival.path, reason: isSame ? 'it is there already' : inTheWay })
    if (arrival.kind === 'directory') this.#move(arrival.path, null)
    return undefined
  }

  #moveAlong(path: PondPath): PondPath | undefined {
    for (const above of this.#movedPaths.above(path)) {
      if (above === path) continue
      const to = this.#moved.get(above)!
      return to === null ? undefined : (`${to}${path.slice(above.length)}` as PondPath)
    }
    return path
  }

  #move(from: PondPath, to: PondPath | null): void {
    this.#moved.set(from, to)
    this.#movedPaths.add(from)
  }

  /**
   * What is at a path: a link to a directory counts as one, any other as itself; `blocked` where a
   * name on the way is no directory.
   */
  async #kindAt(path: PondPath): Promise<'nothing' | 'directory' | 'file' | 'symlink' | 'blocked'> {
    try {
      const own = await this.#fs.resolve(path, { follow: false })
      if (own.node === undefined) return 'nothing'
      if (own.node.fileType !== 'symlink') return own.node.fileType === 'directory' ? 'directory' : 'file'
      const far = await this.#fs.resolve(path, { follow: true }).catch(() => undefined)
      return far?.node?.fileType === 'directory' ? 'directory' : 'symlink'
    } catch (error) {
      if (isPondError(error, 'tinyfs.not-found')) return 'nothing'
      if (isPondError(error, 'tinyfs.not-a-directory')) return 'blocked'
      throw error
    }
  }

  /** `report.csv` becomes `report (2).csv`, the first that is free. */
  async #freePath(path: PondPath): Promise<PondPath> {
    const name = baseName(path)
    const dot = name.lastIndexOf('.')
    const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
    for (let n = 2; ; n++) {
      const free = childPath(parentPath(path), `${stem} (${n})${ending}`)
      if ((await this.#kindAt(free)) === 'nothing') return free
    }
  }
}
