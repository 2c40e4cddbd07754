import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newPond, type Row, type TestPond } from '../query/pond'

const rows = (test: TestPond, sql: string, at?: string) => test.rows(sql, at)
async function write(test: TestPond, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const content = await test.pond.prepare([Buffer.from(text)])
    await test.pond.stage((fs) => fs.put(path, content, { parents: true, replace: true }))
  }
}
const append = (test: TestPond, path: string, csv: string) =>
  test.pond.appendSeries(path, [Buffer.from(csv)], { parents: true })
const derived = async ({ folder }: TestPond): Promise<Set<string>> =>
  new Set((await readdir(join(folder, 'cache/derived')).catch(() => [])).filter((name) => name.endsWith('.parquet')))
/** Files that came to the cache while something was done. */
async function madeBy(test: TestPond, work: () => Promise<unknown>): Promise<number> {
  const before = await derived(test)
  await work()
  return [...(await derived(test))].filter((name) => !before.has(name)).length
}

/** Equal, but for what another order of additions changes of fractions. */
function expectAlike(found: readonly Row[], expected: readonly Row[]): void {
  const rounded = (all: readonly Row[]) =>
    all.map((row) => row.map((value) => (typeof value === 'number' ? Number(value.toPrecision(12)) : value)))
  expect(rounded(found)).toEqual(rounded(expected))
}

/** One row every six hours. */
function readings(from: string, count: number, stations = 'N1'): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const at = new Date(Date.parse(from) + i * 6 * 3_600_000).toISOString()
    return `${at},${stations},${((i * 7_919) % 1_000) / 8},${(i * 31) % 17}`
  })
  return `timestamp,id,level,number\n${lines.join('\n')}\n`
}

const LOW = `recipe: reduce
input: /raw/*.series
every: [1d, 6h]
values:
  - { fn: avg }
  - { fn: stddev }
  - { fn: sum }
  - { fn: min }
  - { fn: max }
  - { fn: count }
  - { fn: first }
  - { fn: last }
`
/** The same, written by hand: of rows of one time the later one in the order of the parts is the last. */
function groupBy(width: string, from = "'/raw/a.series'"): string {
  const of = (fn: string, columns: readonly string[]) => columns.map((column) => `${fn}(${column})`)
  const at = (fn: string) => ['id', 'level', 'number'].map((column) => `${fn}(${column} ORDER BY timestamp, n)`)
  const columns = [
    ...[...of('avg', ['level', 'number']), ...of('stddev', ['level', 'number'])],
    ...['sum(level)', 'sum(number)::DECIMAL(38,0)'],
    ...['min', 'max', 'count'].flatMap((fn) => of(fn, ['id', 'level', 'number'])),
    ...[...at('first'), ...at('last')],
  ]
  return `SELECT time_bucket(INTERVAL '${width}', timestamp::TIMESTAMP, TIMESTAMP '1970-01-01')::TIMESTAMPTZ AS timestamp,
    ${columns.join(', ')} FROM (SELECT *, row_number() OVER () AS n FROM ${from}) WHERE timestamp IS NOT NULL GROUP BY 1 ORDER BY 1`
}

describe('A reduction of a series', () => {
  it('is one GROUP BY, and after an append computes the slices of time that it touches and no others', async () => {
    await using test = await newPond()
    await write(test, { '/low.recipe.yaml': LOW })
    // A slice is 64 days: 256 times six hours.
    await append(test, '/raw/a.series', readings('2025-01-01', 4 * 250))
    const day = "FROM '/low/a/res=1d.series'"
    expect(await madeBy(test, () => rows(test, day))).toBe(5 + 1)
    expectAlike(await rows(test, day), await rows(test, groupBy('1 day')))
    // Every width is of the same slices.
    expect(await madeBy(test, () => rows(test, "FROM '/low/a/res=6h.series'"))).toBe(1)
    expectAlike(await rows(test, "FROM '/low/a/res=6h.series'"), await rows(test, groupBy('6 hours')))
    await append(test, '/raw/a.series', readings('2025-09-08', 4))
    expect(await madeBy(test, () => rows(test, day))).toBe(1 + 1)
    // Late.
    await append(test, '/raw/a.series', readings('2025-03-01', 4))
    expect(await madeBy(test, () => rows(test, day))).toBe(1 + 1)
    expectAlike(await rows(test, day), await rows(test, groupBy('1 day')))
    await test.commit()
    expect(await madeBy(test, () => rows(test, day, 'head'))).toBe(0)
  })

  it('passes through queries that take rows one by one, and through join and pivot', async () => {
    await using test = await newPond()
    const every = 'every: [6h]\nvalues: [{ fn: avg, columns: "*level" }]\n'
    await write(test, {
      '/warm.recipe.yaml':
        'recipe: sql\ninputs: { a: /raw/a.series }\nquery: SELECT timestamp AS moment, level * 2 AS level, "number" FROM a WHERE level > 20 ORDER BY moment\n',
      '/low.recipe.yaml': `recipe: reduce\ninput: /warm\nname: x\ntime: moment\n${every}`,
      '/both.recipe.yaml':
        'recipe: join\ninputs:\n  - { glob: /raw/a.series, scope: A, columns: level }\n  - { glob: /raw/b.series, scope: B, columns: level }\n',
      '/lowboth.recipe.yaml': `recipe: reduce\ninput: /both\nname: x\n${every}`,
      '/across.recipe.yaml': 'recipe: pivot\ninput: /raw/*.series\ncolumns: level\n',
      '/lowacross.recipe.yaml': `recipe: reduce\ninput: /across\nname: x\n${every}`,
      '/days.recipe.yaml':
        "recipe: sql\nquery: SELECT date_trunc('day', timestamp) AS timestamp, max(level) AS level FROM '/raw/a.series' GROUP BY 1\n",
      '/lowdays.recipe.yaml': `recipe: reduce\ninput: /days\nname: x\n${every}`,
    })
    for (const file of ['a', 'b']) await append(test, `/raw/${file}.series`, readings('2025-01-01', 4 * 150))
    const outputs = { '/low/x': 'at', '/lowboth/x': '', '/lowacross/x': '', '/lowdays/x': '' }
    const files: Record<string, number[]> = {}
    for (const late of ['', '2025-02-03']) {
      if (late !== '') await append(test, '/raw/a.series', readings(late, 2))
      for (const output of Object.keys(outputs)) {
        const made = await madeBy(test, () => rows(test, `FROM '${output}/res=6h.series'`))
        files[output] = [...(files[output] ?? []), made]
      }
    }
    // Four slices and the result, then one slice each; what is grouped is computed as a whole.
    expect(files).toEqual({
      '/low/x': [5, 2],
      '/lowboth/x': [5, 2],
      '/lowacross/x': [5, 2],
      '/lowdays/x': [1, 1],
    })
    const bucket = (time: string) =>
      `time_bucket(INTERVAL '6 hours', ${time}::TIMESTAMP, TIMESTAMP '1970-01-01')::TIMESTAMPTZ`
    expectAlike(
      await rows(test, "FROM '/low/x/res=6h.series'"),
      await rows(
        test,
        `SELECT ${bucket('timestamp')} t, avg(level * 2) FROM '/raw/a.series' WHERE level > 20 GROUP BY 1 ORDER BY 1`,
      ),
    )
    const newest = (file: string) =>
      `(SELECT timestamp, last(level ORDER BY n) AS level FROM (SELECT *, row_number() OVER () AS n FROM '/raw/${file}.series') GROUP BY 1)`
    const joined = `SELECT ${bucket('timestamp')} t, avg(a.level), avg(b.level) FROM ${newest('a')} a FULL JOIN ${newest('b')} b USING (timestamp) GROUP BY 1 ORDER BY 1`
    for (const output of ['/lowboth/x', '/lowacross/x'])
      expectAlike(await rows(test, `FROM '${output}/res=6h.series'`), await rows(test, joined))
  })

  it('reads small parts 64 at a time, and adds up to the same', async () => {
    await using test = await newPond()
    await write(test, { '/low.recipe.yaml': LOW })
    const schema = {
      name: 'x',
      columns: [
        { name: 'timestamp', type: 'timestamp', nullable: true },
        { name: 'id', type: 'string', nullable: true },
        { name: 'level', type: 'double', nullable: true },
        { name: 'number', type: 'long', nullable: true },
      ],
    } as const
    const appendDay = (i: number) => {
      const at = Date.UTC(2025, 0, 1 + ((i * 37) % 70))
      const rowsOfDay = [0, 6, 12].map((hour) => ({
        timestamp: BigInt((at + hour * 3_600_000) * 1_000),
        id: `N${i}`,
        level: Math.sin(i + hour),
        number: BigInt(i * hour),
      }))
      return test.pond.appendSeries('/raw/a.series', rowsOfDay, { schema, parents: true })
    }
    for (let i = 0; i < 66; i++) await appendDay(i)
    const day = "FROM '/low/a/res=1d.series'"
    // The first 64, a slice up to January 8 and one from there on, and the result.
    expect(await madeBy(test, () => rows(test, day))).toBe(1 + 2 + 1)
    for (let i = 66; i < 70; i++) await appendDay(i)
    expect(await madeBy(test, () => rows(test, day))).toBe(1 + 1)
    expectAlike(await rows(test, day), await rows(test, groupBy('1 day')))
  })

  it('has columns and types of the whole, whatever a slice lacks', async () => {
    await using test = await newPond()
    await write(test, { '/low.recipe.yaml': LOW.replace('[1d, 6h]', '[6h]') })
    const part = (from: string, columns: string, values: string) =>
      append(test, '/raw/a.series', `timestamp,${columns}\n${from}T01:00:00Z,${values}\n${from}T02:00:00Z,${values}\n`)
    const output = "'/low/a/res=6h.series'"
    const described = async () =>
      (await rows(test, `DESCRIBE FROM ${output}`)).map(([name, type]) => `${String(name)} ${String(type)}`)
    await part('2025-01-01', 'n', '1')
    expect(await described()).toContain('n.sum DECIMAL(38,0)')
    await test.commit()
    await part('2026-01-01', 'n,note', '1.5,x')
    expect(await described()).toEqual([
      'timestamp TIMESTAMP WITH TIME ZONE',
      ...['n.avg', 'n.stddev', 'n.sum', 'n.min'].map((name) => `${name} DOUBLE`),
      'note.min VARCHAR',
      'n.max DOUBLE',
      'note.max VARCHAR',
      ...['n.count BIGINT', 'note.count BIGINT', 'n.first DOUBLE', 'note.first VARCHAR'],
      ...['n.last DOUBLE', 'note.last VARCHAR'],
    ])
    expect(await rows(test, `SELECT "n.sum", "note.count", "note.first" FROM ${output}`)).toEqual([
      [2, 0, null],
      [3, 2, 'x'],
    ])
    // In the past it is as it was.
    expect(await rows(test, `SELECT typeof("n.sum"), "n.sum" FROM ${output}`, '1')).toEqual([['DECIMAL(38,0)', '2']])
  })
})

describe('Rows without a time', () => {
  it('are left out and counted, in slices and as a whole', async () => {
    await using test = await newPond()
    const fields = 'every: [6h]\nname: x\nvalues: [{ fn: count }]\n'
    await write(test, {
      '/low.recipe.yaml': `recipe: reduce\ninput: /raw/a.series\n${fields}`,
      '/some.recipe.yaml': "recipe: sql\nquery: SELECT * FROM '/raw/a.series' WHERE n > 1\n",
      '/lowsome.recipe.yaml': `recipe: reduce\ninput: /some\n${fields}`,
      '/all.recipe.yaml': "recipe: sql\nquery: SELECT DISTINCT * FROM '/raw/a.series'\n",
      '/lowall.recipe.yaml': `recipe: reduce\ninput: /all\n${fields}`,
    })
    await append(test, '/raw/a.series', 'timestamp,n\n2026-01-01T00:00:00Z,1\n,2\n,3\n')
    const counts = async () => {
      const found: unknown[] = []
      for (const output of ['low', 'lowsome', 'lowall']) {
        const path = `/${output}/x/res=6h.series`
        const [[sum] = []] = await rows(test, `SELECT sum("n.count")::INTEGER FROM '${path}'`)
        const said = await rows(
          test,
          `SELECT decode(value) FROM parquet_kv_metadata('${path}') WHERE decode(key) = 'pond.rowsWithoutTime'`,
        )
        found.push([sum, said[0]?.[0] ?? '0'])
      }
      return found
    }
    expect(await counts()).toEqual([
      [1, '2'],
      [null, '2'],
      [1, '2'],
    ])
    expect(test.pond.takeNotices()).toContain(
      '2 rows of "/raw/a.series" have no timestamp, and are left out where they are reduced',
    )
    await append(test, '/raw/a.series', 'timestamp,n\n2026-06-01T00:00:00Z,4\n')
    expect(await counts()).toEqual([
      [2, '2'],
      [1, '2'],
      [2, '2'],
    ])
  })
})

describe('A value of a type that Parquet has not', () => {
  it('has its own type where it is read, made or not', async () => {
    await using test = await newPond()
    const types = ['HUGEINT', 'UHUGEINT', 'INTERVAL', 'HUGEINT[]', 'BIT', 'TIME WITH TIME ZONE']
    const values = [
      '-9 * 10::HUGEINT ** 30',
      '5::UHUGEINT',
      'INTERVAL 3 MONTH',
      '[1::HUGEINT]',
      "'101'::BIT",
      "'11:30:00+02'::TIMETZ",
    ]
    const columns = values.map((value, i) => `(${value})::${types[i]} AS c${i}`).join(', ')
    const some = `SELECT make_timestamp(range * 1000) AS timestamp, ${columns} FROM range(3)`
    // Each of them twice as many views: it is made in the end.
    const all = Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [
        `/d${i}.recipe.yaml`,
        `recipe: sql\nquery: FROM '/d${i + 1}' UNION FROM '/d${i + 1}'\n`,
      ]),
    )
    await write(test, {
      '/d10.recipe.yaml': `recipe: sql\nquery: ${JSON.stringify(some)}\n`,
      '/low.recipe.yaml': 'recipe: reduce\ninput: /d10\nname: x\nevery: [1h]\nvalues: [{ fn: first }]\n',
      ...all,
    })
    const told = "SELECT DISTINCT typeof(COLUMNS('^c')), CAST(COLUMNS('^c') AS VARCHAR)"
    const expected = await rows(test, `${told} FROM (${some})`)
    expect(expected[0]!.slice(0, types.length)).toEqual(types)
    for (const path of ['/d10', '/d0', '/low/x/res=1h.series'])
      expect(await rows(test, `${told} FROM '${path}'`), path).toEqual(expected)
  })
})

describe('A sum', () => {
  it('of integers is exact to 38 digits, and refused beyond', async () => {
    await using test = await newPond()
    const sql = (type: string, value: string) =>
      `recipe: sql\nseries: timestamp\nquery: SELECT make_timestamp(range) AS timestamp, ${value}::${type} AS n FROM range(10)\n`
    const cases: readonly (readonly [type: string, value: string, sum: string])[] = [
      ['HUGEINT', '9999999999999999999999999999999999999', '99999999999999999999999999999999999990'],
      ['UHUGEINT', '9999999999999999999999999999999999999', '99999999999999999999999999999999999990'],
      ['DECIMAL(38,0)', '9999999999999999999999999999999999999', '99999999999999999999999999999999999990'],
      ['DECIMAL(38,2)', '99999999999999999999999999999999999.99', '999999999999999999999999999999999999.90'],
      ['BIGINT', '9223372036854775807', '92233720368547758070'],
    ]
    for (const [i, [type, value, sum]] of cases.entries()) {
      await write(test, {
        [`/raw/a${i}.recipe.yaml`]: sql(type, `'${value}'`),
        [`/low${i}.recipe.yaml`]: `recipe: reduce\ninput: /raw/a${i}\nname: x\nevery: [1h]\nvalues: [{ fn: sum, columns: n }]\n`,
        [`/raw/b${i}.recipe.yaml`]: sql(type, `'${value}'`).replace('range(10)', 'range(11)'),
        [`/over${i}.recipe.yaml`]: `recipe: reduce\ninput: /raw/b${i}\nname: x\nevery: [1h]\nvalues: [{ fn: sum, columns: n }]\n`,
      })
      const read = (name: string) => rows(test, `SELECT "n.sum"::VARCHAR FROM '/${name}${i}/x/res=1h.series'`)
      expect(await read('low'), type).toEqual([[sum]])
      if (type !== 'BIGINT' && type !== 'DECIMAL(38,2)')
        await expect(read('over'), type).rejects.toMatchObject({ code: 'query.failed' })
    }
  })
})
