/**
 * The log of a pond as a book that is read a page at a time: a committed version never changes, so
 * what was read stays. Relies on a way to read entries below a version; promises to ask for each page
 * once, the latest wanted first, and never for more than a few at a time.
 */
import type { LogEntry, Version, WireError } from '../../../shared/model'

export const PAGE = 100
const AT_ONCE = 3

/** Entries below `before`, newest first, at most `limit`. */
export type ReadLog = (before: Version, limit: number) => Promise<readonly LogEntry[]>

export class VersionBook {
  readonly #read: ReadLog
  readonly #failureOf: (error: unknown) => WireError
  readonly #entries = new Map<Version, LogEntry>()
  readonly #reading = new Set<number>()
  readonly #listeners = new Set<() => void>()
  /** Pages, the most wanted last. */
  #wanted: number[] = []
  #failure: WireError | null = null
  #edition = 0

  constructor(read: ReadLog, failureOf: (error: unknown) => WireError) {
    this.#read = read
    this.#failureOf = failureOf
  }

  /** Grows whenever something was learned. */
  get edition(): number {
    return this.#edition
  }

  /** Why a page could not be read; nothing more is read until `retry`. */
  get failure(): WireError | null {
    return this.#failure
  }

  get(version: Version): LogEntry | undefined {
    return this.#entries.get(version)
  }

  /** Asks for what is not known of these versions, which must all be committed. */
  want(versions: Iterable<Version>): void {
    const pages = new Set<number>()
    for (const version of versions) {
      const page = pageOf(version)
      if (version > 0 && !this.#entries.has(version) && !this.#reading.has(page)) pages.add(page)
    }
    if (pages.size === 0 || this.#failure !== null) return
    this.#wanted = [...this.#wanted.filter((page) => !pages.has(page)), ...pages]
    this.#pump()
  }

  /** Forgets a failure; whoever still wants something asks again. */
  retry(): void {
    this.#failure = null
    this.#changed()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #pump(): void {
    while (this.#reading.size < AT_ONCE) {
      const page = this.#wanted.pop()
      if (page === undefined) return
      this.#reading.add(page)
      void this.#fetch(page)
    }
  }

  async #fetch(page: number): Promise<void> {
    const known = this.#entries.size
    try {
      for (const entry of await this.#read((page + 1) * PAGE + 1, PAGE)) this.#entries.set(entry.version, entry)
    } catch (error) {
      this.#failure = this.#failureOf(error)
      this.#wanted = []
    }
    this.#reading.delete(page)
    // Whoever hears of it wants again: a page that taught nothing must stay quiet, or it would be read forever.
    if (this.#entries.size > known || this.#failure !== null) this.#changed()
    this.#pump()
  }

  #changed(): void {
    this.#edition++
    for (const listener of this.#listeners) listener()
  }
}

/** Page 0 holds versions 1 to 100. */
function pageOf(version: Version): number {
  return Math.floor((version - 1) / PAGE)
}
