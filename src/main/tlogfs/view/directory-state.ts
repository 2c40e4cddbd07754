/**
 * A directory's names at one moment. Lookup is exact first, then by NFC; order is by UTF-8 bytes. The
 * state after a few changes shares order and spellings with the one before.
 */
import { compareUtf8 } from '../../../shared/path'
import type { DirectoryEntry } from '../../tinyfs'
import { LayeredMap } from '../maps/layered-map'

/** The last full state's entries, and the entries and rows of the deltas since. */
export interface StoredForm {
  readonly fullEntries: number
  readonly deltaEntries: number
  readonly deltaRows: number
}

/** Null: the name is gone. */
export type NameChanges = ReadonlyMap<string, DirectoryEntry | null>
/** Of changes, each is known. */
type Names = LayeredMap<string, DirectoryEntry | null>

export class DirectoryState {
  readonly size: number
  /** How it is stored, which decides when a full state is written again. */
  readonly stored: StoredForm
  readonly #names: Names
  #aliases: Aliases | undefined
  #sorted: readonly DirectoryEntry[] | undefined

  private constructor(names: Names, size: number, stored: StoredForm) {
    this.#names = names
    this.size = size
    this.stored = stored
  }

  /** Takes the map over. */
  static of(names: Map<string, DirectoryEntry | null>, stored: StoredForm): DirectoryState {
    for (const [name, entry] of names) if (entry === null) names.delete(name)
    return new DirectoryState(new LayeredMap(names), names.size, stored)
  }

  /** The directory after some changes. */
  next(changes: NameChanges, stored: StoredForm): DirectoryState {
    let { size } = this
    for (const [name, entry] of changes) {
      size += (entry === null ? 0 : 1) - (this.exact(name) === undefined ? 0 : 1)
    }
    const names = this.#names.next(changes)
    if (names.base === this.#names.base) return new DirectoryState(names, size, stored)
    for (const [name, entry] of names.base) if (entry === null) names.base.delete(name)
    return new DirectoryState(names, size, stored)
  }

  exact(name: string): DirectoryEntry | undefined {
    return this.#names.get(name) ?? undefined
  }

  lookup(name: string): DirectoryEntry | undefined {
    const exact = this.exact(name)
    if (exact !== undefined) return exact
    const normal = name.normalize('NFC')
    return this.exact(normal) ?? this.aliases(normal)[0]
  }

  sorted(): readonly DirectoryEntry[] {
    this.#sorted ??= this.#sort()
    return this.#sorted
  }

  /** Entries whose names are not their own NFC form, by that form: one, unless another program wrote twins. */
  aliases(normal: string): readonly DirectoryEntry[] {
    this.#aliases ??= aliasesOf(this.#names.changes.values())
    const added = this.#aliases.get(normal) ?? NONE
    const before = spellingsOf(this.#names.base).aliases().get(normal)
    return before === undefined ? added : [...before.filter(({ name }) => !this.#names.changes.has(name)), ...added]
  }

  #sort(): readonly DirectoryEntry[] {
    const { base, changes } = this.#names
    const before = spellingsOf(base).sorted()
    if (changes.size === 0) return before
    const added = [...changes.values()].filter((entry) => entry != null).sort(byName)
    const merged: DirectoryEntry[] = []
    let next = 0
    for (const entry of before) {
      if (changes.has(entry.name)) continue
      while (next < added.length && byName(added[next]!, entry) < 0) merged.push(added[next++]!)
      merged.push(entry)
    }
    merged.push(...added.slice(next))
    return merged
  }
}

/** By the NFC form that the names do not have. Few, so that ASCII names cost nothing. */
type Aliases = ReadonlyMap<string, readonly DirectoryEntry[]>
const NONE: readonly DirectoryEntry[] = []

/** What states with the same base share. */
interface Spellings {
  aliases(): Aliases
  sorted(): readonly DirectoryEntry[]
}

const spellings = new WeakMap<Names['base'], Spellings>()

function spellingsOf(base: Names['base']): Spellings {
  let known = spellings.get(base)
  if (known !== undefined) return known
  let aliases: Aliases | undefined
  let sorted: readonly DirectoryEntry[] | undefined
  known = {
    aliases: () => (aliases ??= aliasesOf(base.values())),
    sorted: () => (sorted ??= [...base.values()].filter((entry) => entry !== null).sort(byName)),
  }
  spellings.set(base, known)
  return known
}

function aliasesOf(entries: Iterable<DirectoryEntry | null | undefined>): Aliases {
  const aliases = new Map<string, DirectoryEntry[]>()
  for (const entry of entries) {
    if (entry == null) continue
    const normal = entry.name.normalize('NFC')
    if (normal !== entry.name) aliases.set(normal, [...(aliases.get(normal) ?? []), entry])
  }
  return aliases
}

function byName(a: DirectoryEntry, b: DirectoryEntry): number {
  return compareUtf8(a.name, b.name)
}
