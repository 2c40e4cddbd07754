/** AT inside a statement, against the moment of a whole statement: two ways to the same rows. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../src/shared/testing/runs'
import { isPondError, type PondError } from '../../src/shared/errors'
import { newPond, type Row, type TestPond } from './pond'

const RUNS = Number(process.env['POND_SQL_RUNS'] ?? runs(2))

/** Every relation, a file, and a glob; `$at` is where the clause goes. */
const STATEMENTS = [
  `SELECT * FROM '/a.csv' $at ORDER BY ALL`,
  `SELECT count(*), sum(id) FROM '/**/*.csv' files $at`,
  `SELECT * FROM oplog_entries $at ORDER BY ALL`,
  `SELECT * FROM oplog_rows $at ORDER BY ALL`,
  `SELECT * FROM directory_entries AS d (a, b, c, d, e) $at ORDER BY ALL`,
  `SELECT * FROM pond.log $at ORDER BY ALL`,
  `SELECT pond.operations.* FROM pond.operations $at ORDER BY ALL`,
  `SELECT * FROM pond.files f $at ORDER BY ALL`,
  `SELECT * FROM memory.pond.file_versions $at ORDER BY ALL`,
  `SELECT * FROM pond.status $at ORDER BY ALL`,
] as const

const change = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    path: fc.constantFrom('/a.csv', '/d/b.csv', '/d/ü.csv'),
    rows: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({ kind: fc.constant('remove' as const), path: fc.constantFrom('/a.csv', '/d/b.csv') }),
  fc.record({
    kind: fc.constant('rename' as const),
    path: fc.constantFrom('/a.csv', '/d/b.csv'),
    to: fc.constant('/d/c.csv'),
  }),
)

async function apply(test: TestPond, each: typeof change extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  try {
    if (each.kind === 'write') {
      const rows = Array.from({ length: each.rows }, (_, id) => `${id},${each.path}\n`)
      await test.write(each.path, `id,v\n${rows.join('')}`)
    } else if (each.kind === 'rename') await test.pond.stage((fs) => fs.rename(each.path, each.to))
    else await test.pond.stage((fs) => fs.remove(each.path))
  } catch (error) {
    // Not every random change is possible.
    if (!isPondError(error)) throw error
  }
}

async function outcome(test: TestPond, sql: string, at: string): Promise<readonly Row[] | string> {
  try {
    return await test.rows(sql, at)
  } catch (error) {
    if (isPondError(error)) return error.code
    throw error
  }
}

it('AT reads what the whole statement reads at that moment', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
      fc.infiniteStream(fc.nat()),
      async (commits, choices) => {
        await using test = await newPond()
        await test.pond.stage((fs) => fs.createDirectory('/d'))
        for (const changes of commits) {
          for (const each of changes) await apply(test, each)
          await test.pond.commit({ message: 'm' })
        }
        for (const each of commits[0]!) await apply(test, each)
        const { version } = await test.pond.info()
        const moments = [...Array.from({ length: version + 1 }, (_, v) => String(v)), 'pending']
        for (const sql of STATEMENTS) {
          const [moment, other] = [choices.next().value, choices.next().value].map((n) => moments[n % moments.length]!)
          const clause = moment === 'pending' ? `AT (VERSION => 'pending')` : `AT (VERSION => ${moment!})`
          const expected = await outcome(test, sql.replace('$at', ''), moment!)
          expect(await outcome(test, sql.replace('$at', clause), other!), `${sql} ${moment!} ${other!}`).toEqual(
            expected,
          )
        }
      },
    ),
    { numRuns: RUNS, ...(process.env['POND_MODEL_SEED'] ? { seed: Number(process.env['POND_MODEL_SEED']) } : {}) },
  )
})

/** `/a.csv` has the id 1 at version 1, 1 and 2 at version 2, and 3 while it is pending. */
async function smallHistory(): Promise<TestPond> {
  const test = await newPond()
  await test.write('/a.csv', 'id,v\n1,x\n')
  await test.commit()
  await test.write('/a.csv', 'id,v\n1,y\n2,z\n')
  await test.commit()
  await test.write('/a.csv', 'id,v\n3,w\n')
  return test
}

const MARK = '¦'

async function failureOf(test: TestPond, marked: string): Promise<PondError> {
  const outcome: unknown = await test.rows(marked.replace(MARK, '')).catch((error: unknown) => error)
  if (!isPondError(outcome)) throw new Error(`no failure: ${marked}`, { cause: outcome })
  return outcome
}

/** The statement with a mark where the failure is said to be. */
function shown(marked: string, { detail }: PondError): string {
  const lines = marked.replace(MARK, '').split('\n')
  const index = Number(detail['line']) - 1
  const characters = [...(lines[index] ?? '')]
  characters.splice(Number(detail['column']) - 1, 0, MARK)
  return lines.with(index, characters.join('')).join('\n')
}

describe('a moment of its own', () => {
  it('can stand wherever a table can', async () => {
    await using test = await smallHistory()
    const cases: readonly (readonly [string, readonly Row[]])[] = [
      [`SELECT id FROM '/a.csv' AT (VERSION => 1)`, [[1]]],
      [`SELECT id FROM '/a.csv' AT (VERSION => 'head') ORDER BY id`, [[1], [2]]],
      [`SELECT id FROM '/a.csv' AT (VERSION => 'HEAD~1')`, [[1]]],
      [`SELECT id FROM '/a.csv' AT (VERSION => '1'::INTEGER)`, [[1]]],
      [`SELECT id FROM '/a.csv' AT (TIMESTAMP => now() + INTERVAL 1 HOUR) ORDER BY 1`, [[1], [2]]],
      [`SELECT "/a.csv".id FROM "/a.csv" AT /* then */ (VERSION -- é\n => 1)`, [[1]]],
      [
        `SELECT o.v, n.v FROM '/a.csv' o AT (VERSION => 1) JOIN '/a.csv' AS n AT (VERSION => 2) USING (id)`,
        [['x', 'y']],
      ],
      [`SELECT o.v, "/a.csv".v FROM '/a.csv' AS o AT (VERSION => 1), '/a.csv'`, [['x', 'w']]],
      [`SELECT x.b FROM '/a.csv' x (a, b) AT (VERSION => 1)`, [['x']]],
      [`WITH w AS (FROM '/a.csv' AT (VERSION => 1)) SELECT v FROM w UNION ALL SELECT v FROM '/a.csv'`, [['x'], ['w']]],
      [`SELECT (SELECT max(id) FROM '/a.csv' AT (VERSION => 2)), (SELECT max(id) FROM '/a.csv')`, [[2, 3]]],
      [`SELECT 1 WHERE EXISTS (FROM '/a.csv' AT (VERSION => 2) WHERE id = 2)`, [[1]]],
      [`SELECT id FROM '/a.csv' AT (VERSION => 2) EXCEPT SELECT id FROM '/a.csv' AT (VERSION => 1)`, [[2]]],
      [`CREATE TEMP VIEW old AS FROM '/a.csv' AT (VERSION => 1); SELECT old.v, n.v FROM old, '/a.csv' n`, [['x', 'w']]],
      [`SELECT column_name FROM (DESCRIBE FROM '/a.csv' AT (VERSION => 1))`, [['id'], ['v']]],
      [`SELECT "count" FROM (SUMMARIZE FROM '/a.csv' AT (VERSION => 2))`, [[2], [2]]],
      [`PIVOT '/a.csv' AT (VERSION => 2) ON v IN ('y', 'z') USING first(id)`, [[1, 2]]],
      [`SELECT count(*) FROM '/a.csv' AT (VERSION => 2) TABLESAMPLE 100%`, [[2]]],
      [
        `SELECT l.n, r.n FROM (SELECT count(*) n FROM pond.log AT (VERSION => 1)) l, (SELECT count(*) n FROM pond.log) r`,
        [[1, 2]],
      ],
      [`SELECT pond.log.version FROM pond.log AT (VERSION => 1)`, [[1]]],
      [`WITH oplog_entries AS (SELECT txn_seq FROM oplog_entries AT (VERSION => 1)) FROM oplog_entries`, [[1]]],
      [
        `SELECT 9007199254740993 + id, 1e5, '/a.csv AT (VERSION => 2)' FROM '/a.csv' AT (VERSION => 1)`,
        [['9007199254740994', 100_000, '/a.csv AT (VERSION => 2)']],
      ],
    ]
    for (const [sql, rows] of cases) expect(await test.rows(sql), sql).toEqual(rows)
    expect(await test.objects(`SELECT 1 + id, sum(id)::DOUBLE FROM '/a.csv' AT (VERSION => 1) GROUP BY id`)).toEqual([
      { '(1 + id)': 2, 'CAST(sum(id) AS "DOUBLE")': 1 },
    ])
    const plan = await test.rows(`EXPLAIN ANALYZE SELECT id FROM '/a.csv' AT (VERSION => 1)`)
    expect(JSON.stringify(plan)).toMatch(/READ_CSV/)
  })

  it('finds the version of a time', async () => {
    await using test = await smallHistory()
    const commits = await test.objects('SELECT version, committed_at FROM pond.log ORDER BY version')
    for (const { version, committed_at: time } of commits) {
      const at = `AT (TIMESTAMP => TIMESTAMPTZ '${String(time)}')`
      expect(await test.rows(`SELECT count(*) FROM '/a.csv' ${at}`)).toEqual([[version]])
      expect(await test.rows(`SELECT count(*) FROM pond.log AT (TIMESTAMP => '${String(time)}')`)).toEqual([[version]])
    }
  })

  it('counts from the head that the statement began with', async () => {
    await using test = await smallHistory()
    const source = await test.pond.source('head')
    await test.commit()
    const read = async (): Promise<unknown[]> => {
      const ids: unknown[] = []
      const stream = await test.pond.queries.stream(source, `SELECT id FROM '/a.csv' AT (VERSION => 'head~1')`)
      for await (const rows of stream.batches) for (const [id] of rows) ids.push(Number(id))
      return ids
    }
    expect(await read()).toEqual([1])
  })

  it('is refused with its place where it cannot be known or does not apply', async () => {
    await using test = await smallHistory()
    const cases = [
      [`SELECT 'é', 1\nFROM '/a.csv' AT (VERSION => ¦9)`, 'steward.unknown-version'],
      [`FROM '/a.csv' AT (VERSION => ¦-1)`, 'steward.bad-time'],
      [`FROM '/a.csv' AT (TIMESTAMP => ¦'1970-01-01')`, 'steward.unknown-version'],
      [`FROM '/a.csv' AT (TIMESTAMP => ¦'soon')`, 'steward.bad-time'],
      [`FROM '/a.csv' AT (TIMESTAMP => TIMESTAMP ¦'soon')`, 'query.failed'],
      [`FROM '/a.csv' AT (TIMESTAMP => ¦1)`, 'query.failed'],
      [`FROM '/a.csv' AT (TIMESTAMP => ¦'head')`, 'query.failed'],
      [`FROM '/a.csv' AT (VERSION => ¦now())`, 'query.failed'],
      [`FROM '/a.csv' AT (VERSION => ¦1.5)`, 'query.failed'],
      [`FROM '/a.csv' AT (VERSION => ¦NULL)`, 'query.failed'],
      [`FROM ¦'/a.csv' AT (VERSION => $1)`, 'query.failed'],
      [`FROM '/a.csv' AT (VERSION => ¦(SELECT 1))`, 'query.failed'],
      [`FROM '/a.csv' x, '/a.csv' AT (VERSION => ¦x.id)`, 'query.failed'],
      [`FROM '/a.csv' AT (VERSION => ¦getvariable('v'))`, 'query.failed'],
      [`WITH w AS (SELECT 1) FROM ¦w AT (VERSION => 1)`, 'query.failed'],
      [`CREATE TEMP VIEW w AS SELECT 1; FROM ¦w AT (VERSION => 1)`, 'query.failed'],
      [`FROM ¦pond.fils AT (VERSION => 1)`, 'query.failed'],
      [`FROM ¦information_schema.tables AT (VERSION => 1)`, 'query.failed'],
      [`FROM ¦'/b.csv' AT (VERSION => 1)`, 'query.no-such-file'],
      [`PIVOT '/a.csv' ¦AT (VERSION => 2) ON v USING first(id)`, 'query.failed'],
      [`DESCRIBE '/a.csv' ¦AT (VERSION => 2)`, 'query.syntax'],
      [`FROM '/a.csv' AT (¦CHANGE => 2)`, 'query.syntax'],
      // A space that DuckDB knows and we do not: what is not understood does not run.
      [`SELECT 1\nFROM ¦'/a.csv'\u200bAT (VERSION => 1)`, 'query.failed'],
    ] as const
    for (const [marked, code] of cases) {
      const failure = await failureOf(test, marked)
      expect([marked, failure.code, shown(marked, failure)]).toEqual([marked, code, marked])
    }
    await expect(test.rows(`FROM pond.fils AT (VERSION => 1)`)).rejects.toMatchObject({
      detail: { candidates: ['pond.files'] },
    })
  })

  it('leaves the places and the names in later errors as they were written', async () => {
    await using test = await smallHistory()
    const cases = [
      `SELECT 'é😀', ¦nothere FROM '/a.csv' AT (VERSION => 1)`,
      `SELECT 1 FROM '/a.csv' a AT (VERSION => 1)\nJOIN '/a.csv' AT (VERSION => 2) ¦b ON`,
      `SELECT 1 FROM '/a.csv' a AT (VERSION => 1)\n  JOIN '/a.csv' b AT (VERSION => 2) ON ¦a.nope = b.id`,
      `SELECT ¦f.nope\nFROM pond.files f AT (VERSION => 1)`,
      `FROM pond.files AT (VERSION => 1) WHERE ¦pond.files.nope = 1`,
      `SELECT 1;\nFROM pond.log AT (VERSION => 1), '/a.csv' AT (VERSION => 1) WHERE ¦nope`,
    ] as const
    for (const marked of cases) {
      const failure = await failureOf(test, marked)
      expect(shown(marked, failure)).toBe(marked)
      expect(failure.message + JSON.stringify(failure.detail)).not.toMatch(/version \d|\$pond|\(2\)|duckpond-sql/)
    }
  })
})
