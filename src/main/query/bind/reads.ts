/**
 * What a text of SQL depends on, told without running it: files by path, and words whose values are of the hour, or of
 * chance. Of what is computed by a query the table itself is told, and not what it is computed of.
 */
import { PondError } from '../../../shared/errors'
import type { ReadingOptions } from '../../../shared/model'
import { quote } from '../../../shared/path'
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
/** Of the last two DuckDB says that they are consistent. */
const CLOCK = new Set([
  ...['now', 'today', 'current_date', 'get_current_time', 'get_current_timestamp', 'transaction_timestamp'],
  ...['current_localtime', 'current_localtimestamp'],
])
/** Of a sample that nobody gave a seed. */
const CHANCE = new Set(['using sample', 'reservoir_quantile'])
/** It is volatile so that it is not computed ahead, and gives no value at all. */
const HARMLESS = new Set(['error'])

/** @throws query.syntax, query.not-allowed, query.no-such-file, and what the source throws */
export async function readsOf(engine: Engine, source: QuerySource, sql: string): Promise<Reads> {
  const statements = await engine.parse((connection) => parseStatements(connection, sql))
  if (statements.length > 1 || statements[0]?.isQuery !== true)
    throw new PondError('query.not-allowed', 'a table is computed by one query', { candidates: [] })
  const moments = new MomentDatabases(source)
  const files = new Map<string, FileRead>()
  const take = async (from: QuerySource, path: string): Promise<number> => {
    const found = await tablesAt(from, path)
    for (const { path: at, sha256, reading } of found) {
      files.set(`${at} ${sha256}`, { path: at, sha256, ...(reading !== undefined && { reading }) })
    }
    return found.length
  }
  const words = new Set<string>()
  for (const statement of statements) {
    const rewriting = new Rewriting(statement, sql)
    for (const { schema, name, isExpression, moment } of statement.references.tables) {
      if (isExpression || schema !== '' || !(name.includes('/') || formatOfName(name) !== null)) continue
      if (moment === null) {
        if ((await take(source, name)) === 0) throw nothingAt(name)
      } else {
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
    volatile: found.filter(
      (word) => volatile.has(word) && !HARMLESS.has(word) && !CLOCK.has(word) && !CLOCK_WORDS.has(word),
    ),
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

/** A macro asks whatever its body asks, perhaps by way of another macro. */
function withMacros(
  volatile: ReadonlySet<string>,
  macros: readonly (readonly [name: string, body: string])[],
): ReadonlySet<string> {
  const all = new Set([...volatile, ...CLOCK, ...CLOCK_WORDS])
  for (let before = -1; before !== all.size;) {
    before = all.size
    for (const [name, body] of macros) if (body.match(/\w+/g)?.some((word) => all.has(word))) all.add(name)
  }
  return all
}

function nothingAt(path: string): PondError {
  const message = `${quote(path)} matches no file of the pond at this moment`
  return new PondError('query.no-such-file', message, { path, candidates: [] })
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
      const sql = `SELECT version(), function_name, macro_definition FROM duckdb_functions()
        WHERE stability IN ('VOLATILE', 'CONSISTENT_WITHIN_QUERY') OR macro_definition IS NOT NULL`
      const rows = (await connection.runAndReadAll(sql)).getRowsJson() as (string | null)[][]
      const macros = rows.flatMap(([, name, body]) => (body == null ? [] : [[name!, body] as const]))
      const volatile = new Set([...CHANCE, ...rows.flatMap(([, name, body]) => (body == null ? [name!] : []))])
      return { engineVersion: String(rows[0]![0]), volatile: withMacros(volatile, macros) }
    })
    known.set(engine, facts)
    facts.catch(() => known.delete(engine))
  }
  return facts
}
