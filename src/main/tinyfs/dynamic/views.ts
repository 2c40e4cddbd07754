/**
 * The computed directories of a pond, as its configuration names them, over whatever backend they are
 * asked for. Promises one computation for each backend, shared by all who look.
 */
import { isPondError, PondError } from '../../../shared/errors'
import type { ViewDefinition } from '../../../shared/model'
import { parsePath, quote } from '../../../shared/path'
import type { ReadBackend, WriteBackend } from '../backend'
import { DynamicBackend } from './dynamic-backend'
import { DynamicWriteBackend } from './dynamic-write-backend'
import { globView } from './glob-view'
import type { DynamicDirectory } from './provider'

/** By absolute path; a text alone is a pattern. */
export type ViewDefinitions = Readonly<Record<string, ViewDefinition | string>>

export class Views {
  readonly #directories: readonly DynamicDirectory[]
  readonly #over = new WeakMap<ReadBackend, DynamicBackend>()

  constructor(directories: readonly DynamicDirectory[]) {
    this.#directories = directories
  }

  /** @throws tinyfs.bad-view, which names the view and the reason */
  static read(definitions: ViewDefinitions): Views {
    const directories = Object.entries(definitions).map(([path, written]): DynamicDirectory => {
      const provider = globView(readView(path, written))
      return { path: parsePath(path), provider }
    })
    for (const [i, { path }] of directories.entries()) {
      const twin = directories.findIndex((other) => other.path.normalize('NFC') === path.normalize('NFC'))
      if (twin < i) throw badView(path, 'there are two of that path')
    }
    return new Views(directories)
  }

  /** The backend with the views in it; the backend itself where there are none. */
  over(backend: ReadBackend): ReadBackend {
    if (this.#directories.length === 0) return backend
    let over = this.#over.get(backend)
    if (over === undefined) this.#over.set(backend, (over = new DynamicBackend(backend, this.#directories)))
    return over
  }

  overWritable(backend: WriteBackend): WriteBackend {
    return this.#directories.length === 0 ? backend : new DynamicWriteBackend(backend, this.#directories)
  }
}

/** What somebody wrote, checked. @throws tinyfs.bad-view, which names the view and the reason */
export function readView(path: string, written: unknown): ViewDefinition {
  try {
    if (!path.startsWith('/') || parsePath(path) === '/')
      throw badView(path, 'expected an absolute path below the root')
    const definition = readDefinition(path, written)
    globView(definition)
    return definition
  } catch (error) {
    if (!isPondError(error) || (error.code === 'tinyfs.bad-view' && 'path' in error.detail)) throw error
    throw badView(path, error.message, error)
  }
}

/** The definition comes from a file that people edit. */
function readDefinition(path: string, definition: unknown): ViewDefinition {
  if (typeof definition === 'string') return { glob: definition }
  if (typeof definition !== 'object' || definition === null) throw badView(path, 'expected a pattern or {glob, name}')
  const { glob, name, ...rest } = definition as Readonly<Record<string, unknown>>
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) throw badView(path, `expected glob and name, found ${quote(unknown)}`)
  if (typeof glob !== 'string' || glob === '') throw badView(path, 'expected a pattern as its glob')
  if (name === undefined) return { glob }
  if (typeof name !== 'string') throw badView(path, 'expected text as its name')
  return { glob, name }
}

function badView(path: string, why: string, cause?: unknown): PondError {
  return new PondError('tinyfs.bad-view', `the view ${quote(path)} cannot be made: ${why}`, { path }, cause)
}
