import fc from 'fast-check'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { runs } from '../../shared/testing/runs'
import { beginsLikeParquet, readParquetShape } from './parquet-content'
import { forge, sourceOf, withChunks } from './testing/parquet'

const table = (rows: number, rowGroupSize = 1_000): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'n', data: Array.from({ length: rows }, (_, row) => row), type: 'INT32' },
        { name: 's', data: Array.from({ length: rows }, (_, row) => `row ${row}`), type: 'STRING' },
      ],
      rowGroupSize,
    }),
  )

describe('Parquet content', () => {
  it('tells rows, row groups and columns from the footer, and reads nothing else', async () => {
    const parquet = table(200_000, 50_000)
    const source = sourceOf(parquet)
    const shape = await readParquetShape(source)
    expect(shape).toMatchObject({ rows: 200_000, columns: [{ name: 'n' }, { name: 's' }] })
    if ('problem' in shape) throw new Error(shape.problem)
    expect(shape.rowGroups.map(({ rows }) => rows)).toEqual([50_000, 50_000, 50_000, 50_000])
    expect(shape.rowGroups.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(parquet.length)
    expect(source.readBytes).toBeLessThan(70_000)
    expect(parquet.length).toBeGreaterThan(500_000)
  })

  it('takes a table without rows for a table', async () => {
    expect(await readParquetShape(sourceOf(table(0)))).toMatchObject({ rows: 0 })
  })

  it('refuses a file that was cut anywhere', async () => {
    const parquet = table(50)
    for (let length = 0; length < parquet.length; length++)
      expect(await readParquetShape(sourceOf(parquet.slice(0, length)))).toHaveProperty('problem')
  })

  it('refuses or reads what was changed in the footer, and never throws', async () => {
    const parquet = table(50)
    const footer = new DataView(parquet.buffer).getUint32(parquet.length - 8, true) + 8
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: footer }), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (changes) => {
          const changed = parquet.slice()
          for (const [fromEnd, byte] of changes) changed[changed.length - fromEnd] = byte
          const found = await readParquetShape(sourceOf(changed))
          if (!('problem' in found)) expect(found.rows).toBeLessThan(changed.length * 65_536)
        },
      ),
      { numRuns: runs(2_000) },
    )
  })

  it.each([
    ['rows beyond what bytes can hold', 2n ** 40n, 2n ** 40n, 2n ** 40n],
    ['many rows within a page count', 2n ** 31n - 1n, 2n ** 31n - 1n, 2n ** 31n - 1n],
    ['fewer than none', -1n, -1n, -1n],
    ['more rows than its groups', 51n, 50n, 50n],
    ['more rows than values', 51n, 51n, 50n],
  ])('refuses a file that claims %s', async (_, rows, groupRows, values) => {
    const bomb = forge(table(50), (metadata) => {
      const changed = withChunks(metadata, (chunk) => ({ ...chunk, num_values: values }))
      const row_groups = changed.row_groups.map((group) => ({ ...group, num_rows: groupRows }))
      return { ...changed, num_rows: rows, row_groups }
    })
    expect(await readParquetShape(sourceOf(bomb))).toHaveProperty('problem')
  })

  it('refuses row groups that reach beyond the file, and columns that the schema has not', async () => {
    const moved = forge(table(50), (metadata) =>
      withChunks(metadata, (chunk) => ({ ...chunk, total_compressed_size: 100_000n })),
    )
    expect(await readParquetShape(sourceOf(moved))).toEqual({ problem: 'row group 0 reaches beyond the file' })
    const short = forge(table(50), (metadata) => ({
      ...metadata,
      row_groups: metadata.row_groups.map((group) => ({ ...group, columns: group.columns.slice(1) })),
    }))
    expect(await readParquetShape(sourceOf(short))).toHaveProperty('problem')
  })

  it('is told by its first bytes', () => {
    expect(beginsLikeParquet(table(1))).toBe(true)
    expect(beginsLikeParquet(new TextEncoder().encode('PAR'))).toBe(false)
    expect(beginsLikeParquet(new TextEncoder().encode('PARE'))).toBe(false)
  })
})
