import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RecipePreview } from '../../../shared/model'
import { nodeStorage, nodeWorld } from '../../platform/node'
import { createPond, type Pond } from '../../pond'

let folder: string
let pond: Pond

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pond-recipes-'))
  pond = await createPond(nodeWorld({ storage: nodeStorage(join(folder, 'pond')) }))
  await put('/t.csv', `n\n${Array.from({ length: 250 }, (_, i) => i).join('\n')}\n`)
})

afterEach(async () => {
  await pond.close()
  await rm(folder, { recursive: true, force: true })
})

async function put(path: string, text: string): Promise<void> {
  const content = await pond.prepare([new TextEncoder().encode(text)])
  await pond.stage((fs) => fs.put(path, content, { replace: true, parents: true }))
}

const preview = (text: string, at = 'pending', path = '/out.recipe.yaml'): Promise<RecipePreview> =>
  pond.previewRecipe({ path, text }, at)

describe('a preview', () => {
  it('shows the first hundred rows of what the unsaved text would make, and stages nothing', async () => {
    const { made, problems } = await preview("recipe: sql\nquery: SELECT n + 1 AS m FROM '/t.csv' ORDER BY n\n")
    expect(problems).toEqual([])
    expect(made).toMatchObject({ kind: 'table', isWhole: false, preview: { columns: [{ name: 'm', type: 'BIGINT' }] } })
    if (made?.kind !== 'table') throw new Error('no table')
    expect(made.preview.rows).toHaveLength(100)
    expect(made.preview.rows[0]).toEqual(['1'])
    expect((await pond.diff()).changes.map(({ path }) => path)).toEqual(['/t.csv'])
  })

  it('writes times as the grid does, and keeps no value apart from an empty text', async () => {
    const text = "recipe: sql\nquery: SELECT TIMESTAMP '2026-01-01 00:00:00' AS t, NULL AS n, '' AS e\n"
    expect((await preview(text)).made).toMatchObject({
      preview: { rows: [['2026-01-01 00:00:00', null, '']] },
    })
  })

  it('is of the moment that was asked for', async () => {
    await pond.commit()
    await put('/t.csv', 'n\n7\n')
    const text = "recipe: sql\nquery: SELECT count(*)::INT AS c FROM '/t.csv'\n"
    expect((await preview(text)).made).toMatchObject({ preview: { rows: [['1']] } })
    expect((await preview(text, '1')).made).toMatchObject({ preview: { rows: [['250']] } })
  })

  it('shows a text, and the names of a directory', async () => {
    const text =
      "recipe: text\ntemplate: 'rows: {{ data.t[0].c }}'\ndata: { t: \"SELECT count(*)::INT AS c FROM '/t.csv'\" }\n"
    expect((await preview(text)).made).toEqual({ kind: 'text', text: 'rows: 250', isWhole: true })
    const directory =
      'recipe: directory\nentries:\n  - { name: a, recipe: sql, query: SELECT 1 AS x }\n  - { name: b, recipe: text, template: hi }\n'
    expect((await preview(directory)).made).toEqual({
      kind: 'directory',
      isWhole: true,
      entries: [
        { path: 'a', fileType: 'file:table' },
        { path: 'b', fileType: 'file:data' },
      ],
    })
  })

  it('says what is wrong at its line and column, with the nearest name', async () => {
    const { made, problems } = await preview('recipe: sql\nqeury: SELECT 1\n')
    expect(made).toBeNull()
    expect(problems[0]).toMatchObject({ code: 'recipes.bad-spec', line: 2, column: 1, nearest: 'query' })
  })

  it('says what a query refuses, and that a recipe would be made of itself', async () => {
    expect((await preview("recipe: sql\nquery: SELECT * FROM '/nothing.csv'\n")).problems[0]).toMatchObject({
      message: expect.stringContaining('/nothing.csv') as string,
    })
    await put('/out.recipe.yaml', 'recipe: sql\nquery: SELECT 1 AS x\n')
    expect((await preview("recipe: sql\nquery: SELECT * FROM '/out'\n")).problems).toMatchObject([
      { code: 'recipes.cycle' },
    ])
  })

  it('of a text that is no recipe has nothing to say', async () => {
    expect(await preview('a: 1\n')).toEqual({ isRecipe: false, made: null, problems: [] })
  })

  it('ends when nobody waits for it', async () => {
    const signal = AbortSignal.abort()
    const text = 'recipe: sql\nquery: SELECT 1 AS x\n'
    await expect(pond.previewRecipe({ path: '/out.recipe.yaml', text, signal })).rejects.toMatchObject({
      code: 'platform.cancelled',
    })
  })
})

describe('an entry that is computed', () => {
  it('names its recipe and its factory, below a directory too', async () => {
    await put('/d/all.recipe.yaml', 'recipe: directory\nentries:\n  - { name: a, recipe: sql, query: SELECT 1 AS x }\n')
    const recipe = { path: '/d/all.recipe.yaml', problem: null, description: null }
    expect((await pond.stat('/d/all')).recipe).toEqual({ ...recipe, factory: 'directory' })
    expect((await pond.stat('/d/all/a')).recipe).toEqual({ ...recipe, factory: 'sql' })
    expect((await pond.list('/d/all')).map((entry) => entry.recipe)).toEqual([{ ...recipe, factory: 'sql' }])
    expect((await pond.stat('/d/all.recipe.yaml')).recipe).toBeUndefined()
  })

  it('says what is wrong with its recipe, with line and column', async () => {
    await put('/bad.recipe.yaml', 'recipe: sqll\n')
    expect((await pond.stat('/bad')).recipe).toMatchObject({
      path: '/bad.recipe.yaml',
      factory: null,
      problem: { code: 'recipes.bad-spec', line: 1, column: 9, nearest: 'sql' },
    })
  })
})

describe('the list of recipes', () => {
  it('says what each reads and how far it is made, and computes nothing', async () => {
    await put('/a.recipe.yaml', "recipe: sql\ndescription: All of it\nquery: SELECT n FROM '/t.csv'\n")
    await put(
      '/b.recipe.yaml',
      'recipe: text\ntemplate: "{{ data.a | length }}"\ndata: { a: "SELECT * FROM \'/a\'" }\n',
    )
    await put(
      '/d/all.recipe.yaml',
      "recipe: directory\nentries:\n  - { name: x, recipe: sql, query: SELECT * FROM '/a' }\n",
    )
    expect(await pond.recipes()).toMatchObject([
      { path: '/a.recipe.yaml', output: '/a', description: 'All of it', state: 'inlined', inputs: ['/t.csv'] },
      { path: '/b.recipe.yaml', factory: 'text', fileType: 'file:data', state: 'not-made', inputs: ['/a'] },
      { path: '/d/all.recipe.yaml', fileType: 'directory', state: 'inlined', inputs: ['/a'], change: 'added' },
    ])
    await (await pond.open('/b')).close()
    expect((await pond.recipes())[1]).toMatchObject({ state: 'made', cachedBytes: 3, problem: null })
    await put('/t.csv', 'n\n1\n')
    expect((await pond.recipes())[1]).toMatchObject({ state: 'not-made' })
  })

  it('names what is failing, by its text, its inputs or itself, beside what is not', async () => {
    await put('/bad.recipe.yaml', 'recipe: sqll\n')
    await put('/loop.recipe.yaml', "recipe: sql\nquery: SELECT * FROM '/loop'\n")
    await put('/missing.recipe.yaml', "recipe: sql\nquery: SELECT * FROM '/nothing.csv'\n")
    await put('/ok.recipe.yaml', 'recipe: sql\nquery: SELECT 1 AS x\n')
    await put('/plain.recipe.yaml', 'a: 1\n')
    const states = await pond.recipes()
    expect(states.map(({ output, state }) => `${output} ${state}`)).toEqual([
      '/bad failing',
      '/loop failing',
      '/missing failing',
      '/ok inlined',
    ])
    expect(states[0]?.problem).toMatchObject({ line: 1, column: 9, nearest: 'sql' })
    expect(states[1]?.problem).toMatchObject({ code: 'recipes.cycle' })
    expect(states[2]?.problem?.message).toContain('/nothing.csv')
  })
})

it('a computed file is explained by its query, its inputs and its key, and a stored one is not', async () => {
  await put('/a.recipe.yaml', "recipe: sql\nquery: SELECT n FROM '/t.csv'\n")
  await put('/b.recipe.yaml', 'recipe: text\ntemplate: hi\n')
  expect(await pond.explain('/a')).toEqual({
    sql: "SELECT n FROM '/t.csv'",
    inputs: ['/t.csv'],
    key: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    isInlined: true,
    cachedBytes: null,
  })
  await (await pond.open('/b')).close()
  expect(await pond.explain('/b')).toMatchObject({ sql: null, inputs: [], cachedBytes: 2 })
  expect(await pond.explain('/t.csv')).toBeNull()
})
