/** Longer than 350 lines because it walks through the whole library, a test for each group of calls. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tableFromIPC } from 'apache-arrow'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createPond,
  isPondError,
  openPond,
  type NodeCriteria,
  type Pond,
  type ReadSeriesOptions,
  type TableRecord,
  type TableRows,
  type TableSchema,
} from './index'

let folder: string
let pond: Pond

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckpond-library-'))
  pond = await createPond(join(folder, 'pond'), { user: 'tester' })
})
afterEach(async () => {
  await pond.close()
  await rm(folder, { recursive: true, force: true })
})

const text = async (path: string, at?: string): Promise<string> =>
  Buffer.from(await pond.readFile(path, at === undefined ? {} : { at })).toString()

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const PRICES: TableSchema = {
  name: 'prices',
  columns: [
    { name: 'id', type: 'long', nullable: false },
    { name: 'name', type: 'string', nullable: true },
    { name: 'at', type: 'timestamp', nullable: true },
    { name: 'price', type: { precision: 5, scale: 2 }, nullable: true },
  ],
}
const FLOW: TableSchema = {
  name: 'flow',
  columns: [
    { name: 'timestamp', type: 'timestamp', nullable: false },
    { name: 'v', type: 'long', nullable: false },
  ],
}

describe('a script', () => {
  it('plays the founding scenario by the names of the design', async () => {
    await pond.createFile('/A', '')
    await pond.createSymlink('/B', '/A')
    const count = 'SELECT count(*) AS n FROM oplog_entries'
    expect(await pond.queryWithPending(count)).toEqual([{ n: 2 }])
    expect(await pond.queryWithPending(count, false)).toEqual([{ n: 0 }])
    expect(await pond.commit('first')).toMatchObject({ outcome: 'committed', version: 1, operationsCommitted: 2 })
    expect(await pond.queryHistory(count)).toEqual([{ n: 2 }])
    await using again = await openPond(join(folder, 'pond'))
    expect(await again.queryHistory(count)).toEqual([{ n: 2 }])
    expect(again.id).toBe(pond.id)
  })

  it('writes, reads, moves and removes, at the moment it asks for', async () => {
    await pond.createDirectory('/raw/2026', { parents: true })
    const created = await pond.createFile('/raw/2026/a.csv', 'x\n1\n', { mediaType: 'text/csv' })
    expect(created).toMatchObject({ path: '/raw/2026/a.csv', size: 4, change: 'added', mediaType: 'text/csv' })
    await pond.commit('one')
    await pond.updateFile('/raw/2026/a.csv', [Buffer.from('x\n'), Buffer.from('2\n')])
    await pond.rename('/raw/2026/a.csv', '/a.csv')
    expect(await text('/a.csv')).toBe('x\n2\n')
    expect(await text('/raw/2026/a.csv', 'head')).toBe('x\n1\n')
    expect((await pond.getMetadata('/a.csv')).nodeId).toBe(created.nodeId)
    expect(await pond.exists('/raw/2026/a.csv')).toBe(false)
    await pond.delete('/raw', { recursive: true })
    expect((await pond.listDirectory()).map(({ name }) => name)).toEqual(['a.csv'])
    expect((await pond.listDirectory('/', { at: '1' })).map(({ name }) => name)).toEqual(['raw'])
    await expect(pond.updateFile('/none', '')).rejects.toMatchObject({ code: 'tinyfs.not-found' })
  })

  it('works in a directory that it cannot leave, also not through a link', async () => {
    await pond.createDirectory('/team/data', { parents: true })
    await pond.createFile('/secret', 'outside')
    await pond.createSymlink('/team/out', '/secret')
    const team = await pond.workingDirectory('/team')
    expect(team.path).toBe('/team')
    const file = await team.createFile('data/a.txt', 'inside')
    expect(file.path).toBe('/team/data/a.txt')
    const data = await team.workingDirectory('data')
    expect(data.path).toBe('/team/data')
    expect(Buffer.from(await data.readFile('a.txt')).toString()).toBe('inside')
    expect((await data.listDirectory()).map(({ path }) => path)).toEqual(['/team/data/a.txt'])
    expect((await data.rename('a.txt', 'b.txt')).path).toBe('/team/data/b.txt')
    for (const attempt of [
      () => team.readFile('../secret'),
      () => team.readFile('out'),
      () => team.createFile('../x', ''),
      () => team.updateFile('out', ''),
      () => team.delete('../secret'),
      () => team.rename('data/b.txt', '../b.txt'),
      () => team.createDirectory('../new'),
      () => team.createSymlink('../link', '/'),
      () => team.listDirectory('..'),
      () => team.exists('..'),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'tinyfs.above-root' })
    expect((await pond.listDirectory('/team')).map(({ name }) => name)).toEqual(['data', 'out'])
  })

  it('stages several changes as one, or none of them', async () => {
    await expect(
      pond.stage(async (staging) => {
        await staging.createFile('/a', '1')
        await staging.createFile('/a', '2')
      }),
    ).rejects.toMatchObject({ code: 'tinyfs.exists' })
    expect(await pond.exists('/a')).toBe(false)
    const { operations, commit } = await pond.stage(
      async (staging) => {
        await staging.createDirectory('/d')
        await staging.createFile('/d/a', '1')
        await staging.writeFile('/d/a', '2')
        await staging.rename('/d/a', '/d/b')
        if (await staging.exists('/d/b')) await staging.createSymlink('/l', 'd/b')
      },
      { commit: { message: 'all' } },
    )
    expect(operations.map(({ operation }) => operation)).toEqual(['create', 'create', 'update', 'rename', 'create'])
    expect(commit).toMatchObject({ outcome: 'committed', operationsCommitted: 5 })
    expect(await text('/l', 'head')).toBe('2')
  })

  it('commits a part, discards, undoes, and goes back to a version and to a time', async () => {
    await pond.createFile('/a', '1')
    await pond.createFile('/b', '1')
    expect(await pond.commitPartial(1, 'a')).toMatchObject({ version: 1, operationsCommitted: 1 })
    expect(await pond.exists('/b', { at: 'head' })).toBe(false)
    expect(await pond.commitPartial(['/b'], { message: 'b' })).toMatchObject({ version: 2 })
    await pond.updateFile('/a', '2')
    expect(await pond.discard()).toMatchObject({ discarded: 1 })
    expect(await text('/a')).toBe('1')
    expect(await pond.undo()).toEqual({ restored: 1 })
    expect(await text('/a')).toBe('2')
    await pond.commit('two')
    const first = (await pond.log()).at(-1)!
    expect(first.message).toBe('a')
    expect(await pond.restoreToVersion(2, '/a')).toMatchObject({ staged: 1, target: 'version 2' })
    expect(await text('/a')).toBe('1')
    await pond.discard()
    const time = new Date(Math.ceil(first.committedAt / 1_000))
    expect(await pond.restoreToTimestamp(time)).toMatchObject({ target: expect.stringMatching(/^version [12]$/) })
    expect((await pond.getHistory('/a')).map(({ version }) => version)).toEqual([null, 3, 1])
    expect(await pond.verify()).toMatchObject({ ok: true })
  })

  it('follows a node by its id, and finds entries by what is known of them', async () => {
    const { nodeId } = await pond.createFile('/a.csv', 'x\n1\n', { mediaType: 'text/csv' })
    await pond.createDirectory('/d')
    await pond.commit('one')
    await pond.rename('/a.csv', '/d/b.csv')
    await pond.updateFileById(nodeId, 'x\n2\n')
    expect(Buffer.from(await pond.readFileById(nodeId)).toString()).toBe('x\n2\n')
    expect(Buffer.from(await pond.readFileById(nodeId, { at: 'head' })).toString()).toBe('x\n1\n')
    await pond.commit('two')
    expect((await pond.getNodeHistory(nodeId)).map(({ path }) => path)).toEqual(['/d/b.csv', '/d/b.csv', '/a.csv'])
    const paths = async (criteria: NodeCriteria): Promise<string[]> =>
      (await pond.findNodes(criteria)).map(({ path }) => path)
    expect(await paths({ fileType: 'file:data', createdAfter: new Date(0) })).toEqual(['/d/b.csv'])
    expect(await paths({ createdBefore: new Date(0) })).toEqual([])
    expect(await paths({ attributes: '$.mediaType == "text/csv"', at: '1' })).toEqual(['/a.csv'])
    expect((await pond.glob('/**/*.csv')).map(({ path }) => path)).toEqual(['/d/b.csv'])
    await pond.deleteById(nodeId)
    expect(await pond.exists('/d/b.csv')).toBe(false)
  })

  it('writes typed rows and reads them back exactly, as records and as Arrow', async () => {
    const rows = [
      { id: 9_007_199_254_740_993n, name: 'é', at: 1_767_225_600_000_000n, price: '1.10' },
      { id: 2n, name: null, at: null, price: null },
    ]
    const entry = await pond.writeTable('/t/prices.parquet', rows, PRICES, { parents: true })
    expect(entry).toMatchObject({ path: '/t/prices.parquet', fileType: 'file:table' })
    const read = async (table: TableRows): Promise<TableRecord[]> => {
      const found: TableRecord[] = []
      for await (const record of table) found.push(record)
      return found
    }
    expect(await read(pond.readTable('/t/prices.parquet'))).toEqual(rows)
    expect(await read(pond.readTable('/t/prices.parquet', { columns: ['name'] }))).toEqual([
      { name: 'é' },
      { name: null },
    ])
    const pieces: Uint8Array[] = []
    for await (const piece of pond.readTable('/t/prices.parquet').arrow()) pieces.push(piece)
    expect(tableFromIPC(Buffer.concat(pieces)).numRows).toBe(2)
    // What one writes as Arrow, the other reads as records.
    await pond.writeArrow('/t/again.parquet', pieces)
    expect(await read(pond.readTable('/t/again.parquet'))).toEqual(rows)
    await expect(pond.writeArrow('/t/none', 'text')).rejects.toMatchObject({ code: 'tables.bad-schema' })
    expect(await pond.exists('/t/none')).toBe(false)
  })

  it('grows a series by text and by records, and reads the versions that a range needs', async () => {
    const first = await pond.appendSeries('/flow', 'timestamp,v\n2026-01-01T00:00:00Z,1\n2026-01-02T00:00:00Z,2\n')
    expect(first).toMatchObject({ path: '/flow', nodeVersion: 1, rows: 2, minEventTime: 1_767_225_600_000_000 })
    await pond.commit('first')
    const at = BigInt(Date.parse('2026-01-03')) * 1_000n
    expect(await pond.appendRecords('/flow', [{ timestamp: at, v: 3n }], FLOW)).toMatchObject({ nodeVersion: 2 })
    const values = async (options: ReadSeriesOptions): Promise<unknown[]> => {
      const found: unknown[] = []
      for await (const { v } of pond.readSeries('/flow', options)) found.push(v)
      return found
    }
    expect(await values({})).toEqual([1n, 2n, 3n])
    expect(await values({ at: 'head' })).toEqual([1n, 2n])
    expect(await values({ from: new Date('2026-01-02'), to: new Date('2026-01-03') })).toEqual([2n])
    await expect(pond.appendSeries('/flow', 'timestamp,v\nnever,1\n')).rejects.toSatisfy((error) => isPondError(error))
    expect(await values({})).toEqual([1n, 2n, 3n])
  })

  it('hands rows on as Arrow that any library reads', async () => {
    const stream = await pond.queryArrow('SELECT range AS n FROM range(100000)')
    const chunks: Uint8Array[] = []
    for await (const chunk of stream.chunks) chunks.push(chunk)
    const table = tableFromIPC(Buffer.concat(chunks))
    expect(table.numRows).toBe(100_000)
    expect(table.schema.fields.map(({ name }) => name)).toEqual(['n'])
  })

  it('keeps settings, and removes nothing that a version can ask for', async () => {
    expect(await pond.setConfig('author', 'sensors')).toMatchObject({ author: 'sensors' })
    await pond.createFile('/large', Buffer.alloc(100_000, 1))
    expect(await pond.commit()).toMatchObject({ version: 1 })
    expect((await pond.log())[0]).toMatchObject({ author: 'sensors' })
    await pond.delete('/large')
    await pond.commit()
    await pond.gc({ graceMs: 0 })
    expect((await pond.readFile('/large', { at: '1' })).length).toBe(100_000)
  })

  it('gets rows as objects without losing a digit, and stops where it likes', async () => {
    const [row] = await pond.queryHistory(
      `SELECT 9007199254740993 AS big, 1.10::DECIMAL(5, 2) AS price, DATE '2026-03-01' AS day, [1, NULL] AS list, 1 AS a, 2 AS a`,
    )
    expect(row).toEqual({ big: '9007199254740993', price: '1.10', day: '2026-03-01', list: [1, null], a: 1, a_1: 2 })
    const rows = await pond.query('SELECT range AS n FROM range(10000000)')
    let seen = 0
    for await (const { n } of rows) if ((seen = n as number) === 5_000) break
    expect(seen).toBe(5_000)
    await expect(pond.query('SELECT nope FROM range(1)')).rejects.toMatchObject({ code: 'query.failed' })
  })

  it('exports whole files that know where they come from, and leaves none when it fails', async () => {
    await pond.createFile('/a.csv', 'x\n1\n2\n')
    const target = join(folder, 'out.csv')
    await writeFile(target, 'before')
    expect(await pond.export(`SELECT * FROM '/a.csv'`, target, { format: 'csv' })).toMatchObject({ rows: 2 })
    expect(await readFile(target, 'utf8')).toBe('x\n1\n2\n')
    await expect(pond.export(`SELECT error('no') FROM '/a.csv'`, target, { format: 'csv' })).rejects.toMatchObject({
      code: 'query.failed',
    })
    expect(await readFile(target, 'utf8')).toBe('x\n1\n2\n')
    expect(await readdir(folder)).toEqual(['out.csv', 'pond'])
    await expect(pond.export('SELECT 1', folder, { format: 'csv' })).rejects.toMatchObject({ code: 'host.exists' })
  })

  it('meets coded errors', async () => {
    const failed = openPond(folder)
    await expect(failed).rejects.toSatisfy((error) => isPondError(error, 'steward.not-a-pond'))
    await expect(createPond(join(folder, 'pond'))).rejects.toMatchObject({ code: 'steward.already-a-pond' })
  })
})

describe('a listener', () => {
  it('that throws, at once or later, stops neither a change nor the other listeners', async () => {
    const heard: number[] = []
    await pond.onChange(() => {
      throw new Error('mine')
    })
    // Nothing but a type says that a listener may not be asynchronous.
    const later = (): unknown => Promise.reject(new Error('mine, later'))
    await pond.onChange(later)
    await pond.onChange(({ pending }) => heard.push(pending))
    expect(heard).toEqual([0])
    await pond.createFile('/a', '1')
    await pond.stage(async (staging) => staging.createFile('/b', '2'))
    expect(await pond.commit()).toMatchObject({ outcome: 'committed', version: 1 })
    expect(new Set(heard)).toEqual(new Set([0, 1, 2]))
  })
})

describe('a pond that was closed', () => {
  it('refuses every call with one code', async () => {
    await pond.createFile('/a', '1')
    await pond.close()
    await pond.close()
    for (const call of [
      () => pond.info(),
      () => pond.status(),
      () => pond.config(),
      () => pond.setConfig('author', 'x'),
      () => pond.onChange(() => undefined),
      () => pond.stage(async () => undefined),
      () => pond.diff(),
      () => pond.commit(),
      () => pond.commitPartial(1),
      () => pond.discard(),
      () => pond.undo(),
      () => pond.restoreToVersion(0),
      () => pond.restoreToTimestamp(new Date()),
      () => pond.restoreFromOplog(),
      () => pond.query('SELECT 1'),
      () => pond.queryArrow('SELECT 1'),
      () => pond.queryHistory('SELECT 1'),
      () => pond.export('SELECT 1', join(folder, 'x.csv'), { format: 'csv' }),
      () => pond.verify(),
      () => pond.recover(),
      () => pond.gc(),
      () => pond.compact(),
      () => pond.createFile('/b', ''),
      () => pond.readFile('/a'),
      () => pond.openFile('/a'),
      () => pond.listDirectory(),
      () => pond.exists('/a'),
      () => pond.rename('/a', '/b'),
      () => pond.writeTable('/t', [], PRICES),
      () => pond.readTable('/t')[Symbol.asyncIterator]().next(),
      () => pond.readSeries('/s')[Symbol.asyncIterator]().next(),
      () => pond.appendRecords('/s', [], FLOW),
      () => pond.glob('*'),
      () => pond.findNodes(),
      () => pond.log(),
      () => pond.show(null),
      () => pond.getHistory('/a'),
    ])
      await expect(call(), String(call)).rejects.toMatchObject({ code: 'steward.closed' })
  })
})

describe('rows that cannot be written', () => {
  it('are refused by the name of the column, and nothing is written', async () => {
    const arrow = async (sql: string): Promise<AsyncIterable<Uint8Array>> => (await pond.queryArrow(sql)).chunks
    for (const [sql, column] of [
      ["SELECT 1 AS a, INTERVAL '1 day' AS c", 'c'],
      ["SELECT {'x': INTERVAL '1 day'} AS c", 'c.x'],
    ] as const)
      await expect(pond.writeArrow('/t', await arrow(sql)), sql).rejects.toMatchObject({
        code: 'tables.bad-schema',
        detail: { column },
      })
    for (const type of [{ precision: 39, scale: 0 }, { precision: 0, scale: 0 }, 'foo']) {
      // As from a script without types.
      const schema = { name: 't', columns: [{ name: 'c', type, nullable: true }] } as TableSchema
      const refused = { code: 'tables.bad-schema', detail: { column: 'c' } }
      await expect(pond.writeTable('/t', [], schema)).rejects.toMatchObject(refused)
      await expect(pond.appendRecords('/t', [{ c: '1' }], schema)).rejects.toMatchObject(refused)
    }
    const floats: TableSchema = { name: 't', columns: [{ name: 'f', type: 'float', nullable: true }] }
    await expect(pond.writeTable('/t', [{ f: 1 }, { f: -1e300 }], floats)).rejects.toMatchObject({
      code: 'tables.bad-value',
      detail: { row: 1, column: 'f' },
    })
    expect(await pond.exists('/t')).toBe(false)
  })
})

describe('what a script hands over unchecked', () => {
  it('is refused by a code, before anything happens', async () => {
    await pond.createFile('/a', '1')
    await pond.writeTable('/t', [{ id: 1n, name: null, at: null, price: null }], PRICES)
    await pond.appendRecords('/s', [{ timestamp: 1n, v: 1n }], FLOW)
    // As from a script without types.
    const odd = (value: unknown): never => value as never
    const calls: readonly (readonly [code: string, call: () => Promise<unknown>])[] = [
      ['steward.bad-count', () => pond.gc({ graceMs: Number.NaN })],
      ['steward.bad-count', () => pond.gc({ graceMs: -5 })],
      ['library.bad-argument', async () => pond.readTable('/t', { batchRows: 0 })],
      ['library.bad-argument', async () => pond.readSeries('/s', { batchRows: -1 })],
      ['library.bad-argument', async () => pond.readSeries('/s', { from: new Date('never') })],
      ['steward.bad-time', async () => pond.readSeries('/s', { to: 'soon' })],
      ['library.bad-argument', () => pond.log({ limit: Number.NaN })],
      ['library.bad-argument', () => pond.readFile('/a', { limit: Number.NaN })],
      ['library.bad-argument', () => openPond(join(folder, 'pond'), { lockTimeoutMs: -1 })],
      ['library.bad-argument', () => pond.findNodes({ fileType: odd('file') })],
      ['library.bad-argument', () => pond.restoreToVersion(odd('0'))],
      ['library.bad-argument', () => pond.commit(odd(5))],
      ['library.bad-argument', () => pond.discard(odd(5))],
      ['library.bad-argument', () => pond.query(odd(undefined))],
      ['library.bad-argument', () => pond.queryArrow(odd(7))],
      ['library.bad-argument', () => pond.export('SELECT 1', join(folder, 'x'), { format: odd('excel') })],
      ['library.bad-argument', () => pond.writeFile('/b', odd(5))],
      ['library.bad-argument', () => pond.writeFile('/b', odd(new Blob(['x'])))],
      ['library.bad-argument', () => pond.writeFile('/b', odd([1, 2]))],
      ['tinyfs.bad-name', () => pond.readFile(odd(undefined))],
      ['tinyfs.bad-name', () => pond.createFile(odd(undefined), '')],
      ['library.bad-argument', () => pond.glob(odd(undefined))],
      ['library.bad-argument', () => pond.createSymlink('/l', odd(undefined))],
      ['library.bad-argument', () => pond.getMetadataById(odd(undefined))],
      ['tables.bad-schema', () => pond.writeTable('/b', [], odd(undefined))],
      ['steward.bad-time', () => pond.readFile('/a', { at: odd({}) })],
      ['tables.bad-schema', () => listed(pond.readTable('/t', { columns: ['nam'] }))],
      ['tables.bad-schema', () => listed(pond.readSeries('/s', { columns: ['nope'] }))],
    ]
    for (const [code, call] of calls) await expect(call(), String(call)).rejects.toMatchObject({ code })
    await expect(listed(pond.readTable('/t', { columns: ['nam'] }))).rejects.toMatchObject({
      detail: { candidates: ['name', 'at'] },
    })
    expect(await pond.exists('/b')).toBe(false)
    expect(await readdir(folder)).toEqual(['pond'])
  })

  it('is taken in every shape that says what is meant', async () => {
    await pond.writeFile('/a', new Uint16Array([0x4141, 0x4242]))
    await pond.writeFile('/b', new Uint8Array([67]).buffer)
    await pond.writeFile('/c', ['ü', Buffer.from('x')])
    expect([await text('/a'), await text('/b'), await text('/c')]).toEqual(['AABB', 'C', 'üx'])
    // A version is a number.
    expect(await pond.exists('/a', { at: 0 as never })).toBe(false)
    await pond.discard('/a')
    expect(await pond.exists('/a')).toBe(false)
    await pond.appendRecords(
      '/s',
      [
        { timestamp: 0n, v: 1n },
        { timestamp: 3_600_000_000n, v: 2n },
      ],
      FLOW,
    )
    const rows = await listed(pond.readSeries('/s', { from: '1970-01-01T00:30Z', to: '1970-01-02T00:00Z' }))
    expect(rows.map(({ v }) => v)).toEqual([2n])
    const target = join(folder, 'x.json')
    expect(await pond.export('SELECT 1; SELECT 2 AS n', target, { format: 'json' })).toMatchObject({
      rows: 1,
      resultsDropped: 1,
    })
    expect(JSON.parse(await readFile(target, 'utf8'))).toEqual([{ n: 2 }])
  })

  it('is told that rows are read once, and that an Arrow stream was cut', async () => {
    const rows = await pond.query('SELECT 1 AS n')
    expect(await rows.all()).toEqual([{ n: 1 }])
    await expect(rows.all()).rejects.toMatchObject({ code: 'library.read-once' })
    const { chunks } = await pond.queryArrow('SELECT range AS n FROM range(1000)')
    const whole = Buffer.concat(await listed(chunks))
    await expect(pond.writeArrow('/t', whole.subarray(0, whole.length - 3_000))).rejects.toMatchObject({
      code: 'tables.bad-schema',
    })
    expect(await pond.exists('/t')).toBe(false)
  })
})
