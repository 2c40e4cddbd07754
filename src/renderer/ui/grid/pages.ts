/**
 * The rows of a source as far as they were looked at: pages of a fixed number of rows, the least
 * recently seen dropped first. Asking never waits; whoever draws is called back when rows arrive.
 * What has left the screen before it came is not waited for.
 */
import type { WireError } from '../../../shared/model'
import { Page } from './page'
import type { RowSource } from './row-source'

export const PAGE_ROWS = 256
const KEEP_PAGES = 80
const PARALLEL = 2
/** A scrollbar that is being dragged passes many pages that nobody reads. */
const SETTLE_MS = 50

export type RowState = Page | 'loading' | WireError

export class Pages {
  private readonly pages = new Map<number, Page>()
  /** Rows of the former order, drawn until those of the new one are here. */
  private readonly former = new Map<number, Page>()
  private readonly failures = new Map<number, WireError>()
  private readonly running = new Map<number, AbortController>()
  private wanted: readonly number[] = []
  private timer: ReturnType<typeof setTimeout> | null = null
  private stopped = false
  private source: RowSource
  private readonly failureOf: (error: unknown) => WireError
  private readonly onChange: () => void

  constructor(options: {
    readonly source: RowSource
    readonly failureOf: (error: unknown) => WireError
    /** Called after rows came or failed to come. */
    readonly onChange: () => void
  }) {
    this.source = options.source
    this.failureOf = options.failureOf
    this.onChange = options.onChange
  }

  /** The same result with more rows than before. */
  grow(source: RowSource): void {
    this.source = source
    this.stopped = false
    this.start()
  }

  /** Fetches what these rows need, and a page on either side; half-open. */
  show(from: number, to: number): void {
    const last = Math.max(0, Math.ceil(this.source.rowCount / PAGE_ROWS) - 1)
    const first = Math.floor(from / PAGE_ROWS)
    const end = Math.min(last, Math.floor(Math.max(from, to - 1) / PAGE_ROWS))
    const seen = Array.from({ length: end - first + 1 }, (_, i) => first + i)
    const near = [end + 1, first - 1].filter((page) => page >= 0 && page <= last)
    const wanted = [...seen, ...near]
    const jumped = this.wanted.length > 0 && !wanted.some((page) => this.wanted.includes(page))
    if (wanted[0] !== this.wanted[0]) this.former.clear()
    this.wanted = wanted
    for (const page of seen) this.touch(page)
    for (const [page, controller] of this.running) if (!wanted.includes(page)) controller.abort()
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    if (jumped) this.timer = setTimeout(() => this.start(), SETTLE_MS)
    else this.start()
  }

  stateOf(row: number): RowState {
    const index = Math.floor(row / PAGE_ROWS)
    const page = this.pages.get(index) ?? this.former.get(index)
    if (page?.has(row)) return page
    return this.failures.get(index) ?? 'loading'
  }

  /** Any rows that are here, for measuring how wide columns are. */
  sample(): Page | null {
    return this.pages.get(0) ?? this.pages.values().next().value ?? null
  }

  /** A page that has a row, read now if need be. Reading for a copy leaves the cache as it is. */
  async read(row: number, signal: AbortSignal): Promise<Page> {
    const state = this.stateOf(row)
    if (state instanceof Page) return state
    return new Page(row, await this.source.page(row, PAGE_ROWS, signal))
  }

  retry(): void {
    this.failures.clear()
    this.start()
  }

  /** The rows' order has changed: everything is read again. */
  reorder(): void {
    for (const controller of this.running.values()) controller.abort()
    this.running.clear()
    for (const index of this.wanted) {
      const page = this.pages.get(index)
      if (page !== undefined) this.former.set(index, page)
    }
    this.pages.clear()
    this.failures.clear()
    this.start()
  }

  stop(): void {
    this.stopped = true
    if (this.timer !== null) clearTimeout(this.timer)
    for (const controller of this.running.values()) controller.abort()
  }

  private touch(index: number): void {
    const page = this.pages.get(index)
    if (page === undefined) return
    this.pages.delete(index)
    this.pages.set(index, page)
  }

  private start(): void {
    if (this.stopped) return
    for (const index of this.wanted) {
      if (this.running.size >= PARALLEL) return
      if (this.running.has(index) || this.failures.has(index) || this.isWhole(index)) continue
      void this.fetch(index)
    }
  }

  /** A page that ended early, as no more was ready then or its rows are large, is read on. */
  private isWhole(index: number): boolean {
    const expected = Math.min(PAGE_ROWS, this.source.rowCount - index * PAGE_ROWS)
    return expected <= 0 || (this.pages.get(index)?.rows ?? 0) >= expected
  }

  private async fetch(index: number): Promise<void> {
    const controller = new AbortController()
    this.running.set(index, controller)
    try {
      const offset = index * PAGE_ROWS
      const start = this.pages.get(index)
      const rows = start?.rows ?? 0
      const table = await this.source.page(offset + rows, PAGE_ROWS - rows, controller.signal)
      if (controller.signal.aborted) return
      this.pages.delete(index)
      this.pages.set(index, start?.with(table) ?? new Page(offset, table))
      this.former.delete(index)
      for (const oldest of this.pages.keys()) {
        if (this.pages.size <= KEEP_PAGES) break
        this.pages.delete(oldest)
      }
    } catch (error) {
      if (controller.signal.aborted) return
      this.failures.set(index, this.failureOf(error))
    } finally {
      if (this.running.get(index) === controller) this.running.delete(index)
      if (!this.stopped) {
        if (!controller.signal.aborted) this.onChange()
        this.start()
      }
    }
  }
}
