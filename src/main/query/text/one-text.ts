/**
 * One text file on its way to a table: its plan is found out by looking at all of its bytes, and it is made readable
 * for DuckDB, as it is or as a copy. Text that cannot be read is refused with what is wrong, and where.
 */
import { isPondError, PondError } from '../../../shared/errors'
import type { ReadingNote, ReadingOptions } from '../../../shared/model'
import { Pace } from '../../platform'
import type { Engine, Sandbox } from '../engine/engine'
import { cancelled, notReadable, stopIf, toPondError } from '../engine/failure'
import { compressionOfName, delimiterOfName } from '../formats'
import type { Copies, HeldCopy } from './copies'
import { copyOf } from './csv-copy'
import { CsvScan } from './csv-scan'
import { findDialect } from './dialect'
import { decidedEncoding, encodingOf } from './encoding'
import { explainArray, explainMalformed } from './json-faults'
import { JsonDepth } from './json-depth'
import { NumberSuspicion, withQuotedNumbers } from './json-numbers'
import { DEEPEST_TYPE, type Plan } from './plan'
import { planCsv } from './read-csv'
import { planJson } from './read-json'
import type { PlainSource } from './readings'
import { unreadable } from './refusals'
import { asUtf8, fileChunks, looksLikeUtf32, unpacked, Utf8Check, type Chunks } from './text-bytes'

const SPACE = 0x20
const BLANK = 'it is empty: it has no line with anything in it'
const HEAD_BYTES = 256 * 1024

export class OneText {
  readonly #engine: Engine
  readonly #copies: Copies
  readonly #source: PlainSource
  readonly #said: ReadingOptions
  readonly #key: string | null
  readonly #signal: AbortSignal | undefined
  readonly #pace: Pace
  readonly #held: HeldCopy[] = []
  #path: Promise<string> | undefined

  constructor(
    engine: Engine,
    copies: Copies,
    source: PlainSource,
    said: ReadingOptions,
    key: string | null,
    signal: AbortSignal | undefined,
  ) {
    this.#engine = engine
    this.#copies = copies
    this.#source = source
    this.#said = said
    this.#key = key
    this.#signal = signal
    this.#pace = new Pace(engine.world.clock)
  }

  release(): void {
    for (const held of this.#held.splice(0)) held.release()
  }

  async plan(): Promise<Plan> {
    const { format, name } = this.#source
    const head = await this.#head()
    if (head.bytes.length === 0) throw unreadable(name, 'it is empty')
    // Parquet, whatever it is called.
    if (startsWith(head.bytes, 'PARE')) throw unreadable(name, 'it is encrypted', { reason: 'it is encrypted' })
    const wide = looksLikeUtf32(head.bytes)
    if (wide !== null)
      throw unreadable(name, `it is UTF-32 (${wide}), which is not read: it has to be written as UTF-8`)
    const { encoding, hasByteOrderMark } = encodingOf(head.bytes, this.#said, name)
    return format === 'csv'
      ? this.#planCsv(head, encoding, hasByteOrderMark)
      : this.#planJson(format, encoding, hasByteOrderMark)
  }

  async #planCsv(head: Head, encoding: string, hasByteOrderMark: boolean): Promise<Plan> {
    const { name } = this.#source
    let text = decoded(head, encoding)
    let found = findDialect({ text, isCut: head.isCut }, promisedBy(name), this.#said)
    const { dialect, skip, width } = found
    const scan = new CsvScan({ dialect, skip, width })
    const check = new Utf8Check()
    let isBlank = true
    for await (const chunk of this.#chunks(encoding)) {
      isBlank &&= chunk.every((byte) => byte <= SPACE)
      scan.feed(chunk)
      if (encoding === 'utf-8') check.feed(chunk)
    }
    check.end()
    const notes: ReadingNote[] = []
    const decided = decidedEncoding(encoding, check, name, notes)
    if (decided !== encoding) {
      text = decoded(head, decided)
      found = { ...findDialect({ text, isCut: head.isCut }, promisedBy(name), this.#said), dialect, skip, width }
    }
    const shape = scan.end()
    if (isBlank || (shape.records === 0 && found.names === null)) throw nothingIn(name, isBlank ? 0 : this.#said.skip)
    const facts = {
      name,
      found,
      shape,
      encoding: decided,
      hasByteOrderMark,
      head: { text, isCut: head.isCut },
      isPacked: compressionOfName(name) !== null,
      said: this.#said,
      notes,
    }
    return this.#inSandbox((sandbox, readable) => planCsv(facts, sandbox.connection, readable))
  }

  async #planJson(format: 'json' | 'jsonl', encoding: string, hasByteOrderMark: boolean): Promise<Plan> {
    const { name } = this.#source
    const check = new Utf8Check()
    const depth = new JsonDepth({ name, isLines: format === 'jsonl' })
    const suspicion = new NumberSuspicion()
    let isBlank = true
    for await (const chunk of this.#chunks(encoding)) {
      isBlank &&= chunk.every((byte) => byte <= SPACE)
      depth.feed(chunk)
      suspicion.feed(chunk)
      if (encoding === 'utf-8') check.feed(chunk)
    }
    check.end()
    suspicion.end()
    if (isBlank) throw unreadable(name, BLANK)
    const notes: ReadingNote[] = []
    const decided = decidedEncoding(encoding, check, name, notes)
    if (depth.deepest > DEEPEST_TYPE)
      notes.push({ message: `values of ${depth.deepest} levels: what is deeper than ${DEEPEST_TYPE} is kept as JSON` })
    const isOther = decided !== 'utf-8' || hasByteOrderMark
    const needsCopy = isOther || (suspicion.isRaised && (await this.#hasNumbersToQuote()))
    const facts = { name, format, encoding: decided, hasByteOrderMark, needsCopy, said: this.#said, notes }
    const draft = { needsCopy, reading: { format, encoding: decided } } as Plan
    const hostPath = await this.readable(draft)
    const original = isOther ? hostPath : this.#source.hostPath
    const sandbox = await this.#engine.sandbox([hostPath, original], this.#signal)
    const names = new Map([hostPath, original].map((path) => [path, name]))
    return this.#guarded(sandbox, names, async () => {
      try {
        return await planJson(facts, sandbox.connection, { values: hostPath, types: original })
      } catch (error) {
        if (!isPondError(error)) {
          if (format === 'jsonl') await explainMalformed(sandbox, hostPath, name, needsCopy)
          else await explainArray(this.#chunks(encoding), name)
        }
        throw error
      }
    })
  }

  async #hasNumbersToQuote(): Promise<boolean> {
    let count = 0
    for await (const _chunk of withQuotedNumbers(this.#chunks('utf-8'), () => count++)) if (count > 0) return true
    return count > 0
  }

  /** A sandbox that opens the file, or its copy: which of them is known only on the way. */
  async #inSandbox(
    work: (sandbox: Sandbox, readable: (plan: Plan) => Promise<string>) => Promise<Plan>,
  ): Promise<Plan> {
    const { hostPath, name } = this.#source
    const copyPath = await this.#copyPath()
    const sandbox = await this.#engine.sandbox([hostPath, copyPath], this.#signal)
    const names = new Map([
      [hostPath, name],
      [copyPath, name],
    ])
    return this.#guarded(sandbox, names, () => work(sandbox, (plan) => this.readable(plan)))
  }

  async #guarded(sandbox: Sandbox, files: ReadonlyMap<string, string>, work: () => Promise<Plan>): Promise<Plan> {
    try {
      stopIf(this.#signal)
      return await work()
    } catch (error) {
      if (this.#signal?.aborted) throw cancelled()
      const failure = toPondError(error, { files, relations: [], functions: [], place: () => null })
      // What DuckDB says here without a name is about the file, as there is no statement of anybody's.
      const isNameless = failure.code === 'query.failed'
      const { name } = this.#source
      throw withoutOptions(isNameless ? notReadable(name, failure.message, { place: null, cause: error }) : failure)
    } finally {
      sandbox.close()
    }
  }

  /** Host path of what DuckDB is to read: the file, or a copy, which is made where there is none. */
  async readable(plan: Plan): Promise<string> {
    if (!plan.needsCopy) return this.#source.hostPath
    const path = await this.#copyPath()
    const { reading } = plan
    const chunks = (): Chunks =>
      reading.format === 'csv'
        ? copyOf(this.#chunks(reading.encoding), {
            dialect: {
              delimiter: reading.delimiter!,
              quote: reading.quote!,
              escape: reading.escape!,
              comment: reading.comment ?? '',
            },
            skip: plan.skip,
            width: plan.width,
            badLines: this.#said.badLines ?? 'refuse',
          })
        : withQuotedNumbers(this.#chunks(reading.encoding))
    this.#held.push(await this.#copies.hold(path, chunks, { isKept: this.#key !== null }))
    return path
  }

  #copyPath(): Promise<string> {
    this.#path ??= this.#copies.pathOf(this.#key)
    return this.#path
  }

  /** UTF-8, without a mark. */
  async *#chunks(encoding: string): AsyncGenerator<Uint8Array> {
    const bytes = await this.#source.open()
    try {
      const { name } = this.#source
      for await (const chunk of asUtf8(unpacked(fileChunks(bytes), compressionOfName(name), name), encoding)) {
        stopIf(this.#signal)
        if (this.#pace.due) await this.#pace.rest()
        yield chunk
      }
    } finally {
      await bytes.close()
    }
  }

  async #head(): Promise<Head> {
    const bytes = await this.#source.open()
    const { name } = this.#source
    const parts: Uint8Array[] = []
    let size = 0
    try {
      for await (const chunk of unpacked(fileChunks(bytes), compressionOfName(name), name)) {
        stopIf(this.#signal)
        parts.push(chunk)
        size += chunk.length
        if (size > HEAD_BYTES) break
      }
    } finally {
      await bytes.close()
    }
    const all = Buffer.concat(parts)
    return { bytes: all.subarray(0, HEAD_BYTES), isCut: all.length > HEAD_BYTES }
  }
}

/** DuckDB's advice is about options of its own functions, which nobody called. */
function withoutOptions(error: PondError): PondError {
  const message = error.message.replace(/; Try (setting|increasing)[^]*$/, '')
  return message === error.message ? error : new PondError(error.code, message, error.detail, error.cause)
}

interface Head {
  readonly bytes: Uint8Array
  readonly isCut: boolean
}

function startsWith(bytes: Uint8Array, mark: string): boolean {
  return [...mark].every((character, index) => bytes[index] === character.charCodeAt(0))
}

function promisedBy(name: string): string | null {
  const delimiter = delimiterOfName(name)
  return delimiter === '\\t' ? '\t' : delimiter
}

function decoded({ bytes, isCut }: Head, encoding: string): string {
  return new TextDecoder(encoding).decode(bytes, { stream: isCut })
}

function nothingIn(name: string, skip = 0): PondError {
  if (skip === 0) return unreadable(name, BLANK)
  return unreadable(name, `nothing stands below the ${skip} lines that are left out (--skip)`, { options: ['skip'] })
}
