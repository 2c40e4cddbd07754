import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Terminal } from '../../src/main/cli/testing/terminal'

let terminal: Terminal
const pond = (argv: readonly string[], stdin?: string): ReturnType<Terminal['pond']> =>
  terminal.pond(argv, { cwd: terminal.path('p'), ...(stdin !== undefined && { stdin }) })

beforeAll(async () => {
  terminal = new Terminal()
  await terminal.pond(['init', 'p'])
  await pond(['write', '/t.csv', '-m', 'a table'], 'n\n1\n2\n')
  await pond(['write', '/big.recipe.yaml'], 'recipe: sql\ninputs: { t: /t.csv }\nquery: SELECT * FROM t WHERE n > 1\n')
  await pond(['write', '/bad.recipe.yaml'], 'recipe: sql\nqery: SELECT 1\n')
})
afterAll(() => terminal[Symbol.dispose]())

describe('pond recipes', () => {
  it('lists what each recipe makes of what, and places what is wrong', async () => {
    const { stdout, status } = await pond(['recipes'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^\/big\tsql\tin queries\t\t\/t\.csv$/m)
    expect(stdout).toMatch(/^\/bad\t.*\tfailing\t/m)
    expect(stdout).toMatch(/^\/bad\.recipe\.yaml:2:1: .*query/m)
  })

  it('tells of the moment that is asked for, and of a pond without any', async () => {
    const { stderr, stdout } = await pond(['recipes', '--at', 'head'])
    expect(stdout).toBe('')
    expect(stderr).toContain('no recipes')
  })

  it('lists the factories with their fields', async () => {
    const { stdout } = await pond(['recipes', '--factories'])
    for (const name of ['sql', 'join', 'pivot', 'reduce', 'text', 'directory', 'synthetic'])
      expect(stdout).toMatch(new RegExp(`^${name}  `, 'm'))
    expect(stdout).toMatch(/^ +query\t/m)
  })
})

describe('pond explain', () => {
  it('says by which query, of which files, a table is computed, and whether it is made', async () => {
    const explained = (await pond(['explain', '/big', '--json'])).json()
    expect(explained).toMatchObject({ path: '/big', recipe: '/big.recipe.yaml', inputs: ['/t.csv'], cachedBytes: null })
    expect((explained as { sql: string }).sql).toContain('n > 1')
    expect((await pond(['cat', '/big', '--format', 'raw'])).status).toBe(0)
    const { stdout } = await pond(['explain', '/big'])
    expect(stdout).toMatch(/^reads\t\/t\.csv$/m)
    expect(stdout).not.toContain('it is made when it is read')
  })

  it.each([
    ['/t.csv', 'recipes.not-computed'],
    ['/bad', 'recipes.bad-spec'],
    ['/nowhere', 'tinyfs.not-found'],
  ])('of %s is refused: %s', async (path, code) => {
    const ended = await pond(['explain', path, '--json'])
    expect(ended.status).toBe(1)
    expect(ended.json()).toMatchObject({ error: { code } })
  })
})

describe('pond freeze', () => {
  it('stores what a computed file is, and keeps it whatever becomes of its inputs', async () => {
    expect((await pond(['freeze', '/big', '/kept', '-m', 'kept'])).status).toBe(0)
    await pond(['write', '/t.csv', '-m', 'other rows'], 'n\n7\n8\n')
    const rows = async (path: string): Promise<unknown> => (await pond(['cat', path, '--json'])).json()
    expect(await rows('/kept')).toEqual([{ n: 2 }])
    expect(await rows('/big')).toEqual([{ n: 7 }, { n: 8 }])
    const found = (await pond(['find', '--where', '$.derivedFrom', '--json'])).json<{ path: string }[]>()
    expect(found.map(({ path }) => path)).toEqual(['/kept'])
  })

  it('in its own place counts instead of the recipe, until it is removed', async () => {
    expect((await pond(['freeze', '/big'])).status).toBe(0)
    expect((await pond(['ls', '/big', '--json'])).json<{ recipe?: object }[]>()[0]?.recipe).toBeUndefined()
    expect((await pond(['freeze', '/big', '--json'])).json()).toMatchObject({ error: { code: 'recipes.not-computed' } })
    await pond(['rm', '/big'])
    expect((await pond(['ls', '/big', '--json'])).json<{ recipe?: object }[]>()[0]?.recipe).toBeDefined()
  })

  it('does not take the place of what is stored already', async () => {
    const ended = await pond(['freeze', '/big', '/t.csv', '--json'])
    expect(ended.json()).toMatchObject({ error: { code: 'tinyfs.exists' } })
  })
})

describe('pond check', () => {
  it('shows what does not hold, with the first rows, and ends with 1', async () => {
    await pond(['write', '/c.csv'], 'n\n1\n-2\n')
    const checks = 'checks: [{ range: n, min: 0 }, { not_null: n, severity: warn }]'
    await pond(['write', '/c.recipe.yaml'], `recipe: sql\ninputs: { c: /c.csv }\n${checks}\n`)
    const { stdout, status } = await pond(['check', '/c'])
    expect(status).toBe(1)
    expect(stdout).toMatch(/^FAILED {2}\/c {2}range: n, min: 0$/m)
    expect(stdout).toMatch(/^ {2}\/c\.recipe\.yaml:3:10: 1 row$/m)
    expect(stdout).toMatch(/^ {4}n=-2$/m)
    expect(stdout).toMatch(/^1 of 2 checks passed$/m)
    expect(stdout).not.toContain('not_null')
    expect((await pond(['check', '/c', '--all'])).stdout).toMatch(/^ok {2}\/c {2}not_null: n$/m)
  })

  it('of what is not there is refused', async () => {
    const ended = await pond(['check', '/nowhere', '--json'])
    expect(ended.status).toBe(1)
    expect(ended.json()).toMatchObject({ error: { code: 'tinyfs.not-found' } })
  })

  it('ends with 0 where only a warning does not hold, and with 1 where something cannot be made', async () => {
    await pond(['write', '/c.csv'], 'n\n1\n\n')
    const warns = await pond(['check', '/c.recipe.yaml'])
    expect(warns.status).toBe(0)
    const all = await pond(['check'])
    expect(all.status).toBe(1)
    expect(all.stdout).toMatch(/^BROKEN {2}\/bad$/m)
    expect(all.stdout).toMatch(/^ {2}\/bad\.recipe\.yaml:2:1: /m)
  })
})

describe('what is computed', () => {
  it('is known to status, diff and log', async () => {
    await pond(['commit', '-m', 'as it is'])
    await pond(['write', '/t.csv'], 'n\n7\n8\n9\n')
    const { stdout } = await pond(['status'])
    expect(stdout).toMatch(/^1 computed file with other content:$/m)
    const [change] = (await pond(['diff', '--computed', '--json'])).json<unknown[]>()
    expect(change).toEqual({
      path: '/big',
      recipe: '/big.recipe.yaml',
      change: 'modified',
      isRecipeChanged: false,
      inputs: ['/t.csv'],
    })
    await pond(['commit', '-m', 'more rows'])
    const messages = (await pond(['log', '/big', '--json'])).json<{ message: string }[]>().map(({ message }) => message)
    expect(messages).toEqual(['more rows', 'as it is'])
  })
})

const TWO = `# What is warm, and how much of it
path: /many/warm
recipe: sql
vars: { least: 10, of: n }   # degrees
query: SELECT {{ of }} FROM '/t.csv' WHERE n > {{ least }}
---
path: /many/count.md
recipe: text
data: { w: "FROM '/many/warm'" }
template: "{{ data.w|length }} warm"
`

describe('pond apply', () => {
  const read = async (path: string): Promise<string> => (await pond(['cat', path])).stdout

  it('stages every recipe of a text, as it is written but for its path, and leaves alone what is so already', async () => {
    const first = (await pond(['apply', '-', '--json'], TWO)).json<{ recipes: unknown; staged: number }>()
    expect(first.recipes).toEqual([
      { path: '/many/warm.recipe.yaml', outcome: 'created' },
      { path: '/many/count.md.recipe.yaml', outcome: 'created' },
    ])
    const text = await read('/many/warm.recipe.yaml')
    expect(text).toContain('# What is warm')
    expect(text).toContain('least: 10')
    expect(text).not.toContain('path:')
    expect(await read('/many/count.md')).toBe('0 warm')
    const again = await pond(['apply', '-'], TWO)
    expect(again.stdout).toMatch(/^= \/many\/warm\.recipe\.yaml$/m)
    expect(again.stdout).toContain('nothing to stage')
  })

  it('puts variables in place, each of the kind that stands there, and can be undone', async () => {
    const { stdout } = await pond(['apply', '-', '-v', 'least=5'], TWO)
    expect(stdout).toMatch(/^~ \/many\/warm\.recipe\.yaml$/m)
    expect(stdout).toMatch(/^= \/many\/count\.md\.recipe\.yaml$/m)
    expect(await read('/many/warm.recipe.yaml')).toContain('least: 5')
    expect(await read('/many/count.md')).toBe('3 warm')
    await pond(['undo'])
    expect(await read('/many/warm.recipe.yaml')).toContain('least: 10')
  })

  it('tells with --dry-run what it would do, and stages nothing', async () => {
    const before = (await pond(['status', '--json'])).json<{ pendingOperations: number }>().pendingOperations
    const { stdout } = await pond(['apply', '-', '--dry-run', '-v', 'least=5'], TWO)
    expect(stdout).toBe('~ /many/warm.recipe.yaml\n= /many/count.md.recipe.yaml\n')
    expect((await pond(['status', '--json'])).json()).toMatchObject({ pendingOperations: before })
  })

  it.each([
    [
      'a recipe that is wrong',
      `${TWO}---\npath: /x\nrecipe: sql\nqery: SELECT 1\n`,
      [],
      /^stdin, line 14, column 1: "qery"/,
    ],
    ['no path', 'recipe: sql\nquery: SELECT 1\n', [], /line 1, column 1: path is missing/],
    ['a path that is none', 'path: /\nrecipe: sql\nquery: SELECT 1\n', [], /line 1, column 7: path is "\/"/],
    ['two of one path', `${TWO}---\n${TWO.slice(0, TWO.indexOf('---'))}`, [], /line 13, column 7: .*\/many\/warm/],
    ['no YAML', 'path: [\n', [], /this is not YAML/],
    ['nothing', '# nothing\n', [], /there is no recipe in it/],
    ['a variable that no recipe has', TWO, ['-v', 'leest=5'], /did you mean least\?/],
    [
      'a number that is none',
      TWO,
      ['-v', 'least=much'],
      /line 4, column 16: least is given as much; expected a number/,
    ],
  ])('of %s is refused where it stands, and stages nothing', async (_, text, options, message) => {
    const before = (await pond(['status', '--json'])).json<{ pendingOperations: number }>().pendingOperations
    const ended = await pond(['apply', '-', '--json', ...options], text)
    expect(ended.status).toBe(1)
    const { error } = ended.json<{ error: { code: string; message: string } }>()
    expect(error.code).toBe('recipes.bad-spec')
    expect(error.message).toMatch(message)
    expect((await pond(['status', '--json'])).json()).toMatchObject({ pendingOperations: before })
  })
})
