/** Where the rows of a text of SQL come from, if they come one by one: a path, a moment, and the column asked about. */
import type { Engine } from '../engine/engine'
import { momentText } from '../relations/moment-databases'
import { rowOrigin } from '../sql/row-by-row'
import { parseStatements } from '../sql/statement'
import { textOf } from '../sql/syntax-tree'

export interface RowOrigin {
  /** Or a pattern. */
  readonly path: string
  /** As its AT says; null without one. */
  readonly at: string | null
  /** Lower case. */
  readonly column: string
  /** Whether every row of the files is there. */
  readonly isWhole: boolean
}

/** Null where rows are no rows of files, or the column is computed. @throws query.syntax, query.not-allowed */
export async function rowOriginOf(engine: Engine, sql: string, column: string): Promise<RowOrigin | null> {
  const [statement, ...more] = await engine.parse((connection) => parseStatements(connection, sql))
  if (statement?.tree == null || !statement.isQuery || more.length > 0) return null
  const scalars = await scalarsOf(engine)
  const found = rowOrigin(statement.tree, { column: column.toLowerCase(), isScalar: (name) => scalars.has(name) })
  const path = textOf(found?.table['table_name'])
  if (found === undefined || !path.startsWith('/')) return null
  const moment = statement.references.tables.find(({ node }) => node === found.table)?.moment ?? null
  const at = moment && momentText(statement.constants.get(moment.expression) ?? null, moment.unit, null)
  return { path, at, column: found.column, isWhole: found.isWhole }
}

const known = new WeakMap<Engine, Promise<ReadonlySet<string>>>()

/** Functions of one row that give one value, and the same for the same. */
function scalarsOf(engine: Engine): Promise<ReadonlySet<string>> {
  let scalars = known.get(engine)
  if (scalars === undefined) {
    scalars = engine.parse(async (connection) => {
      const rows = await connection.runAndReadAll(`
        SELECT function_name FROM duckdb_functions() GROUP BY function_name
        HAVING bool_and(function_type = 'scalar' AND stability = 'CONSISTENT')`)
      return new Set(rows.getRows().map(([name]) => String(name).toLowerCase()))
    })
    known.set(engine, scalars)
    scalars.catch(() => known.delete(engine))
  }
  return scalars
}
