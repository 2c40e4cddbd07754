/**
 * What SQL must not do through the doors that read other moments: arguments, paths and names are text of
 * the user's, and end up in SQL of ours. A secret outside of the pond, and a file of the pond that no statement
 * names, must stay unread; nothing may be written.
 */
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isPondError, type PondError } from '../../src/shared/errors'
import { newPond, type TestPond } from './pond'

const SECRET = 'the-secret-of-another-folder'
/** Names that break out of every kind of quotes, if they are put into SQL as they are. */
const EVIL = [
  `/a'; COPY (SELECT 1) TO 'written.csv'; --.csv`,
  `/"; FROM read_text('secret.txt'); --.csv`,
  `/$$ or (b) $db "$pond".rows.csv`,
  `/x" (2).csv`,
  `/'||(SELECT content FROM read_text('secret.txt'))||'.csv`,
]
let test: TestPond
let secret: string

beforeAll(async () => {
  test = await newPond()
  secret = join(test.folder, 'secret.txt')
  await writeFile(secret, SECRET)
  for (const name of EVIL) await test.write(name, `id,"it's ""x"""\n1,a\n`)
  await test.write('/own.csv', 'id\n1\n')
  await test.write('/unnamed.txt', `${SECRET} ${'x'.repeat(70_000)}`)
  await test.commit()
  for (const name of EVIL) await test.write(name, `id,"it's ""x"""\n1,b\n`)
  await test.write('/own.csv', 'id\n2\n')
  await test.commit()
})
afterAll(() => test[Symbol.asyncDispose]())

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

it.each(EVIL)('a file called %s is read by its name alone', async (name) => {
  const path = literal(name)
  expect(await test.rows(`SELECT o.*, n.* FROM ${path} o AT (VERSION => 1), ${path} n`)).toEqual([[1, 'a', 1, 'b']])
  expect(await test.rows(`FROM pond.diff_rows(${path}, 1, 2, key := 'id')`)).toEqual([['modified', 1, 1, 'a', 'b']])
  expect(await test.rows(`FROM pond.diff_rows(${path}, 1, 2, key := ['id', 'it''s "x"']) ORDER BY 1`)).toHaveLength(2)
  expect(await test.rows(`SELECT _change_type FROM pond.changes(${path}, 0, 1)`)).toEqual([['insert']])
  expect(await test.rows(`SELECT change FROM pond.history(${path})`)).toEqual([['added'], ['modified']])
  expect(await test.rows(`SELECT column_name FROM pond.columns(${path})`)).toEqual([['id'], [`it's "x"`]])
  expect(await test.rows(`FROM pond.schema_diff(${path}, 1, 2)`)).toEqual([])
})

it('an argument cannot bring SQL along', async () => {
  const texts = [
    `x'); COPY (SELECT 1) TO 'written.csv'; --`,
    `1) UNION ALL SELECT content FROM read_text('${secret}') --`,
    `"; DROP VIEW oplog_rows; --`,
    `head~1'; ATTACH 'written.db'`,
    `$db`,
  ]
  const doors = (text: string): string[] => [
    `FROM '/own.csv' AT (VERSION => ${text})`,
    `FROM '/own.csv' AT (TIMESTAMP => ${text})`,
    `FROM pond.files AT (VERSION => ${text})`,
    `FROM pond.files_at(${text})`,
    `FROM pond.diff(${text}, 1)`,
    `FROM pond.diff_rows('/own.csv', 1, ${text})`,
    `FROM pond.diff_rows('/own.csv', 1, 2, key := ${text})`,
    `FROM pond.diff_rows('/own.csv', 1, 2, key := ['id', ${text}])`,
    `FROM pond.changes(${text}, 1, 2)`,
    `FROM pond.history(${text})`,
    `FROM pond.columns(${text})`,
    `FROM pond.schema_diff(${text}, 1, 2)`,
  ]
  for (const text of texts) for (const sql of doors(literal(text))) await refused(sql)
})

it('nothing outside of the pond, or of it that is not named, is reached', async () => {
  const blob = (await readdir(test.folder, { recursive: true })).find((name) => /large\/.*[0-9a-f]{64}/.test(name))
  const host = [
    secret,
    `${test.folder}/*`,
    `../secret.txt`,
    `file://${secret}`,
    ...(blob ? [join(test.folder, blob)] : []),
  ]
  expect(blob).toBeDefined()
  for (const path of host.map(literal)) {
    await refused(`FROM ${path} AT (VERSION => 1)`)
    for (const call of [
      `columns(${path})`,
      `history(${path})`,
      `diff_rows(${path}, 1, 2)`,
      `changes(${path}, 1, 2)`,
      `schema_diff(${path}, 1, 2)`,
    ])
      await refused(`FROM pond.${call}`)
  }
  const others = [
    `FROM '/own.csv' AT (VERSION => (SELECT count(*) FROM read_text('${secret}')))`,
    `FROM pond.columns(getenv('HOME'))`,
    `FROM pond.columns(current_setting('temp_directory'))`,
    `FROM pond.diff(pg_sleep(1), 2)`,
    `FROM '/own.csv' AT (VERSION => repeat('1', 1000000000))`,
    `FROM "version 1"."$pond".rows`,
    `CREATE TEMP VIEW "/own.csv" AS FROM read_text('${secret}'); FROM '/own.csv' AT (VERSION => 1)`,
    `CREATE VIEW "version 1".main.x AS SELECT 1`,
    `ATTACH ':memory:' AS x`,
    `DETACH "version 1"`,
    `USE "version 1"`,
    `FROM pond.diff_rows('/own.csv', 1, 2); COPY (SELECT 1) TO 'written.csv'`,
    `COPY (FROM '/own.csv' AT (VERSION => 1)) TO 'written.csv'`,
    `EXPLAIN ANALYZE COPY (FROM pond.diff(1, 2)) TO 'written.csv'`,
    `PIVOT pond.diff_rows('/own.csv', 1, (SELECT 2)) ON change USING count(*)`,
  ]
  for (const sql of others) await refused(sql)
  expect(await test.rows(`FROM '/own.csv' AT (VERSION => 1)`)).toEqual([[1]])
})

/** It ends in a coded error that shows nothing, and leaves nothing behind. */
async function refused(sql: string): Promise<void> {
  const before = await listed()
  let failure: PondError | undefined
  let shown = ''
  try {
    shown = JSON.stringify(await test.rows(sql))
  } catch (error) {
    if (!isPondError(error)) throw error
    failure = error
  }
  expect(`${shown}${failure?.message}${JSON.stringify(failure?.detail)}`, sql).not.toContain(SECRET)
  expect(failure?.code, sql).toMatch(
    /^(query\.(not-allowed|no-such-file|failed|syntax|not-a-table)|steward\.bad-time|tinyfs\.)/,
  )
  expect(await listed(), sql).toEqual(before)
}

async function listed(): Promise<string[]> {
  const [pond, here] = [await readdir(test.folder), await readdir('.')]
  return [...pond, ...here.filter((name) => name.startsWith('written'))].sort()
}
