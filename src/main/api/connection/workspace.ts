/**
 * What one connection holds of an open pond: its imports, its query results, its finished exports.
 * Closing it cancels and frees them, and gives the pond back.
 */
import { PondError } from '../../../shared/errors'
import type { Pond } from '../../pond'
import type { Run } from '../../query'
import type { FinishedExport } from '../transfer/exports'
import type { Import } from '../transfer/imports'
import type { PondLease } from './hub'

/** Results kept by one connection; beyond it the oldest one goes. */
const MAX_RUNS = 100
/** Finished exports that wait to be fetched; a page fetches each at once. */
const MAX_EXPORTS = 4

export class Workspace {
  readonly pond: Pond
  /** Absolute host path of the pond. */
  readonly folder: string
  /** Added to the pond's ticks, so that one page never sees them fall when it opens the pond again. */
  readonly tickBase = Date.now()
  readonly imports = new Map<string, Import>()
  readonly runs = new Map<string, Run>()
  readonly exports = new Map<string, FinishedExport>()
  /** Aborts when the connection leaves the pond: whatever runs on it stops. */
  readonly #closing = new AbortController()
  readonly #lease: PondLease

  constructor(lease: PondLease) {
    this.#lease = lease
    this.pond = lease.pond
    this.folder = lease.folder
  }

  get signal(): AbortSignal {
    return this.#closing.signal
  }

  /** @throws api.not-found */
  import(id: string): Import {
    return mustHave(this.imports, id, 'import')
  }

  /** @throws api.not-found */
  run(id: string): Run {
    return mustHave(this.runs, id, 'query')
  }

  /** @throws api.not-found */
  export(id: string): FinishedExport {
    return mustHave(this.exports, id, 'export')
  }

  async keepRun(run: Run): Promise<void> {
    this.runs.set(run.id, run)
    const [oldest] = this.runs.values()
    if (this.runs.size > MAX_RUNS && oldest !== undefined) await this.closeRun(oldest.id)
  }

  /** The oldest go where too many wait: their files would fill the disk for as long as the connection lives. */
  async keepExport(finished: FinishedExport): Promise<void> {
    this.exports.set(finished.exportId, finished)
    const [oldest] = this.exports.values()
    if (this.exports.size <= MAX_EXPORTS || oldest === undefined) return
    this.exports.delete(oldest.exportId)
    await this.pond.cleanUp(oldest.hostPath, () => oldest.close())
  }

  async closeRun(id: string): Promise<void> {
    const run = this.runs.get(id)
    this.runs.delete(id)
    await run?.close()
  }

  async close(): Promise<void> {
    this.#closing.abort(new PondError('api.interrupted', 'the pond was closed'))
    const held = [...this.imports.values(), ...this.runs.values(), ...this.exports.values()]
    this.imports.clear()
    this.runs.clear()
    this.exports.clear()
    await Promise.allSettled(held.map((one) => one.close()))
    await this.#lease.release()
  }
}

function mustHave<T>(map: ReadonlyMap<string, T>, id: string, what: string): T {
  const found = map.get(id)
  if (found === undefined)
    throw new PondError('api.not-found', `expected an open ${what}, found none with the id ${id}`, { id })
  return found
}
