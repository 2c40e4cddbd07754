/**
 * Statistics of a data file as Delta keeps them in `add.stats`, and the bounds that pruning takes from
 * them. What we write is exact or wider than the truth; what others wrote is never relied on.
 */
import { compareUtf8 } from '../../../shared/path'
import type { OplogRow } from './row'
import { OPLOG_COLUMNS } from './oplog-table'
import { isoMillis, millisAround } from '../log/timestamp'

/** What pruning of whole files needs; null means unknown. */
export interface FileBounds {
  readonly minPartId: string | null
  readonly maxPartId: string | null
  readonly minNodeId: string | null
  readonly maxNodeId: string | null
  readonly minTxnSeq: number | null
  readonly maxTxnSeq: number | null
}

/** Of a file whose statistics are not relied on. */
export const UNKNOWN_STATISTICS: { readonly rows: number | null; readonly bounds: FileBounds } = {
  rows: null,
  bounds: {
    minPartId: null,
    maxPartId: null,
    minNodeId: null,
    maxNodeId: null,
    minTxnSeq: null,
    maxTxnSeq: null,
  },
}

interface Range {
  min: string | number | null
  max: string | number | null
  nulls: number
}

/** Gathers the statistics of one data file, batch by batch. */
export class StatisticsBuilder {
  #rows = 0
  readonly #ranges = new Map<string, Range>(
    OPLOG_COLUMNS.filter((column) => column.statistics).map(({ name }) => [name, { min: null, max: null, nulls: 0 }]),
  )

  get rows(): number {
    return this.#rows
  }

  add(rows: readonly OplogRow[]): void {
    this.#rows += rows.length
    for (const { name, field } of OPLOG_COLUMNS) {
      const range = this.#ranges.get(name)
      if (range === undefined) continue
      for (const row of rows) widen(range, row[field])
    }
  }

  /** The JSON text for `add.stats`. */
  toJson(): string {
    const minValues: Record<string, string | number> = {}
    const maxValues: Record<string, string | number> = {}
    const nullCount: Record<string, number> = {}
    for (const { name, type } of OPLOG_COLUMNS) {
      const range = this.#ranges.get(name)
      if (range === undefined) continue
      nullCount[name] = range.nulls
      const min = lowerBound(range.min, type === 'timestamp')
      const max = upperBound(range.max, type === 'timestamp')
      if (min !== undefined) minValues[name] = min
      if (max !== undefined) maxValues[name] = max
    }
    return JSON.stringify({ numRecords: this.#rows, minValues, maxValues, nullCount })
  }
}

function widen(range: Range, value: OplogRow[keyof OplogRow]): void {
  if (value === null || typeof value === 'object') {
    range.nulls++
    return
  }
  if (range.min === null || range.max === null) {
    range.min = value
    range.max = value
  } else if (typeof value === 'number') {
    if (value < Number(range.min)) range.min = value
    if (value > Number(range.max)) range.max = value
  } else {
    if (compareUtf8(value, String(range.min)) < 0) range.min = value
    if (compareUtf8(value, String(range.max)) > 0) range.max = value
  }
}

function lowerBound(value: string | number | null, isTimestamp: boolean): string | number | undefined {
  if (value === null) return undefined
  if (typeof value === 'string') return truncateMin(value)
  return isTimestamp ? isoMillis(millisAround(value).floor) : value
}

function upperBound(value: string | number | null, isTimestamp: boolean): string | number | undefined {
  if (value === null) return undefined
  if (typeof value === 'string') return truncateMax(value)
  return isTimestamp ? isoMillis(millisAround(value).ceil) : value
}

/** Longest string in the statistics, in characters (code points). */
const LIMIT = 32
/** Sort after every ASCII text and after every text in UTF-8 order. */
const LAST_ASCII = '\u007f'
const LAST = '\u{10ffff}'

/** A text not above `value`, of at most 32 characters; never half a character. */
export function truncateMin(value: string): string {
  const characters = firstCharacters(value, LIMIT + 1)
  return characters.length <= LIMIT ? characters.join('') : characters.slice(0, LIMIT).join('')
}

/** A text not below `value`, of at most 32 characters and a tie-breaker; undefined where there is none. */
export function truncateMax(value: string): string | undefined {
  const characters = firstCharacters(value, LIMIT + 1)
  if (characters.length <= LIMIT) return characters.join('')
  const next = characters[LIMIT]!
  const prefix = characters.slice(0, LIMIT).join('')
  if (next < LAST_ASCII) return prefix + LAST_ASCII
  return next === LAST ? undefined : prefix + LAST
}

/** Lone surrogates are counted as what Parquet will hold in their place. */
function firstCharacters(value: string, count: number): string[] {
  return Array.from(value.slice(0, 2 * count).toWellFormed()).slice(0, count)
}

/** Bounds and row count out of statistics that we wrote ourselves. */
export function readStatistics(stats: string | null): { readonly rows: number | null; readonly bounds: FileBounds } {
  const parsed = parseObject(stats)
  const min = asObject(parsed['minValues'])
  const max = asObject(parsed['maxValues'])
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  const number = (value: unknown) => (typeof value === 'number' ? value : null)
  return {
    rows: number(parsed['numRecords']),
    bounds: {
      minPartId: text(min['part_id']),
      maxPartId: text(max['part_id']),
      minNodeId: text(min['node_id']),
      maxNodeId: text(max['node_id']),
      minTxnSeq: number(min['txn_seq']),
      maxTxnSeq: number(max['txn_seq']),
    },
  }
}

function parseObject(textOrNull: string | null): Record<string, unknown> {
  if (textOrNull === null) return {}
  try {
    return asObject(JSON.parse(textOrNull))
  } catch {
    return {}
  }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
