/**
 * Tables that are imported as tables: CSV, JSON and JSON lines by the ending of their name become Parquet, and
 * Arrow data is checked. Works in files of its own below the pond's cache and leaves none.
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
  return inFolder(pond, { content, signal }, async (source) => {
    const target = `${source}.parquet`
    const conversion = { format, source, target, name, reading, signal }
    const converted = await pond.queries.convert(conversion, { open: () => hostBytes(source) })
    return take(chunksOf(target), converted.reading)
  })
}

/** Hands the same bytes to `take` once they are known to be whole. @throws query.unreadable-file for what is not */
export async function asWholeArrow(
  pond: Pond,
  { content, name, signal }: Pick<TextTable, 'content' | 'name' | 'signal'>,
  take: (bytes: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  await inFolder(pond, { content, signal }, async (source) => {
    await pond.queries.checkArrow({ name, open: () => hostBytes(source) }, { signal })
    await take(chunksOf(source))
  })
}

/** Works with content that is a file of the host meanwhile, alone in its folder. */
async function inFolder<T>(
  pond: Pond,
  { content, signal }: Pick<TextTable, 'content' | 'signal'>,
  work: (hostPath: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(await pond.queries.workFolder(), 'to-parquet-'))
  try {
    const source = join(folder, 'source')
    await pipeline(Readable.from(content, { objectMode: false }), createWriteStream(source), { signal })
    return await work(source)
  } finally {
    await pond.cleanUp(folder, () => rm(folder, { recursive: true, force: true }))
  }
}

function chunksOf(hostPath: string): AsyncIterable<Uint8Array> {
  return createReadStream(hostPath, { highWaterMark: 256 * 1024 })
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
