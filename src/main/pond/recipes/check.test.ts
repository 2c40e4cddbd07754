import { describe, expect, it } from 'vitest'
import type { CheckResult, Progress } from '../../../shared/model'
import { freshPond } from '../testing/fresh-pond'

const fresh = freshPond()
const { put } = fresh

const told = (results: readonly CheckResult[]) =>
  results.map(({ path, check, severity, outcome, failures }) => [path, check, severity, outcome, failures])

const READINGS = `timestamp,pH,site
2026-11-30 10:00:00,7.1,a
2026-11-30 11:00:00,,a
2026-11-30 11:00:00,15.2,b
`

describe('the checks of a recipe', () => {
  it('each say how many rows break it, with the first few', async () => {
    await put('/r.csv', READINGS)
    await put(
      '/clean.recipe.yaml',
      `recipe: sql
inputs: { r: /r.csv }
checks:
  - { not_null: timestamp }
  - { not_null: [timestamp, pH] }
  - { unique: [timestamp] }
  - { unique: [timestamp, site], severity: warn }
  - { range: pH, min: 0, max: 14, severity: warn }
  - { range: timestamp, min: 2026-11-30, max: "2026-11-30 10:30:00" }
  - { sql: "SELECT site, count(*) AS n FROM this GROUP BY site HAVING n > 1;" }
`,
    )
    const results = await fresh.pond.checkRecipes()
    expect(told(results)).toEqual([
      ['/clean', 'not_null: timestamp', 'error', 'passed', 0],
      ['/clean', 'not_null: timestamp, pH', 'error', 'failed', 1],
      ['/clean', 'unique: timestamp', 'error', 'failed', 1],
      ['/clean', 'unique: timestamp, site', 'warn', 'passed', 0],
      ['/clean', 'range: pH, min: 0, max: 14', 'warn', 'failed', 1],
      ['/clean', 'range: timestamp, min: 2026-11-30, max: 2026-11-30 10:30:00', 'error', 'failed', 2],
      ['/clean', 'sql: SELECT site, count(*) AS n FROM this GROUP BY site HAVING n > 1;', 'error', 'failed', 1],
    ])
    expect(results[1]).toMatchObject({
      recipe: '/clean.recipe.yaml',
      line: 5,
      column: 5,
      examples: { rows: [['2026-11-30 11:00:00', null, 'a']] },
    })
    expect(results[2]?.examples).toMatchObject({
      columns: [{ name: 'timestamp' }, { name: 'rows', type: 'BIGINT' }],
      rows: [['2026-11-30 11:00:00', '2']],
    })
    expect(results[0]).toMatchObject({ examples: null, problem: null })
  })

  it('of every table of a directory are asked of each, and can be asked of one', async () => {
    await put('/s/a.csv', 'timestamp,x\n2026-01-01 00:00:00,1\n2026-01-01 00:30:00,3\n')
    await put('/s/b.csv', 'timestamp,x\n2026-01-01 00:00:00,100\n')
    await put(
      '/hours.recipe.yaml',
      'recipe: reduce\ninput: /s/*.csv\nevery: [1h]\nvalues: [{ fn: avg }]\nchecks: [{ range: x.avg, max: 50 }]\n',
    )
    expect(told(await fresh.pond.checkRecipes())).toEqual([
      ['/hours/a/res=1h.series', 'range: x.avg, max: 50', 'error', 'passed', 0],
      ['/hours/b/res=1h.series', 'range: x.avg, max: 50', 'error', 'failed', 1],
    ])
    for (const path of ['/hours/b', '/hours/b/res=1h.series'])
      expect(told(await fresh.pond.checkRecipes('pending', { path }))).toHaveLength(1)
    for (const path of ['/hours', '/hours.recipe.yaml'])
      expect(told(await fresh.pond.checkRecipes('pending', { path }))).toHaveLength(2)
    expect(await fresh.pond.checkRecipes('pending', { path: '/elsewhere' })).toEqual([])
  })

  it('see the moment they are asked of, and how fresh a table is counts only now', async () => {
    const at = (daysAgo: number): string => new Date(Date.now() - daysAgo * 86_400_000).toISOString()
    await put('/r.csv', `timestamp,x\n${at(3)},1\n`)
    await put('/o.recipe.yaml', 'recipe: sql\ninputs: { r: /r.csv }\nchecks: [{ fresh: 1d }, { not_null: x }]\n')
    await fresh.pond.commit({ message: 'old' })
    await put('/r.csv', `timestamp,x\n${at(0.5)},\n`)
    const outcomes = async (moment: string): Promise<string[]> =>
      (await fresh.pond.checkRecipes(moment)).map(({ check, outcome }) => `${String(check)} ${outcome}`)
    expect(await outcomes('head')).toEqual(['fresh: 1d failed', 'not_null: x passed'])
    expect(await outcomes('pending')).toEqual(['fresh: 1d passed', 'not_null: x failed'])
    await fresh.pond.commit({ message: 'new' })
    expect(await outcomes('1')).toEqual(['not_null: x passed'])
    expect(await outcomes('2')).toEqual(['fresh: 1d passed', 'not_null: x failed'])
  })

  it('are asked once for the same content', async () => {
    await put('/r.csv', READINGS)
    await put('/o.recipe.yaml', 'recipe: sql\ninputs: { r: /r.csv }\nchecks: [{ unique: pH }]\n')
    const first = await fresh.pond.checkRecipes()
    await fresh.pond.commit({ message: 'as it is' })
    await put('/other.csv', 'n\n1\n')
    const asked = countStatements()
    expect(await fresh.pond.checkRecipes()).toEqual(first)
    expect(asked()).toBe(0)
    await put('/r.csv', `${READINGS}2026-11-30 12:00:00,15.2,b\n`)
    expect((await fresh.pond.checkRecipes())[0]).toMatchObject({ outcome: 'failed', failures: 1 })
    expect(asked()).toBe(1)
  })

  it.each([
    ['a column that is not there', '{ not_null: nothing }', 'query.failed'],
    ['a query that cannot be read', '{ sql: SELEC }', 'query.syntax'],
    [
      'a query that asks the clock',
      '{ sql: "SELECT * FROM this WHERE timestamp > now()" }',
      'recipes.not-deterministic',
    ],
    ['the relations of the pond', '{ sql: "SELECT * FROM pond.log" }', 'query.not-allowed'],
    ['a file of this machine', `{ sql: "FROM read_text('/etc/passwd')" }`, 'tinyfs.not-found'],
  ])('that name %s are broken, and the others are asked all the same', async (_, check, code) => {
    await put('/r.csv', READINGS)
    await put(
      '/o.recipe.yaml',
      `recipe: sql\ninputs: { r: /r.csv }\nchecks:\n  - ${check}\n  - { not_null: timestamp }\n`,
    )
    const [broken, passed] = await fresh.pond.checkRecipes()
    expect(broken).toMatchObject({ outcome: 'broken', line: 4, column: 5, failures: 0, problem: { code } })
    expect(passed).toMatchObject({ outcome: 'passed' })
  })

  it('are shaped as the documentation says, or the recipe is wrong', async () => {
    await put('/o.recipe.yaml', 'recipe: sql\nquery: SELECT 1 AS n\nchecks:\n  - { range: n }\n')
    expect(await fresh.pond.checkRecipes()).toMatchObject([
      { path: '/o', check: null, outcome: 'broken', line: 4, problem: { code: 'recipes.bad-spec' } },
    ])
  })

  it('of what cannot be made are broken: it says why, and disturbs no other', async () => {
    await put('/a.recipe.yaml', "recipe: sql\nquery: SELECT * FROM '/b'\nchecks: [{ not_null: n }]\n")
    await put('/b.recipe.yaml', "recipe: sql\nquery: SELECT * FROM '/a'\n")
    await put('/c.recipe.yaml', "recipe: sql\nquery: SELECT * FROM '/missing.csv'\n")
    await put('/d.recipe.yaml', 'recipe: sql\nquery: SELECT 1 AS n\nchecks: [{ not_null: n }]\n')
    const results = await fresh.pond.checkRecipes()
    expect(results.map(({ path, outcome, problem }) => [path, outcome, problem?.code])).toEqual([
      ['/a', 'broken', 'recipes.cycle'],
      ['/b', 'broken', 'recipes.cycle'],
      ['/c', 'broken', 'recipes.no-input'],
      ['/d', 'passed', undefined],
    ])
  })

  it('say how far they are, and can be stopped', async () => {
    for (const name of ['a', 'b'])
      await put(`/${name}.recipe.yaml`, 'recipe: sql\nquery: SELECT 1 AS n\nchecks: [{ not_null: n }]\n')
    const steps: Progress[] = []
    await fresh.pond.checkRecipes('pending', { onProgress: (step) => void steps.push(step) })
    expect(steps.map(({ done, total, note }) => [done, total, note])).toEqual([
      [0, 2, '/a'],
      [1, 2, '/b'],
    ])
    const stop = new AbortController()
    const stopped = fresh.pond.checkRecipes('pending', { signal: stop.signal, onProgress: () => stop.abort() })
    await expect(stopped).rejects.toMatchObject({ code: 'platform.cancelled' })
  })
})

/** Statements for rows from now on. */
function countStatements(): () => number {
  const { queries } = fresh.pond
  const stream = queries.stream.bind(queries)
  let count = 0
  queries.stream = (...args) => {
    count++
    return stream(...args)
  }
  return () => count
}
