/** What a verification has found so far: damage by file, remarks, and what content is to be looked at. */
import { mustGoOn } from '../../../shared/cancellation'
import { PondError, type ErrorCode } from '../../../shared/errors'
import type { Problem, VerifyReport } from '../../../shared/model'
import { NodeTotals } from '../state/node-totals'

export class Findings {
  readonly #signal: AbortSignal | undefined
  readonly #problems: Problem[] = []
  readonly #notes: Problem[] = []
  dataFiles = 0
  rows = 0
  bytes = 0
  /** Blobs that something names: size by hash, and one place that names it. */
  readonly blobs = new Map<string, { readonly size: number; readonly path: string }>()

  /** Of all rows that could be read. */
  readonly nodes = new NodeTotals()

  /** @param signal what fails once it aborted was given up, and is no damage */
  constructor(signal?: AbortSignal) {
    this.#signal = signal
  }

  get isSound(): boolean {
    return this.#problems.length === 0
  }

  /** How many there are. */
  get problems(): number {
    return this.#problems.length
  }

  damage(file: string, kind: ErrorCode, message: string): void {
    this.#problems.push({ file, kind, message })
  }

  /** Damage that reading ran into. What is no such thing (a crash, a bug, an abort) is thrown on. */
  failed(file: string, error: unknown): void {
    mustGoOn(this.#signal)
    if (!(error instanceof PondError) || error.code === 'platform.crashed') throw error
    this.damage(file, error.code, error.message)
  }

  /** Remarkable, and no damage. */
  note(file: string, kind: string, message: string): void {
    this.#notes.push({ file, kind, message })
  }

  report(): VerifyReport {
    const { dataFiles, rows, bytes, blobs } = this
    return {
      ok: this.isSound,
      checked: { dataFiles, rows, blobs: blobs.size, bytes },
      problems: this.#problems,
      notes: this.#notes,
    }
  }
}
