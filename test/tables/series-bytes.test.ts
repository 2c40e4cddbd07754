import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { parquetReadObjects } from 'hyparquet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runs } from '../../src/shared/testing/runs'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, type Pond, type TableRecord, type TableType } from '../../src/main/pond'

const TABLE: TableType = {
  name: 'x',
  columns: [
    { name: 'ts', type: 'timestamp', nullable: true },
    { name: 'n', type: 'short', nullable: true },
    { name: 'text', type: 'string', nullable: true },
    { name: 'price', type: { precision: 12, scale: 3 }, nullable: true },
  ],
}
const noise = (rows: number, from = 0): TableRecord[] =>
  Array.from({ length: rows }, (_, row) => ({
    ts: BigInt(from + row),
    n: row % 7 === 0 ? null : row % 1_000,
    text: `${Math.sin(row + from)}`,
    price: `${row}.125`,
  }))

describe('the bytes of a series', () => {
  let folder: string
  let pond: Pond
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pond-bytes-'))
    pond = await createPond(nodeWorld({ storage: nodeStorage(join(folder, 'pond')) }))
  })
  afterEach(async () => {
    await pond.close()
    await rm(folder, { recursive: true, force: true })
  })
  const bytesOf = async (path: string, at = 'pending'): Promise<Uint8Array> => {
    const reader = await pond.open(path, at)
    try {
      const parts: Uint8Array[] = []
      for await (const chunk of reader.chunks()) {
        expect(chunk.length).toBeLessThanOrEqual(256 * 1024)
        parts.push(chunk)
      }
      const bytes = Buffer.concat(parts)
      expect(bytes.length).toBe(reader.size)
      return new Uint8Array(bytes)
    } finally {
      await reader.close()
    }
  }
  const rowsOf = async (path: string, at = 'pending'): Promise<TableRecord[]> => {
    const rows: TableRecord[] = []
    for await (const row of pond.readSeries(path, { at }).records()) rows.push(row)
    return rows
  }
  const duckdbRows = async (file: string): Promise<unknown[][]> => {
    const instance = await DuckDBInstance.create()
    const connection = await instance.connect()
    try {
      const columns = 'epoch_us(ts), n, text, CAST(price AS VARCHAR)'
      return (await connection.runAndReadAll(`SELECT ${columns} FROM read_parquet('${file}')`)).getRows()
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  }
  const values = ({ ts, n, text, price }: TableRecord) => [ts, n, text, price]

  it('are one Parquet file with all rows, for every reader, inline and large parts alike', async () => {
    for (const [index, rows] of [3, 20_000, 0, 40].entries())
      await pond.appendSeries('/s', noise(rows, index * 100_000), { schema: TABLE })
    await pond.commit({ message: 'all' })
    await pond.appendSeries('/s', noise(5, 900_000), { schema: TABLE })
    const expected = await rowsOf('/s')
    expect(expected).toHaveLength(20_048)
    const bytes = await bytesOf('/s')
    const file = join(folder, 'whole.parquet')
    await writeFile(file, bytes)
    expect(await duckdbRows(file)).toEqual(expected.map(values))
    const read = await parquetReadObjects({
      file: bytes.buffer as ArrayBuffer,
      parsers: { timestampFromMicroseconds: (us: bigint) => us },
      compressors: (await import('hyparquet-compressors')).compressors,
    })
    expect(read.map(({ ts, text }) => [ts, text])).toEqual(expected.map(({ ts, text }) => [ts, text]))
    const content = await pond.prepare([bytes])
    await pond.stage((fs) => fs.put('/copy', content))
    expect((await pond.stat('/copy')).fileType).toBe('file:table')
    const copied: TableRecord[] = []
    for await (const row of pond.readTable('/copy').records()) copied.push(row)
    expect(copied).toEqual(expected)
    expect(await rowsOf('/s', 'head')).toHaveLength(20_043)
  })

  it('read the same by range as whole', async () => {
    for (const rows of [3, 20_000, 7]) await pond.appendSeries('/s', noise(rows), { schema: TABLE })
    const whole = await bytesOf('/s')
    const reader = await pond.open('/s')
    const place = fc.integer({ min: 0, max: whole.length + 10 })
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 0, max: 200_000 }), async (offset, length) => {
        const found = await reader.read(offset, length)
        expect(Buffer.compare(found, whole.subarray(offset, offset + length))).toBe(0)
      }),
      { numRuns: runs(100) },
    )
    // Several readers of one opened file, each at its own place.
    const places = [0, 100, 250_000, whole.length - 300]
    const found = await Promise.all(places.map((at) => reader.read(at, 300)))
    for (const [index, at] of places.entries())
      expect(Buffer.compare(found[index]!, whole.subarray(at, at + 300))).toBe(0)
    await reader.close()
    await expect(reader.read(0, 1)).rejects.toMatchObject({ code: 'tinyfs.closed' })
  })

  it('are those of its content where it has one version', async () => {
    const appended = await pond.appendSeries('/s', noise(10), { schema: TABLE })
    expect(appended.nodeVersion).toBe(1)
    const [part] = await (await pond.moment('pending')).seriesParts('/s')
    const { size, sha256 } = await pond.stat('/s')
    expect([size, sha256]).toEqual([part!.size, part!.sha256])
    expect((await bytesOf('/s')).length).toBe(size)
  })

  it('are a table without rows where no version has any', async () => {
    for (const _ of [1, 2]) await pond.appendSeries('/s', [], { schema: TABLE })
    const content = await pond.prepare([await bytesOf('/s')])
    await pond.stage((fs) => fs.put('/copy', content))
    expect((await pond.stat('/copy')).fileType).toBe('file:table')
    expect(await rowsOf('/s')).toEqual([])
  })

  it('are refused where versions have different columns; rows still are read', async () => {
    const text = (value: string) => [new TextEncoder().encode(value)]
    await pond.appendSeries('/s', text('ts,v\n2026-01-01,1\n'))
    await pond.appendSeries('/s', text('ts,v,w\n2026-01-02,2,3\n'))
    await expect(bytesOf('/s')).rejects.toMatchObject({
      code: 'tlogfs.mixed-series',
      detail: { path: '/s', nodeVersion: 2 },
    })
    expect((await rowsOf('/s')).map(({ v, w }) => [v, w])).toEqual([
      [1n, undefined],
      [2n, 3n],
    ])
  })

  it('are never wrong: damage in a part is found before the whole was read', async () => {
    for (const from of [0, 1_000_000]) await pond.appendSeries('/s', noise(20_000, from), { schema: TABLE })
    const [, second] = await (await pond.moment('pending')).seriesParts('/s')
    const { sha256 } = second!
    const blob = join(folder, 'pond', 'large', sha256.slice(0, 2), sha256)
    const damaged = await readFile(blob)
    damaged[1_000]! ^= 1
    await writeFile(blob, damaged)
    await expect(bytesOf('/s')).rejects.toMatchObject({ code: 'tlogfs.corrupt-content' })
  })
})
