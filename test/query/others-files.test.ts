/** SQL over data files that another engine's rearrangement brought, whose types of columns are others, whatever the time zone. */
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newPond, type TestPond } from './pond'

const ZONE = process.env['TZ']
beforeAll(() => {
  process.env['TZ'] = 'Asia/Tokyo'
})
afterAll(() => {
  if (ZONE === undefined) delete process.env['TZ']
  else process.env['TZ'] = ZONE
})

/** Puts the rows of the first commit into a file of another program. `columns` is over the columns of its file. */
async function rearrange({ folder }: TestPond, columns: string, partitionValues = {}): Promise<void> {
  const data = join(folder, 'data')
  const [first] = (await readFile(join(data, '_delta_log/00000000000000000001.json'), 'utf8'))
    .split('\n')
    .filter((line) => line.includes('"add"'))
    .map((line) => (JSON.parse(line) as { add: { path: string } }).add.path)
  const target = join(data, 'part-0.parquet')
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  await connection.run(`SET TimeZone = 'UTC'`)
  await connection.run(
    `COPY (SELECT ${columns} FROM read_parquet('${join(data, first!)}')) TO '${target}' (FORMAT parquet)`,
  )
  connection.closeSync()
  instance.closeSync()
  const version = (await readdir(join(data, '_delta_log'))).filter((name) => name.endsWith('.json')).length
  const { length: size } = await readFile(target)
  const entry = [
    { commitInfo: { timestamp: 1, operation: 'OPTIMIZE', engineInfo: 'Another/1.0' } },
    { remove: { path: first, deletionTimestamp: 1, dataChange: false } },
    { add: { path: 'part-0.parquet', partitionValues, size, modificationTime: 1, dataChange: false } },
  ]
  const text = entry.map((action) => `${JSON.stringify(action)}\n`).join('')
  await writeFile(join(data, '_delta_log', `${String(version).padStart(20, '0')}.json`), text)
}

const QUESTIONS = [
  'SELECT * EXCLUDE (content), epoch_us(timestamp) FROM oplog_rows ORDER BY node_id, version',
  'SELECT version, committed_at, message FROM pond.log ORDER BY version',
  'SELECT path, modified_at FROM pond.files ORDER BY path',
  `SELECT count(*) FROM oplog_rows WHERE timestamp > TIMESTAMPTZ '2026-01-01'`,
]

it.each([
  ['instants without a zone', `* REPLACE (timestamp::TIMESTAMP AS timestamp)`, {}],
  ['nanoseconds without a zone', `* REPLACE (timestamp::TIMESTAMP::TIMESTAMP_NS AS timestamp)`, {}],
  ['shorter integers', `* REPLACE (version::INTEGER AS version, txn_seq::INTEGER AS txn_seq)`, {}],
  ['another order of columns', `path, name, * EXCLUDE (path, name)`, {}],
  ['a partition', `* EXCLUDE (max_event_time)`, { max_event_time: null }],
])('gives the same rows from a file with %s', async (_, columns, partitionValues) => {
  await using test = await newPond()
  for (const name of ['a', 'b', 'c']) {
    await test.write(`/${name}`, name)
    await test.commit(name)
  }
  const before = await Promise.all(QUESTIONS.map((sql) => test.rows(sql)))
  await rearrange(test, columns, partitionValues)
  await test.reopen()
  expect((await test.pond.info()).readOnly).toBeNull()
  expect(await Promise.all(QUESTIONS.map((sql) => test.rows(sql)))).toEqual(before)
  expect(await test.rows(QUESTIONS[0]!, '1')).toEqual(before[0]!.filter((row) => Number(row[10]) === 1))
  await test.pond.compact()
  expect(await Promise.all(QUESTIONS.map((sql) => test.rows(sql)))).toEqual(before)
})
