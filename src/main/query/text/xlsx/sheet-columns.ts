/** What the cells of a column of a sheet are, seen one by one. */
import type { ReadingNote } from '../../../../shared/model'
import { quote } from '../../../../shared/path'
import type { Cell, CellKind } from './sheet'

const TYPES: Readonly<Record<string, string>> = {
  boolean: 'BOOLEAN',
  day: 'DATE',
  instant: 'TIMESTAMP',
  clock: 'TIME',
  span: 'INTERVAL',
}

const NAMES: Readonly<Record<CellKind, string>> = {
  text: 'texts',
  integer: 'numbers',
  fraction: 'numbers',
  boolean: 'true or false',
  day: 'dates',
  instant: 'times',
  clock: 'times of a day',
  span: 'durations',
  error: 'errors',
}

/** What the cells of a column are. */
export class ColumnFacts {
  readonly #name: string
  readonly #counts = new Map<CellKind, number>()
  readonly #first = new Map<CellKind, { readonly row: number; readonly text: string }>()
  #shown: Cell['shownAs']
  #isLong = false
  /** Whether a text has a format that was said of times, and how many do. */
  readonly #isTime: (text: string) => boolean
  #times = 0

  constructor(name: string, isTime: (text: string) => boolean) {
    this.#name = name
    this.#isTime = isTime
  }

  see({ kind, text, shownAs }: Cell, row: number): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
    if (!this.#first.has(kind)) this.#first.set(kind, { row, text })
    this.#shown ??= shownAs
    if ((kind === 'text' || kind === 'integer' || kind === 'fraction') && this.#isTime(text.trim())) this.#times++
    if (kind === 'integer' && text.replace('-', '').length > 15) this.#isLong = true
  }

  /** Where it is known; numbers are looked at with all their digits. */
  type(said: Readonly<Record<string, string>>): [string, string][] {
    if (said[this.#name] !== undefined) return [[this.#name, said[this.#name]!]]
    const kinds = [...this.#counts.keys()]
    const [only] = kinds
    if (only === undefined) return []
    const all = [...this.#counts.values()].reduce((sum, count) => sum + count)
    if (this.#times > 0 && this.#times >= all / 2) return [[this.#name, 'TIMESTAMP']]
    if (kinds.every((kind) => kind === 'integer' || kind === 'fraction'))
      return this.#isLong ? [] : [[this.#name, kinds.includes('fraction') ? 'DOUBLE' : 'BIGINT']]
    if (kinds.every((kind) => kind === 'day' || kind === 'instant'))
      return [[this.#name, kinds.includes('instant') ? 'TIMESTAMP' : 'DATE']]
    return [[this.#name, kinds.length === 1 ? (TYPES[only] ?? 'VARCHAR') : 'VARCHAR']]
  }

  notes(): ReadingNote[] {
    const notes: ReadingNote[] = []
    const [most, ...others] = [...this.#counts].sort(([, a], [, b]) => b - a)
    const isMixed = new Set([...this.#counts.keys()].map(familyOf)).size > 1
    if (most !== undefined && isMixed) {
      const [rare] = others.filter(([kind]) => familyOf(kind) !== familyOf(most[0])).toReversed()
      const { row, text } = this.#first.get(rare![0])!
      const what = `${rare![1]} of its cells are ${NAMES[rare![0]]} (row ${row}: ${quote(text)}), ${most[1]} are ${NAMES[most[0]]}`
      notes.push({ column: this.#name, message: `${this.#name} is text: ${what} (--null or --types says otherwise)` })
    }
    if (this.#shown === 'percent')
      notes.push({ column: this.#name, message: `${this.#name} is shown as percent: 0.25 is 25 %` })
    return notes
  }
}

function familyOf(kind: CellKind): string {
  if (kind === 'integer' || kind === 'fraction') return 'number'
  return kind === 'day' || kind === 'instant' ? 'instant' : kind
}
