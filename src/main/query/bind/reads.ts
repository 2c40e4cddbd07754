/**
 * What a text of SQL depends on, told without running it: files by path, and words whose values are of the hour, or of
 * chance. Of what is computed by a query the table itself is told, and not what it is computed of.
 */
import { PondError } from '../../../shared/errors'
import type { ReadingOptions } from '../../../shared/model'
import type { Engine } from '../engine/engine'
import { formatOfName } from '../formats'
import { momentText, MomentDatabases } from '../relations/moment-databases'
import { Rewriting } from '../sql/rewriting'
import type { QuerySource, TableFile } from '../source'
import { parseStatements } from '../sql/statement'
import { isDeltaCall, isReader } from '../sql/table-calls'
import { placeOf } from '../sql/syntax-tree'

export interface FileRead {
  readonly path: string
  readonly sha256: string
  readonly reading?: ReadingOptions
}

export interface Reads {
  /** Of DuckDB: another version may give other rows. */
  readonly engineVersion: string
  /** By path, each content once. */
  readonly files: readonly FileRead[]
  /** Functions that give another value each time, as DuckDB says, and samples. */
  readonly volatile: readonly string[]
  /** Functions and words that ask the clock. */
  readonly clock: readonly string[]
}

/** Of the clock, though DuckDB calls it consistent: with one argument it counts up to today. */
const CLOCK_WITH_ONE = 'age'
/** Words that are columns to the parser. */
const CLOCK_WORDS = new Set(['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp'])
const CLOCK = new Set([
  'now',
  'today',
  'current_date',
  'get_current_time',
  'get_current_timestamp',
  'transaction_timestamp',
])
/** It is volatile so that it is not computed ahead, and gives no value at all. */
const HARMLESS = new Set(['error'])

/** @throws query.syntax, query.not-allowed, query.no-such-file, and what the source throws */
export async function readsOf(engine: Engine, source: QuerySource, sql: string): Promise<Reads> {
  const statements = await engine.parse((connection) => parseStatements(connection, sql))
  const moments = new MomentDatabases(source)
  const files = new Map<string, FileRead>()
  const take = async (from: QuerySource, path: string): Promise<void> => {
    for (const { path: at, sha256, reading } of await tablesAt(from, path)) {
      files.set(`${at} ${sha256}`, { path: at, sha256, ...(reading !== undefined && { reading }) })
    }
  }
  const words = new Set<string>()
  for (const statement of statements) {
    const rewriting = new Rewriting(statement, sql)
    for (const { schema, name, isExpression, moment } of statement.references.tables) {
      if (isExpression || schema !== '' || !(name.includes('/') || formatOfName(name) !== null)) continue
      if (moment === null) await take(source, name)
      else {
        const { unit, expression } = moment
        const at = rewriting.place(placeOf(expression))
        const text = momentText(statement.constants.get(expression) ?? null, unit, at)
        await take((await moments.at(text, at)).source, name)
      }
    }
    for (const { name, paths } of statement.references.calls) {
      if (!isReader(name) && name !== 'glob' && !isDeltaCall(name)) continue
      for (const path of paths ?? []) await take(source, isDeltaCall(name) ? `${path}/**` : path)
    }
    for (const word of statement.references.words) words.add(word)
  }
  const { volatile, engineVersion } = await factsOf(engine)
  const found = [...words].sort()
  return {
    engineVersion,
    files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
    volatile: found.filter((word) => volatile.has(word) && !HARMLESS.has(word)),
    clock: found.filter((word) => CLOCK.has(word) || CLOCK_WORDS.has(word) || word === `${CLOCK_WITH_ONE}/1`),
  }
}

async function tablesAt(source: QuerySource, path: string): Promise<readonly TableFile[]> {
  if (!path.startsWith('/')) {
    const message = `"${path}" is not a file of the pond: its paths are absolute, such as "/weather.csv"`
    throw new PondError('query.no-such-file', message, { path, candidates: [] })
  }
  return source.tables(path)
}

interface EngineFacts {
  readonly engineVersion: string
  readonly volatile: ReadonlySet<string>
}

const known = new WeakMap<Engine, Promise<EngineFacts>>()

function factsOf(engine: Engine): Promise<EngineFacts> {
  let facts = known.get(engine)
  if (facts === undefined) {
    facts = engine.parse(async (connection) => {
      const sql = `SELECT version(), list(DISTINCT function_name) FROM duckdb_functions() WHERE stability = 'VOLATILE'`
      const [row] = (await connection.runAndReadAll(sql)).getRowsJson()
      return { engineVersion: String(row![0]), volatile: new Set(['using sample', ...(row![1] as string[])]) }
    })
    known.set(engine, facts)
    facts.catch(() => known.delete(engine))
  }
  return facts
}
