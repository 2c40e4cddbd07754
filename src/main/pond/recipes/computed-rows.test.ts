import { beforeEach, describe, expect, it } from 'vitest'
import { toJson } from '..'
import { freshPond } from '../testing/fresh-pond'

const fresh = freshPond()
const { put } = fresh

beforeEach(async () => {
  await put('/t.csv', 'n\n1\n2\n')
  await put('/big.recipe.yaml', "recipe: sql\ndescription: more than one\nquery: FROM '/t.csv' WHERE n > 1\n")
  await put('/twice.recipe.yaml', "recipe: sql\nquery: SELECT n * 2 AS n FROM '/big'\n")
  await fresh.pond.commit({ message: 'first' })
  await put('/t.csv', 'n\n1\n2\n3\n')
  await put('/bad.recipe.yaml', 'recipe: sql\nqery: SELECT 1\n')
})

async function rows(sql: string, at = 'pending'): Promise<unknown[][]> {
  const { columns, batches } = await fresh.pond.queries.stream(await fresh.pond.source(at), sql)
  const all: unknown[][] = []
  for await (const batch of batches)
    all.push(...batch.map((row) => row.map((value, i) => toJson(value, columns[i]!.type))))
  return all
}

describe('SQL about what is computed', () => {
  it('tells of each recipe, at the moment that is asked of', async () => {
    const sql = 'SELECT path, output, factory, kind, state, line, key IS NULL FROM pond.recipes ORDER BY path'
    expect(await rows(sql)).toEqual([
      ['/bad.recipe.yaml', '/bad', null, 'computed', 'failing', 2, true],
      ['/big.recipe.yaml', '/big', 'sql', 'computed', 'inlined', null, false],
      ['/twice.recipe.yaml', '/twice', 'sql', 'computed', 'inlined', null, false],
    ])
    expect(await rows(sql, 'head')).toHaveLength(2)
    expect(await rows("SELECT description FROM pond.recipes WHERE output = '/big'", '1')).toEqual([['more than one']])
    expect(await rows('SELECT count(*)::INTEGER FROM pond.recipes AT (VERSION => 0)')).toEqual([[0]])
  })

  it('tells what each file is made of, through chains, with the versions of what is stored', async () => {
    const sql = 'SELECT output, input, node_version, via FROM pond.lineage ORDER BY output'
    expect(await rows(sql)).toEqual([
      ['/big', '/t.csv', 2, '/big.recipe.yaml'],
      ['/twice', '/big', null, '/twice.recipe.yaml'],
    ])
    expect((await rows(sql, 'head'))[0]).toEqual(['/big', '/t.csv', 1, '/big.recipe.yaml'])
    const above = `WITH RECURSIVE above AS (
      SELECT input FROM pond.lineage WHERE output = '/twice'
      UNION SELECT l.input FROM pond.lineage l JOIN above a ON l.output = a.input
    ) FROM above ORDER BY input`
    expect(await rows(above)).toEqual([['/big'], ['/t.csv']])
  })

  it('joins the key of what is computed with what reads it', async () => {
    const sql = `SELECT r.output FROM pond.recipes r JOIN pond.lineage l ON l.input = r.output AND l.hash = r.key`
    expect(await rows(sql)).toEqual([['/big']])
  })

  it('does not wait for itself, however many ask at once', async () => {
    const asked = Array.from({ length: 8 }, () => rows('SELECT count(*)::INTEGER FROM pond.lineage'))
    expect(await Promise.all(asked)).toEqual(Array.from({ length: 8 }, () => [[2]]))
  })

  it('is refused to recipes', async () => {
    await put('/of.recipe.yaml', 'recipe: sql\nquery: FROM pond.recipes\n')
    await expect(rows("FROM '/of'")).rejects.toMatchObject({ code: 'query.not-allowed' })
  })
})
