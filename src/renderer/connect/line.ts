/**
 * What stays of a connection while its sockets come and go: the state and who listens to it, calls
 * that wait for the next socket, and the pond to open again on it, because a host's session ends with
 * its socket.
 */
import { mapEventIterator, ORPCError, type ClientLink, type ClientOptions } from '@orpc/client'
import { ApiError, asPondError, disconnected } from './api-error'

export type ConnectionState = 'connected' | 'reconnecting' | 'lost'

type Context = Record<never, never>

/** One socket or port, with calls over it. */
export interface Carrier {
  readonly link: ClientLink<Context>
  /** False from the moment on at which nothing gets through any more. */
  isOpen(): boolean
}

export class Line implements ClientLink<Context> {
  #state: ConnectionState = 'reconnecting'
  #isClosed = false
  #carrier: Carrier | null = null
  /** Counts carriers that came and went: an answer of an earlier one is not to be trusted. */
  #generation = 0
  #openPond: string | null = null
  readonly #listeners = new Set<(state: ConnectionState) => void>()

  get state(): ConnectionState {
    return this.#state
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Takes a carrier into use, after opening the pond on it that was open before. */
  async use(carrier: Carrier): Promise<void> {
    const generation = ++this.#generation
    if (this.#openPond !== null) {
      await carrier.link.call(['pond', 'open'], { path: this.#openPond }, { context: {} }).catch(() => {
        // It is no longer there: the calls that follow say `api.no-pond`, which the page draws.
      })
    }
    if (this.#isClosed || generation !== this.#generation) return
    this.#carrier = carrier
    this.#enter('connected')
  }

  drop(state: 'reconnecting' | 'lost'): void {
    this.#generation++
    this.#carrier = null
    this.#enter(state)
  }

  close(): void {
    this.#isClosed = true
    this.drop('lost')
  }

  /** @throws ApiError */
  async call(path: readonly string[], input: unknown, options: ClientOptions<Context>): Promise<unknown> {
    let isDropped = () => false
    const meaning = (error: unknown): ApiError => {
      const isOwn = options.signal?.aborted === true || error instanceof ORPCError || error instanceof ApiError
      if (!isOwn && isDropped()) return disconnected('the connection broke off', error)
      return error instanceof ApiError ? error : new ApiError(asPondError(error), error)
    }
    try {
      const carrier = await this.#ready(options.signal)
      const used = this.#generation
      isDropped = () => this.#generation !== used || !carrier.isOpen()
      const output = await carrier.link.call(path, input, options)
      this.#note(path, output)
      if (!isAsyncIterator(output)) return output
      return mapEventIterator(output, { value: async (value) => value, error: async (error) => meaning(error) })
    } catch (error) {
      throw meaning(error)
    }
  }

  /** The carrier to use now, or the next one. */
  async #ready(signal: AbortSignal | undefined): Promise<Carrier> {
    signal?.throwIfAborted()
    if (this.#carrier !== null) return this.#carrier
    if (this.#state === 'lost') throw disconnected('the host has gone')
    return new Promise((resolve, reject) => {
      const settle = () => {
        if (this.#state === 'reconnecting' && signal?.aborted !== true) return
        stop()
        signal?.removeEventListener('abort', settle)
        if (signal?.aborted === true) reject(signal.reason as Error)
        else if (this.#carrier === null) reject(disconnected('the host has gone'))
        else resolve(this.#carrier)
      }
      const stop = this.onState(settle)
      signal?.addEventListener('abort', settle)
    })
  }

  #enter(state: ConnectionState): void {
    if (this.#state === state) return
    this.#state = state
    for (const listener of [...this.#listeners]) listener(state)
  }

  #note([group, name]: readonly string[], output: unknown): void {
    if (group !== 'pond') return
    if (name === 'close') this.#openPond = null
    else if (name === 'open' || name === 'create') this.#openPond = (output as { readonly path: string }).path
  }
}

function isAsyncIterator(value: unknown): value is AsyncIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value
}
