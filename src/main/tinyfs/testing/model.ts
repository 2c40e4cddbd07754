/**
 * The filesystem once more, as small as it gets: a Map from path to entry. It exists to be compared
 * with a real backend by property tests, so it shares no code with the walk; where they disagree, one
 * of them is wrong.
 */
import type { TreeEntry } from './tree'

export type Outcome = 'done' | `tinyfs.${string}`

/** One thing that somebody does to a filesystem. */
export type Command =
  | { readonly do: 'mkdir'; readonly path: string; readonly parents: boolean }
  | { readonly do: 'link'; readonly path: string; readonly target: string }
  | { readonly do: 'create'; readonly path: string; readonly bytes: Uint8Array }
  | { readonly do: 'write'; readonly path: string; readonly bytes: Uint8Array }
  | { readonly do: 'remove'; readonly path: string; readonly recursive: boolean }
  | { readonly do: 'rename'; readonly from: string; readonly to: string }

class Refused extends Error {
  readonly code: Outcome

  constructor(reason: string) {
    super(reason)
    this.code = `tinyfs.${reason}`
  }
}

export class ModelFileSystem {
  readonly entries = new Map<string, TreeEntry>()

  run(command: Command): Outcome {
    try {
      this.#run(command)
      return 'done'
    } catch (error) {
      if (error instanceof Refused) return error.code
      throw error
    }
  }

  /** Where a path leads to a directory; undefined where it does not. '' is the root. */
  trueDirectory(path: string): string | undefined {
    try {
      const place = this.#locate(path, true)
      return this.#at(place)?.kind === 'directory' ? place : undefined
    } catch (error) {
      if (error instanceof Refused) return undefined
      throw error
    }
  }

  #run(command: Command): void {
    if (command.do === 'mkdir') return this.#mkdir(command.path, command.parents)
    if (command.do === 'link') return this.#create(command.path, { kind: 'symlink', target: command.target })
    if (command.do === 'create') return this.#create(command.path, { kind: 'file', bytes: command.bytes })
    if (command.do === 'write') return this.#write(command.path, command.bytes)
    if (command.do === 'remove') return this.#remove(command.path, command.recursive)
    this.#rename(command.from, command.to)
  }

  #mkdir(path: string, parents: boolean): void {
    const place = this.#locate(trim(path), false, parents)
    const there = this.#at(place)
    if (there === undefined) this.entries.set(place, { kind: 'directory' })
    else if (!parents || this.#at(this.#locate(path, true))?.kind !== 'directory') throw new Refused('exists')
  }

  #create(path: string, entry: TreeEntry): void {
    const place = this.#locate(path, false)
    if (this.#at(place) !== undefined) throw new Refused('exists')
    if (path.endsWith('/')) throw new Refused('not-found')
    this.entries.set(place, entry)
  }

  #write(path: string, bytes: Uint8Array): void {
    const place = this.#locate(path, true)
    if (this.#at(place)?.kind === 'directory') throw new Refused('is-a-directory')
    if (path.endsWith('/')) throw new Refused('not-found')
    this.entries.set(place, { kind: 'file', bytes })
  }

  #remove(path: string, recursive: boolean): void {
    const place = this.#own(path)
    const below = [...this.entries.keys()].filter((other) => other.startsWith(`${place}/`))
    if (below.length > 0 && !recursive) throw new Refused('not-empty')
    for (const gone of [...below, place]) this.entries.delete(gone)
  }

  #rename(from: string, to: string): void {
    const source = this.#own(from)
    const target = this.#locate(trim(to), false)
    if (target === source) {
      if (to.length > 1 && to.endsWith('/') && this.#at(source)?.kind !== 'directory') throw new Refused('not-found')
      return
    }
    if (this.#at(target) !== undefined) throw new Refused('exists')
    if (to.endsWith('/') && this.#at(source)?.kind !== 'directory') throw new Refused('not-found')
    if (target.startsWith(`${source}/`)) throw new Refused('into-itself')
    for (const [path, entry] of [...this.entries]) {
      if (path !== source && !path.startsWith(`${source}/`)) continue
      this.entries.delete(path)
      this.entries.set(target + path.slice(source.length), entry)
    }
  }

  #own(path: string): string {
    const place = this.#locate(trim(path), false)
    const there = this.#at(place)
    if (there === undefined) throw new Refused('not-found')
    if (path.length > 1 && path.endsWith('/') && there.kind !== 'directory') throw new Refused('not-a-directory')
    if (place === '') throw new Refused('root')
    return place
  }

  #at(place: string): TreeEntry | undefined {
    return place === '' ? { kind: 'directory' } : this.entries.get(place)
  }

  /** The true path ('' for the root), by rewriting text until no link is left in it. */
  #locate(text: string, follow: boolean, parents = false): string {
    const slash = text.length > 1 && text.endsWith('/')
    let path = plain(text)
    /** How many of the names come from a link's target: those are never made. */
    let given = 0
    for (let links = 0; ; links++) {
      const link = this.#firstLink(path, follow || slash)
      const names = path.split('/').slice(1)
      const stop = link === undefined ? names.length : link.split('/').length - 1
      for (let i = 1; i < stop; i++) {
        const above = `/${names.slice(0, i).join('/')}`
        const there = this.#at(above)
        if (there === undefined && parents && i > given) this.entries.set(above, { kind: 'directory' })
        else if (there === undefined) throw new Refused('not-found')
        else if (there !== undefined && there.kind !== 'directory') throw new Refused('not-a-directory')
      }
      if (link === undefined) break
      if (links === 10) throw new Refused('symlink-loop')
      const { target } = this.#at(link) as { readonly target: string }
      const rest = path.slice(link.length)
      const goal = plain(target.startsWith('/') ? target : `${link.slice(0, link.lastIndexOf('/'))}/${target}`)
      given = goal.split('/').length - 1 + Math.max(0, given - stop)
      path = goal + rest
    }
    const there = this.#at(path)
    if (slash && there !== undefined && there.kind !== 'directory') throw new Refused('not-a-directory')
    return path
  }

  #firstLink(path: string, last: boolean): string | undefined {
    const names = path.split('/').slice(1)
    for (let i = 1; i <= names.length; i++) {
      if (i === names.length && !last) return undefined
      const prefix = `/${names.slice(0, i).join('/')}`
      if (this.entries.get(prefix)?.kind === 'symlink') return prefix
    }
    return undefined
  }
}

function trim(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path
}

function plain(text: string): string {
  const names: string[] = []
  for (const name of text.split('/')) {
    if (name === '..' && names.pop() === undefined) throw new Refused('above-root')
    if (name !== '..' && name !== '.' && name !== '') names.push(name)
  }
  return names.map((name) => `/${name}`).join('')
}
