/** What the page has of its host, made of a line: the api, the byte plane, and news that outlive a socket. */
import { createORPCClient } from '@orpc/client'
import type { Api } from '../../shared/contract'
import { ApiError, asPondError } from './api-error'
import type { ConnectionState, Line } from './line'
import { fetchBytes, upload, type UploadOptions } from './transfer'

export interface Connection {
  /** Every call rejects with an `ApiError`; while reconnecting, calls wait. */
  readonly api: Api
  readonly kind: 'web' | 'electron'
  /** What goes before an address of `shared/bytes.ts`: '' or the app's own scheme. */
  readonly bytesBase: string
  /** Where a dropped file is on this machine; null in a browser, which must send the bytes. */
  readonly pathForFile: ((file: File) => string) | null
  readonly state: ConnectionState
  /** Calls back at every change of `state`; returns the way to stop. */
  onState(listener: (state: ConnectionState) => void): () => void
  /** `fetch` on the byte plane. @throws ApiError unless the answer is a success */
  fetchBytes(address: string, init?: RequestInit): Promise<Response>
  /** Posts a body to the byte plane, saying how much of it is on its way. @throws ApiError */
  upload(address: string, body: Blob, options?: UploadOptions): Promise<void>
  /**
   * Listens to an endless stream of the api (`pond.watch`, `host.events`), opening it again after a
   * reconnect. Returns the way to stop. An error of the stream itself ends it and goes to `onError`.
   */
  follow<T>(open: Opening<T>, onEvent: (event: T) => void, onError?: (error: ApiError) => void): () => void
  close(): void
}

export type Opening<T> = (api: Api, signal: AbortSignal) => Promise<AsyncIterable<T>>

export interface Host {
  readonly kind: Connection['kind']
  readonly bytesBase: string
  readonly pathForFile: Connection['pathForFile']
  readonly close: () => void
}

export function connectionOf(line: Line, host: Host): Connection {
  const api = createORPCClient<Api>(line)
  return {
    api,
    kind: host.kind,
    bytesBase: host.bytesBase,
    pathForFile: host.pathForFile,
    get state() {
      return line.state
    },
    onState: (listener) => line.onState(listener),
    fetchBytes: (address, init) => fetchBytes(host.bytesBase + address, init),
    upload: (address, body, options = {}) => upload(host.bytesBase + address, body, options),
    follow: (open, onEvent, onError) => {
      const stopping = new AbortController()
      void listen(line, { open: (signal) => open(api, signal), onEvent, onError, signal: stopping.signal })
      return () => stopping.abort()
    },
    close: () => {
      line.close()
      host.close()
    },
  }
}

interface Listening<T> {
  readonly open: (signal: AbortSignal) => Promise<AsyncIterable<T>>
  readonly onEvent: (event: T) => void
  readonly onError: ((error: ApiError) => void) | undefined
  readonly signal: AbortSignal
}

async function listen<T>(line: Line, { open, onEvent, onError, signal }: Listening<T>): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const event of await open(signal)) {
        if (signal.aborted) return
        onEvent(event)
      }
      return
    } catch (error) {
      if (signal.aborted) return
      const failure = error instanceof ApiError ? error : new ApiError(asPondError(error), error)
      // A call on the dropped line waits for the next one, so going round again does not spin.
      if (failure.code !== 'web.disconnected' || line.state === 'lost') return onError?.(failure)
    }
  }
}
