/**
 * The moments that one statement reads: its own, and those that AT clauses and arguments name. Each is a
 * source, and a database of DuckDB's for the relations that are read at it, so that one statement can
 * join a relation with itself at another moment.
 */
import { isPondError, PondError } from '../../../shared/errors'
import { MAIN_DATABASE } from './bases'
import type { Constant } from '../sql/constants'
import type { Place } from '../sql/scan'
import type { QuerySource } from '../source'

export interface MomentDatabase {
  readonly source: QuerySource
  /** Name of its database in DuckDB; people meet it in the output of EXPLAIN. */
  readonly database: string
  /** Keys of the relations that are read at it. */
  readonly relations: Set<string>
}

export class MomentDatabases {
  /** The one of the whole statement. */
  readonly now: MomentDatabase
  readonly #known = new Map<string, MomentDatabase>()

  constructor(source: QuerySource) {
    this.now = { source, database: MAIN_DATABASE, relations: new Set() }
    this.#known.set(momentKey(source), this.now)
  }

  get all(): readonly MomentDatabase[] {
    return [...this.#known.values()]
  }

  /** @throws steward.bad-time, steward.unknown-version; with the place */
  async at(text: string, place: Place | null): Promise<MomentDatabase> {
    let source: QuerySource
    try {
      source = await this.now.source.moment(text)
    } catch (error) {
      if (!isPondError(error)) throw error
      throw new PondError(error.code, error.message, { ...error.detail, ...place, candidates: [] }, error)
    }
    const key = momentKey(source)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const moment: MomentDatabase = { source, database: key, relations: new Set() }
    this.#known.set(key, moment)
    return moment
  }
}

/** What a VERSION is given as: a number, `head`, `head~2`, `pending`; what a TIMESTAMP: a time. `any` takes both. */
export type MomentUnit = 'VERSION' | 'TIMESTAMP' | 'any'

/** The words in which the pond is asked for a moment. @throws query.failed with the place */
export function momentText(value: Constant | null, unit: MomentUnit, place: Place | null): string {
  const isVersion = value?.kind === 'integer' || (value?.kind === 'text' && VERSION.test(value.text))
  const isTime = value?.kind === 'time' || (value?.kind === 'text' && !isVersion)
  if (isVersion && unit !== 'TIMESTAMP') return value.text.trim().toLowerCase()
  if (isTime && unit !== 'VERSION') return value.text
  const what = value === null ? 'what depends on data' : 'text' in value ? `'${value.text}'` : nameOf(value)
  throw new PondError('query.failed', `${EXPECTED[unit]}, and not ${what}`, { ...place, candidates: [] })
}

const VERSION = /^\s*(\d+|head(~\d+)?|pending)\s*$/i
const EXPECTED: Readonly<Record<MomentUnit, string>> = {
  VERSION: `VERSION takes a constant: a version's number, 'head', 'head~2' or 'pending'`,
  TIMESTAMP: `TIMESTAMP takes a constant: a time such as '2026-03-01' or '2026-03-01 10:00'`,
  any: `a moment is a constant: a version's number, 'head', 'head~2', 'pending' or a time`,
}

function nameOf(value: Constant): string {
  return value.kind === 'other' ? value.type : value.kind === 'texts' ? 'a list' : 'NULL'
}

/** The same for the same moment of one pond. */
export function momentKey({ at }: QuerySource): string {
  return at.kind === 'pending' ? 'pending' : `version ${at.version}`
}
