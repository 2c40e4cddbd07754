/**
 * Two-layer storage: the inner layer (what a directory contains, as Arrow) gains a column while the table
 * around it stays as it is. A newer program is played by taking a commit and writing it again with a
 * column more in its directories; this program reads both, and so does SQL.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Table, tableFromIPC, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow'
import { expect, it } from 'vitest'
import { OplogTable, type OplogRow } from '../../src/main/oplog'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { openPond, toJson, type Pond } from '../../src/main/pond'
import { newPond } from './pond'

it('directories gain a column without a change of the table, and old and new rows read together', async () => {
  await using test = await newPond()
  const folder = await mkdtemp(join(tmpdir(), 'duckpond-evolved-'))
  try {
    await test.pond.stage(async (fs) => void (await fs.createDirectory('/old')))
    await test.write('/old/a.csv', 'n\n1\n')
    await test.write('/b.csv', 'n\n2\n')
    await test.commit()
    await cp(test.folder, folder, { recursive: true })
    await test.write('/old/c.csv', 'n\n3\n')
    await test.pond.stage(async (fs) => {
      await fs.remove('/b.csv')
      await fs.createDirectory('/new')
      await fs.createSymlink('/new/link', '../old/a.csv')
    })
    await test.commit()
    const changed = await commitAsNewerProgram(test.folder, folder)
    expect(changed).toBeGreaterThan(2)

    const evolved = await openPond(nodeWorld({ storage: nodeStorage(folder), user: 'tester' }))
    try {
      for (const at of ['1', '2', 'head']) expect(await tree(evolved, at), at).toEqual(await tree(test.pond, at))
      for (const at of ['1', '2']) {
        const entries = 'FROM directory_entries ORDER BY ALL'
        expect(await rows(evolved, entries, at)).toEqual(await rows(test.pond, entries, at))
      }
      const decoded = `SELECT version, name, origin FROM pond.ipc((SELECT txn_seq AS version, content FROM oplog_rows
        WHERE file_type = 'directory' AND content IS NOT NULL)) ORDER BY version, name`
      expect(await rows(evolved, decoded, 'head')).toEqual([
        [1, 'a.csv', null],
        [1, 'b.csv', null],
        [1, 'old', null],
        [2, 'b.csv', 'newer'],
        [2, 'c.csv', 'newer'],
        [2, 'link', 'newer'],
        [2, 'new', 'newer'],
      ])
      const table = 'DESCRIBE oplog_rows'
      expect(await rows(evolved, table, 'head')).toEqual(await rows(test.pond, table, 'head'))
      // And it goes on from there.
      await evolved.stage(async (fs) => void (await fs.createDirectory('/new/more')))
      expect(await evolved.commit({ message: 'on' })).toMatchObject({ outcome: 'committed', version: 3 })
      expect((await evolved.list('/new')).map(({ name }) => name)).toEqual(['link', 'more'])
    } finally {
      await evolved.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

/** Writes version 2 of one pond into another that ends at version 1, with a column more in its directories. */
async function commitAsNewerProgram(from: string, to: string): Promise<number> {
  const world = nodeWorld({ storage: nodeStorage(to) })
  const source = await (await OplogTable.open(nodeStorage(from), 'data', world)).snapshot()
  const rows: OplogRow[] = []
  let changed = 0
  for await (const batch of source.scan({ txnSeqAbove: 1 })) {
    for (const { address, ...row } of batch) {
      const content = await source.contentOf(address)
      const isDirectory = row.fileType === 'directory' && content !== null
      if (isDirectory) changed++
      rows.push({ ...row, content: isDirectory ? withColumn(content) : content })
    }
  }
  const { nodeId: transactionId, timestamp: committedAtUs } = rows.find(({ operation }) => operation === 'commit')!
  const target = await OplogTable.open(nodeStorage(to), 'data', world)
  const on = await target.snapshot()
  const pond = { version: 2, transactionId, committedAtUs }
  const result = await target.commit({ on, rows, pond, operation: 'WRITE', parameters: { mode: 'Append' } })
  expect(result.outcome).toBe('committed')
  return changed
}

function withColumn(content: Uint8Array): Uint8Array {
  const table = tableFromIPC(content)
  const origin = vectorFromArray(
    Array.from({ length: table.numRows }, () => 'newer'),
    new Utf8(),
  )
  const columns = Object.fromEntries(table.schema.fields.map(({ name }) => [name, table.getChild(name)!]))
  const wider = new Table({ origin, ...columns })
  for (const [key, value] of table.schema.metadata) wider.schema.metadata.set(key, value)
  return tableToIPC(wider, 'stream')
}

async function tree(pond: Pond, at: string): Promise<unknown[]> {
  const entries = await pond.glob('/**', { at })
  return entries.map(({ path, fileType, nodeId, sha256, target }) => ({ path, fileType, nodeId, sha256, target }))
}

async function rows(pond: Pond, sql: string, at: string): Promise<unknown[][]> {
  const stream = await pond.queries.stream(await pond.source(at), sql)
  const found: unknown[][] = []
  for await (const batch of stream.batches) {
    for (const row of batch) found.push(row.map((value, i) => toJson(value, stream.columns[i]!.type)))
  }
  return found
}
