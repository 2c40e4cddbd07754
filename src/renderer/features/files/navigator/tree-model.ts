/**
 * The navigator's tree as numbered rows, without ever holding more of a directory than was looked at:
 * directories are read in pages when their rows come into view, and every row up to the last has its
 * number at once because a page tells the directory's total. Knows nothing of drawing or of ponds.
 */
import type { Entry } from '../../../../shared/model'
import { compareUtf8 } from '../../../../shared/path'
import { Directory, PAGE } from './tree-directory'

export { PAGE }

export type TreeEntry = Pick<
  Entry,
  'path' | 'name' | 'fileType' | 'size' | 'change' | 'oldPath' | 'pendingBelow' | 'target' | 'recipe'
>

export interface TreePage {
  readonly total: number
  readonly entries: readonly TreeEntry[]
}

/** Where rows come from: entries of a directory by name in UTF-8 order. */
export type TreeSource = (directory: string, offset: number, limit: number) => Promise<TreePage>

export type TreeRow = {
  /** From 0, as indentation. */
  readonly depth: number
  readonly directory: string
} & (
  | {
      readonly kind: 'entry'
      readonly entry: TreeEntry
      readonly expanded: boolean
      /** From 0 among its siblings, of which there are `siblings`. */
      readonly position: number
      readonly siblings: number
    }
  | { readonly kind: 'unloaded'; readonly position: number; readonly siblings: number }
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown }
)

const PARALLEL = 6

export class TreeModel {
  /** Grows with every change of what rows show. */
  revision = 0
  private readonly directories = new Map<string, Directory>()
  private readonly expanded = new Set<string>()
  private readonly listeners = new Set<() => void>()
  private source: TreeSource
  /** Answers of an older generation are about another moment and are dropped. */
  private generation = 0
  private queue: (() => Promise<void>)[] = []
  private running = 0
  /** Pages of the rows last looked at, as `page/path`: others that wait for their turn are not worth asking for. */
  private inView = new Set<string>()
  /** Pages that somebody waits for, whatever is in view. */
  private readonly awaited = new Map<string, number>()

  constructor(source: TreeSource) {
    this.source = source
    this.open('/')
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  get rowCount(): number {
    return this.directory('/').rowCount
  }

  rowAt(index: number): TreeRow {
    let directory = this.directory('/')
    let depth = 0
    let rest = index
    for (;;) {
      const at = directory.locate(rest)
      if (at.kind === 'below') {
        directory = at.directory
        rest = at.rest
        depth++
        continue
      }
      const where = { depth, directory: directory.path }
      if (at.kind !== 'position') return { ...where, ...at }
      const entry = directory.entryAt(at.position)
      const place = { position: at.position, siblings: directory.total ?? 0 }
      return entry === undefined
        ? { ...where, kind: 'unloaded', ...place }
        : { ...where, kind: 'entry', entry, expanded: this.isExpanded(entry), ...place }
    }
  }

  /** The row of a path, or -1 while its place is not known. */
  indexOf(path: string): number {
    let directory = this.directory('/')
    let index = 0
    const names = path.split('/').slice(1)
    for (let depth = 0; ; depth++) {
      const part = `/${names.slice(0, depth + 1).join('/')}`
      const position = directory.positionOf(part)
      if (position === undefined) return -1
      index += directory.rowOf(position)
      if (depth === names.length - 1) return index
      const next = directory.childAt(position)
      if (next === undefined) return -1
      directory = next
      index++
    }
  }

  isOpen(path: string): boolean {
    return this.expanded.has(path)
  }

  expand(path: string): void {
    this.expanded.add(path)
    this.open(path)
    this.relink(parentOf(path))
    this.changed()
  }

  collapse(path: string): void {
    this.expanded.delete(path)
    this.relink(parentOf(path))
    this.changed()
  }

  /** Asks for what rows `from` to `to` need and do not have, or have from before the last refresh. */
  look(from: number, to: number): void {
    const end = Math.min(to, this.rowCount - 1)
    const pages = new Map<string, { readonly path: string; readonly page: number }>()
    for (let index = Math.max(0, from); index <= end; index++) {
      const row = this.rowAt(index)
      if (row.kind !== 'entry' && row.kind !== 'unloaded') continue
      const page = Math.floor(row.position / PAGE)
      pages.set(`${page}/${row.directory}`, { path: row.directory, page })
    }
    this.inView = new Set(pages.keys())
    for (const { path, page } of pages.values()) this.need(path, page)
  }

  /** Another moment, or news: everything is asked again, and shown as it was until the answer is there. */
  refresh(source: TreeSource): void {
    this.source = source
    this.generation++
    const reachable = new Set(this.reachable())
    for (const [path, directory] of this.directories) {
      if (reachable.has(path)) directory.spoil()
      else this.directories.delete(path)
    }
    for (const path of reachable) this.need(path, 0)
  }

  /** Expands the way to a path and finds its row, however large the directories are. Resolves to -1 if it is not there. */
  async reveal(path: string): Promise<number> {
    const names = path.split('/').slice(1)
    for (let depth = 1; depth <= names.length; depth++) {
      const parent = `/${names.slice(0, depth - 1).join('/')}`
      if (depth > 1 && !this.expanded.has(parent)) this.expand(parent)
      const part = `/${names.slice(0, depth).join('/')}`
      if (!(await this.find(parent, part))) return -1
    }
    return this.indexOf(path)
  }

  /** The first entry of a directory whose name is not before `name`; undefined past the last. */
  async lowerBound(directory: string, name: string): Promise<TreeEntry | undefined> {
    const position = await this.search(directory, name)
    const total = this.directory(directory).total ?? 0
    if (position >= total) return undefined
    await this.mustLoad(directory, Math.floor(position / PAGE))
    return this.directory(directory).entryAt(position)
  }

  private async find(parent: string, path: string): Promise<boolean> {
    const directory = this.open(parent)
    await this.mustLoad(parent, 0)
    if (directory.positionOf(path) !== undefined) return true
    if ((directory.total ?? 0) <= PAGE) return false
    const position = await this.search(parent, path.slice(path.lastIndexOf('/') + 1))
    await this.mustLoad(parent, Math.floor(position / PAGE))
    return directory.positionOf(path) !== undefined
  }

  private async search(path: string, name: string): Promise<number> {
    const directory = this.open(path)
    await this.mustLoad(path, 0)
    let low = 0
    let high = directory.total ?? 0
    while (low < high) {
      const middle = (low + high) >> 1
      const entry = directory.entryAt(middle) ?? (await this.source(path, middle, 1)).entries[0]
      if (entry !== undefined && compareUtf8(entry.name, name) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  private directory(path: string): Directory {
    const directory = this.directories.get(path)
    if (directory === undefined) throw new Error(`the tree has no directory ${path}`)
    return directory
  }

  private open(path: string): Directory {
    let directory = this.directories.get(path)
    if (directory === undefined) {
      directory = new Directory(path)
      this.directories.set(path, directory)
      this.need(path, 0)
    }
    return directory
  }

  private isExpanded(entry: TreeEntry): boolean {
    return entry.fileType === 'directory' && entry.change !== 'deleted' && this.expanded.has(entry.path)
  }

  /** Finds the expanded children among the entries that are loaded, and counts rows anew up to the root. */
  private relink(path: string): void {
    const directory = this.directories.get(path)
    if (directory === undefined) return
    directory.link((entry) => (this.isExpanded(entry) ? this.open(entry.path) : undefined))
    for (let up = path; up !== '/'; up = parentOf(up)) this.directories.get(parentOf(up))?.recount()
  }

  private reachable(): string[] {
    const paths = ['/']
    for (let i = 0; i < paths.length; i++) {
      for (const child of this.directory(paths[i] as string).openChildren()) paths.push(child.path)
    }
    return paths
  }

  private need(path: string, page: number): void {
    const directory = this.directories.get(path)
    if (directory === undefined || !directory.wants(page)) return
    void this.load(path, page)
  }

  /** Loads a page even if its rows are not in view. */
  private async mustLoad(path: string, page: number): Promise<void> {
    const key = `${page}/${path}`
    this.awaited.set(key, (this.awaited.get(key) ?? 0) + 1)
    try {
      await this.load(path, page)
    } finally {
      const left = (this.awaited.get(key) ?? 1) - 1
      if (left === 0) this.awaited.delete(key)
      else this.awaited.set(key, left)
    }
  }

  /** The first page tells how many rows there are, so it is wanted whatever is in view. */
  private isWanted(path: string, page: number): boolean {
    const key = `${page}/${path}`
    return page === 0 || this.inView.has(key) || this.awaited.has(key)
  }

  /**
   * Loads a page unless it is fresh, or no longer wanted when its turn comes. Never rejects: a failure
   * becomes the directory's only row.
   */
  private load(path: string, page: number): Promise<void> {
    const directory = this.open(path)
    const under = directory.loading.get(page)
    if (under !== undefined) return under
    if (!directory.wants(page)) return Promise.resolve()
    const generation = this.generation
    const loading = this.schedule(async () => {
      if (generation !== this.generation || !this.isWanted(path, page)) return
      try {
        const answer = await this.source(path, page * PAGE, PAGE)
        if (generation !== this.generation) return
        directory.put(page, answer)
      } catch (error) {
        if (generation !== this.generation) return
        directory.fail(error)
      }
      this.relink(path)
      this.changed()
    }).finally(() => {
      if (directory.loading.get(page) === loading) directory.loading.delete(page)
    })
    directory.loading.set(page, loading)
    return loading
  }

  private schedule(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.queue.push(() => work().finally(resolve))
      this.pump()
    })
  }

  private pump(): void {
    while (this.running < PARALLEL) {
      const next = this.queue.shift()
      if (next === undefined) return
      this.running++
      void next().finally(() => {
        this.running--
        this.pump()
      })
    }
  }

  private changed(): void {
    this.revision++
    for (const listener of [...this.listeners]) listener()
  }
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash <= 0 ? '/' : path.slice(0, slash)
}
