/** A run whose rows are in another process: its states are mirrored here, its pages come when they are asked for. */
import { isPondError, PondError } from '../../../shared/errors'
import type { QueryState, SortKey } from '../../../shared/model'
import type { Clock } from '../../platform'
import type { ExportResult } from '../run/export'
import type { RunExportOptions } from '../run/export-run'
import { cancelled, toQueryError } from '../engine/failure'
import type { Run } from '../run/run'
import { Signal } from '../engine/signal'
import type { WireRun } from './wire'
import { statesOf } from '../run/states'

export interface RemoteRunContext {
  readonly clock: Clock
  readonly graceMs: number
  /** Told when it does not stop in time: everything that waits for it ends as cancelled. */
  overdue(): void
  closed(run: RemoteRun): void
}

export class RemoteRun implements Run {
  readonly id: string
  readonly sql: string
  readonly #wire: WireRun
  readonly #context: RemoteRunContext
  readonly #changed = new Signal()
  #state: QueryState
  /** Sorts that have not ended; the last one can be given up. */
  #sorting = 0
  #sortStopped: ((error: unknown) => void) | undefined
  #closing: Promise<void> | undefined

  constructor(wire: WireRun, context: RemoteRunContext) {
    this.id = wire.id
    this.sql = wire.sql
    this.#wire = wire
    this.#context = context
    this.#state = wire.first
    void this.#watch()
  }

  current(): QueryState {
    return this.#state
  }

  states(): AsyncGenerator<QueryState> {
    return statesOf(() => this.#state, this.#changed)
  }

  page(offset: number, limit: number): Promise<Uint8Array> {
    if (this.#closing !== undefined) return Promise.reject(closed(this.id))
    return this.#lost(this.#wire.page(offset, limit))
  }

  export(options: RunExportOptions): Promise<ExportResult> {
    if (this.#closing !== undefined) return Promise.reject(closed(this.id))
    return this.#lost(this.#wire.export(options))
  }

  async sort(keys: readonly SortKey[]): Promise<QueryState> {
    if (this.#closing !== undefined) throw closed(this.id)
    this.#sorting++
    const stopped = new Promise<never>((_, reject) => (this.#sortStopped = reject))
    stopped.catch(() => undefined)
    try {
      return await this.#lost(Promise.race([this.#wire.sort(keys), stopped]))
    } finally {
      this.#sorting--
      this.#sortStopped = undefined
    }
  }

  cancel(): void {
    if (this.#state.state !== 'running' && this.#sorting === 0) return
    this.#wire.cancel()
    void this.#context.clock.sleep(this.#context.graceMs).then(() => {
      // The rows are there, and stay: only nobody waits for their order any more.
      this.#sortStopped?.(cancelled())
      if (this.#state.state === 'running') this.#context.overdue()
    })
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    this.cancel()
    this.#context.closed(this)
    const { clock, graceMs } = this.#context
    const closed = this.#wire.close().then(
      () => true,
      () => true,
    )
    const isClosed = await Promise.race([closed, clock.sleep(graceMs).then(() => false)])
    if (!isClosed) this.#context.overdue()
    this.#fail(cancelled())
  }

  async #watch(): Promise<void> {
    try {
      for await (const state of this.#wire.states()) {
        // What was told already stands, though the news came late.
        if (this.#state.state === 'running') this.#update(state)
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    if (this.#state.state !== 'running') return
    const known = isPondError(error)
      ? error
      : new PondError('internal', 'the query ended in an unexpected way', {}, error)
    const state = known.code === 'query.cancelled' ? 'cancelled' : 'failed'
    this.#update({ ...this.#state, state, error: toQueryError(known) })
  }

  #update(state: QueryState): void {
    this.#state = state
    this.#changed.ring()
  }

  /** Rows that went with the process. */
  async #lost<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked
    } catch (error) {
      if (!isPondError(error, 'query.engine-crashed')) throw error
      const message = 'the rows of this result are gone, as the SQL engine ended: run the query again'
      throw new PondError('query.engine-crashed', message, { ...error.detail, queryId: this.id }, error)
    }
  }
}

function closed(id: string): PondError {
  return new PondError('query.closed', 'this result is closed; run the query again', { queryId: id })
}
