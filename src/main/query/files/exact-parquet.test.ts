/** Parquet of which DuckDB alone would read other values than it has, against what its writer put there. */
import { parquetWriteBuffer } from 'hyparquet-writer'
import type { SchemaElement } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { openBench } from '../testing/host-source'

const bench = await openBench()
const ROOT: SchemaElement = { name: 'root', num_children: 2 }
const ID: SchemaElement = { name: 'id', type: 'INT64', repetition_type: 'REQUIRED' }

function instants(nanos: readonly (bigint | null)[], isAdjustedToUTC = true): Uint8Array {
  const seen: SchemaElement = {
    name: 'seen',
    type: 'INT64',
    repetition_type: 'OPTIONAL',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC, unit: 'NANOS' },
  }
  const columnData = [
    { name: 'id', data: nanos.map((_, index) => BigInt(index)) },
    { name: 'seen', data: [...nanos] },
  ]
  return new Uint8Array(parquetWriteBuffer({ columnData, schema: [ROOT, ID, seen], rowGroupSize: 2 }))
}

describe('Nanoseconds of an instant with a zone in Parquet', () => {
  it('are read where they are whole microseconds', async () => {
    const source = await bench.source({ '/whole.parquet': instants([1_000n, null, -2_000n, 0n]) })
    expect(await bench.rows(source, "SELECT seen, typeof(seen) FROM '/whole.parquet'")).toEqual([
      ['1970-01-01T00:00:00.000001Z', 'TIMESTAMP WITH TIME ZONE'],
      [null, 'TIMESTAMP WITH TIME ZONE'],
      ['1969-12-31T23:59:59.999998Z', 'TIMESTAMP WITH TIME ZONE'],
      ['1970-01-01T00:00:00Z', 'TIMESTAMP WITH TIME ZONE'],
    ])
  })

  it('are refused by the first row in which they are finer, however they are read', async () => {
    const files = {
      '/d/a.parquet': instants([0n]),
      '/d/fine.parquet': instants([1_000n, null, 2_000n, 1n]),
    }
    const source = await bench.source(files)
    const refusal = {
      code: 'query.unreadable-file',
      message: expect.stringMatching(
        /^"\/d\/fine.parquet" cannot be read as a table: row 4 of its column "seen" .* finer than the microseconds .*without a zone/,
      ) as string,
    }
    for (const from of [
      "'/d/fine.parquet'",
      "'/d/*.parquet'",
      "read_parquet('/d/*.parquet')",
      "PARQUET_SCAN('/d/fine.parquet')",
    ])
      // Twice: what was found is kept.
      for (let time = 0; time < 2; time++)
        await expect(bench.rows(source, `SELECT seen FROM ${from}`), from).rejects.toMatchObject(refusal)
    const [file] = await source.tables('/d/fine.parquet')
    expect(await bench.queries.describe(file!)).toMatchObject({ problem: refusal })
    // What does not read its rows goes on.
    expect(await bench.rows(source, "SELECT num_rows FROM parquet_file_metadata('/d/fine.parquet')")).toEqual([[4]])
  })

  it('without a zone are read as they are', async () => {
    const source = await bench.source({ '/local.parquet': instants([1n, null], false) })
    expect(await bench.rows(source, "SELECT seen::VARCHAR FROM '/local.parquet'")).toEqual([
      ['1970-01-01 00:00:00.000000001'],
      [null],
    ])
  })
})

describe('Decimals of more than 38 digits in Parquet', () => {
  it('are refused by their column, and not made fractions', async () => {
    const wide: SchemaElement = {
      name: 'n',
      type: 'FIXED_LEN_BYTE_ARRAY',
      type_length: 32,
      repetition_type: 'REQUIRED',
      converted_type: 'DECIMAL',
      precision: 76,
      scale: 2,
    }
    const columnData = [
      { name: 'id', data: [1n] },
      { name: 'n', data: [10n ** 37n] },
    ]
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData, schema: [ROOT, ID, wide] }))
    const source = await bench.source({ '/wide.parquet': bytes })
    const refusal = {
      code: 'query.unreadable-file',
      message: expect.stringContaining('its column "n" is of a type that SQL does not have: decimal(76, 2)') as string,
    }
    await expect(bench.rows(source, "SELECT n FROM '/wide.parquet'")).rejects.toMatchObject(refusal)
    const [file] = await source.tables('/wide.parquet')
    expect(await bench.queries.describe(file!)).toMatchObject({ problem: refusal })
  })
})
