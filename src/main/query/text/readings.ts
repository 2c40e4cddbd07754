/**
 * How text files read as tables: the one place that decides it, for queries, descriptions, conversions and
 * previews. A plan follows from the bytes and from what was said, and is kept by their hash, so that a file is
 * looked at once. Files that DuckDB would misread are read from a copy in the work folder.
 */
import { isPondError, PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import type { PlannedFormat, ReadingNote, ReadingOptions, TextFormat } from '../../../shared/model'
import { Pace } from '../../platform'
import type { Engine, Sandbox } from '../engine/engine'
import { cancelled, notReadable, stopIf, toPondError } from '../engine/failure'
import { compressionOfName, delimiterOfName } from '../formats'
import type { TableBytes } from '../source'
import { Copies, type HeldCopy } from './copies'
import { copyOf } from './csv-copy'
import { CsvScan } from './csv-scan'
import { findDialect } from './dialect'
import { decidedEncoding, encodingOf } from './encoding'
import { explainArray, explainMalformed } from './json-faults'
import { JsonDepth } from './json-depth'
import { NumberSuspicion, withQuotedNumbers } from './json-numbers'
import { PlanCache } from './plan-cache'
import { DEEPEST_TYPE, type Plan } from './plan'
import { planCsv } from './read-csv'
import { unreadable } from './refusals'
import { Sheets } from './sheets'
import { planJson } from './read-json'
import { asUtf8, fileChunks, looksLikeUtf32, unpacked, Utf8Check, type Chunks } from './text-bytes'

/** A file of text, wherever it is. */
export interface TextSource {
  /** As its owner knows it: for messages, and for what its ending says. */
  readonly name: string
  readonly format: PlannedFormat
  /** Of its bytes; null where nobody knows, and nothing is kept. */
  readonly sha256: string | null
  readonly hostPath: string
  open(): Promise<TableBytes>
}

export interface TextTable {
  readonly plan: Plan
  /** Absolute host path of what DuckDB reads. */
  readonly hostPath: string
  /** For who has read it. Idempotent. */
  release(): void
}

const SPACE = 0x20
const BLANK = 'it is empty: it has no line with anything in it'
const HEAD_BYTES = 256 * 1024

const byEngine = new WeakMap<Engine, Readings>()

/** Those of an engine, made when they are first asked for; they end with it. */
export function readingsOf(engine: Engine): Readings {
  const known = byEngine.get(engine)
  if (known !== undefined) return known
  const readings = new Readings(engine)
  byEngine.set(engine, readings)
  engine.endsWithIt(() => readings.close())
  return readings
}

export class Readings {
  readonly #engine: Engine
  readonly #plans: PlanCache
  readonly #copies: Copies
  readonly #sheets: Sheets

  constructor(engine: Engine) {
    this.#engine = engine
    this.#plans = new PlanCache(engine)
    this.#copies = new Copies(engine)
    this.#sheets = new Sheets(engine, this.#copies, (source, said, signal) => this.#textTable(source, said, signal))
  }

  /** Ready to be read. Release it. @throws query.unreadable-file, query.bad-reading, query.cancelled */
  async table(source: TextSource, said: ReadingOptions, signal?: AbortSignal): Promise<TextTable> {
    const { format } = source
    if (format === 'xlsx') return this.#sheets.table(source, said, signal)
    return this.#textTable({ ...source, format }, said, signal)
  }

  async #textTable(source: PlainSource, said: ReadingOptions, signal?: AbortSignal): Promise<TextTable> {
    const key = source.sha256 === null ? null : this.#plans.keyOf(source, said)
    const known = key === null ? null : await this.#plans.find(key)
    const work = new Work(this.#engine, this.#copies, source, said, key, signal)
    try {
      const plan = known ?? (await work.plan())
      if (known === null && key !== null) await this.#plans.keep(key, plan)
      const hostPath = await work.readable(plan)
      return { plan, hostPath, release: () => work.release() }
    } catch (error) {
      work.release()
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#copies.close()
  }
}

/** Text as it lies there. */
export type PlainSource = TextSource & { readonly format: TextFormat }

class Work {
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

/** @throws query.bad-reading */
export function mustBeText(name: string): never {
  throw new PondError('query.bad-reading', `${quote(name)} is no text: how it is read cannot be said`, { path: name })
}
