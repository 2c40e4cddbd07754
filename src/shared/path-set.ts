/** Some paths, to be asked which of them a path is at or below: the cost is that of the path, however many they are. */
import type { PondPath } from './path'

export class PathSet {
  readonly #paths = new Set<string>()
  /** Of the paths: the beginnings of a path that are as long as none of them need not be looked for. */
  readonly #lengths = new Set<number>()

  constructor(paths: Iterable<string> = []) {
    for (const path of paths) this.add(path)
  }

  get size(): number {
    return this.#paths.size
  }

  add(path: string): void {
    this.#paths.add(path)
    this.#lengths.add(path.length)
  }

  /** Those of the paths that a path is at or below, the nearest first. */
  *above(path: string): Generator<PondPath> {
    if (this.#paths.size === 0) return
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (!this.#lengths.has(end)) continue
      const beginning = path.slice(0, end)
      if (this.#paths.has(beginning)) yield beginning as PondPath
    }
    if (path !== '/' && this.#paths.has('/')) yield '/' as PondPath
  }

  /** Whether a path is at or below one of them. */
  covers(path: string): boolean {
    return this.above(path).next().done !== true
  }
}
