/** The column `content` of what is pending is filled for those statements that may look at it, and no others. */
import { expect, it } from 'vitest'
import { newPond, type TestPond } from './pond'

async function run(test: TestPond, sql: string): Promise<{ asked: boolean; rows: unknown[][] }> {
  const source = await test.pond.source('pending')
  let asked = false
  const pendingRows: typeof source.pendingRows = (options) => {
    asked ||= options.content
    return source.pendingRows(options)
  }
  const stream = await test.pond.queries.stream({ ...source, pendingRows }, sql)
  const rows: unknown[][] = []
  for await (const batch of stream.batches) rows.push(...batch.map((row) => [...row]))
  return { asked, rows }
}

/** Each must see the 5 bytes of the pending file, by whatever way it comes to the column. */
const READ = [
  'SELECT content AS x FROM oplog_entries',
  'SELECT o.CONTENT AS x FROM oplog_entries o',
  'SELECT "content" AS x FROM oplog_entries',
  'SELECT x FROM (SELECT * FROM oplog_entries) AS o(a, b, c, d, e, x)',
  'SELECT x.content AS x FROM (SELECT o AS x FROM oplog_entries o)',
  `SELECT struct_extract(o, 'con' || 'tent') AS x FROM oplog_entries o`,
  'SELECT #6 AS x FROM oplog_entries',
  "SELECT COLUMNS(lambda c: c = 'con' || 'tent') AS x FROM oplog_entries",
  'FROM oplog_entries SELECT list(content)[1] AS x',
  'WITH e AS (TABLE oplog_entries) SELECT any_value(content) AS x FROM e',
  'SELECT any_value(x) AS x FROM pond.files f, (SELECT content AS x FROM main.oplog_entries)',
  'SELECT e.* AS x FROM (SELECT content FROM oplog_entries) e',
  'SELECT value AS x FROM (UNPIVOT (SELECT content FROM oplog_entries) ON COLUMNS(*))',
  'CREATE TEMP VIEW v AS FROM oplog_entries; SELECT content AS x FROM v',
  "SELECT content AS x FROM oplog_entries AT (VERSION => 'pending')",
]

const NOT_READ = [
  'SELECT count(*) FROM oplog_entries',
  'SELECT path, size, sha256 FROM oplog_entries WHERE is_pending ORDER BY path',
  'SELECT f.path, l.message FROM pond.files f LEFT JOIN pond.log l ON l.version = f.modified_version',
  'SELECT operation, count(*), max(size) FROM oplog_entries o GROUP BY ALL',
  'SELECT old_path, seq FROM pond.operations',
]

it('every way to the content of a pending file leads to it', async () => {
  await using test = await newPond()
  await test.write('/a', 'hello')
  for (const sql of READ) {
    const { asked, rows } = await run(test, sql)
    expect(asked, sql).toBe(true)
    expect(Buffer.from((rows[0]!.at(-1) as { bytes: Uint8Array }).bytes).toString(), sql).toBe('hello')
  }
  const [whole] = await test.objects('FROM oplog_entries')
  expect(whole!['content']).toBe(Buffer.from('hello').toString('base64'))
})

it('nobody else waits for it', async () => {
  await using test = await newPond()
  await test.write('/a', 'hello')
  for (const sql of NOT_READ) expect((await run(test, sql)).asked, sql).toBe(false)
})
