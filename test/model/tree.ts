/**
 * A second, plainest implementation of what a filesystem is: nodes in one map, each knowing its
 * directory and name. Every question is answered by looking at all of them.
 */
import type { FileType } from '../../src/shared/model'

export const ROOT = '00000000-0000-7000-8000-000000000000'
const MAX_LINKS = 10

export interface Node {
  readonly id: string
  readonly fileType: FileType
  /** Id of the directory it is in. */
  readonly directory: string
  readonly name: string
  /** A file's content (one byte for each character), a series' parts, a link's target; empty for directories. */
  readonly value: string
}

/** The value of a series of these parts. */
export function series(parts: readonly string[]): string {
  return JSON.stringify(parts)
}

/** The parts of a series' value. */
export function partsOf(value: string): string[] {
  // Only `series` makes such values.
  return JSON.parse(value) as string[]
}

/** By id; the root, which is always there, is not in it. */
export type Tree = ReadonlyMap<string, Node>

/** Where a path leads; `node` is undefined where its last name is free. */
export interface Place {
  readonly directory: string
  readonly name: string
  readonly node: Node | undefined
  readonly throughLink: boolean
}

const ROOT_NODE: Node = { id: ROOT, fileType: 'directory', directory: ROOT, name: '', value: '' }

/** What a filesystem refuses, by the code it must answer with. */
export class Refused extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

export function entriesOf(tree: Tree, directory: string): Node[] {
  return [...tree.values()]
    .filter((node) => node.directory === directory)
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
}

/** The entry of this name, else one that is equal after NFC. */
export function entryOf(tree: Tree, directory: string, name: string): Node | undefined {
  const entries = entriesOf(tree, directory)
  return (
    entries.find((node) => node.name === name) ??
    entries.find((node) => node.name.normalize('NFC') === name.normalize('NFC'))
  )
}

export function pathOf(tree: Tree, id: string): string {
  const node = tree.get(id)
  if (node === undefined) return id === ROOT ? '/' : '/?'
  const above = pathOf(tree, node.directory)
  return above === '/' ? `/${node.name}` : `${above}/${node.name}`
}

/** What is at and below a directory or entry, itself first. */
export function within(tree: Tree, id: string): string[] {
  return [id, ...entriesOf(tree, id).flatMap((node) => within(tree, node.id))]
}

export function isWithinPath(path: string, above: string): boolean {
  return above === '/' || path === above || path.startsWith(`${above}/`)
}

/** Finds a place by recursion: first its directory, then its name, then where a link there leads. */
export class Walk {
  readonly #tree: () => Tree
  readonly #make: ((directory: string, name: string) => string) | undefined
  #links = 0

  /** @param make makes a directory where the caller's own path misses one */
  constructor(tree: () => Tree, make?: (directory: string, name: string) => string) {
    this.#tree = tree
    this.#make = make
  }

  to(path: string, { follow }: { readonly follow: boolean }): Place {
    return this.#names(normal(path), { follow, own: true })
  }

  /** @param own false for names that come from a link */
  #names(names: readonly string[], { follow, own }: { readonly follow: boolean; readonly own: boolean }): Place {
    const name = names.at(-1)
    if (name === undefined) return { directory: ROOT, name: '', node: ROOT_NODE, throughLink: false }
    const directory = this.#directory(names.slice(0, -1), own)
    const node = entryOf(this.#tree(), directory, name)
    if (node?.fileType !== 'symlink' || !follow)
      return { directory, name: node?.name ?? name, node, throughLink: false }
    if (++this.#links > MAX_LINKS) throw new Refused('tinyfs.symlink-loop')
    const target = node.value.startsWith('/') ? node.value : `${pathOf(this.#tree(), directory)}/${node.value}`
    return { ...this.#names(normal(target), { follow: true, own: false }), throughLink: true }
  }

  #directory(names: readonly string[], own: boolean): string {
    const { directory, name, node, throughLink } = this.#names(names, { follow: true, own })
    if (node === undefined) {
      // What a link names is not made on the way.
      if (this.#make === undefined || !own || throughLink) throw new Refused('tinyfs.not-found')
      return this.#make(directory, name)
    }
    if (node.fileType !== 'directory') throw new Refused('tinyfs.not-a-directory')
    return node.id
  }
}

function normal(path: string): string[] {
  const names: string[] = []
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue
    if (name !== '..') names.push(name)
    else if (names.pop() === undefined) throw new Refused('tinyfs.above-root')
  }
  return names
}
