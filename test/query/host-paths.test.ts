/** Names of files of this machine stay out of what SQL shows, and a damaged table is named as such. */
import { readdir, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { newPond } from './pond'

it('no result shows where the pond keeps its files', async () => {
  await using test = await newPond()
  await test.write('/weather.csv', 'a\n1\n')
  await test.write('/t.parquet', 'PAR1 it is not')
  await test.commit()
  for (const sql of [
    `EXPLAIN FROM '/weather.csv'`,
    `EXPLAIN ANALYZE FROM '/weather.csv' a JOIN '/weather.csv' b USING (a)`,
    `EXPLAIN ANALYZE FROM oplog_rows`,
    `EXPLAIN (FORMAT json) FROM oplog_entries`,
    `EXPLAIN (ANALYZE, FORMAT json) FROM '/weather.csv', oplog_rows`,
    `SELECT v.sql FROM duckdb_views() v, '/weather.csv' WHERE NOT internal`,
    `SELECT view_definition FROM information_schema.views, '/weather.csv'`,
    `FROM '/t.parquet'`,
    `SELECT nothing FROM read_csv('/weather.csv', columns = {'a': 'DATE'})`,
    `FROM read_csv('/weather.csv', columns = {'a': 'DATE'})`,
  ]) {
    const shown = await test.rows(sql).then(JSON.stringify, (error: unknown) => JSON.stringify(error) + String(error))
    const flat = shown.replaceAll(/\\n|[\s│]/g, '')
    expect(flat, sql).not.toContain(test.folder)
  }
  const analyzed = JSON.stringify(await test.rows(`EXPLAIN ANALYZE FROM '/weather.csv'`))
  expect(analyzed).toContain('/weather.csv')
  expect(JSON.stringify(await test.rows(`SELECT v.sql FROM duckdb_views() v, '/weather.csv'`))).toContain(
    '/weather.csv',
  )
})

it('a data file that is missing or cut is an error of the table, and named', async () => {
  await using test = await newPond()
  await test.write('/a.csv', 'a\n1\n')
  await test.commit()
  const data = join(test.folder, 'data')
  const file = (await readdir(data)).find((name) => name.endsWith('.parquet'))!
  await truncate(join(data, file), 100)
  const cut = { code: 'oplog.corrupt-data', detail: { file: `data/${file}` } }
  await expect(test.rows('SELECT count(*) FROM oplog_rows', 'head')).rejects.toMatchObject(cut)
  await rm(join(data, file))
  const missing = test.rows('SELECT count(*) FROM oplog_rows', 'head')
  await expect(missing).rejects.toMatchObject({ code: 'oplog.missing-data', detail: { file: `data/${file}` } })
  await expect(missing).rejects.toMatchObject({ message: expect.not.stringContaining(test.folder) })
})
