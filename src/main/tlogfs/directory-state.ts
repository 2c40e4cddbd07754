/**
 * A directory's names at one moment. Lookup is exact first, then by NFC; order is by UTF-8 bytes.
 */
import { compareUtf8 } from '../../shared/path'
import type { DirectoryEntry } from '../tinyfs'

/** The last full state's entries, and the entries and rows of the deltas since. */
export interface StoredForm {
  readonly fullEntries: number
  readonly deltaEntries: number
  readonly deltaRows: number
}

export class DirectoryState {
  readonly #byName: ReadonlyMap<string, DirectoryEntry>
  #aliases: Map<string, DirectoryEntry> | undefined
  #sorted: readonly DirectoryEntry[] | undefined
  /** How it is stored, which decides when a full state is written again. */
  readonly stored: StoredForm

  constructor(byName: ReadonlyMap<string, DirectoryEntry>, stored: StoredForm) {
    this.#byName = byName
    this.stored = stored
  }

  get size(): number {
    return this.#byName.size
  }

  exact(name: string): DirectoryEntry | undefined {
    return this.#byName.get(name)
  }

  lookup(name: string): DirectoryEntry | undefined {
    const exact = this.#byName.get(name)
    if (exact !== undefined) return exact
    const normal = name.normalize('NFC')
    return this.#byName.get(normal) ?? this.aliases().get(normal)
  }

  sorted(): readonly DirectoryEntry[] {
    this.#sorted ??= [...this.#byName.values()].sort((a, b) => compareUtf8(a.name, b.name))
    return this.#sorted
  }

  /** Entries whose name is not its own NFC form, by that form. Few, so that ASCII names cost nothing. */
  aliases(): ReadonlyMap<string, DirectoryEntry> {
    if (this.#aliases === undefined) {
      this.#aliases = new Map()
      for (const entry of this.#byName.values()) {
        const normal = entry.name.normalize('NFC')
        if (normal !== entry.name && !this.#aliases.has(normal)) this.#aliases.set(normal, entry)
      }
    }
    return this.#aliases
  }
}
