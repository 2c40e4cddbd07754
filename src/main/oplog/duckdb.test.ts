/** DuckDB as a second reader of the Parquet files themselves, those of commits and those of compaction. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../platform/node'
import { OPLOG_COLUMNS } from './data/oplog-table'
import type { ColumnType } from '../tables'
import { FOLDER, Ledger, anyRow, row } from './testing/ledger'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'duckpond-oplog-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

describe('the live data files', () => {
  it('give DuckDB the same rows as us', async () => {
    const storage = nodeStorage(root)
    const world = nodeWorld({ storage })
    const ledger = await Ledger.create(storage, world)
    const rows = fc.sample(anyRow, { numRuns: 120, seed: 7 })
    for (let start = 0; start < 40; start++) await ledger.commit(rows.slice(start * 2, start * 2 + 2))
    expect(await ledger.compact()).toMatchObject({ filesAfter: 1 })
    for (let version = 1; version <= 12; version++) {
      await ledger.commit(
        [1, 2].map((each) => row({ version: 10 * version + each, content: world.random.bytes(60_000) })),
      )
    }
    // Beyond a mebibyte, which another writer merges in another way.
    expect(await ledger.compact()).toMatchObject({ filesBefore: 12, filesAfter: 1 })
    await ledger.commit(rows.slice(80))

    const snapshot = await ledger.table.snapshot()
    const files = snapshot.files.map(({ path }) => join(root, FOLDER, path))
    expect(files.length).toBeGreaterThan(1)
    expect(await duckdbLines(files)).toEqual(ledger.expected())
  })
})

async function duckdbLines(files: readonly string[]): Promise<readonly string[]> {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  try {
    const select = OPLOG_COLUMNS.map(({ name, type }) => {
      if (type === 'timestamp') return `epoch_us(${name})`
      if (type === 'binary') return `base64(${name})`
      // As bytes: the Node API would take a leading byte order mark off.
      return type === 'string' ? `base64(encode(${name}))` : name
    })
    const list = files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ')
    const result = await connection.runAndReadAll(`SELECT ${select.join(', ')} FROM read_parquet([${list}])`)
    return result
      .getRows()
      .map((row) => JSON.stringify(row.map((value, index) => plain(value, OPLOG_COLUMNS[index]!.type))))
      .sort()
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

function plain(value: unknown, type: ColumnType): unknown {
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'string' && type === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value
}
