/**
 * Content of rows of big data files, kept with what is near it: whoever reads one file of a directory, or
 * one version of a series, is likely to read its neighbours, and a page is decoded whole anyway. Bounded
 * by bytes; relies on data files never changing under their name.
 */
import type { FileMetaData } from 'hyparquet'
import { ByteCache } from './byte-cache'
import { stretchAt } from './content-layout'
import type { OpenedFile } from './data-files'
import type { RowRange } from './parquet-read'

type Contents = readonly (Uint8Array | null)[]

/** Content that is kept. */
const KEPT_BYTES = 16 * 1024 * 1024
/** A value takes this beside its bytes. */
const VALUE_BYTES = 100

export class NearContent {
  readonly #kept = new ByteCache<Contents>(KEPT_BYTES)
  readonly #reading = new Map<string, Promise<Contents>>()

  /** What is kept of a row; undefined where it has to be read. */
  find(path: string, metadata: FileMetaData, row: number): Uint8Array | null | undefined {
    const stretch = stretchAt(metadata, row)
    const contents = this.#kept.get(keyOf(path, stretch))
    return contents === undefined ? undefined : copyOf(contents[row - stretch.rowStart])
  }

  /** Content of a row, read with its stretch: once, however many ask for it meanwhile. @throws oplog.corrupt-data */
  async read(path: string, { reader }: OpenedFile, row: number): Promise<Uint8Array | null> {
    const stretch = stretchAt(reader.metadata, row)
    const key = keyOf(path, stretch)
    let reading = this.#reading.get(key)
    if (reading === undefined) {
      reading = reader.readContent(stretch).finally(() => this.#reading.delete(key))
      this.#reading.set(key, reading)
    }
    const contents = await reading
    this.#kept.set(
      key,
      contents,
      contents.reduce((sum, content) => sum + VALUE_BYTES + (content?.length ?? 0), 0),
    )
    return copyOf(contents[row - stretch.rowStart])
  }
}

function keyOf(path: string, { rowStart }: RowRange): string {
  return `${rowStart} ${path}`
}

/** A copy, because the original is a part of a decoded page, and others get it, too. */
function copyOf(content: Uint8Array | null | undefined): Uint8Array | null {
  return content?.slice() ?? null
}
