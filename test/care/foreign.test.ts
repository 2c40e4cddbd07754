/**
 * What another program may do to the table: the pond is read as it was before, says so, is not changed, and
 * goes on once that has been set aside. Entries are written by hand here; test/interop has those of real engines.
 */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, openPond, type Pond } from '../../src/main/pond'

const root = await mkdtemp(join(tmpdir(), 'duckpond-foreign-'))
afterAll(() => rm(root, { recursive: true, force: true }))

const world = (folder: string) => nodeWorld({ storage: nodeStorage(folder), user: 'tester' })
const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const original = join(root, 'original')
const NEXT = '00000000000000000004.json'

/** Everything that can be seen of a pond. */
async function described(pond: Pond): Promise<unknown> {
  const trees: unknown[] = []
  for (const at of ['1', '2', '3', 'pending']) {
    for (const entry of await pond.glob('/**', { at })) {
      if (entry.fileType === 'directory') trees.push([at, entry])
      else {
        const reader = await pond.open(entry.path, at)
        trees.push([at, entry, Buffer.from(await reader.read(0, reader.size)).toString('hex')])
        await reader.close()
      }
    }
  }
  return [trees, await pond.log(), await pond.status(), await rows(pond, `SELECT count(*) FROM pond.operations`)]
}

async function rows(pond: Pond, sql: string): Promise<unknown[]> {
  const stream = await pond.queries.stream(await pond.source('head'), sql)
  const found: unknown[] = []
  for await (const batch of stream.batches) found.push(...batch)
  return found
}

let before: unknown
let live: readonly { readonly path: string; readonly size: number }[]
beforeAll(async () => {
  const pond = await createPond(world(original))
  for (const name of ['a', 'b', 'c']) {
    const content = await pond.prepare([encode(name.repeat(100))])
    await pond.stage((fs) => fs.put(`/d/${name}`, content, { parents: true }), { commit: { message: name } })
  }
  const pending = await pond.prepare([encode('pending')])
  await pond.stage((fs) => fs.put('/pending', pending))
  before = await described(pond)
  live = (await pond.source('head')).dataFiles.map((path) => ({ path: path.slice(path.lastIndexOf('/') + 1), size: 0 }))
  await pond.close()
})

/** A copy of the pond in which another program wrote an entry. */
async function changed(name: string, ...actions: readonly object[]): Promise<string> {
  const folder = join(root, name)
  await cp(original, folder, { recursive: true, preserveTimestamps: true })
  await append(folder, NEXT, actions)
  return folder
}

async function append(folder: string, entry: string, actions: readonly object[]): Promise<void> {
  const info = { commitInfo: { timestamp: 1_790_000_000_000, operation: 'WRITE', engineInfo: 'Another/1.0' } }
  const text = [info, ...actions].map((action) => `${JSON.stringify(action)}\n`).join('')
  await writeFile(join(folder, 'data/_delta_log', entry), text)
}

/** A copy of one of the pond's data files under another name, as an `add`. */
async function copied(folder: string, index: number, path: string, dataChange: boolean): Promise<object> {
  const bytes = await readFile(join(folder, 'data', live[index]!.path))
  await writeFile(join(folder, 'data', path), bytes)
  return { add: { path, partitionValues: {}, size: bytes.length, modificationTime: 1, dataChange } }
}

const removal = (index: number, dataChange: boolean): object => ({
  remove: { path: live[index]!.path, deletionTimestamp: 1_790_000_000_000, dataChange },
})
const METADATA = {
  metaData: {
    id: 'x',
    format: { provider: 'parquet', options: {} },
    schemaString: '{"type":"struct","fields":[]}',
    partitionColumns: [],
    configuration: { 'delta.appendOnly': 'false' },
  },
}
const FEATURE = {
  protocol: {
    minReaderVersion: 3,
    minWriterVersion: 7,
    readerFeatures: ['deletionVectors'],
    writerFeatures: ['deletionVectors'],
  },
}
const VECTOR = {
  add: {
    path: 'x.parquet',
    partitionValues: {},
    size: 1,
    modificationTime: 1,
    dataChange: true,
    deletionVector: { storageType: 'u', pathOrInlineDv: 'x', sizeInBytes: 1, cardinality: 1 },
  },
}
const OUTSIDE = { add: { path: '../../secret', partitionValues: {}, size: 1, modificationTime: 1, dataChange: false } }

/** What was written, by name: actions on a copy of the pond. */
const CHANGES: Readonly<Record<string, (folder: string) => Promise<readonly object[]>>> = {
  'rows that are there already': async (folder) => [await copied(folder, 0, 'part-0.parquet', true)],
  'a removal of rows': async () => [removal(1, true)],
  'a rewrite without some rows': async (folder) => [
    removal(0, true),
    removal(1, true),
    await copied(folder, 0, 'part-0.parquet', true),
  ],
  'a rearrangement that loses rows': async () => [removal(1, false)],
  'a rearrangement that doubles rows': async (folder) => [await copied(folder, 0, 'part-0.parquet', false)],
  'a rearrangement of no file of the table': async (folder) => [
    { remove: { path: 'never.parquet', deletionTimestamp: 1, dataChange: false } },
    await copied(folder, 0, 'part-0.parquet', false),
  ],
  'a rearrangement into what is no table': async (folder) => {
    await writeFile(join(folder, 'data/part-0.parquet'), 'PAR1PAR1')
    const add = { path: 'part-0.parquet', partitionValues: {}, size: 8, modificationTime: 1, dataChange: false }
    return [removal(0, false), { add }]
  },
  'other properties': async () => [METADATA],
  'a newer reader': async () => [FEATURE],
  'deletion vectors': async () => [FEATURE, VECTOR],
  'a file outside the table': async () => [OUTSIDE],
  'a newer writer': async () => [{ protocol: { minReaderVersion: 1, minWriterVersion: 4 } }],
}

describe.each(Object.keys(CHANGES))('after another program wrote %s', (name) => {
  let folder: string
  beforeAll(async () => {
    folder = await changed(name)
    await append(folder, NEXT, await CHANGES[name]!(folder))
  })

  it('the pond reads as before, says why it is not changed, and goes on once that is set aside', async () => {
    let pond = await openPond(world(folder))
    expect(await described(pond)).toEqual(before)
    expect((await pond.info()).readOnly).toMatchObject({
      code: 'oplog.foreign-commit',
      message: expect.stringContaining('Another/1.0'),
    })
    expect(pond.takeNotices()).toEqual([expect.stringContaining('Delta version 4')])
    for (const change of [
      () => pond.commit({ message: 'm' }),
      () => pond.compact(),
      () => pond.checkpoint(),
      () => pond.gc({ graceMs: 0 }),
      () => pond.recover(),
      () => pond.discard([]),
    ])
      await expect(change()).rejects.toMatchObject({ code: 'oplog.foreign-commit' })
    expect((await pond.verify()).problems.map(({ kind }) => kind)).toEqual(['oplog.foreign-commit'])
    // More entries after it change nothing.
    await append(folder, '00000000000000000005.json', [removal(2, false)])
    await append(folder, '00000000000000000006.json', [{ txn: { appId: 'x', version: 1 } }])
    expect(await described(pond)).toEqual(before)

    const { repaired } = await pond.recover({ setForeignAside: true })
    expect(repaired).toEqual([expect.stringMatching(/Delta version 4 \(WRITE by Another\/1\.0, 2026-09/)])
    expect(await described(pond)).toEqual(before)
    expect((await pond.info()).readOnly).toBeNull()
    expect((await pond.verify()).problems).toEqual([])
    expect(await pond.commit({ message: 'goes on' })).toMatchObject({ outcome: 'committed', version: 4 })
    await pond.close()
    pond = await openPond(world(folder))
    expect((await pond.verify()).problems).toEqual([])
    expect(pond.takeNotices()).toEqual([])
    await pond.close()
  })
})

it('what was set aside can be put back by hand, as its text says', async () => {
  const folder = await changed('put back', METADATA)
  await append(folder, '00000000000000000005.json', [await copied(folder, 0, 'part-0.parquet', true)])
  const pond = await openPond(world(folder))
  await pond.recover({ setForeignAside: true })
  await pond.close()
  const [aside] = await readdir(join(folder, 'foreign'))
  const names = await readdir(join(folder, 'foreign', aside!))
  expect(names.sort()).toEqual([NEXT, '00000000000000000005.json', 'README.txt', 'data'])
  expect(await readFile(join(folder, 'foreign', aside!, 'README.txt'), 'utf8')).toContain('WRITE by Another/1.0')
  for (const name of names.filter((each) => each.endsWith('.json')))
    await cp(join(folder, 'foreign', aside!, name), join(folder, 'data/_delta_log', name))
  // Another engine's clean-up may have taken what its entries brought.
  await rm(join(folder, 'data/part-0.parquet'))
  await cp(join(folder, 'foreign', aside!, 'data'), join(folder, 'data'), { recursive: true })
  const again = await openPond(world(folder))
  expect((await again.info()).readOnly?.message).toContain('properties')
  await again.close()
})

it('nothing is set aside where rows from before are gone', async () => {
  const folder = await changed('gone', removal(1, true))
  await rm(join(folder, 'data', live[1]!.path))
  const pond = await openPond(world(folder))
  await expect(pond.recover({ setForeignAside: true })).rejects.toMatchObject({ code: 'oplog.missing-data' })
  expect(await readdir(join(folder, 'data/_delta_log'))).toContain(NEXT)
  await pond.close()
})

it.each(['rows that are there already', 'a rearrangement that loses rows', 'other properties'])(
  'whoever has the pond open sees at once that %s was set aside',
  async (name) => {
    const folder = await changed(`beside ${name}`)
    await append(folder, NEXT, await CHANGES[name]!(folder))
    const [pond, other] = [await openPond(world(folder)), await openPond(world(folder))]
    const heard: string[] = []
    pond.onNotice((notice) => heard.push(notice))
    expect((await pond.info()).readOnly).not.toBeNull()
    await other.recover({ setForeignAside: true })
    expect((await pond.info()).readOnly).toBeNull()
    expect(await described(pond)).toEqual(before)
    // The number is given again before the first looks.
    await append(folder, NEXT, await CHANGES[name]!(folder))
    expect((await pond.info()).readOnly).not.toBeNull()
    expect(heard).toEqual([expect.stringContaining('Delta version 4'), expect.stringContaining('Delta version 4')])
    await other.recover({ setForeignAside: true })
    expect(await other.commit({ message: 'goes on' })).toMatchObject({ outcome: 'committed', version: 4 })
    expect(await pond.info()).toMatchObject({ version: 4, readOnly: null })
    expect(await pond.status()).toEqual(await other.status())
    await pond.close()
    await other.close()
  },
)

it('a sound pond has nothing to set aside', async () => {
  const folder = join(root, 'sound')
  await cp(original, folder, { recursive: true })
  const pond = await openPond(world(folder))
  expect(await pond.recover({ setForeignAside: true })).toEqual({ repaired: [] })
  expect(await readdir(folder)).not.toContain('foreign')
  await pond.close()
})

describe('a rearrangement whose numbers of rows agree', () => {
  /** Both of the first files' rows in one file of another program, changed on the way. */
  async function rearranged(name: string, select: (rows: string) => string): Promise<string> {
    const folder = join(root, name)
    await cp(original, folder, { recursive: true, preserveTimestamps: true })
    const target = join(folder, 'data/part-0.parquet')
    const sources = [0, 1].map((index) => `'${join(folder, 'data', live[index]!.path)}'`).join(', ')
    const instance = await DuckDBInstance.create()
    const connection = await instance.connect()
    await connection.run(`SET TimeZone = 'UTC'`)
    await connection.run(`COPY (${select(`read_parquet([${sources}])`)}) TO '${target}' (FORMAT parquet)`)
    connection.closeSync()
    instance.closeSync()
    const add = { path: 'part-0.parquet', partitionValues: {}, modificationTime: 1_790_000_000_000, dataChange: false }
    const { length: size } = await readFile(target)
    await append(folder, NEXT, [removal(0, false), removal(1, false), { add: { ...add, size } }])
    return folder
  }

  it('and whose rows are the same goes on, is written as ours when asked, and its originals may go', async () => {
    const folder = await rearranged('same rows', (rows) => `FROM ${rows}`)
    let pond = await openPond(world(folder))
    expect(await described(pond)).toEqual(before)
    expect(await pond.verify()).toMatchObject({ problems: [] })
    expect(pond.takeNotices()).toEqual([])
    expect(await pond.compact()).toEqual({ filesBefore: 2, filesAfter: 2 })
    expect((await pond.source('head')).dataFiles.filter((path) => path.endsWith('part-0.parquet'))).toEqual([])
    const { removed } = await pond.gc({ graceMs: 0 })
    expect(removed.map(({ file }) => file).sort()).toEqual([0, 1].map((index) => `data/${live[index]!.path}`).sort())
    await pond.close()
    pond = await openPond(world(folder))
    expect(await described(pond)).toEqual(before)
    expect(await pond.verify()).toMatchObject({ problems: [] })
    await pond.close()
  })

  it.each<[string, (rows: string) => string, number]>([
    [
      'content',
      (rows) => `SELECT * REPLACE (CASE WHEN name = 'a' THEN 'other'::BLOB ELSE content END AS content) FROM ${rows}`,
      2,
    ],
    ['an instant', (rows) => `SELECT * REPLACE (timestamp - INTERVAL 1 SECOND AS timestamp) FROM ${rows}`, 1],
    ['a path', (rows) => `SELECT * REPLACE (upper(path) AS path) FROM ${rows}`, 1],
    // Two operations too many in one transaction, one too few in another, and a version that is there twice.
    [
      'one row for another',
      (rows) => `FROM ${rows} WHERE name IS DISTINCT FROM 'b' UNION ALL FROM ${rows} WHERE name = 'a'`,
      4,
    ],
  ])(
    'and that changes %s is named by verify, and neither cleaned up after nor written as ours',
    async (name, select, problems) => {
      const folder = await rearranged(`changed ${name}`, select)
      const pond = await openPond(world(folder))
      const found = (await pond.verify()).problems
      expect(found.length).toBeGreaterThanOrEqual(problems)
      expect(found).toContainEqual(
        expect.objectContaining({ file: `data/_delta_log/${NEXT}`, kind: 'oplog.foreign-commit' }),
      )
      const files = await readdir(join(folder, 'data'))
      await expect(pond.gc({ graceMs: 0 })).rejects.toMatchObject({ code: 'oplog.foreign-commit' })
      await expect(pond.compact()).rejects.toMatchObject({ code: 'oplog.foreign-commit' })
      expect(await readdir(join(folder, 'data'))).toEqual(files)
      await pond.close()
    },
  )

  it('and that rounds instants to milliseconds is not read: the pond is as it was before', async () => {
    const folder = await rearranged(
      'rounded',
      (rows) => `SELECT * REPLACE (timestamp::TIMESTAMP::TIMESTAMP_MS AS timestamp) FROM ${rows}`,
    )
    const pond = await openPond(world(folder))
    expect(await described(pond)).toEqual(before)
    expect((await pond.info()).readOnly?.message).toContain('rounded instants to milliseconds')
    await pond.close()
  })

  it('whose originals are gone is believed, and is written as ours when asked', async () => {
    const folder = await rearranged('vacuumed', (rows) => `FROM ${rows}`)
    for (const index of [0, 1]) await rm(join(folder, 'data', live[index]!.path))
    const pond = await openPond(world(folder))
    expect(await described(pond)).toEqual(before)
    await pond.compact()
    expect(await described(pond)).toEqual(before)
    expect(await pond.verify()).toMatchObject({ problems: [] })
    await pond.close()
  })
})
