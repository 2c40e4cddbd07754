/**
 * Text tables that become Parquet while they are imported: CSV, JSON and JSON lines by the ending of their
 * name. Works in files of its own below the pond's cache and leaves none.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, open as openFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Pond } from '../../pond'
import type { Reading, ReadingOptions } from '../../../shared/model'
import { isTablePath, type Conversion, type TableBytes } from '../../query'

const NOTHING = new Uint8Array(0)
const TEXT_ENDING = /\.(csv|tsv|tab|psv|json|geojson|jsonl|ndjson|xlsx|xlsm)(\.(gz|gzip|zst|zstd))?$/i

/** The format of a file that can become Parquet; null for any other, which stays as it is. */
export function textFormatOf(name: string): Conversion['format'] | null {
  const format = isTablePath(name, NOTHING)
  return format === null || format === 'parquet' || format === 'arrow' ? null : format
}

/** `may.csv` becomes `may.parquet`; a name without such an ending stays. */
export function parquetName(name: string): string {
  return name.replace(TEXT_ENDING, '.parquet')
}

export interface TextTable {
  readonly content: AsyncIterable<Uint8Array>
  readonly format: Conversion['format']
  /** For messages, and for what its ending says. */
  readonly name: string
  /** How it is read; what is absent is decided. */
  readonly reading?: ReadingOptions | undefined
  readonly signal: AbortSignal
}

/** Hands the Parquet bytes to `take`. @throws query.unreadable-file with the line of a row that does not fit */
export async function asParquet<T>(
  pond: Pond,
  { content, format, name, reading, signal }: TextTable,
  take: (bytes: AsyncIterable<Uint8Array>, reading: Reading) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(await pond.queries.workFolder(), 'to-parquet-'))
  try {
    const source = join(folder, 'source')
    const target = join(folder, 'target.parquet')
    await pipeline(Readable.from(content, { objectMode: false }), createWriteStream(source), { signal })
    const conversion = { format, source, target, name, reading, signal }
    const converted = await pond.queries.convert(conversion, { open: () => hostBytes(source) })
    return await take(createReadStream(target, { highWaterMark: 256 * 1024 }), converted.reading)
  } finally {
    await pond.cleanUp(folder, () => rm(folder, { recursive: true, force: true }))
  }
}

async function hostBytes(hostPath: string): Promise<TableBytes> {
  const file = await openFile(hostPath)
  const { size } = await file.stat()
  return {
    size,
    async read(offset, length) {
      const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset)
      return buffer.subarray(0, bytesRead)
    },
    close: () => file.close(),
  }
}
