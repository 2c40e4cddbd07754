/**
 * Data files, opened for reading. They never change under their name, so small ones are decoded once
 * and kept (least recently used, by bytes), and of big ones the footer is. A file that is not there is
 * `platform.not-found`; whether that is damage, the snapshot decides.
 */
import type { FileMetaData } from 'hyparquet'
import { PondError } from '../../../shared/errors'
import type { Storage } from '../../platform'
import { ByteCache } from './byte-cache'
import { join } from '../log/log'
import { NearContent } from './near-content'
import { checkSize, DataFileReader, decodeWhole, parseFooter, readFooter, uncompressedBytes } from './parquet-read'
import { corrupt } from './parquet-source'
import { estimateBytes } from './parquet-write'
import type { AddressedRow, OplogRow } from './row'
import type { LiveFile } from '../state/state'
import { compareRows } from './oplog-table'
import { damagedFrom, findDamage, VerifiedBlocks } from './verified-reader'

/** A small file, whole: content apart, so that a scan without it shares the rows. */
export interface DecodedFile {
  readonly kind: 'decoded'
  /** Content is null in each. */
  readonly rows: readonly AddressedRow[]
  readonly contents: readonly (Uint8Array | null)[]
}

/** A big file; close it. */
export interface OpenedFile {
  readonly kind: 'opened'
  readonly reader: DataFileReader
  close(): Promise<void>
}

/** A file is small when decoding it whole neither blocks for long nor takes much memory. */
const SMALL_BYTES = 1024 * 1024
const SMALL_ROWS = 4_096
const SMALL_UNCOMPRESSED_BYTES = 4 * 1024 * 1024

const ROWS_CACHE_BYTES = 32 * 1024 * 1024
const FOOTER_CACHE_BYTES = 16 * 1024 * 1024
/** Parsed metadata takes several times the bytes it was parsed from. */
const FOOTER_EXPANSION = 8

export class DataFiles {
  readonly #storage: Storage
  readonly #folder: string
  readonly #decoded = new ByteCache<DecodedFile>(ROWS_CACHE_BYTES)
  readonly #footers = new ByteCache<FileMetaData>(FOOTER_CACHE_BYTES)
  readonly #near = new NearContent()
  readonly #blocks = new VerifiedBlocks()

  constructor(storage: Storage, tableFolder: string) {
    this.#storage = storage
    this.#folder = tableFolder
  }

  /** @throws platform.not-found, oplog.corrupt-data */
  async open(file: LiveFile): Promise<DecodedFile | OpenedFile> {
    const cached = this.#decoded.get(file.path)
    if (cached !== undefined) return cached
    return (await this.#decodeIfSmall(file)) ?? this.#openBig(file)
  }

  /** Content of one row by its number. @throws platform.not-found, oplog.corrupt-data */
  async contentOf(file: LiveFile, row: number): Promise<Uint8Array | null> {
    const footer = this.#footers.get(file.path)
    const kept = footer && this.#near.find(file.path, footer, row)
    if (kept !== undefined) return kept
    const opened = await this.open(file)
    if (opened.kind === 'decoded') return opened.contents[row] ?? null
    try {
      return await this.#near.read(file.path, opened, row)
    } finally {
      await opened.close()
    }
  }

  /** Undefined for a file that turns out to be too large, once decompressed, to be taken whole. */
  async #decodeIfSmall(file: LiveFile): Promise<DecodedFile | undefined> {
    if (file.size > SMALL_BYTES || (file.rows ?? 0) > SMALL_ROWS) return undefined
    const bytes = await this.#storage.readFile(join(this.#folder, file.path))
    checkSize(file, bytes.length)
    verifyBlocks(file, bytes)
    const metadata = parseFooter(file, bytes)
    if (Number(metadata.num_rows) > SMALL_ROWS || uncompressedBytes(metadata) > SMALL_UNCOMPRESSED_BYTES)
      return undefined
    const decoded: DecodedFile = { kind: 'decoded', ...(await decodeWhole(file, bytes, metadata)) }
    this.#keep(file.path, decoded)
    return decoded
  }

  async #openBig(file: LiveFile): Promise<OpenedFile> {
    const plainReader = await this.#storage.open(join(this.#folder, file.path))
    try {
      checkSize(file, plainReader.sizeBytes)
      const reader =
        file.checksums === undefined ? plainReader : this.#blocks.reader(file.path, plainReader, file.checksums)
      let metadata = this.#footers.get(file.path)
      if (metadata === undefined) {
        metadata = await readFooter(file, reader)
        this.#footers.set(file.path, metadata, metadata.metadata_length * FOOTER_EXPANSION)
      }
      return { kind: 'opened', reader: new DataFileReader(file, reader, metadata), close: () => plainReader.close() }
    } catch (error) {
      await plainReader.close()
      throw error
    }
  }

  /** Remembers the rows of a file that was just written: reading a small one again costs nothing. */
  remember(path: string, size: number, rows: readonly OplogRow[]): void {
    if (size > SMALL_BYTES || rows.length > SMALL_ROWS) return
    const sorted = rows.toSorted(compareRows)
    this.#keep(path, {
      kind: 'decoded',
      rows: sorted.map((row, index) => ({ ...row, content: null, address: { file: path, row: index } })),
      contents: sorted.map((row) => row.content),
    })
  }

  #keep(path: string, decoded: DecodedFile): void {
    const content = decoded.contents.reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0)
    const bytes = decoded.rows.reduce((sum, row) => sum + 400 + estimateBytes(row), content)
    this.#decoded.set(path, decoded, bytes)
  }
}

export async function closeAll(files: readonly (DecodedFile | OpenedFile)[]): Promise<void> {
  for (const file of files) if (file.kind === 'opened') await file.close()
}

function verifyBlocks(file: LiveFile, bytes: Uint8Array): void {
  const damaged = file.checksums === undefined ? undefined : findDamage(bytes, file.checksums)
  if (damaged !== undefined) throw corrupt(file, damagedFrom(damaged))
}

/** What a file that is named as live, and is not there, comes to. */
export function missingData(file: string, cause: unknown): PondError {
  return new PondError(
    'oplog.missing-data',
    `the data file ${file} is missing, though the Delta log names it`,
    { file },
    cause,
  )
}
