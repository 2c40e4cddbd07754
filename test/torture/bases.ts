/** Sound Parquet and Arrow files of many types and layouts, made by DuckDB and by Arrow's own library. */
import { DuckDBInstance } from '@duckdb/node-api'
import { tableFromArrays, tableToIPC, vectorFromArray, Dictionary, Int32, Utf8, Table } from 'apache-arrow'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bases } from './cases'

const ROWS = `
  SELECT i::INTEGER AS id, TIMESTAMP '2026-01-01' + INTERVAL (i) SECOND AS timestamp, 'name ' || i AS name,
    CASE WHEN i % 3 = 0 THEN NULL ELSE i / 7 END AS ratio, [i, i + 1] AS items, {'a': i, 'b': 'x' || i} AS both,
    MAP {'k': i} AS keyed, i::DECIMAL(18, 3) AS money, repeat('y', 200) AS long, (i % 5)::VARCHAR AS few
  FROM range(400) t(i)`
const LAYOUTS = [
  'COMPRESSION zstd',
  'COMPRESSION snappy, ROW_GROUP_SIZE 100',
  'COMPRESSION gzip',
  'COMPRESSION uncompressed, PARQUET_VERSION v2',
  'COMPRESSION lz4_raw, ROW_GROUP_SIZE 50',
  'COMPRESSION brotli',
]

export async function soundFiles(): Promise<Bases> {
  const folder = await mkdtemp(join(tmpdir(), 'duckpond-torture-'))
  const instance = await DuckDBInstance.create(':memory:')
  try {
    const connection = await instance.connect()
    const parquet: Uint8Array[] = []
    for (const [i, layout] of LAYOUTS.entries()) {
      const file = join(folder, `${i}.parquet`)
      await connection.run(`COPY (${ROWS}) TO '${file}' (FORMAT parquet, ${layout})`)
      parquet.push(await readFile(file))
    }
    return { parquet: some(parquet), arrow: some(arrowFiles()) }
  } finally {
    instance.closeSync()
    await rm(folder, { recursive: true, force: true })
  }
}

function arrowFiles(): Uint8Array[] {
  const plain = tableFromArrays({
    id: Int32Array.from({ length: 300 }, (_, i) => i),
    big: BigInt64Array.from({ length: 300 }, (_, i) => BigInt(i)),
    ratio: Float64Array.from({ length: 300 }, (_, i) => i / 7),
    name: Array.from({ length: 300 }, (_, i) => (i % 4 === 0 ? null : `name ${i}`)),
  })
  const nested = new Table({
    items: vectorFromArray(Array.from({ length: 100 }, (_, i) => [i, i + 1])),
    both: vectorFromArray(Array.from({ length: 100 }, (_, i) => ({ a: i, b: `x${i}` }))),
    few: vectorFromArray(
      Array.from({ length: 100 }, (_, i) => `few ${i % 5}`),
      new Dictionary(new Utf8(), new Int32()),
    ),
  })
  return [plain, nested].flatMap((table) => [tableToIPC(table, 'file'), tableToIPC(table, 'stream')])
}

function some<T>(values: readonly T[]): readonly [T, ...T[]] {
  const [first, ...rest] = values
  if (first === undefined) throw new Error('there is nothing to begin with')
  return [first, ...rest]
}
