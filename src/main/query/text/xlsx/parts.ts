/**
 * The parts of an Office file, which is a ZIP archive of XML (ECMA-376): found by name, unpacked while they are
 * read, and no more of them than their entry says. Throws `NoWorkbook` for what is no such file.
 */
import { crc32 } from '@node-rs/crc32'
import { Readable } from 'node:stream'
import { SaxesParser } from 'saxes'
import { fromRandomAccessReader, RandomAccessReader, type Entry, type ZipFile } from 'yauzl'
import type { TableBytes } from '../../source'

/** Why a file is no workbook that can be read, as the end of a sentence about it. */
export class NoWorkbook extends Error {
  override readonly name = 'NoWorkbook'
}

/** Unpacked: Excel itself refuses sheets that are larger. */
const MOST_PART_BYTES = 2 ** 32
const MOST_PARTS = 20_000
const READ_BYTES = 256 * 1024

/** Attributes and elements by their local names. */
export interface XmlHandler {
  open(name: string, attributes: Readonly<Record<string, string>>): void
  close(name: string): void
  text(text: string): void
}

export class Parts {
  readonly #zip: ZipFile
  readonly #entries: ReadonlyMap<string, Entry>

  static async open(bytes: TableBytes): Promise<Parts> {
    const head = Buffer.from(await bytes.read(0, 8)).toString('hex')
    // A compound file of OLE: of Excel before 2007, or the envelope of an encrypted file.
    if (head === 'd0cf11e0a1b11ae1') throw new NoWorkbook('it is encrypted, or a workbook of Excel 97 to 2003 (.xls)')
    if (!head.startsWith('504b')) throw new NoWorkbook('it is no Excel workbook')
    const zip = await expecting(() => opened(new BytesReader(bytes), bytes.size))
    const entries = new Map<string, Entry>()
    await expecting(
      () =>
        new Promise<void>((resolve, reject) => {
          zip.on('entry', (entry: Entry) => {
            if (entries.size >= MOST_PARTS) return reject(new Error(`it has more than ${MOST_PARTS} parts`))
            entries.set(entry.fileName.toLowerCase(), entry)
            zip.readEntry()
          })
          zip.on('end', resolve)
          zip.on('error', reject)
          zip.readEntry()
        }),
    )
    return new Parts(zip, entries)
  }

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#zip = zip
    this.#entries = entries
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase())
  }

  /** Feeds the XML of a part to a handler, a piece at a time; each piece is an occasion to go on with what came of it. */
  async *parse(name: string, handler: XmlHandler): AsyncGenerator<void> {
    const parser = new SaxesParser()
    parser.on('opentag', ({ name: tag, attributes }) => handler.open(local(tag), byLocalName(attributes)))
    parser.on('closetag', ({ name: tag }) => handler.close(local(tag)))
    parser.on('text', (text) => handler.text(text))
    parser.on('cdata', (text) => handler.text(text))
    let decoder: InstanceType<typeof TextDecoder> | undefined
    for await (const chunk of this.#unpacked(name)) {
      decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true })
      await expecting(async () => void parser.write(decoder!.decode(chunk, { stream: true })))
      yield
    }
    await expecting(async () => void parser.write(decoder?.decode() ?? '').close())
    yield
  }

  async *#unpacked(name: string): AsyncGenerator<Uint8Array> {
    const entry = this.#entries.get(name.toLowerCase())
    if (entry === undefined) throw new NoWorkbook(`it has no part ${name}`)
    if (entry.isEncrypted()) throw new NoWorkbook('it is encrypted')
    if (entry.uncompressedSize > MOST_PART_BYTES) throw new NoWorkbook(`its part ${name} unpacks to more than 4 GiB`)
    const stream = await expecting(
      () =>
        new Promise<Readable>((resolve, reject) =>
          this.#zip.openReadStream(entry, (error, found) => (error === null ? resolve(found) : reject(error))),
        ),
    )
    let checksum = 0
    const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
    try {
      for (;;) {
        const next = await expecting(() => chunks.next())
        if (next.done === true) break
        checksum = crc32(next.value, checksum)
        yield next.value
      }
    } finally {
      stream.destroy()
    }
    if (checksum !== entry.crc32) throw new NoWorkbook(`it is damaged: its part ${name} does not match its checksum`)
  }
}

class BytesReader extends RandomAccessReader {
  readonly #bytes: TableBytes

  constructor(bytes: TableBytes) {
    super()
    this.#bytes = bytes
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const bytes = this.#bytes
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = start; at < end; at += READ_BYTES) yield await bytes.read(at, Math.min(READ_BYTES, end - at))
    }
    return Readable.from(pieces(), { objectMode: false })
  }
}

function opened(reader: RandomAccessReader, size: number): Promise<ZipFile> {
  const options = { lazyEntries: true, autoClose: false, validateEntrySizes: true }
  return new Promise((resolve, reject) =>
    fromRandomAccessReader(reader, size, options, (error, zip) => (error === null ? resolve(zip) : reject(error))),
  )
}

/** What the libraries say of damage; what the bytes' own source throws has a code. */
async function expecting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Error) || error instanceof NoWorkbook || error.name === 'PondError') throw error
    throw new NoWorkbook(`it is damaged: ${error.message.split('\n')[0]!}`)
  }
}

function encodingOf(chunk: Uint8Array): string {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le'
  return chunk[0] === 0xfe && chunk[1] === 0xff ? 'utf-16be' : 'utf-8'
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function byLocalName(attributes: Readonly<Record<string, string>>): Record<string, string> {
  // `r:id` is a reference, and no `id`.
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name === 'id' ? name : local(name), value]),
  )
}
