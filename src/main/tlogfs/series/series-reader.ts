/**
 * The bytes of a series: all its versions as one Parquet file, put together from the row groups that are
 * there. Each version is checked against its own hash as it is read whole, and open while it is read.
 */
import { PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import { readParquetShape, uniteParquet, type ParquetShape, type Union } from '../../tables'
import { CheckedReader, CHUNK_BYTES, type FileReader, type NodeRef } from '../../tinyfs'
import type { Overlay } from '../overlay/overlay'
import { seriesParts, type SeriesPart } from './series-parts'
import type { View } from '../view/view'

/**
 * Close the reader. `path` is what messages call the series.
 * @throws tlogfs.mixed-series where versions have different columns
 */
export async function openSeries(backend: View | Overlay, node: NodeRef, path: string): Promise<FileReader> {
  return openParts(backend, await seriesParts(backend, node), path)
}

/** Some of its versions as one file, in the same way. */
export async function openParts(
  backend: View | Overlay,
  parts: readonly SeriesPart[],
  path: string,
): Promise<FileReader> {
  const open = (part: SeriesPart): Promise<FileReader> => backend.openState(part.state, path)
  const shapes: ParquetShape[] = []
  for (const part of parts) shapes.push(await shapeOf(part, await open(part), path))
  const [first, ...rest] = shapes
  if (first === undefined) throw new PondError('tlogfs.missing-content', `${quote(path)} has no versions`, { path })
  // Nothing and nothing is nothing; a footer cannot be made of no row group.
  if (shapes.every(({ rows }) => rows === 0)) return open(parts[0]!)
  const union = uniteParquet([first, ...rest])
  if (!('file' in union)) return new SeriesReader(union, (file) => open(parts[file]!))
  const { nodeVersion } = parts[union.file]!
  const message = `${quote(path)} is no single file: its node version ${nodeVersion} has other columns than the first; read it as rows`
  throw new PondError('tlogfs.mixed-series', message, { path, nodeVersion })
}

async function shapeOf({ nodeVersion }: SeriesPart, reader: FileReader, path: string): Promise<ParquetShape> {
  try {
    const shape = await readParquetShape(reader)
    if (!('problem' in shape)) return shape
    const message = `node version ${nodeVersion} of ${quote(path)} is damaged: ${shape.problem}`
    throw new PondError('tlogfs.corrupt-content', message, { path, nodeVersion })
  } finally {
    await reader.close()
  }
}

class SeriesReader extends CheckedReader {
  readonly #union: Union
  readonly #openFile: (file: number) => Promise<FileReader>

  constructor(union: Union, openFile: (file: number) => Promise<FileReader>) {
    super()
    this.#union = union
    this.#openFile = openFile
  }

  get size(): number {
    return this.#union.size
  }

  protected async readPart(start: number, end: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(end - start)
    let filled = 0
    for await (const chunk of this.readChunks(start, end, false)) {
      bytes.set(chunk, filled)
      filled += chunk.length
    }
    return bytes
  }

  protected async *readChunks(start: number, end: number, whole: boolean): AsyncGenerator<Uint8Array> {
    const { head, footer, pieces, size } = this.#union
    if (start < head.length) yield head.slice(start, end)
    for (const { file, at, start: from, length } of pieces) {
      const low = Math.max(start, at)
      const high = Math.min(end, at + length)
      if (low >= high) continue
      const range = { start: from + low - at, end: from + high - at }
      // For this read alone: others may be at other places.
      const reader = await this.#openFile(file)
      try {
        if (whole) yield* within(reader.chunks(), range)
        else yield* reader.chunks(range)
      } finally {
        await reader.close()
      }
    }
    const footerAt = size - footer.length
    for (let at = Math.max(start, footerAt); at < end; at += CHUNK_BYTES)
      yield footer.slice(at - footerAt, Math.min(at + CHUNK_BYTES, end) - footerAt)
  }

  protected async release(): Promise<void> {
    // Every read closes what it opened.
  }
}

/** A part of chunks that are read to their end, where they are checked. */
async function* within(
  chunks: AsyncIterable<Uint8Array>,
  { start, end }: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array> {
  let at = 0
  for await (const chunk of chunks) {
    const piece = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at))
    at += chunk.length
    if (piece.length > 0) yield piece
  }
}
