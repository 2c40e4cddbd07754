import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Pond } from '../../src/main/pond'
import type { PreparedContent, StagingFileSystem } from '../../src/main/steward/types'
import { newPond, type TestPond } from '../query/pond'

const rows = (test: TestPond, sql: string, at?: string) => test.rows(sql, at)
async function write(test: TestPond, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const content = await test.pond.prepare([Buffer.from(text)])
    await test.pond.stage((fs) => fs.put(path, content, { parents: true, replace: true }))
  }
}
const bytes = async (pond: Pond, path: string, at = 'pending'): Promise<Buffer> => {
  const reader = await pond.open(path, at)
  const all = Buffer.from(await reader.read(0, reader.size))
  await reader.close()
  return all
}

const DAYS = 'day,t\n2026-01-01,5\n2026-01-02,11\n2026-01-03,20\n'
const WARM = 'recipe: sql\ninputs: { d: /days.csv }\nquery: SELECT * FROM d WHERE t > 10 ORDER BY day\n'

describe('A recipe', () => {
  it('makes its neighbour, at every moment from what that moment holds', async () => {
    await using test = await newPond()
    const { pond } = test
    await write(test, { '/days.csv': DAYS, '/warm.recipe.yaml': WARM })
    expect((await pond.list('/')).map(({ name, fileType, size }) => [name, fileType, size])).toEqual([
      ['days.csv', 'file:data', DAYS.length],
      ['warm', 'file:table', null],
      ['warm.recipe.yaml', 'file:data', WARM.length],
    ])
    expect(await rows(test, "SELECT t FROM '/warm'")).toEqual([[11], [20]])
    await pond.commit({ message: 'first' })
    await write(test, { '/days.csv': `${DAYS}2026-01-04,30\n` })
    expect(await rows(test, "SELECT t FROM '/warm'")).toEqual([[11], [20], [30]])
    expect(await rows(test, "SELECT t FROM '/warm'", 'head')).toEqual([[11], [20]])
    expect(await rows(test, "SELECT count(*)::INTEGER FROM '/warm' AT (VERSION => 1)")).toEqual([[2]])
    await pond.commit({ message: 'second' })
    expect(await rows(test, "SELECT t FROM '/warm'", '1')).toEqual([[11], [20]])
  })

  it('makes a file that is read as bytes, once for each key, and again where the cache is gone or damaged', async () => {
    await using test = await newPond()
    const { pond, folder } = test
    await write(test, { '/days.csv': DAYS, '/warm.recipe.yaml': WARM })
    const first = await bytes(pond, '/warm')
    expect(first.subarray(0, 4).toString()).toBe('PAR1')
    const derived = join(folder, 'cache/derived')
    const [name] = (await readdir(derived)).filter((file) => file.endsWith('.parquet'))
    expect(await bytes(pond, '/warm')).toEqual(first)
    await pond.commit({ message: 'the same inputs at another moment' })
    expect(await bytes(pond, '/warm', 'head')).toEqual(first)
    expect((await readdir(derived)).filter((file) => file.endsWith('.parquet'))).toEqual([name])
    await writeFile(join(derived, name!), 'forged')
    expect((await bytes(pond, '/warm')).subarray(0, 4).toString()).toBe('PAR1')
    await rm(derived, { recursive: true })
    expect((await bytes(pond, '/warm')).subarray(0, 4).toString()).toBe('PAR1')
    expect(await rows(test, "SELECT count(*)::INTEGER FROM read_parquet('/warm')")).toEqual([[2]])
  })

  it('may read what others make; what is made of itself is refused by its ring', async () => {
    await using test = await newPond()
    const { pond } = test
    await write(test, {
      '/days.csv': DAYS,
      '/warm.recipe.yaml': WARM,
      '/both.recipe.yaml':
        'recipe: join\ntime: day\ninputs: [{ glob: /warm, scope: A }, { glob: /days.csv, scope: B }]\n',
      '/a.recipe.yaml': "recipe: sql\nquery: FROM '/b'\n",
      '/b.recipe.yaml': "recipe: sql\nquery: FROM '/a'\n",
    })
    expect(await rows(test, `SELECT "A.t", "B.t" FROM '/both'`)).toEqual([
      [null, 5],
      [11, 11],
      [20, 20],
    ])
    await expect(rows(test, "FROM '/a'")).rejects.toMatchObject({ code: 'recipes.cycle' })
    await expect(bytes(pond, '/b')).rejects.toMatchObject({ code: 'recipes.cycle' })
  })

  it('that is wrong is there, says why, and disturbs nobody', async () => {
    await using test = await newPond()
    const { pond } = test
    await write(test, {
      '/days.csv': DAYS,
      '/warm.recipe.yaml': WARM,
      '/bad.recipe.yaml': 'recipe: sql\nqury: FROM x\n',
      '/chance.recipe.yaml': 'recipe: sql\nquery: SELECT random()\n',
      '/plain.recipe.yaml': 'no: recipe\n',
    })
    expect((await pond.list('/')).map(({ name }) => name)).toEqual([
      'bad',
      'bad.recipe.yaml',
      'chance',
      'chance.recipe.yaml',
      'days.csv',
      'plain.recipe.yaml',
      'warm',
      'warm.recipe.yaml',
    ])
    await expect(rows(test, "FROM '/bad'")).rejects.toMatchObject({
      code: 'recipes.bad-spec',
      detail: { nearest: 'query' },
    })
    await expect(rows(test, "FROM '/chance'")).rejects.toMatchObject({ code: 'recipes.not-deterministic' })
    expect(await rows(test, "SELECT t FROM '/warm'")).toEqual([[11], [20]])
  })

  it('of texts makes a file, or one for each match, of what it reads', async () => {
    await using test = await newPond()
    const { pond } = test
    await write(test, {
      '/raw/a.csv': DAYS,
      '/raw/b.csv': 'day,t\n2026-02-01,1\n',
      '/about.md.recipe.yaml': `recipe: text
vars: { station: Silver }
data: { top: "SELECT max(t) AS t FROM '/raw/*.csv'" }
template: |
  # {{ station }}
  {{ data.top[0].t }}
`,
      '/pages.recipe.yaml': `recipe: text
input: /raw/*.csv
name: "$0.md"
data: { n: "SELECT count(*)::INTEGER AS n FROM '{{ path }}'" }
template: "{{ c[0] }} of {{ files|length }}: {{ data.n[0].n }} rows, {{ schema.fields|map(attribute='name')|join(' ') }}\\n"
`,
    })
    expect(String(await bytes(pond, '/about.md'))).toBe('# Silver\n20\n')
    expect((await pond.list('/pages')).map(({ name }) => name)).toEqual(['a.md', 'b.md'])
    expect(String(await bytes(pond, '/pages/a.md'))).toBe('a of 2: 3 rows, day t\n')
    await write(test, { '/raw/c.csv': 'day,t\n' })
    expect(String(await bytes(pond, '/pages/b.md'))).toBe('b of 3: 1 rows, day t\n')
    await write(test, { '/pages.recipe.yaml': 'recipe: text\ninput: /raw/*.csv\nname: same\ntemplate: x\n' })
    await expect(pond.list('/pages')).rejects.toMatchObject({ code: 'recipes.bad-name' })
    await write(test, { '/pages.recipe.yaml': 'recipe: text\ntemplate: "{{ nothing }}"\n' })
    await expect(bytes(pond, '/pages')).rejects.toMatchObject({ code: 'recipes.bad-template', detail: { line: 1 } })
  })

  it('of a directory makes what is nested in it, for each of a list or of what a pattern finds', async () => {
    await using test = await newPond()
    await write(test, {
      '/raw/a.csv': DAYS,
      '/raw/b.csv': 'day,t\n2026-02-01,1\n',
      '/by.recipe.yaml': `recipe: directory
for_each: /raw/*.csv
vars: { least: 10 }
entries:
  - name: "$0-warm"
    recipe: sql
    inputs: { d: "{{ path }}" }
    query: SELECT t FROM d WHERE t > {{ least }}
  - { name: "$0.md", recipe: text, template: "{{ c[0] }}" }
  - { name: "$0", recipe: directory, entries: [{ name: inner, recipe: sql, query: "SELECT '{{ c[0] }}' AS x" }] }
`,
    })
    expect((await test.pond.list('/by')).map(({ name }) => name)).toEqual([
      'a',
      'a-warm',
      'a.md',
      'b',
      'b-warm',
      'b.md',
    ])
    expect(await rows(test, "FROM '/by/a-warm'")).toEqual([[11], [20]])
    expect(await rows(test, "FROM '/by/*-warm'")).toEqual([[11], [20]])
    expect(await rows(test, "FROM '/by/b/inner'")).toEqual([['b']])
    expect(String(await bytes(test.pond, '/by/a.md'))).toBe('a')
  })

  it('of reduce makes series of buckets, of each match at each width', async () => {
    await using test = await newPond()
    const hours = Array.from(
      { length: 50 },
      (_, i) => `2026-01-0${1 + Math.floor(i / 24)} ${String(i % 24).padStart(2, '0')}:30:00,${i},n${i}`,
    )
    await write(test, {
      '/raw/a.csv': `timestamp,level,note\n${hours.join('\n')}\n`,
      '/low.recipe.yaml': `recipe: reduce
input: /raw/*.csv
every: [6h, 1d]
values:
  - { fn: avg }
  - { fn: sum, columns: level }
  - { fn: last, columns: [level, note] }
  - { fn: count, columns: note }
`,
    })
    expect((await test.pond.list('/low/a')).map(({ name, fileType }) => [name, fileType])).toEqual([
      ['res=1d.series', 'file:series'],
      ['res=6h.series', 'file:series'],
    ])
    const expected = (every: string) =>
      `SELECT time_bucket(INTERVAL '${every}', timestamp) AS timestamp, avg(level), sum(level)::DECIMAL(38,0),
       max(level), max_by(note, timestamp), count(note) FROM '/raw/a.csv' GROUP BY 1 ORDER BY 1`
    expect(await rows(test, "FROM '/low/a/res=6h.series'")).toEqual(await rows(test, expected('6 hours')))
    expect(await rows(test, "FROM '/low/a/res=1d.series'")).toEqual(await rows(test, expected('1 day')))
    expect((await test.objects("FROM '/low/*/res=1d.series'"))[0]).toEqual({
      timestamp: '2026-01-01T00:00:00',
      'level.avg': 11.5,
      'level.sum': expect.anything(),
      'level.last': 23,
      'note.last': 'n23',
      'note.count': 24,
    })
  })
})

describe('What is computed cannot be changed', () => {
  const refused = { code: 'tinyfs.read-only', message: expect.stringContaining('recipe.yaml') as string }

  it.each<[string, (fs: StagingFileSystem, content: PreparedContent) => Promise<unknown>]>([
    ['written to', (fs, content) => fs.put('/warm', content, { replace: true })],
    ['covered by a file', (fs, content) => fs.put('/warm', content, { replace: true, fileType: 'file:table' })],
    ['moved', (fs) => fs.rename('/warm', '/elsewhere')],
    ['removed', (fs) => fs.remove('/warm')],
    ['removed with all that is in it', (fs) => fs.remove('/notes', { recursive: true })],
    ['moved into', (fs) => fs.rename('/days.csv', '/notes/days.csv')],
    ['written into', (fs, content) => fs.put('/notes/new.md', content)],
    ['made a directory in', (fs) => fs.createDirectory('/notes/new')],
    [
      'appended to',
      (fs, content) =>
        fs.append('/warm', {
          content,
          facts: { timestampColumn: 'ts', rows: 1 },
          minEventTime: null,
          maxEventTime: null,
        }),
    ],
  ])('when it would be %s, in the stage that is asked, and nothing of that stage remains', async (_, act) => {
    await using test = await newPond()
    await write(test, {
      '/days.csv': DAYS,
      '/warm.recipe.yaml': WARM,
      '/notes.recipe.yaml': 'recipe: text\ninput: /*.csv\ntemplate: "{{ path }}"\n',
    })
    const content = await test.pond.prepare([Buffer.from('x')])
    const before = await test.pond.show(null)
    const staged = test.pond.stage(async (fs) => {
      await fs.put('/beside', content)
      await act(fs, content)
    })
    await expect(staged).rejects.toMatchObject(refused)
    expect(await test.pond.show(null)).toEqual(before)
  })

  it('and is there for what the same stage does after its recipe', async () => {
    await using test = await newPond()
    const content = await test.pond.prepare([Buffer.from(WARM)])
    await test.pond.stage(async (fs) => {
      expect(await fs.exists('/warm')).toBe(false)
      await fs.put('/warm.recipe.yaml', content)
      expect(await fs.exists('/warm')).toBe(true)
      await fs.rename('/warm.recipe.yaml', '/hot.recipe.yaml')
      expect((await fs.list('/')).map(({ name }) => name)).toEqual(['hot', 'hot.recipe.yaml'])
      await fs.createSymlink('/link', '/hot')
    })
    expect((await test.pond.list('/')).map(({ name }) => name)).toEqual(['hot', 'hot.recipe.yaml', 'link'])
  })

  it('but gives way to what is stored before its recipe is', async () => {
    await using test = await newPond()
    await write(test, { '/warm': 'stored', '/days.csv': DAYS })
    await write(test, { '/warm.recipe.yaml': WARM })
    await write(test, { '/warm': 'stored again' })
    expect((await bytes(test.pond, '/warm')).toString()).toBe('stored again')
  })
})

describe('An input', () => {
  it('is read in the format that is said, with the options of that reader, whatever its files are called', async () => {
    await using test = await newPond()
    await write(test, {
      '/log/a.txt': 'id;n\n007;1\n',
      '/log/b.txt': 'n;id;extra\n2;008;x\n',
      '/log/skip.txt': 'no table',
      '/events.log': '{"n": 1}\n{"n": 2}\n',
      '/t.recipe.yaml': `recipe: sql
inputs:
  t: { glob: /log/*.txt, exclude: /log/skip.txt, format: csv, options: { delim: ";", header: true, types: { id: VARCHAR } } }
query: SELECT id, n, extra FROM t ORDER BY n
`,
      '/e.recipe.yaml':
        'recipe: sql\ninputs: { e: { glob: /events.log, format: jsonl } }\nquery: SELECT sum(n)::INTEGER FROM e\n',
    })
    expect(await rows(test, "FROM '/t'")).toEqual([
      ['007', 1, null],
      ['008', 2, 'x'],
    ])
    expect(await rows(test, "FROM '/e'")).toEqual([[3]])
  })

  it('that is optional and has no files has no rows, and the columns that it names', async () => {
    await using test = await newPond()
    await write(test, {
      '/o.recipe.yaml': `recipe: sql
inputs:
  o: { glob: /late/*.csv, optional: true, columns: [day, t], rename: [{ from: t, cast: DOUBLE }] }
query: SELECT day, t FROM o
`,
      '/needed.recipe.yaml': 'recipe: sql\ninputs: { o: /late/*.csv }\n',
    })
    expect(await rows(test, "SELECT count(*)::INTEGER FROM '/o'")).toEqual([[0]])
    expect(await rows(test, "SELECT column_name, column_type FROM (DESCRIBE FROM '/o')")).toEqual([
      ['day', 'VARCHAR'],
      ['t', 'DOUBLE'],
    ])
    await expect(rows(test, "FROM '/needed'")).rejects.toMatchObject({
      code: expect.stringMatching(/no-such-file|no-input/) as string,
    })
    await write(test, { '/late/a.csv': 'day,t\n2026-01-01,5\n' })
    expect(await rows(test, "SELECT t FROM '/o'")).toEqual([[5]])
  })

  it.each([
    ['options without a format', '{ glob: /a.txt, options: { delim: ";" } }'],
    ['a format at another moment', '{ glob: /a.txt, format: csv, at: 1 }'],
    ['a format that is none', '{ glob: /a.txt, format: cvs }'],
    ['an option that is SQL', '{ glob: /a.txt, format: csv, options: { "delim) --": 1 } }'],
  ])('with %s is refused at its place', async (_, input) => {
    await using test = await newPond()
    await write(test, { '/a.txt': 'n\n1\n', '/o.recipe.yaml': `recipe: sql\ninputs:\n  a: ${input}\n` })
    await expect(rows(test, "FROM '/o'")).rejects.toMatchObject({ code: 'recipes.bad-spec', detail: { line: 3 } })
  })
})

describe('The library and what is computed', () => {
  it('reads rows and schemas of it as of what is stored, a series within a range of its times', async () => {
    await using test = await newPond()
    const { pond } = test
    await pond.appendSeries(
      '/s/a.series',
      [Buffer.from('timestamp,x\n2026-01-01 00:10:00,1\n2026-01-01 01:10:00,3\n')],
      { parents: true },
    )
    await write(test, {
      '/days.csv': DAYS,
      '/warm.recipe.yaml': WARM,
      '/h.recipe.yaml': 'recipe: reduce\ninput: /s/*.series\nname: $0\nevery: [1h]\nvalues: [{ fn: max }]\n',
      '/line.recipe.yaml': "recipe: sql\nquery: SELECT timestamp, x * 2 AS y FROM '/s/a.series'\nseries: timestamp\n",
    })
    const read = async (path: string, options = {}): Promise<unknown[]> => {
      const all: unknown[] = []
      for await (const batch of pond.readTable(path, options)) for (const row of batch) all.push(row.toJSON())
      return all
    }
    expect((await read('/warm')).map((row) => (row as { t: bigint }).t)).toEqual([11n, 20n])
    expect((await pond.tableSchema('/warm')).fields.map(({ name }) => name)).toEqual(['day', 't'])
    expect((await pond.tableSchema('/line')).fields.map(({ name }) => name)).toEqual(['timestamp', 'y'])
    const hours = '/h/a/res=1h.series'
    expect(await read(hours)).toHaveLength(2)
    const from = Date.parse('2026-01-01T01:00:00Z') * 1_000
    for (const path of [hours, '/line']) {
      const rows: unknown[] = []
      for await (const batch of pond.readSeries(path, { from })) for (const row of batch) rows.push(row.toJSON())
      expect(rows, path).toHaveLength(1)
    }
    await expect((await pond.moment('pending')).seriesParts(hours)).rejects.toMatchObject({
      code: 'tlogfs.not-a-series',
    })
    for (const path of ['/warm', hours])
      await expect(pond.appendSeries(path, [Buffer.from('timestamp,x\n2026-01-01,1\n')])).rejects.toMatchObject({
        code: 'tinyfs.read-only',
      })
  })
})
