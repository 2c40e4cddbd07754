import { beforeEach, describe, expect, it, vi } from 'vitest'
import { freshPond } from '../testing/fresh-pond'

const fresh = freshPond()
const { put } = fresh

const told = async (from: string, to: string) =>
  (await fresh.pond.computedChanges(from, to)).map(({ path, change, isRecipeChanged, inputs }) => [
    path,
    change,
    isRecipeChanged ? 'recipe' : '',
    ...inputs,
  ])

describe('what changed of what is computed', () => {
  beforeEach(async () => {
    await put('/t.csv', 'n\n1\n2\n')
    await put('/other.csv', 'n\n9\n')
    await put('/big.recipe.yaml', 'recipe: sql\ninputs: { t: /t.csv }\nquery: SELECT * FROM t WHERE n > 1\n')
    await put('/twice.recipe.yaml', "recipe: sql\nquery: SELECT n * 2 AS n FROM '/big'\n")
    await put('/note.md.recipe.yaml', 'recipe: text\ndata: { b: "FROM \'/twice\'" }\ntemplate: "{{ data.b|length }}"\n')
    await put('/apart.recipe.yaml', "recipe: sql\nquery: FROM '/other.csv'\n")
    await fresh.pond.commit({ message: 'first' })
  })

  it('is told of a changed input through chains of recipes, and of nothing beside it', async () => {
    expect(await told('head', 'pending')).toEqual([])
    await put('/t.csv', 'n\n1\n2\n3\n')
    expect(await told('head', 'pending')).toEqual([
      ['/big', 'modified', '', '/t.csv'],
      ['/note.md', 'modified', '', '/twice'],
      ['/twice', 'modified', '', '/big'],
    ])
    await fresh.pond.commit({ message: 'second' })
    expect(await told('head', 'pending')).toEqual([])
    expect(await told('1', '2')).toHaveLength(3)
    expect(await told('2', '1')).toHaveLength(3)
  })

  it('is told of a changed recipe, unless only its words are others', async () => {
    await put('/apart.recipe.yaml', "recipe: sql\ndescription: the same\nquery: FROM '/other.csv'\n")
    expect(await told('head', 'pending')).toEqual([])
    await put('/apart.recipe.yaml', "recipe: sql\nquery: FROM '/other.csv' WHERE n > 1\n")
    expect(await told('head', 'pending')).toEqual([['/apart', 'modified', 'recipe']])
  })

  it('is told of recipes that come, go and move, and of what begins to fail', async () => {
    await put('/new.recipe.yaml', 'recipe: sql\nquery: SELECT 1 AS n\n')
    await fresh.pond.stage((fs) => fs.rename('/apart.recipe.yaml', '/moved.recipe.yaml'))
    await put('/big.recipe.yaml', 'recipe: nonsense\n')
    expect(await told('head', 'pending')).toEqual([
      ['/apart', 'deleted', 'recipe'],
      ['/big', 'modified', 'recipe', '/t.csv'],
      ['/moved', 'added', 'recipe'],
      ['/new', 'added', 'recipe'],
      ['/note.md', 'modified', '', '/twice'],
      ['/twice', 'modified', '', '/big'],
    ])
  })

  it('is told of each file of a directory that is computed', async () => {
    await put('/s/a.csv', 'timestamp,x\n2026-01-01 00:00:00,1\n')
    await put('/s/b.csv', 'timestamp,x\n2026-01-01 00:00:00,2\n')
    await put('/h.recipe.yaml', 'recipe: reduce\ninput: /s/*.csv\nevery: [1h]\nvalues: [{ fn: avg }]\n')
    await fresh.pond.commit({ message: 'second' })
    await put('/s/a.csv', 'timestamp,x\n2026-01-01 00:00:00,3\n')
    await put('/s/c.csv', 'timestamp,x\n2026-01-01 00:00:00,4\n')
    expect(await told('head', 'pending')).toEqual([
      ['/h/a/res=1h.series', 'modified', '', '/s/a.csv'],
      ['/h/c/res=1h.series', 'added', 'recipe'],
    ])
  })

  it('is a history of versions, with what is pending on top', async () => {
    await put('/t.csv', 'n\n1\n2\n3\n')
    await fresh.pond.commit({ message: 'more' })
    await put('/beside.csv', 'n\n1\n')
    await fresh.pond.commit({ message: 'beside' })
    const versions = async () =>
      (await fresh.pond.fileVersions('/twice')).map(({ version, change, message }) => [version, change, message])
    const committed = [
      [2, 'modified', 'more'],
      [1, 'added', 'first'],
    ]
    expect(await versions()).toEqual(committed)
    await put('/t.csv', 'n\n5\n')
    expect(await versions()).toEqual([[null, 'modified', null], ...committed])
    expect((await fresh.pond.log({ path: '/twice' })).map(({ version }) => version)).toEqual([2, 1])
  })

  it('computes nothing', async () => {
    const { queries } = fresh.pond
    const asked = ['stream', 'export', 'split'].map((name) => vi.spyOn(queries, name as 'stream'))
    await put('/t.csv', 'n\n1\n2\n3\n')
    await fresh.pond.computedChanges('head', 'pending')
    for (const spy of asked) expect(spy.mock.calls.filter(([, sql]) => !/^\s*DESCRIBE/.test(sql))).toEqual([])
  })
})
