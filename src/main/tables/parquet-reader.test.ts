import { parquetWriteBuffer } from 'hyparquet-writer'
import { parquetMetadata, type FileMetaData } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { readParquetShape, type ParquetShape } from './parquet-content'
import { mendFooter } from './parquet-footer'
import { arrowSchemaOf, readBatches } from './parquet-reader'
import { uniteParquet } from './parquet-union'
import { forge, sourceOf, withChunks } from './testing/parquet'

const ROWS = 20
const sound = new Uint8Array(
  parquetWriteBuffer({
    columnData: [
      { name: 'n', data: Array.from({ length: ROWS }, (_, row) => row), type: 'INT32' },
      { name: 's', data: Array.from({ length: ROWS }, (_, row) => `row ${row}`), type: 'STRING' },
    ],
  }),
)

/** Lists of the format that a writer may leave empty, and then give elements of any type. */
const EMPTY: Readonly<Record<string, (metadata: FileMetaData) => FileMetaData>> = {
  'key-value metadata': (metadata) => ({ ...metadata, key_value_metadata: [] }),
  'key-value metadata of columns': (metadata) =>
    withChunks(metadata, (chunk) => ({ ...chunk, key_value_metadata: [] })),
  'statistics of encodings': (metadata) => withChunks(metadata, (chunk) => ({ ...chunk, encoding_stats: [] })),
  encodings: (metadata) => withChunks(metadata, (chunk) => ({ ...chunk, encodings: [] })),
  'statistics of sizes': (metadata) =>
    withChunks(metadata, (chunk) => ({
      ...chunk,
      size_statistics: { repetition_level_histogram: [], definition_level_histogram: [] },
    })),
  'sorting columns': (metadata) => ({
    ...metadata,
    row_groups: metadata.row_groups.map((group) => ({ ...group, sorting_columns: [] })),
  }),
  'row groups': (metadata) => ({ ...metadata, num_rows: 0n, row_groups: [] }),
}

async function shapeOf(bytes: Uint8Array): Promise<ParquetShape> {
  const shape = await readParquetShape(sourceOf(bytes))
  if ('problem' in shape) throw new Error(shape.problem)
  return shape
}

async function rowsOf(bytes: Uint8Array): Promise<unknown[]> {
  const rows: unknown[] = []
  for await (const batch of readBatches(sourceOf(bytes), { path: '/x', shape: await shapeOf(bytes) }))
    rows.push(...batch.toArray().map((row) => row!.toJSON()))
  return rows
}

describe('Rows of a Parquet file', () => {
  it.each(Object.entries(EMPTY))(
    'are read where the list of its %s is empty, whatever elements it says it has',
    async (_name, change) => {
      const forged = forge(sound, change)
      const { rows } = await shapeOf(forged)
      expect(await rowsOf(forged)).toEqual((await rowsOf(sound)).slice(0, rows))
      const schema = await arrowSchemaOf(sourceOf(forged), await shapeOf(forged), '/x')
      expect(schema.fields.map(({ name }) => name)).toEqual(['n', 's'])
    },
  )

  it('are those of both when two files are united, one of which has none', async () => {
    const none = forge(sound, EMPTY['row groups']!)
    const union = uniteParquet([await shapeOf(none), await shapeOf(none)])
    if ('file' in union) throw new Error('no union')
    const bytes = Buffer.concat([
      union.head,
      ...union.pieces.map(({ start, length }) => none.slice(start, start + length)),
      union.footer,
    ])
    expect(await rowsOf(bytes)).toEqual([])
    const schema = await arrowSchemaOf(sourceOf(bytes), await shapeOf(bytes), '/x')
    expect(schema.fields.map(({ name }) => name)).toEqual(['n', 's'])
  })

  it('of a footer that is no Thrift leave it as it is, and of any other all but empty lists', () => {
    const footer = sound.slice(sound.length - 8 - new DataView(sound.buffer).getUint32(sound.length - 8, true))
    expect(parquetMetadata(mendFooter(footer).buffer as ArrayBuffer)).toEqual(parquetMetadata(footer.buffer))
    for (let at = 0; at < footer.length - 8; at++) {
      const damaged = Uint8Array.from(footer)
      damaged[at]! ^= 0xff
      expect(mendFooter(damaged)).toHaveLength(footer.length)
    }
  })
})
