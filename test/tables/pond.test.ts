import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tableFromArrays, type RecordBatch } from 'apache-arrow'
import fc from 'fast-check'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runs } from '../../src/shared/testing/runs'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, openPond, type Pond, type TableRecord, type TableType } from '../../src/main/pond'

const bytes = (text: string): Uint8Array[] => [new TextEncoder().encode(text)]
const micros = (iso: string): number => Date.parse(iso) * 1_000

const EVENTS: TableType = {
  name: 'events',
  columns: [
    { name: 'at', type: 'timestamp', nullable: true },
    { name: 'value', type: 'long', nullable: true },
  ],
}

describe('tables and series of a pond', () => {
  let folder: string
  let pond: Pond
  const world = () => nodeWorld({ storage: nodeStorage(join(folder, 'pond')) })
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pond-tables-'))
    pond = await createPond(world())
  })
  afterEach(async () => {
    await pond.close()
    await rm(folder, { recursive: true, force: true })
  })

  const records = async (path: string, options: Parameters<Pond['readSeries']>[1] = {}): Promise<TableRecord[]> => {
    const found: TableRecord[] = []
    for await (const record of pond.readSeries(path, options).records()) found.push(record)
    return found
  }
  const parts = async (path: string, at = 'pending') =>
    (await (await pond.moment(at)).seriesParts(path)).map(({ nodeVersion, rows, minEventTime, maxEventTime }) => ({
      nodeVersion,
      rows,
      minEventTime,
      maxEventTime,
    }))
  const leftovers = async (): Promise<string[]> =>
    (await readdir(join(folder, 'pond', 'cache')).catch(() => [])).filter((name) => name.startsWith('append-'))

  it('a series takes CSV, JSON, JSON lines and Parquet, all rows of them, and knows when they happened', async () => {
    const appended = await pond.appendSeries('/s/flow', bytes('ts,v\n2026-01-02 10:00:00,1\n2026-01-01,2\n,3\n'), {
      parents: true,
    })
    expect(appended).toMatchObject({
      path: '/s/flow',
      nodeVersion: 1,
      rows: 3,
      minEventTime: micros('2026-01-01'),
      maxEventTime: micros('2026-01-02T10:00:00Z'),
    })
    await pond.appendSeries(
      '/s/flow',
      bytes('{"ts":"2026-01-03T00:00:00","v":4}\n{"ts":"2026-01-04T00:00:00","v":5}\n'),
    )
    await pond.appendSeries('/s/flow', bytes('[{"ts":"2026-01-05 00:00:00","v":6}]'))
    const schema = {
      name: 'x',
      columns: [
        { name: 'ts', type: 'timestamp', nullable: true },
        { name: 'v', type: 'long', nullable: true },
      ],
    } as const
    await pond.appendSeries('/s/flow', [{ ts: BigInt(micros('2026-01-06')), v: 7n }], { schema })
    const data = [new Date('2026-01-07')]
    const parquet = new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: 'ts', data, type: 'TIMESTAMP' },
          { name: 'v', data: [8n], type: 'INT64' },
        ],
      }),
    )
    await pond.appendSeries('/s/flow', [parquet])
    expect((await records('/s/flow')).map(({ v }) => v)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n])
    expect((await parts('/s/flow')).map(({ rows }) => rows)).toEqual([3, 2, 1, 1, 1])
    expect(await leftovers()).toEqual([])
    await pond.commit({ message: 'all' })
    await pond.close()
    pond = await openPond(world())
    expect((await records('/s/flow', { at: 'head' })).map(({ v }) => v)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n])
    expect(await pond.verify()).toMatchObject({ ok: true })
  })

  it('a series that is large goes the same way', async () => {
    const lines = Array.from({ length: 20_000 }, (_, row) => `${new Date(row * 60_000).toISOString()},${Math.sin(row)}`)
    await pond.appendSeries('/big', bytes(`ts,v\n${lines.join('\n')}\n`), { name: 'big.csv' })
    await pond.appendSeries(
      '/big',
      bytes(lines.map((line) => `{"ts":"${line.split(',')[0]}","v":${line.split(',')[1]}}`).join('\n')),
      {
        format: 'jsonl',
      },
    )
    expect(await parts('/big')).toMatchObject([
      { rows: 20_000, minEventTime: 0, maxEventTime: 19_999 * 60_000_000 },
      { rows: 20_000, minEventTime: 0, maxEventTime: 19_999 * 60_000_000 },
    ])
    expect((await (await pond.moment('pending')).entry('/big')).size).toBeGreaterThan(65_536)
    expect(await leftovers()).toEqual([])
  })

  it.each([
    ['a value that is no time', 'ts,v\n2026-01-01,1\nnonsense,2\n', {}, 3],
    ['more values than columns', 'ts,v\n2026-01-01,1\n2026-01-02,2,3\n2026-01-03,4\n', {}, 3],
    ['more values than columns from some line on', 'ts,v\n2026-01-01,1\n2026-01-02,2,3\n2026-01-03,4,4\n', {}, 3],
    ['fewer values than columns', 'ts,v,w\n2026-01-01,1,1\n2026-01-02,2\n2026-01-03,4,1\n', {}, 3],
    ['JSON that breaks off', '{"ts":"2026-01-01","v":1}\n{"ts":', { format: 'jsonl' }, 2],
    ['a time that is none in JSON', '{"ts":"2026-01-01"}\n{"ts":"x"}\n', { format: 'jsonl' }, 2],
  ] as const)('an append with %s is refused as a whole, naming the line', async (_, text, options, line) => {
    await pond.appendSeries('/s', bytes('ts,v\n2026-01-01,1\n'))
    const refusal = await pond.appendSeries('/s', bytes(text), options).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'query.unreadable-file' })
    expect((refusal as Error).message).toMatch(new RegExp(`line:? ${line}\\b`, 'i'))
    expect((refusal as Error).message).not.toContain(folder)
    expect(await parts('/s')).toHaveLength(1)
    expect(await leftovers()).toEqual([])
  })

  it('an append of a value that does not fit what was there before is refused or kept apart, never rounded', async () => {
    await pond.appendSeries('/s', bytes('ts,v\n2026-01-01,1\n'))
    await expect(pond.appendSeries('/s', bytes('ts,v\n2026-01-02,many\n'))).rejects.toMatchObject({
      code: 'query.unreadable-file',
    })
    await pond.appendSeries('/s', bytes('ts,v\n2026-01-03,1.5\n'))
    expect((await records('/s')).map(({ v }) => v)).toEqual([1n, 1.5])
  })

  it.each(['csv', 'jsonl'] as const)(
    'no integer of %s changes beside a fraction, in a file or from before',
    async (format) => {
      const append = (path: string, ...values: string[]) => {
        const lines = values.map((v) => (format === 'csv' ? `2026-01-01,${v}` : `{"ts":"2026-01-01","v":${v}}`))
        return pond.appendSeries(path, bytes([...(format === 'csv' ? ['ts,v'] : []), ...lines, ''].join('\n')), {
          format,
        })
      }
      const refusal = (row: number) => ({
        code: 'query.unreadable-file',
        detail: { column: 'v', row, value: '9007199254740993' },
      })
      await expect(append('/a', '1.5', '9007199254740993')).rejects.toMatchObject(refusal(2))
      await append('/a', '1.5', '9007199254740992')
      await expect(append('/a', '9007199254740993')).rejects.toMatchObject(refusal(1))
      expect((await records('/a')).map(({ v }) => v)).toEqual([1.5, 2 ** 53])
      await append('/b', '9007199254740993')
      expect((await records('/b')).map(({ v }) => v)).toEqual([9007199254740993n])
      // Wider than any integer of Parquet.
      await append('/c', '123456789012345678901', '5')
      expect((await records('/c')).map(({ v }) => v)).toEqual(['123456789012345678901', '5'])
      // A fraction is the nearest double.
      await append('/d', '1.123456789012345678')
      expect((await records('/d')).map(({ v }) => v)).toEqual([1.1234567890123457])
    },
  )

  it.each(['csv', 'jsonl'] as const)(
    'nanoseconds of %s are kept, and refused where microseconds were',
    async (format) => {
      const append = (path: string, ts: string) =>
        pond.appendSeries(path, bytes(format === 'csv' ? `ts,v\n${ts},1\n` : `{"ts":"${ts}","v":1}\n`), { format })
      const sql = async (path: string): Promise<unknown[]> => {
        const { batches } = await pond.queries.stream(await pond.source('pending'), `SELECT ts::VARCHAR FROM '${path}'`)
        const found: unknown[] = []
        for await (const rows of batches) found.push(...rows.map(([value]) => value))
        return found
      }
      await append('/fine', '2026-01-01T00:00:00.123456789Z')
      await append('/fine', '2026-01-01T00:00:01Z')
      expect((await sql('/fine'))[0]).toBe('2026-01-01 00:00:00.123456789')
      await append('/coarse', '2026-01-01T00:00:00.123456000')
      await expect(append('/coarse', '2026-01-01T00:00:00.123456789')).rejects.toMatchObject({
        code: 'query.unreadable-file',
        detail: { column: 'ts', row: 1 },
      })
    },
  )

  it('a row says what its column is wherever it stands', async () => {
    const lines = Array.from({ length: 30_000 }, (_, row) => `2026-01-01,${row}`)
    for (const place of [0, lines.length])
      await pond.appendSeries(
        `/s${place}`,
        bytes(['ts,v', ...lines.toSpliced(place, 0, '2026-01-01,oops'), ''].join('\n')),
      )
    for (const path of ['/s0', `/s${lines.length}`]) expect((await records(path))[7]!.v).toBeTypeOf('string')
  })

  it('versions of integers and of fractions unite only where no integer changes', async () => {
    const long = 9_007_199_254_740_993n
    const schema = (type: 'long' | 'double'): TableType => ({
      name: 'x',
      columns: [
        { name: 'ts', type: 'timestamp', nullable: true },
        { name: 'v', type, nullable: true },
      ],
    })
    const append = (path: string, v: bigint | number | null) =>
      pond.appendSeries(path, [{ ts: 1n, v }], { schema: schema(typeof v === 'number' ? 'double' : 'long') })
    const refused = { code: 'tables.bad-schema', detail: { column: 'v', nodeVersion: 1 } }
    await append('/integers', long)
    await append('/integers', 1n)
    await append('/integers', null)
    await expect(append('/integers', 2.5)).rejects.toMatchObject(refused)
    await expect(pond.appendSeries('/integers', bytes('ts,v\n2026-01-01,2.5\n'))).rejects.toMatchObject(refused)
    await append('/fractions', 2.5)
    await append('/fractions', 7n)
    await expect(append('/fractions', -long)).rejects.toMatchObject(refused)
    await append('/fractions', long - 1n)
    await append('/fractions', -2.5)
    expect((await records('/fractions')).map(({ v }) => v)).toEqual([2.5, 7n, long - 1n, -2.5])
    expect((await records('/integers')).map(({ v }) => v)).toEqual([long, 1n, null])
  })

  it('text where numbers were is refused in every format, and a column without values is none', async () => {
    const append = (v: string) => pond.appendSeries('/s', bytes(`{"ts":"2026-01-01","v":${v}}\n`), { format: 'jsonl' })
    await append('1')
    await append('null')
    const refused = { code: 'tables.bad-schema', detail: { column: 'v', found: 'text', expected: 'integers' } }
    await expect(append('"many"')).rejects.toMatchObject(refused)
    await append('2.5')
    expect((await records('/s')).map(({ v }) => v)).toEqual([1n, null, 2.5])
  })

  it('an append without event times is refused, naming the columns there are', async () => {
    const refused = async (text: string, timestampColumn?: string) =>
      pond.appendSeries('/s', bytes(text), timestampColumn === undefined ? {} : { timestampColumn })
    const columns = { code: 'tlogfs.not-a-series', detail: { path: '/s', columns: ['a', 'when'] } }
    await expect(refused('a,when\n1,2026-01-01\n')).rejects.toMatchObject(columns)
    await expect(refused('a,when\n1,2026-01-01\n', 'gone')).rejects.toMatchObject(columns)
    await expect(refused('a,when\n1,2026-01-01\n', 'a')).rejects.toMatchObject(columns)
    await refused('a,when\n1,2026-01-01\n', 'when')
    // What was named once is known.
    await refused('a,when,ts\n1,2026-01-02,2020-01-01\n')
    await expect(refused('when,ts\n2026-01-02,2020-01-01\n', 'ts')).rejects.toMatchObject({
      code: 'tlogfs.not-a-series',
      detail: { column: 'when', found: 'ts' },
    })
    expect((await parts('/s')).map(({ minEventTime }) => minEventTime)).toEqual([
      micros('2026-01-01'),
      micros('2026-01-02'),
    ])
  })

  it('an append of nothing is refused as what it is, and no refusal asks text for Parquet', async () => {
    await expect(pond.appendSeries('/s', bytes(''), { name: 'a.csv' })).rejects.toMatchObject({
      code: 'query.unreadable-file',
      message: '"a.csv" is empty: expected a table with event times',
    })
    await expect(pond.appendSeries('/s', bytes('a\n1\n'))).rejects.toThrow(/expected a table with event times: none of/)
  })

  it('nothing is appended to a file that is no series', async () => {
    await pond.writeTable('/t', [{ at: 1n, value: 2n }], EVENTS)
    const refusal = { code: 'tlogfs.not-a-series', detail: { path: '/t', fileType: 'file:table' } }
    await expect(pond.appendSeries('/t', bytes('ts\n2026-01-01\n'))).rejects.toMatchObject(refusal)
  })

  it('a range reads the rows in it, whatever versions they are in', async () => {
    const schema: TableType = {
      name: 'x',
      columns: [
        { name: 'ts', type: 'timestamp', nullable: true },
        { name: 'v', type: 'long', nullable: false },
      ],
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.option(fc.integer({ min: -50, max: 50 }), { nil: null }), { maxLength: 6 }), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.option(fc.integer({ min: -60, max: 60 }), { nil: undefined }),
        fc.option(fc.integer({ min: -60, max: 60 }), { nil: undefined }),
        fc.boolean(),
        async (versions, from, to, onlyValues) => {
          const path = `/r${Math.abs(fc.hash(JSON.stringify([versions, from, to, onlyValues])))}`
          let row = 0n
          const rows = versions.map((times) =>
            times.map((time) => ({ ts: time === null ? null : BigInt(time), v: row++ })),
          )
          for (const version of rows) await pond.appendSeries(path, version, { schema })
          const isIn = ({ ts }: { ts: bigint | null }): boolean =>
            (from === undefined && to === undefined) ||
            (ts !== null && (from === undefined || ts >= from) && (to === undefined || ts < to))
          const expected = rows.flat().filter(isIn)
          const columns = onlyValues ? { columns: ['v'] } : {}
          expect(await records(path, { from, to, ...columns })).toEqual(
            onlyValues ? expected.map(({ v }) => ({ v })) : expected,
          )
          await pond.stage((fs) => fs.remove(path))
        },
      ),
      { numRuns: runs(25) },
    )
  })

  it('a range opens no version outside: what is damaged there does not matter', async () => {
    const noise = (day: number) =>
      Array.from({ length: 20_000 }, (_, row) => ({
        at: BigInt(micros(`2026-01-0${day}`)) + BigInt(row),
        value: BigInt(Math.floor(Math.sin(row) * 1e15)),
      }))
    for (const day of [1, 2, 3]) await pond.appendSeries('/s', noise(day), { schema: EVENTS, timestampColumn: 'at' })
    const [first] = await (await pond.moment('pending')).seriesParts('/s')
    const { sha256 } = first!
    await rm(join(folder, 'pond', 'large', sha256.slice(0, 2), sha256))
    expect(await records('/s', { from: micros('2026-01-02') })).toHaveLength(40_000)
    expect(await records('/s', { from: micros('2026-01-02'), to: micros('2026-01-03') })).toHaveLength(20_000)
    await expect(records('/s', { to: micros('2026-01-02') })).rejects.toMatchObject({ code: 'tlogfs.missing-content' })
  })

  it('a series says the same of itself by path and in SQL, and can be copied with its times', async () => {
    const times = { timestampColumn: 'at' }
    for (const rows of [3, 4])
      await pond.appendSeries(
        '/s',
        Array.from({ length: rows }, (_, row) => ({ at: BigInt(row), value: 1n })),
        { schema: EVENTS, ...times },
      )
    const entry = await pond.stat('/s')
    const [first, second] = await (await pond.moment('pending')).seriesParts('/s')
    expect(entry.size).toBe(first!.size + second!.size)
    const stream = await pond.queries.stream(
      await pond.source('pending'),
      `SELECT size, sha256 FROM pond.files WHERE path = '/s'`,
    )
    for await (const [row] of stream.batches) expect([Number(row![0]), row![1]]).toEqual([entry.size, entry.sha256])
    const reader = await pond.open('/s')
    const content = await pond.prepare(reader.chunks())
    await reader.close()
    await expect(pond.stage((fs) => fs.put('/copy', content, { fileType: 'file:series' }))).rejects.toMatchObject({
      code: 'tlogfs.not-a-series',
    })
    await pond.stage((fs) => fs.put('/copy', content, { fileType: 'file:series', ...times }))
    expect(await parts('/copy')).toEqual([{ nodeVersion: 1, rows: 7, minEventTime: 0, maxEventTime: 3 }])
    expect(await records('/copy')).toEqual(await records('/s'))
  })

  it('a table gives back its records, and the batches that were given', async () => {
    const rows = Array.from({ length: 10_000 }, (_, row) => ({
      at: BigInt(row),
      value: row % 3 === 0 ? null : 2n ** 62n + BigInt(row),
    }))
    const { result } = await pond.writeTable('/d/t', rows, EVENTS, { parents: true, commit: { message: 'table' } })
    expect(result).toEqual(await pond.stat('/d/t'))
    expect((await pond.stat('/d/t', 'head')).fileType).toBe('file:table')
    const found: TableRecord[] = []
    for await (const record of pond.readTable('/d/t').records()) found.push(record)
    expect(found).toEqual(rows)
    const batches: RecordBatch[] = []
    for await (const batch of pond.readTable('/d/t', { batchRows: 3_000, columns: ['value'] })) batches.push(batch)
    expect(batches.every(({ numRows }) => numRows <= 3_000)).toBe(true)
    expect(batches[0]!.schema.names).toEqual(['value'])
    const schema = await pond.tableSchema('/d/t')
    await pond.writeTable('/d/u', pond.readTable('/d/t'), schema)
    expect((await pond.tableSchema('/d/u')).toString()).toBe(schema.toString())
    const again: TableRecord[] = []
    for await (const record of pond.readTable('/d/u').records()) again.push(record)
    expect(again).toEqual(rows)
  })

  it('a table is refused where its rows do not fit, and nothing is staged', async () => {
    const refused = async (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code })
    await refused(pond.writeTable('/t', [{ at: 1n }, { at: 'x' }], EVENTS), 'tables.bad-value')
    await refused(pond.writeTable('/t', tableFromArrays({ x: [1] }).batches, EVENTS), 'tables.bad-schema')
    const fails = async function* (): AsyncGenerator<TableRecord> {
      yield { at: 1n }
      throw new Error('the source broke off')
    }
    await expect(pond.writeTable('/t', fails(), EVENTS)).rejects.toThrow('the source broke off')
    await pond.writeTable('/t', [], EVENTS)
    await refused(pond.writeTable('/t', [], EVENTS), 'tinyfs.exists')
    expect((await pond.status()).pendingOperations).toBe(1)
    const rows: TableRecord[] = []
    for await (const record of pond.readTable('/t').records()) rows.push(record)
    expect(rows).toEqual([])
    const text = await pond.prepare(bytes('no table'))
    await pond.stage((fs) => fs.put('/text', text))
    const read = async (path: string): Promise<void> => {
      for await (const _batch of pond.readTable(path));
    }
    await refused(read('/text'), 'tlogfs.not-a-table')
    await refused(read('/gone'), 'tinyfs.not-found')
  })
})
