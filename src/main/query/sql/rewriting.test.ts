/** Edits in the text against the tree that is meant, over many ways to write the same statement. */
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runs } from '../../../shared/testing/runs'
import { isPondError } from '../../../shared/errors'
import { Rewriting } from './rewriting'
import { parseStatements } from './statement'

const connection = await (await DuckDBInstance.create(':memory:')).connect()

const gap = fc.constantFrom(' ', '\n', '  ', ' /* AT (VERSION => 9) */ ', ' -- AT (\n', '\t')
const name = fc.constantFrom(
  `'/a.csv'`,
  `"/a.csv"`,
  `'/é😀''s.csv'`,
  `"at"`,
  'oplog_entries',
  'pond.files',
  'memory.pond.log',
  `"pond" . "log"`,
)
const alias = fc.constantFrom('', 'x', 'AS x', `AS "at (version => 1)"`, 'x (a, "AT")', `as 'x y' (a)`)
const moment = fc.constantFrom(
  `VERSION => 3`,
  `version=>'head~2'`,
  `TIMESTAMP => TIMESTAMP '2026-01-01'`,
  `TIMESTAMP => (now() - INTERVAL (7) DAY)`,
  `VERSION => ')'`,
)
const call = fc.constantFrom(`pond.diff(1, ')')`, `pond . diff ( 1, b := [(2), 3] )`, `read_csv('/x.csv', delim = '(')`)
const table = fc.oneof(
  fc
    .tuple(name, alias, gap, moment)
    .map(([written, as, space, at]) => `${written}${space}${as}${space}AT${space}(${space}${at})`),
  fc.tuple(call, alias, gap).map(([written, as, space]) => `${written}${space}${as}`),
)
/** Statements around some tables; the texts hold what looks like their parts. */
const statement = fc
  .tuple(fc.array(table, { minLength: 1, maxLength: 3 }), gap, fc.nat(4))
  .map(([tables, space, shape]) => {
    const from = tables.join(`${space},${space}`)
    const first = tables[0]!
    return [
      `SELECT 'AT (VERSION => 1)', 1e5, 9007199254740993 FROM${space}${from} WHERE 'é' = '😀'`,
      `WITH w AS (FROM ${first}) SELECT (SELECT count(*) FROM ${first}) FROM w, ${from}`,
      `EXPLAIN${space}SELECT * FROM ${from} ORDER BY 1`,
      `CREATE TEMP VIEW v AS SELECT 1 FROM ${first} UNION ALL FROM (SELECT 2 FROM ${from})`,
      `DESCRIBE SELECT * FROM ${from} TABLESAMPLE 10%`,
    ][shape]!
  })

it('a statement is edited into the tree that is meant, however it is written', async () => {
  await fc.assert(
    fc.asyncProperty(statement, async (sql) => {
      const [parsed] = await parseStatements(connection, sql)
      const rewriting = new Rewriting(parsed!, sql)
      const { tables, calls } = parsed!.references
      for (const each of tables)
        if (each.moment !== null) rewriting.table(each, { path: ['version 3', 'main'], name: 'it"s' })
      for (const each of calls) rewriting.call(each, { path: [], name: `view of 'x'` })
      // Throws where text and tree do not agree.
      const { text, original } = await rewriting.write(connection)
      const [again] = await parseStatements(connection, text)
      expect(again!.references.tables.every((each) => each.moment === null)).toBe(true)
      expect(again!.references.calls).toEqual([])
      // What stands in both is told to be where it was.
      for (const word of ['9007199254740993', 'WHERE', 'ORDER', 'TABLESAMPLE', 'UNION', 'w, ']) {
        const at = text.indexOf(word)
        if (at >= 0) expect(sql.slice(original(at), original(at) + word.length)).toBe(word)
      }
    }),
    { numRuns: runs(100) },
  )
})

it('a text that does not become what the tree asks for is refused, and does not run', async () => {
  const sql = `FROM '/a.csv'\u200bAT (VERSION => 1)`
  const [parsed] = await parseStatements(connection, sql)
  const rewriting = new Rewriting(parsed!, sql)
  rewriting.table(parsed!.references.tables[0]!, { path: [], name: '/a.csv' })
  const failure: unknown = await rewriting.write(connection).catch((error: unknown) => error)
  expect(isPondError(failure, 'query.failed') && failure.detail).toMatchObject({ line: 1, column: 6 })
})
