/** Longer than 350 lines because it says what a table promises, one sentence and one test for each promise. */
import fc from 'fast-check'
import { ByteWriter, parquetWrite } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { runs } from '../../shared/testing/runs'
import { isPondError, PondError, type ErrorCode } from '../../shared/errors'
import { memoryLog } from '../diagnostics'
import { SimStorage, simWorld } from '../platform/sim'
import type { Storage } from '../platform/storage'
import { toInt64 } from './data/parquet-write'
import { OplogTable } from './table'
import { OPLOG_COLUMNS } from './data/oplog-table'
import { parquetSchema } from '../tables'
import { override } from './testing/storage'
import { FOLDER, Ledger, PARTS, anyRow, read, row } from './testing/ledger'

const LOG = `${FOLDER}/_delta_log`
const coded = (code: ErrorCode) => expect.toSatisfy((error) => isPondError(error, code)) as Error
const commitFile = (version: number) => `${LOG}/${String(version).padStart(20, '0')}.json`

async function writeFile(storage: Storage, path: string, content: string | Uint8Array): Promise<void> {
  const file = await storage.create(path)
  await file.write(typeof content === 'string' ? new TextEncoder().encode(content) : content)
  await file.sync()
  await file.close()
}

/** What another Delta engine might write as the next version. */
async function foreignCommit(ledger: Ledger, ...actions: readonly object[]): Promise<void> {
  const { deltaVersion } = await ledger.table.snapshot()
  const lines = [{ commitInfo: { timestamp: 1, operation: 'WRITE', engineInfo: 'Another/1.0' } }, ...actions]
  await writeFile(
    ledger.storage,
    commitFile(deltaVersion + 1),
    lines.map((line) => JSON.stringify(line) + '\n').join(''),
  )
}

const foreignAdd = (path: string, fields: object = {}) => ({
  add: { path, partitionValues: {}, size: 1, modificationTime: 1, dataChange: true, ...fields },
})

describe('a new table', () => {
  it('is Delta version 0, pond version 0 and empty', async () => {
    const { table } = await Ledger.create()
    const snapshot = await table.snapshot()
    expect(snapshot).toMatchObject({
      deltaVersion: 0,
      pondVersion: 0,
      lastTransactionId: null,
      foreign: null,
      files: [],
    })
    expect(await read(snapshot)).toEqual([])
  })

  it('says protocol, schema and properties as other engines expect them', async () => {
    const { storage } = await Ledger.create()
    const text = new TextDecoder().decode(await storage.readFile(commitFile(0)))
    expect(text.endsWith('\n')).toBe(true)
    const [info, protocol, metaData] = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, never>)
    expect(info).toMatchObject({
      commitInfo: { engineInfo: expect.stringMatching(/^DuckPond\//), pond: { version: 0 } },
    })
    expect(protocol).toEqual({ protocol: { minReaderVersion: 1, minWriterVersion: 2 } })
    expect(metaData).toMatchObject({
      metaData: {
        format: { provider: 'parquet', options: {} },
        partitionColumns: [],
        configuration: { 'delta.appendOnly': 'true', 'delta.enableExpiredLogCleanup': 'false' },
      },
    })
    const schema = JSON.parse(
      String((metaData as unknown as { metaData: { schemaString: string } }).metaData.schemaString),
    ) as {
      fields: { name: string; type: string; nullable: boolean }[]
    }
    expect(schema.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'part_id string',
      'node_id string',
      'file_type string',
      'timestamp timestamp',
      'version long',
      'content binary',
      'sha256 string',
      'size long',
      'min_event_time long',
      'max_event_time long',
      'extended_attributes string',
      'txn_seq long',
      'operation string',
      'name string',
      'path string',
    ])
    expect(schema.fields.every(({ nullable }) => nullable)).toBe(true)
  })

  it('is completed where an earlier attempt left version 0, and refused where another table is', async () => {
    const storage = new SimStorage()
    await OplogTable.create(storage, FOLDER, simWorld({ seed: 1 }))
    const again = await OplogTable.create(storage, FOLDER, simWorld({ seed: 2 }))
    expect((await again.snapshot()).deltaVersion).toBe(0)

    const other = new SimStorage()
    await other.makeFolder(LOG)
    await writeFile(
      other,
      commitFile(0),
      [
        { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
        {
          metaData: {
            id: 'x',
            format: { provider: 'parquet', options: {} },
            schemaString: '{}',
            partitionColumns: [],
            configuration: {},
          },
        },
      ]
        .map((line) => JSON.stringify(line) + '\n')
        .join(''),
    )
    await expect(OplogTable.create(other, FOLDER, simWorld({ seed: 3 }))).rejects.toThrow(coded('oplog.unsupported'))
  })

  it('is not found where there is none', async () => {
    const storage = new SimStorage()
    await expect(OplogTable.open(storage, FOLDER, simWorld({ seed: 1 }))).rejects.toThrow(coded('oplog.not-found'))
  })
})

describe('a commit', () => {
  it('gives back every value of every column, from memory and from the file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { maxLength: 12 }), async (rows) => {
        const ledger = await Ledger.create()
        const result = await ledger.commit(rows)
        expect(result).toMatchObject({ outcome: 'committed', rows: rows.length, files: rows.length === 0 ? 0 : 1 })
        expect(await read(await ledger.table.snapshot())).toEqual(ledger.expected())
        await ledger.reopen()
        expect(await read(await ledger.table.snapshot())).toEqual(ledger.expected())
      }),
      { numRuns: runs(40) },
    )
  })

  it('tells empty content from none', async () => {
    const ledger = await Ledger.create()
    await ledger.commit([row({ version: 1, content: new Uint8Array(0) }), row({ version: 2, content: null })])
    await ledger.reopen()
    const contents: (Uint8Array | null)[] = []
    for await (const rows of (await ledger.table.snapshot()).scan({ content: true }))
      contents.push(...rows.map((each) => each.content))
    expect(contents).toEqual([new Uint8Array(0), null])
  })

  it('is refused where a number is beyond what a reader can hold', async () => {
    const ledger = await Ledger.create()
    await expect(ledger.commit([row({ size: 2 ** 53 })])).rejects.toThrow('53 bits')
    expect((await ledger.table.snapshot()).pondVersion).toBe(0)
    expect(await ledger.storage.list(FOLDER)).toHaveLength(1)
  })
})

describe('two tables over one folder', () => {
  it('see each other, and the later of two commits on one snapshot is superseded and leaves nothing', async () => {
    const one = await Ledger.create()
    const two = await OplogTable.open(one.storage, FOLDER, simWorld({ seed: 2 }))
    const stale = await two.snapshot()
    await one.commit([row({ content: new Uint8Array([1]) })])
    const filesBefore = (await one.storage.list(FOLDER)).length
    const result = await two.commit({
      on: stale,
      rows: [row({ version: 2 })],
      pond: one.nextTransaction(),
      operation: 'WRITE',
    })
    expect(result).toMatchObject({ outcome: 'superseded', by: 'other', snapshot: { pondVersion: 1 } })
    expect(await one.storage.list(FOLDER)).toHaveLength(filesBefore)
    expect((await one.storage.list(LOG)).map(({ name }) => name).filter((name) => name.endsWith('.tmp'))).toEqual([])
    expect(await read(await two.snapshot())).toEqual(one.expected())
  })

  it('lose no commit when both try again, and number the versions without a gap', async () => {
    const storage = new SimStorage()
    const first = await Ledger.create(storage)
    const worlds = [1, 2, 3].map((seed) => simWorld({ seed: seed + 10 }))
    const tables = await Promise.all(worlds.map((world) => OplogTable.open(storage, FOLDER, world)))
    const committed: number[] = []
    await Promise.all(
      tables.map(async (table, index) => {
        for (let round = 0; round < 12;) {
          const on = await table.snapshot()
          const version = on.pondVersion + 1
          const transactionId = worlds[index]!.random.uuid(worlds[index]!.clock.now())
          const result = await table.commit({
            on,
            rows: [row({ nodeId: transactionId, txnSeq: version })],
            pond: { version, transactionId, committedAtUs: worlds[index]!.clock.now() },
            operation: 'WRITE',
          })
          if (result.outcome === 'superseded') continue
          round++
          committed.push(version)
        }
      }),
    )
    expect(committed.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 36 }, (_, index) => index + 1))
    await first.reopen()
    expect(await read(await first.table.snapshot())).toHaveLength(36)
  })

  it('commit at the next number where only the arrangement of files was in the way', async () => {
    const ledger = await Ledger.create()
    for (let index = 0; index < 33; index++) await ledger.commit([row({ version: index + 1 })])
    const on = await ledger.table.snapshot()
    const other = await OplogTable.open(ledger.storage, FOLDER, simWorld({ seed: 5 }))
    expect(await other.compact(await other.snapshot(), { underLock: (work) => work() })).toMatchObject({
      filesAfter: 1,
    })
    const result = await ledger.commit([row({ version: 100 })], on)
    expect(result).toMatchObject({ outcome: 'committed', snapshot: { pondVersion: 34, deltaVersion: 35 } })
    await ledger.reopen()
    expect(await read(await ledger.table.snapshot())).toEqual(ledger.expected())
  })

  it('keep the second compaction of the same files from happening', async () => {
    const ledger = await Ledger.create()
    for (let index = 0; index < 33; index++) await ledger.commit([row({ version: index + 1 })])
    const other = await OplogTable.open(ledger.storage, FOLDER, simWorld({ seed: 5 }))
    const mine = await ledger.table.snapshot()
    const theirs = await other.snapshot()
    expect(await other.compact(theirs, { underLock: (work) => work() })).toMatchObject({ filesAfter: 1 })
    expect(await ledger.table.compact(mine, { underLock: (work) => work() })).toBe('superseded')
    expect(await read(await ledger.table.snapshot())).toEqual(ledger.expected())
    expect(ledger.table.compactionDue(await ledger.table.snapshot())).toBe(false)
  })
})

describe('a file system without links', () => {
  it('takes commits by renaming, never over one that is there, and says so once', async () => {
    const disk = new SimStorage()
    const log = memoryLog()
    const storage = override(disk, { link: async () => 'unsupported' })
    const ledger = await Ledger.create(storage, { ...simWorld({ seed: 1 }), log })
    await ledger.commit([row({ version: 1 })])
    const stale = await ledger.table.snapshot()
    await ledger.commit([row({ version: 2 })])
    expect(await ledger.commit([row({ version: 3 })], stale)).toMatchObject({ outcome: 'superseded' })
    await ledger.reopen()
    expect(await read(await ledger.table.snapshot())).toEqual(ledger.expected())
    expect(log.records.filter(({ event }) => event === 'oplog.file-system-without-links')).toHaveLength(1)
  })
})

describe('a link whose answer is lost', () => {
  it('is resolved by reading back what is there', async () => {
    const disk = new SimStorage()
    let lost = false
    const storage = override(disk, {
      link: async (from, to) => {
        const outcome = await disk.link(from, to)
        if (!lost) return outcome
        throw new PondError('platform.io', 'the connection broke', { operation: 'link', path: to })
      },
    })
    const ledger = await Ledger.create(storage)
    lost = true
    expect(await ledger.commit([row({ version: 1 })])).toMatchObject({ outcome: 'committed' })
    const stale = ledger.table
    await ledger.reopen()
    expect(await read(await ledger.table.snapshot())).toEqual(ledger.expected())
    expect(await stale.snapshot()).toMatchObject({ pondVersion: 1 })
  })
})

describe('a snapshot', () => {
  it('is the same object while nothing changes, and never changes itself', async () => {
    const ledger = await Ledger.create()
    await ledger.commit([row()])
    const snapshot = await ledger.table.snapshot()
    expect(await ledger.table.snapshot()).toBe(snapshot)
    const before = await read(snapshot)
    await ledger.commit([row({ version: 2 })])
    expect(await read(snapshot)).toEqual(before)
    expect(await ledger.table.snapshot()).not.toBe(snapshot)
  })

  it('reads on through a fresh one where a clean-up removed its files', async () => {
    const ledger = await Ledger.create()
    for (let index = 0; index < 33; index++) await ledger.commit([row({ version: index + 1 })])
    await ledger.reopen()
    const old = await ledger.table.snapshot()
    await ledger.compact()
    for (const { path } of old.files) await ledger.storage.remove(`${FOLDER}/${path}`)
    expect(await read(old)).toEqual(ledger.expected())
  })

  it('names a file that is missing', async () => {
    const ledger = await Ledger.create()
    await ledger.commit([row()])
    await ledger.reopen()
    const snapshot = await ledger.table.snapshot()
    const { path } = snapshot.files[0]!
    await ledger.storage.remove(`${FOLDER}/${path}`)
    await expect(read(snapshot)).rejects.toMatchObject({ code: 'oplog.missing-data', detail: { file: path } })
    await expect(snapshot.contentOf({ file: path, row: 0 })).rejects.toThrow(coded('oplog.missing-data'))
  })

  it('finds a transaction by its row where the log before a checkpoint is gone', async () => {
    const ledger = await Ledger.create()
    const { transactionId } = ledger.nextTransaction()
    await ledger.commit([row({ nodeId: transactionId, operation: 'commit', fileType: 'transaction' })])
    await ledger.commit([row({ version: 2 })])
    await ledger.checkpoint()
    for (const version of [0, 1, 2]) await ledger.storage.remove(commitFile(version))
    await ledger.reopen()
    const snapshot = await ledger.table.snapshot()
    expect(await snapshot.hasTransaction(transactionId, 0)).toBe(true)
    expect(await snapshot.hasTransaction('other', 0)).toBe(false)
  })
})

describe('a commit of another engine', () => {
  it('that adds rows, removes some or changes the schema makes the table read-only', async () => {
    const changes = [
      [foreignAdd('x.parquet')],
      [{ remove: { path: 'x.parquet', dataChange: true } }],
      [
        {
          metaData: {
            id: 'x',
            format: { provider: 'parquet', options: {} },
            schemaString: '{}',
            partitionColumns: [],
            configuration: {},
          },
        },
      ],
      [{ protocol: { minReaderVersion: 1, minWriterVersion: 3 } }],
    ]
    for (const actions of changes) {
      const ledger = await Ledger.create()
      await ledger.commit([row()])
      await foreignCommit(ledger, ...actions)
      const snapshot = await ledger.table.snapshot()
      expect(snapshot).toMatchObject({ deltaVersion: 2, pondVersion: 1, foreign: { deltaVersion: 2 } })
      expect(snapshot.foreign?.reason).toContain('Another/1.0')
      await expect(ledger.commit([row({ version: 2 })])).rejects.toThrow(coded('oplog.foreign-commit'))
      await expect(ledger.checkpoint()).rejects.toThrow(coded('oplog.foreign-commit'))
      await expect(ledger.compact()).rejects.toThrow(coded('oplog.foreign-commit'))
      await ledger.reopen()
      expect((await ledger.table.snapshot()).foreign).toEqual(snapshot.foreign)
    }
  })

  it('that only arranges rows differently changes nothing for us', async () => {
    const ledger = await Ledger.create()
    await ledger.commit([row({ content: new Uint8Array([1, 2, 3]) })])
    const [file] = (await ledger.table.snapshot()).files
    const bytes = await ledger.storage.readFile(`${FOLDER}/${file!.path}`)
    await ledger.storage.makeFolder(`${FOLDER}/part 1%`)
    await writeFile(ledger.storage, `${FOLDER}/part 1%/copy.parquet`, bytes)
    await foreignCommit(
      ledger,
      { remove: { path: file!.path, dataChange: false, deletionTimestamp: 1 } },
      // Statistics that would hide the row if they were believed.
      foreignAdd('part%201%25/copy.parquet', {
        size: bytes.length,
        dataChange: false,
        stats: '{"numRecords":1,"minValues":{"part_id":"z"},"maxValues":{"part_id":"z"}}',
      }),
    )
    const expected = ledger.expected()
    for (const reopen of [false, true, true]) {
      if (reopen) await ledger.reopen()
      const snapshot = await ledger.table.snapshot()
      expect(snapshot).toMatchObject({ deltaVersion: 2, pondVersion: 1, foreign: null })
      expect(await read(snapshot, { partId: PARTS[0]!, content: true })).toEqual(expected)
      await ledger.checkpoint()
    }
    expect((await ledger.commit([row({ version: 2 })])).outcome).toBe('committed')
  })

  it('that needs a newer reader, deletes rows by vectors or names a file outside is passed over, and nothing is committed on it', async () => {
    const changes = [
      {
        protocol: {
          minReaderVersion: 3,
          minWriterVersion: 7,
          readerFeatures: ['deletionVectors'],
          writerFeatures: ['deletionVectors'],
        },
      },
      foreignAdd('x.parquet', { dataChange: false, deletionVector: { storageType: 'u' } }),
      foreignAdd('..%2F..%2Fsecret.parquet'),
    ]
    for (const action of changes) {
      const ledger = await Ledger.create()
      await ledger.commit([row()])
      await foreignCommit(ledger, action)
      for (const reopen of [false, true]) {
        if (reopen) await ledger.reopen()
        const snapshot = await ledger.table.snapshot()
        expect(snapshot).toMatchObject({ deltaVersion: 2, foreign: { deltaVersion: 2, isReadBefore: true } })
        expect(await read(snapshot)).toEqual(ledger.expected())
      }
      await expect(ledger.commit([row({ version: 2 })])).rejects.toThrow(coded('oplog.foreign-commit'))
    }
  })
})

describe('a table that another engine partitioned by part_id', () => {
  it('is read, with the partition as the column that its files lack', async () => {
    const ledger = await Ledger.create()
    const columns = OPLOG_COLUMNS.filter(({ name }) => name !== 'part_id')
    const rows = [1, 2, 3].map((version) => row({ version, partId: PARTS[1]!, name: 'é' }))
    await ledger.commit(rows)
    const [file] = (await ledger.table.snapshot()).files
    const bytes = new ByteWriter()
    await parquetWrite({
      writer: bytes,
      schema: parquetSchema({ name: 'partitioned', columns }),
      columnData: columns.map(({ name, field, type }) => ({
        name,
        data: rows.map((each) => (type === 'string' || type === 'binary' ? each[field] : toInt64(each[field]))),
      })),
    })
    await ledger.storage.makeFolder(`${FOLDER}/part_id=${PARTS[1]!}`)
    await writeFile(ledger.storage, `${FOLDER}/part_id=${PARTS[1]!}/part-0.snappy.parquet`, bytes.getBytes())
    await foreignCommit(
      ledger,
      { remove: { path: file!.path, dataChange: false, deletionTimestamp: 1 } },
      foreignAdd(`part_id=${PARTS[1]!}/part-0.snappy.parquet`, {
        size: bytes.offset,
        dataChange: false,
        partitionValues: { part_id: PARTS[1]! },
      }),
    )
    const snapshot = await ledger.table.snapshot()
    expect(snapshot.foreign).toBeNull()
    const expected = ledger.expected()
    expect(await read(snapshot)).toEqual(expected)
    expect(await read(snapshot, { partId: PARTS[1]!, content: true })).toEqual(expected)
    expect(await read(snapshot, { partId: PARTS[2]!, content: true })).toEqual([])
  })
})

describe('the checkpoint', () => {
  it('is due after a hundred commits and opens without the log before it', async () => {
    const ledger = await Ledger.create()
    while (!ledger.table.checkpointDue(await ledger.table.snapshot()))
      await ledger.commit([row({ version: ledger.version + 1 })])
    expect((await ledger.table.snapshot()).deltaVersion).toBe(99)
    await ledger.checkpoint()
    expect(ledger.table.checkpointDue(await ledger.table.snapshot())).toBe(false)
    await ledger.commit([row({ version: 100 })])
    for (let version = 0; version <= 99; version++) await ledger.storage.remove(commitFile(version))
    await ledger.reopen()
    expect(await read(await ledger.table.snapshot())).toEqual(ledger.expected())
  })

  it('of another engine is passed over for the last of ours', async () => {
    const ledger = await Ledger.create()
    for (const version of [1, 2, 3]) await ledger.commit([row({ version })])
    await ledger.checkpoint()
    await ledger.commit([row({ version: 4 })])
    const other = await Ledger.create()
    await other.commit([row()])
    const [file] = (await other.table.snapshot()).files
    // Any Parquet file without our keys in its footer.
    await writeFile(
      ledger.storage,
      `${LOG}/${'4'.padStart(20, '0')}.checkpoint.parquet`,
      await other.storage.readFile(`${FOLDER}/${file!.path}`),
    )
    await ledger.storage.remove(`${LOG}/_last_checkpoint`)
    await writeFile(ledger.storage, `${LOG}/_last_checkpoint`, '{"version":4,"size":5}')
    await ledger.reopen()
    const snapshot = await ledger.table.snapshot()
    expect(snapshot).toMatchObject({ deltaVersion: 4, pondVersion: 4 })
    expect(await read(snapshot)).toEqual(ledger.expected())
  })

  it('keeps the tombstones of a compaction for a week', async () => {
    const ledger = await Ledger.create()
    for (let index = 0; index < 33; index++) await ledger.commit([row({ version: index + 1 })])
    await ledger.world.clock.sleep(7_200_000)
    await ledger.compact()
    await ledger.checkpoint()
    await ledger.commit([row({ version: 100 })])
    await ledger.reopen()
    const early = await ledger.table.checkpoint(await ledger.table.snapshot())
    await ledger.world.clock.sleep(8 * 86_400_000)
    await ledger.commit([row({ version: 101 })])
    const late = await ledger.table.checkpoint(await ledger.table.snapshot())
    const hint = new TextDecoder().decode(await ledger.storage.readFile(`${LOG}/_last_checkpoint`))
    expect(JSON.parse(hint)).toMatchObject({ version: late.deltaVersion, size: 2 + 3, numOfAddFiles: 3 })
    expect(late.bytes).toBeLessThan(early.bytes)
    await ledger.reopen()
    expect(await read(await ledger.table.snapshot())).toEqual(ledger.expected())
  })

  it('names no files that were removed soon after they were written: their age protects them as long', async () => {
    const ledger = await Ledger.create()
    for (let index = 0; index < 33; index++) await ledger.commit([row({ version: index + 1 })])
    await ledger.compact()
    await ledger.checkpoint()
    const hint = new TextDecoder().decode(await ledger.storage.readFile(`${LOG}/_last_checkpoint`))
    const { files } = await ledger.table.snapshot()
    expect(files.length).toBeLessThan(33)
    expect(JSON.parse(hint)).toMatchObject({ size: 2 + files.length, numOfAddFiles: files.length })
  })
})

describe('a log with a gap', () => {
  it('is damaged, not shorter', async () => {
    const ledger = await Ledger.create()
    for (const version of [1, 2, 3]) await ledger.commit([row({ version })])
    await ledger.storage.remove(commitFile(2))
    await expect(ledger.reopen()).rejects.toMatchObject({ code: 'oplog.corrupt-log', detail: { version: 2 } })
  })
})
