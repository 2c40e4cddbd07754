/**
 * Sheets of workbooks as text, each in a file of the work folder that is read like any other text, with the types
 * that its cells have. What was decided about the sheet stands before what was decided about the text.
 */
import { createHash } from 'node:crypto'
import type { Reading, ReadingNote, ReadingOptions } from '../../../shared/model'
import { Pace } from '../../platform'
import type { Engine } from '../engine/engine'
import { stopIf } from '../engine/failure'
import type { Copies } from './copies'
import type { PlainSource, TextSource, TextTable } from './readings'

interface Facts {
  readonly sheet: NonNullable<Reading['sheet']>
  readonly hasHeader: boolean
  readonly firstRow: number
  readonly types: Readonly<Record<string, string>>
  readonly notes: readonly ReadingNote[]
}

type ReadText = (source: PlainSource, said: ReadingOptions, signal: AbortSignal | undefined) => Promise<TextTable>

/** Of the rules by which a sheet becomes text. */
const RULES = 3

export class Sheets {
  readonly #engine: Engine
  readonly #copies: Copies
  readonly #readText: ReadText
  /** By the host path of the text, which was written before. */
  readonly #facts = new Map<string, Facts>()

  constructor(engine: Engine, copies: Copies, readText: ReadText) {
    this.#engine = engine
    this.#copies = copies
    this.#readText = readText
  }

  /** As `Readings.table`. */
  async table(source: TextSource, said: ReadingOptions, signal: AbortSignal | undefined): Promise<TextTable> {
    const key = source.sha256 === null ? null : hashOf([RULES, source.sha256, said])
    const path = await this.#copies.pathOf(key === null ? null : `sheet-${key}`)
    const held = await this.#copies.hold(path, () => this.#text(path, source, said, signal))
    try {
      const { sheet, hasHeader, firstRow, types, notes } = this.#facts.get(path)!
      const text: PlainSource = {
        name: source.name,
        format: 'csv',
        sha256: key,
        hostPath: path,
        open: () => this.#engine.openWorkFile(path),
      }
      const { nulls, timestampFormats, timezone } = said
      const table = await this.#readText(
        text,
        {
          encoding: 'utf-8',
          delimiter: ',',
          quote: '"',
          escape: '"',
          comment: '',
          decimal: '.',
          header: true,
          skip: 0,
          types,
          ...(nulls === undefined ? {} : { nulls }),
          ...(timestampFormats === undefined ? {} : { timestampFormats }),
          ...(timezone === undefined ? {} : { timezone }),
        },
        signal,
      )
      const { plan } = table
      const reading = {
        ...plan.reading,
        hasHeader,
        skipped: null,
        said,
        sheet,
        notes: [...notes, ...plan.reading.notes],
      }
      const rowLine = plan.rowLine === null ? null : plan.rowLine + firstRow - 1
      return {
        plan: { ...plan, reading, rowLine },
        hostPath: table.hostPath,
        release: () => {
          table.release()
          held.release()
        },
      }
    } catch (error) {
      held.release()
      throw error
    }
  }

  async *#text(
    path: string,
    source: TextSource,
    said: ReadingOptions,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array> {
    const { sheetTable } = await import('./xlsx/sheet-table')
    const pace = new Pace(this.#engine.world.clock)
    const step = async (): Promise<void> => {
      stopIf(signal)
      if (pace.due) await pace.rest()
    }
    const bytes = await source.open()
    try {
      const table = await sheetTable(bytes, { name: source.name, said, step })
      yield* table.text
      const { sheet: name, range, sheets, hasHeader, firstRow } = table
      const sheet = { name, range, sheets }
      this.#facts.set(path, { sheet, hasHeader, firstRow, types: table.types(), notes: table.notes() })
    } finally {
      await bytes.close()
    }
  }
}

function hashOf(facts: unknown): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}
