import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runs } from '../../shared/testing/runs'
import { readEventTimes } from './event-times'
import { readParquetShape } from './parquet-content'
import { forge, sourceOf, withChunks } from './testing/parquet'

const DAY = 86_400_000_000

async function eventTimes(parquet: Uint8Array, column?: string) {
  const source = sourceOf(parquet)
  const shape = await readParquetShape(source)
  if ('problem' in shape) throw new Error(shape.problem)
  return { times: await readEventTimes(source, shape, { path: '/x', column }), readBytes: source.readBytes }
}

const written = (columnData: ColumnSource[], rowGroupSize = 7): Uint8Array =>
  new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize }))
const instants = (name: string, values: (number | null)[]): ColumnSource => ({
  name,
  data: values.map((value) => (value === null ? null : BigInt(value))),
})
const micros = { type: 'INT64', converted_type: 'TIMESTAMP_MICROS', repetition_type: 'OPTIONAL' } as const

describe('event times', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pond-times-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('are the same from statistics, and from the column where those are missing or not relied on', async () => {
    const values = fc.array(fc.option(fc.integer({ min: -1e15, max: 1e15 }), { nil: null }), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(values, async (times) => {
        const schema = [
          { name: 'root', num_children: 1 },
          { name: 'ts', ...micros },
        ]
        const parquet = new Uint8Array(
          parquetWriteBuffer({ columnData: [instants('ts', times)], schema, rowGroupSize: 7 }),
        )
        const known = times.filter((time) => time !== null)
        const expected = { column: 'ts', min: Math.min(...known), max: Math.max(...known) }
        const none = { column: 'ts', min: null, max: null }
        const same = known.length === 0 ? none : expected
        expect((await eventTimes(parquet)).times).toEqual(same)
        // Nobody's, with statistics that lie: they are not looked at.
        const statistics = { min_value: 0n, max_value: 1n, null_count: 0n }
        const lying = forge(parquet, (metadata) => ({
          ...withChunks(metadata, (chunk) => ({ ...chunk, statistics })),
          created_by: 'somebody',
        }))
        expect((await eventTimes(lying)).times).toEqual(same)
      }),
      { numRuns: runs(40) },
    )
  })

  it('agree with DuckDB in every type that says when', async () => {
    const instance = await DuckDBInstance.create()
    const connection = await instance.connect()
    await connection.run(`SET TimeZone = 'UTC'`)
    const types = ['TIMESTAMP', 'TIMESTAMPTZ', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'DATE']
    for (const type of types) {
      const file = join(folder, `${type}.parquet`)
      const rows = `SELECT CAST(make_timestamp(i * 77777777777) AS ${type}) AS ts, i FROM range(-300, 3000) t(i)`
      await connection.run(`COPY (${rows}) TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`)
      const bounds = await connection.runAndReadAll(
        `SELECT epoch_us(min(CAST(ts AS TIMESTAMPTZ))), epoch_us(max(CAST(ts AS TIMESTAMPTZ)))
         FROM read_parquet('${file}')`,
      )
      const [min, max] = bounds.getRows()[0]!.map(Number)
      expect((await eventTimes(new Uint8Array(await readFile(file)))).times, type).toEqual({ column: 'ts', min, max })
    }
    connection.closeSync()
    instance.closeSync()
  })

  it('come from the first column of a known name that fits, or from the one that is named', async () => {
    const date = (name: string, day: number): ColumnSource => ({
      name,
      data: [new Date(day * 86_400_000)],
      type: 'TIMESTAMP',
    })
    const text = (name: string): ColumnSource => ({ name, data: ['2026-01-01'], type: 'STRING' })
    const column = async (columns: ColumnSource[], named?: string) => (await eventTimes(written(columns), named)).times
    expect(await column([date('ts', 2), date('time', 1)])).toEqual({ column: 'time', min: DAY, max: DAY })
    expect(await column([text('timestamp'), date('datetime', 3)])).toMatchObject({ column: 'datetime' })
    expect(await column([date('ts', 2), date('mine', 1)], 'mine')).toMatchObject({ column: 'mine' })
    expect(await column([text('timestamp'), text('b')])).toMatchObject({
      problem: expect.stringMatching(/^its column timestamp holds neither .*--timestamp-format/),
      columns: ['timestamp', 'b'],
    })
    expect(await column([text('a'), text('b')])).toMatchObject({
      problem: expect.stringMatching(/^none of .* is among its columns a, b \(--timestamp-column/),
    })
    expect(await column([date('ts', 2)], 'gone')).toMatchObject({ columns: ['ts'] })
    expect(await column([date('ts', 2), text('b')], 'b')).toMatchObject({ columns: ['ts', 'b'] })
  })

  it('cost the footer alone where statistics do', async () => {
    const data = Array.from({ length: 100_000 }, (_, row) => new Date(row * 1_000))
    const noise = Array.from({ length: 100_000 }, (_, row) => `${(row * 7_919) % 99_991}`)
    const parquet = written(
      [
        { name: 'ts', data, type: 'TIMESTAMP' },
        { name: 'noise', data: noise, type: 'STRING' },
      ],
      25_000,
    )
    const { times, readBytes } = await eventTimes(parquet)
    expect(times).toEqual({ column: 'ts', min: 0, max: 99_999_000_000 })
    expect(readBytes).toBeLessThan(parquet.length / 4)
  })
})
