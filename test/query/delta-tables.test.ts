/** Delta tables that are stored in a pond, made by hand as other engines make them, read by `delta('/folder')`. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newPond, type TestPond } from './pond'

const root = await mkdtemp(join(tmpdir(), 'duckpond-delta-'))
afterAll(() => rm(root, { recursive: true, force: true }))

const PARQUET: Record<string, Uint8Array> = {}
beforeAll(async () => {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  await connection.run(`SET TimeZone = 'UTC'`)
  for (const [name, sql] of Object.entries({
    one: `SELECT 1::BIGINT AS id, 'a' AS name, TIMESTAMPTZ '2026-01-01 12:00:00+00' AS at`,
    two: `SELECT 2::BIGINT AS id, 'b' AS name, TIMESTAMP '2026-01-01 12:00:00' AS at`,
    early: `SELECT 3::INTEGER AS id`,
    nested: `SELECT 1::BIGINT AS id, {'x': [1, 2]} AS s`,
  })) {
    const file = join(root, `${name}.parquet`)
    await connection.run(`COPY (${sql}) TO '${file}' (FORMAT parquet)`)
    PARQUET[name] = await readFile(file)
  }
  connection.closeSync()
  instance.closeSync()
})

const field = (name: string, type: unknown) => ({ name, type, nullable: true, metadata: {} })
const FIELDS = [field('id', 'long'), field('name', 'string'), field('at', 'timestamp'), field('day', 'date')]
const protocol = (fields: object = {}) => ({ protocol: { minReaderVersion: 1, minWriterVersion: 2, ...fields } })
const metaData = (fields = FIELDS, configuration = {}, partitionColumns: readonly string[] = ['day']) => ({
  metaData: {
    id: 'x',
    format: { provider: 'parquet', options: {} },
    schemaString: JSON.stringify({ type: 'struct', fields }),
    partitionColumns,
    configuration,
  },
})
const add = (path: string, more: object = {}) => ({
  add: { path, partitionValues: { day: '2026-01-01' }, size: 1, modificationTime: 1, dataChange: true, ...more },
})
const remove = (path: string) => ({ remove: { path, dataChange: true } })

async function table(test: TestPond, entries: Readonly<Record<string, readonly object[]>>): Promise<void> {
  await test.pond.stage(async (fs) => {
    for (const directory of ['/t', '/t/_delta_log', '/t/day=2026-01-01']) await fs.createDirectory(directory)
  })
  for (const [version, actions] of Object.entries(entries))
    await test.write(
      `/t/_delta_log/${version.padStart(20, '0')}.json`,
      actions.map((action) => `${JSON.stringify(action)}\n`).join(''),
    )
  for (const [name, bytes] of Object.entries(PARQUET)) await test.write(`/t/day=2026-01-01/${name} 1.parquet`, bytes)
}
const path = (name: string): string => `day=2026-01-01/${name}%201.parquet`

describe('delta()', () => {
  it('reads what the newest version has, each file by its own types, and partitions', async () => {
    await using test = await newPond()
    await table(test, {
      0: [protocol(), metaData(), add(path('one')), add(path('nested'))],
      1: [add(path('two')), remove(path('nested')), add(path('early'), { partitionValues: { day: null } })],
    })
    const rows = [
      [1, 'a', '2026-01-01T12:00:00Z', '2026-01-01'],
      [2, 'b', '2026-01-01T12:00:00Z', '2026-01-01'],
      [3, null, null, null],
    ]
    expect(await test.rows(`SELECT * FROM delta('/t') ORDER BY id`)).toEqual(rows)
    expect(await test.rows(`SELECT * FROM delta_scan('/t/') ORDER BY id`)).toEqual(rows)
    expect(await test.rows(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM delta('/t'))`)).toEqual([
      ['id', 'BIGINT'],
      ['name', 'VARCHAR'],
      ['at', 'TIMESTAMP WITH TIME ZONE'],
      ['day', 'DATE'],
    ])
    await test.commit()
    await test.pond.stage((fs) => fs.remove('/t', { recursive: true }))
    await test.commit()
    expect(await test.rows(`SELECT count(*) FROM delta('/t')`, '1')).toEqual([[3]])
  })

  it('reads an empty table and nested columns', async () => {
    await using test = await newPond()
    const struct = {
      type: 'struct',
      fields: [field('x', { type: 'array', elementType: 'integer', containsNull: true })],
    }
    await table(test, {
      0: [protocol(), metaData([field('id', 'long'), field('s', struct)], {}, [])],
      1: [add(path('nested'), { partitionValues: {} }), add(path('one'), { partitionValues: {} })],
    })
    expect(await test.rows(`SELECT id, s.x FROM delta('/t') ORDER BY s IS NULL`)).toEqual([
      [1, [1, 2]],
      [1, null],
    ])
    await test.write(
      '/t/_delta_log/00000000000000000002.json',
      [remove(path('nested')), remove(path('one'))].map((a) => JSON.stringify(a)).join('\n'),
    )
    expect(await test.rows(`SELECT count(*), count(id) FROM delta('/t')`)).toEqual([[0, 0]])
  })

  it.each([
    [
      'deletion vectors',
      [
        protocol({ minReaderVersion: 3, readerFeatures: ['deletionVectors'] }),
        metaData(),
        add(path('one'), { deletionVector: { storageType: 'u' } }),
      ],
      'oplog.unsupported',
    ],
    [
      'column mapping',
      [protocol({ minReaderVersion: 2 }), metaData(FIELDS, { 'delta.columnMapping.mode': 'name' })],
      'oplog.unsupported',
    ],
    [
      'a feature of tomorrow',
      [protocol({ minReaderVersion: 3, readerFeatures: ['teleport'] }), metaData()],
      'oplog.unsupported',
    ],
    ['a path outside', [protocol(), metaData(), add('../x')], 'oplog.unsafe-path'],
    ['no schema', [protocol()], 'oplog.corrupt-log'],
    ['a file that is not there', [protocol(), metaData(), add('gone.parquet')], 'query.no-such-file'],
  ])('refuses a table with %s by code', async (_, actions, code) => {
    await using test = await newPond()
    await table(test, { 0: actions as object[] })
    await expect(test.rows(`FROM delta('/t')`)).rejects.toMatchObject({ code })
  })

  it('refuses what is no table, a log with a gap, and other arguments', async () => {
    await using test = await newPond()
    await table(test, { 0: [protocol(), metaData()], 2: [add(path('one'))] })
    await expect(test.rows(`FROM delta('/t')`)).rejects.toMatchObject({ code: 'oplog.corrupt-log' })
    await expect(test.rows(`FROM delta('/t/day=2026-01-01')`)).rejects.toMatchObject({ code: 'query.not-a-table' })
    await expect(test.rows(`FROM delta('/nowhere')`)).rejects.toMatchObject({ code: 'query.not-a-table' })
    await expect(test.rows(`FROM delta('s3://bucket/t')`)).rejects.toMatchObject({ code: 'query.failed' })
    await expect(test.rows(`FROM delta_scan('/t', version = 1)`)).rejects.toMatchObject({ code: 'query.failed' })
    await expect(test.rows(`FROM delta('/' || 't')`)).rejects.toMatchObject({ code: 'query.not-allowed' })
  })

  it('reads a pond that is stored in a pond, from its checkpoint where the entries before are gone', async () => {
    await using test = await newPond()
    await using inner = await newPond()
    for (const name of ['a', 'b']) {
      await inner.write(`/${name}`, name)
      await inner.commit(name)
    }
    await inner.pond.checkpoint()
    await inner.write('/c', 'c')
    await inner.commit('c')
    const data = join(inner.folder, 'data')
    await test.pond.stage(async (fs) => {
      await fs.createDirectory('/p')
      await fs.createDirectory('/p/_delta_log')
    })
    for (const name of await readdir(data, { recursive: true })) {
      if (name === '_delta_log' || /0{19}[0-2]\.json$/.test(name)) continue
      await test.write(`/p/${name}`, await readFile(join(data, name)))
    }
    const expected = await inner.rows('SELECT path, txn_seq, timestamp FROM oplog_rows ORDER BY node_id, version')
    expect(await test.rows(`SELECT path, txn_seq, timestamp FROM delta('/p') ORDER BY node_id, version`)).toEqual(
      expected,
    )
  })
})

it('a pattern beside a Delta log says that it does not see the log', async () => {
  await using test = await newPond()
  await table(test, { 0: [protocol(), metaData(), add(path('one'))] })
  test.pond.takeNotices()
  await test.rows(`SELECT count(*) FROM '/t/**/o*.parquet'`)
  expect(test.pond.takeNotices()).toEqual([expect.stringContaining(`delta('/t')`)])
  await test.rows(`SELECT count(*) FROM '/t/day=2026-01-01/one 1.parquet'`)
  await test.rows(`FROM delta('/t')`)
  expect(test.pond.takeNotices()).toEqual([])
})
