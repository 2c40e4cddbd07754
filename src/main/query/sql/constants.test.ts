import { DuckDBInstance } from '@duckdb/node-api'
import { expect, it } from 'vitest'
import { constantOf, type Constant } from './constants'
import { referencesOf } from './references'
import { parseSql } from './syntax-tree'

const connection = await (await DuckDBInstance.create(':memory:')).connect()

async function constant(expression: string): Promise<Constant | null> {
  const parsed = await parseSql(connection, `FROM x AT (TIMESTAMP => ${expression})`)
  if (!('tree' in parsed)) throw new Error(`no tree: ${expression}`)
  return constantOf(connection, referencesOf(parsed.tree).tables[0]!.moment!.expression)
}

it('a literal is what it says, to the last digit', async () => {
  expect(await constant('3')).toEqual({ kind: 'integer', text: '3' })
  expect(await constant('-9007199254740993')).toEqual({ kind: 'integer', text: '-9007199254740993' })
  expect(await constant(`'head~2'`)).toEqual({ kind: 'text', text: 'head~2' })
  expect(await constant(`['a', 'b']`)).toEqual({ kind: 'texts', texts: ['a', 'b'] })
  expect(await constant('NULL')).toEqual({ kind: 'null' })
  expect(await constant('1.5')).toEqual({ kind: 'other', type: 'DECIMAL(2,1)' })
})

it('a time is written as people write moments', async () => {
  expect(await constant(`DATE '2026-02-03'`)).toEqual({ kind: 'time', text: '2026-02-03' })
  expect(await constant(`TIMESTAMP '2026-02-03'`)).toEqual({ kind: 'time', text: '2026-02-03 00:00:00' })
  expect(await constant(`'2026-02-03 10:00:00+02'::TIMESTAMPTZ`)).toEqual({
    kind: 'time',
    text: '2026-02-03T08:00:00Z',
  })
  expect(await constant(`DATE '2026-02-03' - INTERVAL 1 MONTH`)).toEqual({ kind: 'time', text: '2026-01-03 00:00:00' })
  for (const now of [
    'now()',
    'CURRENT_TIMESTAMP',
    `now() - INTERVAL '7 days'`,
    'current_date - 7',
    `date_trunc('month', today())`,
  ])
    expect(await constant(now), now).toMatchObject({ kind: 'time' })
})

it('what reads data, runs anything else or has no value yet is none', async () => {
  const others = [
    'a',
    '$1',
    '(SELECT 1)',
    `getvariable('x')`,
    `getenv('HOME')`,
    `repeat('x', 1000000000)`,
    `[1]`,
    `['a', NULL]`,
  ]
  for (const other of others) expect(await constant(other), other).toBeNull()
  await expect(constant(`TIMESTAMP 'soon'`)).rejects.toThrow(/soon/)
})
