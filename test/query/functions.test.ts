/** The functions of the schema `pond`, against plain models of what happened. */
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../src/shared/testing/runs'
import { isPondError, type PondError } from '../../src/shared/errors'
import { newPond, type Row, type TestPond } from './pond'

const RUNS = Number(process.env['POND_SQL_RUNS'] ?? runs(2))

type Rows = readonly (readonly [id: number, v: string | null])[]
/** What a moment has of the file; null: nothing. Every moment of a pond in order, the pending one last. */
type Model = readonly (Rows | null)[]

const values = fc.constantFrom(null, 'a', 'b', '7')
const uniqueRows: fc.Arbitrary<Rows> = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 6 }), values), {
  selector: ([id]) => id,
  maxLength: 6,
})
const anyRows: fc.Arbitrary<Rows> = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), values), { maxLength: 6 })
const step = (rows: fc.Arbitrary<Rows>) =>
  fc.oneof(
    { weight: 6, arbitrary: rows.map((content) => ({ kind: 'write' as const, content })) },
    { weight: 2, arbitrary: fc.constant({ kind: 'move' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'remove' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'other' as const }) },
  )
type Step = ReturnType<typeof step> extends fc.Arbitrary<infer T> ? T : never

/** Performs the steps, each in a version of its own but for the last, which stays pending. */
async function history(test: TestPond, steps: readonly Step[]): Promise<Model> {
  await test.pond.stage((fs) => fs.createDirectory('/d'))
  const states: (Rows | null)[] = [null]
  let [here, there] = ['/t.csv', '/d/t.csv']
  let rows: Rows | null = null
  for (const [index, each] of steps.entries()) {
    if (each.kind === 'write') {
      const text = each.content.map(([id, v]) => `${id},${v ?? ''}\n`).join('')
      await test.write(here, `id,v\n${text}`)
      rows = each.content
    } else if (each.kind === 'other' || rows === null) {
      await test.write('/other.csv', `n\n${index}\n`)
    } else if (each.kind === 'move') {
      await test.pond.stage((fs) => fs.rename(here, there))
      ;[here, there] = [there, here]
    } else {
      await test.pond.stage((fs) => fs.remove(here))
      rows = null
      // What comes next is another file.
      here = '/t.csv'
      there = '/d/t.csv'
    }
    if (index < steps.length - 1) await test.commit()
    states.push(rows)
  }
  return states
}

/** The path that the file had last, whatever became of it. */
function lastPath(steps: readonly Step[]): string {
  let path = '/t.csv'
  let exists = false
  let written = '/t.csv'
  for (const each of steps) {
    if (each.kind === 'write') exists = true
    if (each.kind === 'move' && exists) path = path === '/t.csv' ? '/d/t.csv' : '/t.csv'
    if (exists) written = path
    if (each.kind === 'remove' && exists) [exists, path] = [false, '/t.csv']
  }
  return written
}

const text = (value: unknown): string | null => (value === null ? null : String(value))
const cells = (row: Row): string => JSON.stringify(row.map(text))
const sorted = (rows: readonly Row[]): string[] => rows.map(cells).sort()

function keyedModel(from: Rows, to: Rows): string[] {
  const was = new Map(from)
  const is = new Map(to)
  const isSame = (id: number): boolean => was.has(id) === is.has(id) && was.get(id) === is.get(id)
  const ids = [...new Set([...was.keys(), ...is.keys()])].filter((id) => !isSame(id))
  return sorted(
    ids.map((id) => {
      const change = !was.has(id) ? 'added' : !is.has(id) ? 'deleted' : 'modified'
      const side = (rows: Map<number, string | null>): unknown[] => (rows.has(id) ? [id, rows.get(id)] : [null, null])
      const [[fromId, fromV], [toId, toV]] = [side(was), side(is)]
      return [change, fromId, toId, fromV, toV]
    }),
  )
}

function countedModel(from: Rows, to: Rows): string[] {
  const left = from.map(cells)
  const rows: Row[] = []
  for (const row of to) {
    const at = left.indexOf(cells(row))
    if (at >= 0) left.splice(at, 1)
    else rows.push(['added', null, row[0], null, row[1]])
  }
  for (const each of left) {
    const [id, v] = JSON.parse(each) as [string, string | null]
    rows.push(['deleted', id, null, v, null])
  }
  return sorted(rows)
}

const spans = (model: Model): [number, number][] =>
  model.flatMap((_state, a) => model.slice(a + 1).map((_later, b): [number, number] => [a, a + 1 + b]))
const moment = (model: Model, index: number): string => (index === model.length - 1 ? `'pending'` : String(index))

for (const [what, rows, key] of [
  ['by their key', uniqueRows, `, key := ['id']`],
  ['as wholes', anyRows, ''],
] as const) {
  it(
    `rows compared ${what} are what the model says, and a change feed replays them`,
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step(rows), { minLength: 2, maxLength: 4 }), async (steps) => {
          // A path means one file throughout: what is moved is followed, what is removed is not.
          const kinds = new Set(steps.map(({ kind }) => kind))
          fc.pre(!(kinds.has('remove') && kinds.has('move')))
          await using test = await newPond()
          const model = await history(test, steps)
          const path = lastPath(steps)
          const never = model.every((state) => state === null)
          for (const [a, b] of spans(model)) {
            const [from, to] = [model[a]!, model[b]!]
            const args = `'${path}', ${moment(model, a)}, ${moment(model, b)}${key}`
            const found = await read(test, `FROM pond.diff_rows(${args})`)
            const where = `${args} of ${JSON.stringify(steps)}`
            if (typeof found === 'string') expect([found, from, to], where).toEqual(['query.no-such-file', null, null])
            else {
              expect(sorted(found.rows), where).toEqual((key === '' ? countedModel : keyedModel)(from ?? [], to ?? []))
            }
            const feed = await read(test, `FROM pond.changes(${args})`)
            if (typeof feed === 'string')
              expect(model.slice(a, b + 1).every((state) => state === null) || never, where).toBe(true)
            else expect(replay(from ?? [], feed.rows), where).toEqual(states(model, a, b))
          }
        }),
        { numRuns: RUNS, ...(process.env['POND_MODEL_SEED'] ? { seed: Number(process.env['POND_MODEL_SEED']) } : {}) },
      )
    },
  )
}

async function read(test: TestPond, sql: string): Promise<{ rows: Row[] } | string> {
  try {
    return { rows: await test.rows(sql) }
  } catch (error) {
    if (isPondError(error)) return error.code
    throw error
  }
}

/** The rows after each version that changed them, `pending` for what is not committed. */
function replay(start: Rows, feed: readonly Row[]): Record<string, string[]> {
  const bag = sorted(start)
  const after: Record<string, string[]> = {}
  const versions = [...new Set(feed.map(([version]) => version))]
  for (const version of versions.sort((a, b) => Number(a ?? Infinity) - Number(b ?? Infinity))) {
    const steps = feed.filter(([each]) => each === version)
    const take = (kinds: readonly string[]) =>
      steps.filter((row) => kinds.includes(String(row[2]))).map((row) => cells(row.slice(3)))
    for (const row of take(['delete', 'update_preimage'])) {
      expect(bag).toContain(row)
      bag.splice(bag.indexOf(row), 1)
    }
    bag.push(...take(['insert', 'update_postimage']))
    expect(steps.every((row) => (row[1] === null) === (version === null))).toBe(true)
    after[String(version ?? 'pending')] = bag.toSorted()
  }
  return after
}

function states(model: Model, a: number, b: number): Record<string, string[]> {
  const after: Record<string, string[]> = {}
  for (let index = a + 1; index <= b; index++) {
    const [before, now] = [sorted(model[index - 1] ?? []), sorted(model[index] ?? [])]
    if (JSON.stringify(before) !== JSON.stringify(now))
      after[index === model.length - 1 ? 'pending' : String(index)] = now
  }
  return after
}

it('the results of earlier statements are counted, as only the last one is shown', async () => {
  await using test = await newPond()
  const source = await test.pond.source('head')
  const dropped = async (sql: string): Promise<number> => {
    const stream = await test.pond.queries.stream(source, sql)
    await stream.close()
    return stream.resultsDropped
  }
  expect(await dropped('SELECT 1')).toBe(0)
  expect(await dropped('SELECT 1; EXPLAIN SELECT 2;; SELECT 3;')).toBe(2)
  expect(await dropped('CREATE TEMP VIEW v AS SELECT 1; FROM v')).toBe(0)
  const target = join(test.folder, 'cache', 'out.parquet')
  const options = { format: 'parquet', target, metadata: {} } as const
  expect(await test.pond.queries.export(source, 'SELECT 1; SELECT 2', options)).toMatchObject({
    rows: 1,
    resultsDropped: 1,
  })
})

async function smallHistory(): Promise<TestPond> {
  const test = await newPond()
  await test.write('/a.csv', 'id,v\n1,x\n2,y\n')
  await test.commit('first')
  await test.write('/a.csv', 'id,V,w\n1,x,1.5\n3,z,2.5\n')
  await test.commit('second')
  await test.pond.stage((fs) => fs.rename('/a.csv', '/b.csv'))
  await test.write('/notes.txt', 'hello')
  await test.commit('third')
  await test.write('/b.csv', 'id,v\n1,n\n')
  return test
}

describe('a function of the pond', () => {
  it('is listed by DuckDB with its parameters', async () => {
    await using test = await newPond()
    const found = await test.rows(
      `SELECT function_name, parameters, comment FROM duckdb_functions() WHERE schema_name = 'pond' ORDER BY 1`,
    )
    expect(found.map(([name]) => name)).toEqual([
      'changes',
      'columns',
      'diff',
      'diff_rows',
      'files_at',
      'history',
      'schema_diff',
    ])
    expect(found[3]).toEqual(['diff_rows', ['path', 'a', 'b', 'key'], 'table of change, from_..., to_...'])
    // Looking at the catalog does not get in the way of a call.
    expect(await test.rows(`SELECT count(*) FROM pond.diff(0), duckdb_functions() WHERE schema_name = 'pond'`)).toEqual(
      [[0]],
    )
  })

  it('lists the files of another moment, and what changed between two', async () => {
    await using test = await smallHistory()
    for (const at of ['0', '1', '2', '3', 'pending']) {
      const v = at === 'pending' ? `'pending'` : at
      expect(await test.rows(`FROM pond.files_at(${v}) ORDER BY path`)).toEqual(
        await test.rows('FROM pond.files ORDER BY path', at),
      )
      const { changes } = await test.pond.diff('1', at)
      const rows = changes.map((each) => [
        each.path,
        each.oldPath,
        each.fileType,
        each.change,
        each.sizeBefore,
        each.sizeAfter,
      ])
      expect(await test.rows(`FROM pond.diff(1, ${v}) ORDER BY path`)).toEqual(rows)
      // The second moment is the statement's own unless it is named.
      expect(await test.rows(`FROM pond.diff(b := ${v}, a := 1) ORDER BY path`, 'head')).toEqual(rows)
      expect(await test.rows('FROM pond.diff(1) ORDER BY path', at)).toEqual(rows)
    }
    expect(
      await test.rows(`SELECT n.path, o.path FROM pond.files n LEFT JOIN pond.files_at('head~2') o USING (name)`),
    ).toEqual(expect.arrayContaining([['/b.csv', null]]))
  })

  it('tells the versions of an entry, under whichever name and at whichever moment', async () => {
    await using test = await smallHistory()
    const versions = (await test.pond.fileVersions('/b.csv')).toReversed()
    const expected = versions.map((each) => [each.path, each.version, each.change, each.size, each.message])
    const columns = 'path, version, change, size, message'
    for (const path of ['/b.csv', '/a.csv'])
      expect(await test.rows(`SELECT ${columns} FROM pond.history('${path}')`), path).toEqual(expected)
    expect(await test.rows(`SELECT ${columns} FROM pond.history('/a.csv')`, '2')).toEqual(expected.slice(0, 2))
    await test.pond.stage((fs) => fs.remove('/b.csv'))
    expect(await test.rows(`SELECT change FROM pond.history('/b.csv') WHERE version IS NULL`)).toEqual([
      ['modified'],
      ['deleted'],
    ])
    expect((await test.objects(`DESCRIBE FROM pond.history('/b.csv')`)).map((row) => row['column_name'])).toEqual(
      (await test.objects('DESCRIBE pond.file_versions')).map((row) => row['column_name']),
    )
  })

  it('tells the columns of files, and opens only those that it names', async () => {
    await using test = await smallHistory()
    await test.write('/broken.parquet', 'not Parquet')
    await test.write('/t.json', '[{"n": 1, "s": {"a": "x"}}]')
    expect(await test.rows(`FROM pond.columns('/b.csv')`)).toEqual([
      ['/b.csv', 'id', 'BIGINT', 1],
      ['/b.csv', 'v', 'VARCHAR', 2],
    ])
    expect(await test.rows(`SELECT column_name, data_type FROM pond.columns('/[bt].*') ORDER BY ALL`)).toEqual([
      ['id', 'BIGINT'],
      ['n', 'BIGINT'],
      ['s', 'STRUCT(a VARCHAR)'],
      ['v', 'VARCHAR'],
    ])
    expect(await test.rows(`SELECT column_name FROM pond.columns('/a.csv')`, '2')).toEqual([['id'], ['V'], ['w']])
    await expect(test.rows(`FROM pond.columns('/*')`)).rejects.toMatchObject({ code: 'query.unreadable-file' })
    await expect(test.rows(`FROM pond.columns('/x*')`)).rejects.toMatchObject({ code: 'query.no-such-file' })
    const described = await test.rows(`FROM (DESCRIBE FROM '/t.json')`)
    expect(await test.rows(`SELECT column_name, data_type FROM pond.columns(path := '/t.json')`)).toEqual(
      described.map(([name, type]) => [name, type]),
    )
  })

  it('compares columns, and rows whose columns differ', async () => {
    await using test = await smallHistory()
    expect(await test.rows(`FROM pond.schema_diff('/b.csv', 1, 2)`)).toEqual([['w', 'added', null, 'DOUBLE', null, 3]])
    expect(await test.rows(`FROM pond.schema_diff('/b.csv', 2, 'pending')`)).toEqual([
      ['w', 'deleted', 'DOUBLE', null, 3, null],
    ])
    expect(await test.rows(`FROM pond.schema_diff('/b.csv', 1, 1)`)).toEqual([])
    expect(await test.objects(`FROM pond.diff_rows('/b.csv', 1, 2, key := 'ID') ORDER BY from_id NULLS LAST`)).toEqual([
      { change: 'modified', from_id: 1, to_id: 1, from_V: 'x', to_V: 'x', from_w: null, to_w: 1.5 },
      { change: 'deleted', from_id: 2, to_id: null, from_V: 'y', to_V: null, from_w: null, to_w: null },
      { change: 'added', from_id: null, to_id: 3, from_V: null, to_V: 'z', from_w: null, to_w: 2.5 },
    ])
  })

  it('compares values of other types by what they mean, and else by how they are written', async () => {
    await using test = await newPond()
    await test.write('/a.csv', `id,n,t,m\n1,5,2026-01-01,1\n2,6,2026-01-02,2\n`)
    await test.commit()
    await test.write('/a.csv', `id,n,t,m\n1,5.0,2026-01-01 00:00:00,1\n2,6.5,2026-01-02 00:00:00,x\n`)
    expect(await test.rows(`SELECT from_n, to_n, from_m, to_m FROM pond.diff_rows('/a.csv', 1, key := 'id')`)).toEqual([
      [6, 6.5, 2, 'x'],
    ])
    expect(
      await test.rows(`SELECT change, count(*) FROM pond.diff_rows('/a.csv', 1) GROUP BY ALL ORDER BY ALL`),
    ).toEqual([
      ['added', 1],
      ['deleted', 1],
    ])
  })

  it('takes a nested field that a side lacks for NULL, as a column', async () => {
    await using test = await newPond()
    const line = (id: number, more: object, list: unknown) =>
      `${JSON.stringify({ id, s: { a: 1, ...more }, l: list })}\n`
    await test.write('/t.jsonl', line(1, {}, [{ x: 1 }]) + line(2, {}, [{ x: 2 }]))
    await test.commit()
    await test.write('/t.jsonl', line(1, {}, [{ x: 1 }]) + line(2, { b: 'new' }, [{ x: 2, y: null }, { y: 3 }]))
    for (const key of [`, key := 'id'`, '']) {
      const rows = await test.rows(
        `SELECT change, coalesce(to_id, from_id) FROM pond.diff_rows('/t.jsonl', 1${key}) ORDER BY 1`,
      )
      expect(rows).toEqual(
        key === ''
          ? [
              ['added', 2],
              ['deleted', 2],
            ]
          : [['modified', 2]],
      )
      const feed = await test.rows(`SELECT DISTINCT id FROM pond.changes('/t.jsonl', 1${key})`)
      expect(feed).toEqual([[2]])
    }
  })

  it('tells of a series what was appended, and reads no more than that', async () => {
    await using test = await newPond()
    const bytes = (text: string): Uint8Array[] => [new TextEncoder().encode(text)]
    const append = (text: string) => test.pond.appendSeries('/flow.series', bytes(text), { format: 'csv' })
    await append('timestamp,v\n2026-01-01 00:00:00,1\n2026-01-01 01:00:00,2\n')
    await test.commit()
    await append('timestamp,v,w\n2026-01-02 00:00:00,3,x\n')
    await test.commit()
    await append('timestamp,v\n2026-01-03 00:00:00,3\n')
    const feed = await test.rows(
      `SELECT _version, _change_type, v, w FROM pond.changes('/flow.series', 0) ORDER BY v, _version`,
    )
    expect(feed).toEqual([
      [1, 'insert', 1, null],
      [1, 'insert', 2, null],
      [2, 'insert', 3, 'x'],
      [null, 'insert', 3, null],
    ])
    // Appended rows are rows of their own, whatever they are called.
    expect(await test.rows(`SELECT _change_type, v FROM pond.changes('/flow.series', 1, key := 'v')`)).toEqual([
      ['insert', 3],
      ['insert', 3],
    ])
    expect(await test.rows(`SELECT change, to_v FROM pond.diff_rows('/flow.series', 1, 2)`)).toEqual([['added', 3]])
    expect(
      await test.rows(`SELECT change, to_v, to_w FROM pond.diff_rows('/flow.series', 1, 2, key := 'timestamp')`),
    ).toEqual([['added', 3, 'x']])
    expect(await test.rows(`SELECT column_name FROM pond.schema_diff('/flow.series', 1, 2)`)).toEqual([['w']])
    expect(await test.rows(`SELECT count(*) FROM '/flow.series' AT (VERSION => 1)`)).toEqual([[2]])
    const [[, plan]] = (await test.rows(`EXPLAIN (FORMAT json) FROM pond.changes('/flow.series', 1, 2)`)) as [Row]
    expect(String(plan).match(/"name": "READ_PARQUET/g)).toHaveLength(1)
    expect(String(plan)).not.toMatch(/"Total Files Read": "[2-9]/)
  })

  it('refuses a key that does not tell rows apart, and only where that matters', async () => {
    await using test = await newPond()
    await test.write('/a.csv', 'id,v\n1,x\n1,y\n2,z\n')
    await test.commit()
    await test.write('/a.csv', 'id,v\n2,z\n3,p\n3,q\n')
    await test.commit()
    await test.write('/a.csv', 'id,v\n2,z\n3,q\n')
    // Rows that only one side has are what they are, however many share a key.
    expect(
      await test.rows(
        `SELECT change, count(*) FROM pond.diff_rows('/a.csv', 1, 2, key := 'id') GROUP BY ALL ORDER BY 1`,
      ),
    ).toEqual([
      ['added', 2],
      ['deleted', 2],
    ])
    for (const [a, b] of [
      [`2`, `'pending'`],
      [`'pending'`, `2`],
    ]) {
      const failure = (await test
        .rows(`FROM pond.diff_rows('/a.csv', ${a}, ${b}, key := 'id')`)
        .catch((error: unknown) => error)) as PondError
      expect(failure).toMatchObject({ code: 'query.failed' })
      expect(failure.message).toMatch(/the key \(id\) does not tell the rows of "\/a\.csv" \(version 2\) apart/)
    }
    await expect(test.rows(`FROM pond.changes('/a.csv', 1, key := 'id')`)).rejects.toMatchObject({
      code: 'query.failed',
    })
    expect(await test.rows(`SELECT change FROM pond.diff_rows('/a.csv', 2, key := ['id', 'v'])`)).toEqual([['deleted']])
  })

  it('stands in joins, views and aggregates, under an alias, with its columns renamed', async () => {
    await using test = await smallHistory()
    const cases: readonly (readonly [string, readonly Row[]])[] = [
      [
        `SELECT d.path, f.size FROM pond.diff(2, 3) d JOIN pond.files f ON f.path = d.path WHERE d.change = 'added'`,
        [['/notes.txt', 5]],
      ],
      [`SELECT diff.path FROM pond.diff(2, 3) WHERE diff.change = 'renamed'`, [['/b.csv']]],
      [`SELECT p FROM pond.diff(2, 3) AS d (p, was) WHERE was = '/a.csv'`, [['/b.csv']]],
      [
        `SELECT x.path FROM pond.diff(2, 3) x, pond.diff(2, 3) y WHERE x.path = y.old_path OR x.old_path = '/a.csv' LIMIT 1`,
        [['/b.csv']],
      ],
      [`CREATE TEMP VIEW d AS FROM pond.diff(1, 2); SELECT count(*) FROM d`, [[1]]],
      [
        `WITH d AS (FROM pond.diff(1, 2)) SELECT path FROM d UNION ALL SELECT path FROM pond.diff(1, 2)`,
        [['/a.csv'], ['/a.csv']],
      ],
      [`SELECT (SELECT count(*) FROM pond.diff_rows('/b.csv', 1, 2))`, [[4]]],
      [`PIVOT pond.diff_rows('/b.csv', 1, 2, key := 'id') ON change USING count(*) GROUP BY from_w`, [[null, 1, 1, 1]]],
      [`SELECT count(*) FROM pond."diff_rows"('/b.csv', a => 1, b => DATE '2999-01-01', key => ['id'])`, [[3]]],
      [`SELECT count(*) FROM POND.History('/b.csv') USING SAMPLE 100%`, [[4]]],
    ]
    for (const [sql, rows] of cases) expect(await test.rows(sql), sql).toEqual(rows)
  })

  it('says what is wrong with a call, where, and what may have been meant', async () => {
    await using test = await smallHistory()
    await test.pond.stage((fs) => fs.createDirectory('/directory'))
    const cases = [
      [`FROM ¦pond.difff(1, 2)`, 'query.failed', ['pond.diff']],
      [`FROM ¦pond.files(1)`, 'query.failed', ['pond.files_at']],
      [`FROM ¦diff(1, 2)`, 'query.failed', ['pond.diff', 'sniff_csv']],
      [`SELECT 'é', ¦pond.diff(1, 2)`, 'query.failed', []],
      [`SELECT ¦pond.ipc(content) FROM oplog_rows`, 'query.failed', []],
      [`FROM ¦pond.ipcs((SELECT content FROM oplog_rows))`, 'query.failed', ['pond.ipc']],
      [`FROM ¦pond.diff`, 'query.failed', []],
      [`FROM ¦pond.diff()`, 'query.failed', []],
      [`FROM pond.diff(1, 2, ¦3)`, 'query.failed', []],
      [`FROM pond.diff(1, a := ¦2)`, 'query.failed', []],
      [`FROM pond.diff_rows('/b.csv', 1, kay := ¦2)`, 'query.failed', ['key', 'a']],
      [`FROM pond.diff(¦99)`, 'steward.unknown-version', []],
      [`FROM pond.diff(¦'soon')`, 'steward.bad-time', []],
      [`FROM pond.diff(¦NULL)`, 'query.failed', []],
      [`FROM range(3) r, pond.diff(¦r.range)`, 'query.failed', []],
      [`FROM pond.diff(¦(SELECT 1))`, 'query.failed', []],
      [`FROM pond.columns(¦3)`, 'query.failed', []],
      [`FROM pond.columns([¦'/b.csv'])`, 'query.failed', []],
      [`FROM pond.columns(¦'/d.csv')`, 'query.no-such-file', ['/b.csv']],
      [`FROM pond.history(¦'/never.csv')`, 'query.no-such-file', []],
      [`FROM pond.diff_rows(¦'/never.csv', 1, 2)`, 'query.no-such-file', []],
      [`FROM pond.diff_rows('/b.csv', 1, 2, key := ¦'iid')`, 'query.failed', ['id']],
      [`FROM pond.diff_rows('/b.csv', 1, 2, key := ¦'absurd')`, 'query.failed', expect.arrayContaining(['id'])],
      [`FROM pond.diff_rows(¦'/directory', 1)`, 'query.not-a-table', []],
      [`FROM pond.changes(¦'/directory', 1)`, 'query.not-a-table', []],
      [`FROM pond.schema_diff(¦'/directory', 1)`, 'query.not-a-table', []],
      [`FROM pond.diff_rows('/b.csv', 1, 2, key := ¦1)`, 'query.failed', []],
      [`FROM ¦pond.diff_rows('/notes.txt', 3, key := [])`, 'query.failed', []],
      [`FROM ¦pond.changes('/b.csv', 3, 1)`, 'query.failed', []],
      [`FROM ¦pond.diff(1, 2) WITH ORDINALITY`, 'query.failed', []],
      [`SELECT ¦pth FROM pond.diff(1, 2)`, 'query.failed', expect.arrayContaining(['path'])],
      [`SELECT ¦d.pth FROM pond.diff(1, 2) d`, 'query.failed', expect.arrayContaining(['path'])],
    ] as const
    for (const [marked, code, candidates] of cases) {
      const failure = (await test.rows(marked.replace('¦', '')).catch((error: unknown) => error)) as PondError
      expect({ marked, code: failure.code, ...failure.detail }).toMatchObject({
        marked,
        code,
        line: 1,
        column: [...marked.slice(0, marked.indexOf('¦'))].length + 1,
        candidates,
      })
      expect(failure.message).not.toMatch(/duckpond-sql|\$pond|memory\./)
    }
  })
})
