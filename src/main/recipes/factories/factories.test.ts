import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import picomatch from 'picomatch'
import { afterAll, describe, expect, it } from 'vitest'
import { Renderer } from '../templates/renderer'
import { readRecipe } from '../spec/recipe'
import type { Spec } from '../spec/fields'
import type { Compute } from './compute'
import { joinSql } from './join'
import { sqlSql } from './sql'
import { syntheticSql } from './synthetic'

/** Tables as files of this machine: plain DuckDB is the second opinion. */
const folder = mkdtempSync(join(tmpdir(), 'duckpond-recipes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const connection = await (await DuckDBInstance.create(':memory:')).connect()
const renderer = await Renderer.open()
const paths: string[] = []

async function table(path: string, sql: string): Promise<void> {
  paths.push(join(folder, path))
  await connection.run(`COPY (${sql}) TO '${join(folder, path)}' (FORMAT parquet)`)
}
const json = async (sql: string) => {
  const reader = await connection.runAndReadAll(sql)
  return { columns: reader.columnNames(), rows: reader.getRowsJson() }
}
const unused = (): never => {
  throw new Error('no factory asks for it')
}
const compute: Compute = {
  reads: unused,
  parquet: unused,
  objects: unused,
  text: unused,
  hashOf: unused,
  bytes: unused,
  timed: unused,
  slices: unused,
  columns: async (sql) =>
    (await json(`DESCRIBE ${sql}`)).rows.map(([name, type]) => ({ name: String(name), type: String(type) })),
  texts: async (sql) =>
    (await json(sql)).rows.map((row) => row.map((value) => (value === null ? null : String(value)))),
  versionOf: async (at) => Number(at),
  matches: async (glob, exclude) => {
    const regexp = picomatch.makeRe(glob.replaceAll('\\', ''), { capture: true })
    return paths
      .filter((path) => regexp.test(path) && !exclude.some((pattern) => picomatch.isMatch(path, pattern)))
      .sort()
      .map((path) => ({ path, captures: (regexp.exec(path) ?? []).slice(1) }))
  },
}
async function specOf<F extends Spec['recipe']>(text: string): Promise<Extract<Spec, { recipe: F }>> {
  const checked = await readRecipe(text.replaceAll('DIR', folder), async (work) =>
    work.map((one) => renderer.render(one)),
  )
  if (checked === undefined || 'problems' in checked) throw new Error(JSON.stringify(checked))
  return checked.recipe.spec as Extract<Spec, { recipe: F }>
}

await table(
  'a1.parquet',
  `SELECT make_timestamp(range * 3_600_000_000) AS timestamp, range AS level, range * 2::DOUBLE AS "DO.mg/L" FROM range(5)`,
)
await table('a2.parquet', `SELECT make_timestamp(range * 3_600_000_000) AS timestamp, -range AS level FROM range(4, 8)`)
await table(
  'b1.parquet',
  `SELECT make_timestamp(range * 7_200_000_000) AS timestamp, range AS level, 'x' AS note FROM range(5)`,
)

describe('sql', () => {
  it('asks a query of its inputs, each under its name', async () => {
    const spec = await specOf<'sql'>(`
recipe: sql
inputs:
  a: DIR/a*.parquet
  b: { glob: DIR/b1.parquet, columns: [timestamp, note] }
query: SELECT a.timestamp, level, note FROM a JOIN b USING (timestamp) ORDER BY ALL
`)
    const expected = `SELECT a.timestamp, a.level, b.note FROM read_parquet('${folder}/a*.parquet') a
      JOIN '${folder}/b1.parquet' b USING (timestamp) ORDER BY ALL`
    expect(await json(await sqlSql(spec, compute))).toEqual(await json(expected))
  })

  it('is all of its input without a query, and takes one that begins with WITH, or ends with a semicolon', async () => {
    const one = await specOf<'sql'>('recipe: sql\ninputs: { a: DIR/b1.parquet }\n')
    expect(await json(await sqlSql(one, compute))).toEqual(await json(`FROM '${folder}/b1.parquet'`))
    for (const query of [
      'WITH w AS (FROM a) FROM w;',
      '-- hours\nwith w AS (FROM a) SELECT * FROM w -- all',
      'FROM a ;\n',
    ]) {
      const spec = await specOf<'sql'>(`recipe: sql\ninputs: { a: DIR/b1.parquet }\nquery: ${JSON.stringify(query)}\n`)
      expect(await json(await sqlSql(spec, compute))).toEqual(await json(`FROM '${folder}/b1.parquet'`))
    }
  })

  it('chooses, renames and casts columns, by the first rule that meets each', async () => {
    const spec = await specOf<'sql'>(`
recipe: sql
inputs:
  a:
    glob: DIR/a1.parquet
    columns: ["D*", level]
    rename:
      - { from: level, to: height, cast: VARCHAR }
      - { match: "^(DO)\\\\.(.*)$", to: "$2 of $1 ($$)" }
      - { match: ".*", to: never }
`)
    const { columns, rows } = await json(await sqlSql(spec, compute))
    expect(columns).toEqual(['height', 'mg/L of DO ($)'])
    expect(rows[1]).toEqual(['1', 2])
  })

  it('takes rows of a half-open range, of a series', async () => {
    const spec = await specOf<'sql'>(`
recipe: sql
series: timestamp
inputs: { a: { glob: DIR/a1.parquet, from: "1970-01-01 01:00", to: "1970-01-01 03:00" } }
query: SELECT level FROM a ORDER BY 1
`)
    expect((await json(await sqlSql(spec, compute))).rows).toEqual([['1'], ['2']])
  })
})

describe('join', () => {
  it('puts scopes side by side on their times, with every time of each', async () => {
    const spec = await specOf<'join'>(`
recipe: join
inputs:
  - { glob: DIR/a1.parquet, scope: A, columns: level }
  - { glob: DIR/b1.parquet, scope: B }
`)
    const expected = `SELECT timestamp, a.level AS "A.level", b.level AS "B.level", b.note AS "B.note"
      FROM '${folder}/a1.parquet' a FULL JOIN '${folder}/b1.parquet' b USING (timestamp) ORDER BY 1`
    expect(await json(await joinSql(spec, compute))).toEqual(await json(expected))
    const left = await json(await joinSql({ ...spec, kind: 'left' }, compute))
    expect(left).toEqual(await json(expected.replace('FULL', 'LEFT')))
  })

  it('unites what is of one scope by name, and takes of rows of one time the newest', async () => {
    const spec = await specOf<'join'>(`
recipe: join
inputs:
  - { glob: DIR/a1.parquet, scope: A }
  - { glob: DIR/a2.parquet, scope: A }
`)
    const { columns, rows } = await json(await joinSql(spec, compute))
    expect(columns).toEqual(['timestamp', 'A.level', 'A.DO.mg/L'])
    expect(rows.map(([, level, oxygen]) => [Number(level), oxygen])).toEqual([
      [0, 0],
      [1, 2],
      [2, 4],
      [3, 6],
      [-4, null],
      [-5, null],
      [-6, null],
      [-7, null],
    ])
  })
})

describe('pivot', () => {
  it('makes a column of each match and column', async () => {
    const spec = await specOf<'pivot'>('recipe: pivot\ninput: DIR/*1.parquet\ncolumns: [level, note]\n')
    const { columns, rows } = await json(await joinSql(spec, compute))
    expect(columns).toEqual(['timestamp', 'a.level', 'b.level', 'b.note'])
    expect(rows).toHaveLength(7)
  })

  it('has no rows where nothing matches', async () => {
    const spec = await specOf<'pivot'>('recipe: pivot\ninput: DIR/none*\ncolumns: level\n')
    expect(await json(await joinSql(spec, compute))).toEqual({ columns: ['timestamp'], rows: [] })
  })
})

describe('synthetic', () => {
  it('makes sums of waves and lines', async () => {
    const spec = await specOf<'synthetic'>(`
recipe: synthetic
start: "1970-01-01"
end: "1970-01-02"
interval: 6h
points:
  - { name: sine, components: [{ type: sine, amplitude: 2, period: 1d, offset: 10 }] }
  - { name: square, components: [{ type: square, period: 1d }] }
  - { name: triangle, components: [{ type: triangle, period: 1d }, { type: line, slope: 1 }] }
`)
    const { columns, rows } = await json(syntheticSql(spec))
    expect(columns).toEqual(['timestamp', 'sine', 'square', 'triangle'])
    const numbers = rows.map((row) => row.slice(1).map((value) => Math.round(Number(value) * 1e9) / 1e9))
    expect(numbers).toEqual([
      [10, 1, 0],
      [12, 1, 21_601],
      [10, -1, 43_200],
      [8, -1, 64_799],
      [10, 1, 86_400],
    ])
  })
})
