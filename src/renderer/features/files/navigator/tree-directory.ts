/**
 * One directory of the navigator's tree: its total, the pages of entries that were looked at, and
 * which of its children are open below it. Counts rows; asks for nothing itself.
 */
import type { TreeEntry, TreePage } from './tree-model'

/** Entries that are asked for at once. */
export const PAGE = 500

export type Located =
  | { readonly kind: 'position'; readonly position: number }
  | { readonly kind: 'below'; readonly directory: Directory; readonly rest: number }
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown }

export class Directory {
  /** Entries in it; null before the first answer. */
  total: number | null = null
  readonly loading = new Map<number, Promise<void>>()
  private readonly pages = new Map<number, readonly TreeEntry[]>()
  private readonly fresh = new Set<number>()
  private readonly positions = new Map<string, number>()
  private failure: { readonly error: unknown } | null = null
  /** Open directories below it, by position. */
  private children: { readonly position: number; readonly directory: Directory }[] = []
  private below = 0

  constructor(readonly path: string) {}

  /** Rows it takes when open: one that says so while it is loading or cannot be read. */
  get rowCount(): number {
    return this.failure !== null || this.total === null ? 1 : this.total + this.below
  }

  locate(row: number): Located {
    if (this.failure !== null) return { kind: 'failed', error: this.failure.error }
    if (this.total === null) return { kind: 'loading' }
    let before = 0
    for (const { position, directory } of this.children) {
      const first = position + 1 + before
      if (row < first) break
      if (row < first + directory.rowCount) return { kind: 'below', directory, rest: row - first }
      before += directory.rowCount
    }
    return { kind: 'position', position: row - before }
  }

  /** The row of a position, counted from the directory's first. */
  rowOf(position: number): number {
    let row = position
    for (const child of this.children) {
      if (child.position >= position) break
      row += child.directory.rowCount
    }
    return row
  }

  entryAt(position: number): TreeEntry | undefined {
    return this.pages.get(Math.floor(position / PAGE))?.[position % PAGE]
  }

  positionOf(path: string): number | undefined {
    return this.positions.get(path)
  }

  childAt(position: number): Directory | undefined {
    return this.children.find((child) => child.position === position)?.directory
  }

  openChildren(): readonly Directory[] {
    return this.children.map((child) => child.directory)
  }

  wants(page: number): boolean {
    if (this.loading.has(page) || this.fresh.has(page)) return false
    return this.total === null || page * PAGE < Math.max(1, this.total)
  }

  /** What is known is from before: show it, but ask again. */
  spoil(): void {
    this.fresh.clear()
    this.loading.clear()
  }

  put(page: number, { total, entries }: TreePage): void {
    const appended = this.total === total && !this.pages.has(page)
    this.failure = null
    this.total = total
    this.pages.set(page, entries)
    this.fresh.add(page)
    if (appended) this.number(page)
    else this.renumber(total)
  }

  private renumber(total: number): void {
    for (const page of [...this.pages.keys()]) {
      if (page * PAGE >= total && page > 0) this.pages.delete(page)
    }
    this.positions.clear()
    // An entry that moved to another page is in both until the older one is asked again: the newer is right.
    for (const page of this.pages.keys()) if (!this.fresh.has(page)) this.number(page)
    for (const page of this.fresh) this.number(page)
  }

  private number(page: number): void {
    this.pages.get(page)?.forEach((entry, i) => this.positions.set(entry.path, page * PAGE + i))
  }

  fail(error: unknown): void {
    this.failure = { error }
    this.children = []
    this.below = 0
  }

  link(opened: (entry: TreeEntry) => Directory | undefined): void {
    this.children = []
    for (const [number, held] of [...this.pages].sort(([a], [b]) => a - b)) {
      held.forEach((entry, i) => {
        const position = number * PAGE + i
        const directory = this.positions.get(entry.path) === position ? opened(entry) : undefined
        if (directory !== undefined) this.children.push({ position, directory })
      })
    }
    this.recount()
  }

  recount(): void {
    this.below = this.children.reduce((sum, child) => sum + child.directory.rowCount, 0)
  }
}
