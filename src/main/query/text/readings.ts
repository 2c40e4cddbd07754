/**
 * How text files read as tables: the one place that decides it, for queries, descriptions, conversions and
 * previews. A plan follows from the bytes and from what was said, and is kept by their hash, so that a file is
 * looked at once. Files that DuckDB would misread are read from a copy in the work folder.
 */
import { PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import type { PlannedFormat, ReadingOptions, TextFormat } from '../../../shared/model'
import type { Engine } from '../engine/engine'
import type { TableBytes } from '../source'
import { Copies } from './copies'
import { OneText } from './one-text'
import { PlanCache } from './plan-cache'
import type { Plan } from './plan'
import { Sheets } from './sheets'

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

/** Text as it lies there. */
export type PlainSource = TextSource & { readonly format: TextFormat }

export interface TextTable {
  readonly plan: Plan
  /** Absolute host path of what DuckDB reads. */
  readonly hostPath: string
  /** For who has read it. Idempotent. */
  release(): void
}

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
    const text = new OneText(this.#engine, this.#copies, source, said, key, signal)
    try {
      const plan = known ?? (await text.plan())
      if (known === null && key !== null) await this.#plans.keep(key, plan)
      const hostPath = await text.readable(plan)
      return { plan, hostPath, release: () => text.release() }
    } catch (error) {
      text.release()
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#copies.close()
  }
}

/** @throws query.bad-reading */
export function mustBeText(name: string): never {
  throw new PondError('query.bad-reading', `${quote(name)} is no text: how it is read cannot be said`, { path: name })
}
