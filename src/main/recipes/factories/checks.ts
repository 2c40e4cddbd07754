/** What a recipe says that has to hold of its tables, each with its place, as queries for the rows that break it. */
import type { CheckSeverity, Micros } from '../../../shared/model'
import { toIsoTime } from '../../../shared/time'
import { literal, name, text, withoutEnd } from './sql-text'
import { readDuration } from '../spec/durations'
import type { Check } from '../spec/fields'
import type { Place } from '../spec/problem'
import type { Recipe } from '../spec/recipe'

export interface PlacedCheck extends Place {
  /** As it is written: `not_null: timestamp`. */
  readonly words: string
  readonly severity: CheckSeverity
  /** Of how late the newest row may be: it is another result with every minute, and asked of now alone. */
  readonly isOfNow: boolean
  /**
   * The rows that break it, over a table of the pond.
   * @param now of the wall clock; counts for `isOfNow` alone
   */
  readonly sql: (path: string, now: Micros) => string
}

/** In the order in which they are written. */
export function checksOf({ spec, yaml }: Recipe): readonly PlacedCheck[] {
  if (!('checks' in spec)) return []
  const time = ('series' in spec && spec.series) || ('time' in spec && spec.time) || 'timestamp'
  return (spec.checks ?? []).map((check, i): PlacedCheck => {
    const { rows, isOfNow = false } = failing(check, time)
    return {
      ...yaml.placeOf(['checks', i]),
      words: wordsOf(check),
      severity: check.severity,
      isOfNow,
      sql: (path, now) => `WITH this AS (SELECT * FROM ${text(path)})\n${rows(now)}`,
    }
  })
}

interface Failing {
  readonly rows: (now: Micros) => string
  readonly isOfNow?: boolean
}

function failing(check: Check, time: string): Failing {
  if ('not_null' in check) {
    const empty = [check.not_null].flat().map((column) => `${name(column)} IS NULL`)
    return { rows: () => `SELECT * FROM this WHERE ${empty.join(' OR ')}` }
  }
  if ('unique' in check) {
    const columns = [check.unique].flat().map(name).join(', ')
    return { rows: () => `SELECT ${columns}, count(*) AS "rows" FROM this GROUP BY ${columns} HAVING count(*) > 1` }
  }
  if ('range' in check) {
    const column = name(check.range)
    const beyond = [
      ...(check.min === undefined ? [] : [`${column} < ${literal(check.min)}`]),
      ...(check.max === undefined ? [] : [`${column} > ${literal(check.max)}`]),
    ]
    return { rows: () => `SELECT * FROM this WHERE ${beyond.join(' OR ')}` }
  }
  if ('fresh' in check) {
    const newest = `max(${name(check.time ?? time)})`
    const { micros } = readDuration(check.fresh)!
    return {
      isOfNow: true,
      rows: (now) =>
        `SELECT ${newest} AS newest FROM this HAVING ${newest} IS NULL OR ${newest}::TIMESTAMP < ${text(toIsoTime(now - micros))}::TIMESTAMP`,
    }
  }
  // It may begin with WITH itself.
  return { rows: () => `SELECT * FROM (\n${withoutEnd(check.sql)}\n)` }
}

function wordsOf(check: Check): string {
  if ('not_null' in check) return `not_null: ${[check.not_null].flat().join(', ')}`
  if ('unique' in check) return `unique: ${[check.unique].flat().join(', ')}`
  if ('range' in check) {
    const bounds = [check.min !== undefined && `min: ${check.min}`, check.max !== undefined && `max: ${check.max}`]
    return [`range: ${check.range}`, ...bounds.filter((bound) => bound !== false)].join(', ')
  }
  if ('fresh' in check) return `fresh: ${check.fresh}`
  return `sql: ${check.sql.trim().replaceAll(/\s+/g, ' ')}`
}
