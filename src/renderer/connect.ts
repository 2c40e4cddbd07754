/**
 * The page's one way to its host: oRPC over a WebSocket in a browser, over the preload's message
 * port in Electron, and `fetch` for bytes in both. After `connect()` nobody knows which host it is.
 * Every failure that leaves here is an `ApiError` with a code; a socket that drops is opened again,
 * and the pond that was open on it with it.
 */
import { createORPCClient, mapEventIterator, ORPCError } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { ClientLink, ClientOptions } from '@orpc/client'
import type { Api } from '../shared/contract'
import type { WireError } from '../shared/model'

export type ConnectionState = 'connected' | 'reconnecting' | 'lost'

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
  follow<T>(
    open: (api: Api, signal: AbortSignal) => Promise<AsyncIterable<T>>,
    onEvent: (event: T) => void,
    onError?: (error: ApiError) => void,
  ): () => void
  close(): void
}

export interface UploadOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void
}

/** A failure as the host named it; `code` is one of `shared/errors.ts`. */
export class ApiError extends Error implements WireError {
  override readonly name = 'ApiError'
  readonly code: string
  readonly detail: Readonly<Record<string, unknown>>

  constructor(wire: WireError, cause?: unknown) {
    super(wire.message, { cause })
    this.code = wire.code
    this.detail = wire.detail
  }
}

/** Whatever was caught, as a coded error: an abort is `api.interrupted`, the unknown `internal`. */
export function asPondError(error: unknown): WireError {
  if (error instanceof ORPCError) {
    if (isWire(error.data)) return error.data
    const code = error.code === 'BAD_REQUEST' ? 'api.bad-input' : 'internal'
    return { code, message: error.message, detail: {} }
  }
  if (isWire(error)) return { code: error.code, message: error.message, detail: error.detail }
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'api.interrupted', message: 'the call was cancelled', detail: {} }
  }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), detail: {} }
}

/** What the preload puts on the page. */
interface PreloadBridge {
  pathForFile(file: File): string
}
declare global {
  interface Window {
    readonly duckpond?: PreloadBridge
  }
}

/** The messages by which the page asks its preload for the port and is given it. */
const PORT_WANTED = 'duckpond:port-wanted'
const PORT_GIVEN = 'duckpond:port'

/** @throws ApiError `web.disconnected` when the host does not answer */
export async function connect(): Promise<Connection> {
  const bridge = window.duckpond
  if (bridge !== undefined) {
    const port = await portOfPreload()
    return connectPort(port, bridge)
  }
  return connectSocket(() => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api`))
}

/** Over a message port, which lives as long as the window. */
export function connectPort(port: MessagePort, bridge: PreloadBridge): Connection {
  const line = new Line()
  line.use(new PortLink({ port }))
  port.addEventListener('close', () => line.drop('lost'))
  port.start()
  return line.connection({
    kind: 'electron',
    bytesBase: 'pond://app',
    pathForFile: (file) => bridge.pathForFile(file),
    close: () => port.close(),
  })
}

export interface SocketTiming {
  /** Waits before the attempts to reconnect, in order; after the last one the line is lost. */
  readonly retryAfterMs: readonly number[]
}
const PATIENT: SocketTiming = { retryAfterMs: [100, 250, 500, 1_000, 2_000, 3_000, 5_000, 5_000, 5_000, 5_000] }

/** Over WebSockets that `open` makes, one after the other. */
export async function connectSocket(open: () => WebSocket, timing = PATIENT): Promise<Connection> {
  const line = new Line()
  let socket: WebSocket

  const dial = async (): Promise<void> => {
    socket = open()
    const opened = socket
    await new Promise<void>((resolve, reject) => {
      opened.addEventListener('open', () => resolve(), { once: true })
      opened.addEventListener('close', () => reject(disconnected('the host does not answer')), { once: true })
    })
    opened.addEventListener('close', () => void redial(), { once: true })
    await line.use(new SocketLink({ websocket: opened }))
  }
  const redial = async (): Promise<void> => {
    if (line.state === 'lost') return
    line.drop('reconnecting')
    for (const wait of timing.retryAfterMs) {
      await new Promise((resolve) => setTimeout(resolve, wait))
      if (line.closed) return
      try {
        return await dial()
      } catch {
        // The next attempt may do better; after the last one the line is lost.
      }
    }
    line.drop('lost')
  }

  await dial()
  return line.connection({ kind: 'web', bytesBase: '', pathForFile: null, close: () => socket.close() })
}

/**
 * What stays while sockets come and go: the state, who listens to it, and the pond that has to be
 * opened again on the next socket, because a host's session ends with its socket.
 */
class Line implements ClientLink<Record<never, never>> {
  state: ConnectionState = 'reconnecting'
  closed = false
  private link: ClientLink<Record<never, never>> | null = null
  private generation = 0
  private openPond: string | null = null
  private readonly listeners = new Set<(state: ConnectionState) => void>()

  async use(link: ClientLink<Record<never, never>>): Promise<void> {
    const generation = ++this.generation
    if (this.openPond !== null) {
      const path = this.openPond
      await link.call(['pond', 'open'], { path }, { context: {} }).catch(() => {
        // It is no longer there: the calls that follow say `api.no-pond`, which the page draws.
      })
    }
    if (this.closed || generation !== this.generation) return
    this.link = link
    this.enter('connected')
  }

  drop(state: 'reconnecting' | 'lost'): void {
    this.generation++
    this.link = null
    this.enter(state)
  }

  private enter(state: ConnectionState): void {
    if (this.state === state) return
    this.state = state
    for (const listener of [...this.listeners]) listener(state)
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** The link to use now, or the next one. */
  private async ready(signal: AbortSignal | undefined): Promise<ClientLink<Record<never, never>>> {
    signal?.throwIfAborted()
    if (this.link !== null) return this.link
    if (this.state === 'lost') throw disconnected('the host has gone')
    return new Promise((resolve, reject) => {
      const settle = () => {
        if (this.state === 'reconnecting' && !signal?.aborted) return
        stop()
        signal?.removeEventListener('abort', settle)
        if (signal?.aborted) reject(signal.reason)
        else if (this.link === null) reject(disconnected('the host has gone'))
        else resolve(this.link)
      }
      const stop = this.onState(settle)
      signal?.addEventListener('abort', settle)
    })
  }

  async call(
    path: readonly string[],
    input: unknown,
    options: ClientOptions<Record<never, never>>,
  ): Promise<unknown> {
    let used = this.generation
    const meaning = (error: unknown): ApiError => {
      const dropped = this.generation !== used && !options.signal?.aborted && !(error instanceof ORPCError)
      if (dropped) return disconnected('the connection broke off', error)
      return new ApiError(asPondError(error), error)
    }
    try {
      const link = await this.ready(options.signal)
      used = this.generation
      const output = await link.call(path, input, options)
      this.note(path, output)
      if (!isAsyncIterator(output)) return output
      return mapEventIterator(output, { value: async (value) => value, error: async (error) => meaning(error) })
    } catch (error) {
      throw meaning(error)
    }
  }

  private note(path: readonly string[], output: unknown): void {
    if (path[0] !== 'pond') return
    if (path[1] === 'close') this.openPond = null
    else if (path[1] === 'open' || path[1] === 'create') this.openPond = (output as { readonly path: string }).path
  }

  connection(host: {
    readonly kind: Connection['kind']
    readonly bytesBase: string
    readonly pathForFile: Connection['pathForFile']
    readonly close: () => void
  }): Connection {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- `state` below is a live view of the line
    const line = this
    const api = createORPCClient<Api>(this)
    return {
      api,
      kind: host.kind,
      bytesBase: host.bytesBase,
      pathForFile: host.pathForFile,
      get state() {
        return line.state
      },
      onState: (listener) => this.onState(listener),
      fetchBytes: (address, init) => fetchBytes(host.bytesBase + address, init),
      upload: (address, body, options = {}) => upload(host.bytesBase + address, body, options),
      follow: (open, onEvent, onError) => this.follow(api, open, onEvent, onError),
      close: () => {
        this.closed = true
        this.drop('lost')
        host.close()
      },
    }
  }

  private follow<T>(
    api: Api,
    open: (api: Api, signal: AbortSignal) => Promise<AsyncIterable<T>>,
    onEvent: (event: T) => void,
    onError: ((error: ApiError) => void) | undefined,
  ): () => void {
    const stopping = new AbortController()
    const listen = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        try {
          for await (const event of await open(api, stopping.signal)) {
            if (stopping.signal.aborted) return
            onEvent(event)
          }
          return
        } catch (error) {
          if (stopping.signal.aborted) return
          const wire = asPondError(error)
          if (wire.code !== 'web.disconnected' || this.state === 'lost') {
            onError?.(error instanceof ApiError ? error : new ApiError(wire, error))
            return
          }
        }
      }
    }
    void listen()
    return () => stopping.abort()
  }
}

async function fetchBytes(address: string, init?: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(address, init)
  } catch (error) {
    if (init?.signal?.aborted) throw new ApiError(asPondError(error), error)
    throw disconnected('the host does not answer', error)
  }
  if (response.ok) return response
  throw failureOf(response.status, await response.text())
}

/** `fetch` cannot tell how far a body has come; XMLHttpRequest can, and streams a Blob from disk too. */
function upload(address: string, body: Blob, options: UploadOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    const settle = (done: () => void) => {
      options.signal?.removeEventListener('abort', abort)
      done()
    }
    request.upload.onprogress = (event) => options.onProgress?.(event.loaded, body.size)
    request.onload = () => {
      const ok = request.status >= 200 && request.status < 300
      settle(() => (ok ? resolve() : reject(failureOf(request.status, request.responseText))))
    }
    request.onerror = () => settle(() => reject(disconnected('the host does not answer')))
    request.onabort = () =>
      settle(() => reject(new ApiError({ code: 'api.interrupted', message: 'the upload was cancelled', detail: {} })))
    request.open('POST', address)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    options.signal?.addEventListener('abort', abort)
    if (options.signal?.aborted) settle(() => reject(new ApiError(asPondError(options.signal?.reason))))
    else request.send(body)
  })
}

function failureOf(status: number, text: string): ApiError {
  try {
    const wire: unknown = JSON.parse(text)
    if (isWire(wire)) return new ApiError(wire)
  } catch {
    // Not from our host's byte plane: the status is all there is.
  }
  return new ApiError({ code: 'internal', message: `the host answered with status ${status}`, detail: { status } })
}

function disconnected(message: string, cause?: unknown): ApiError {
  return new ApiError({ code: 'web.disconnected', message, detail: {} }, cause)
}

function isWire(value: unknown): value is WireError {
  if (typeof value !== 'object' || value === null) return false
  const { code, message, detail } = value as Partial<Record<keyof WireError, unknown>>
  return typeof code === 'string' && typeof message === 'string' && typeof detail === 'object' && detail !== null
}

function isAsyncIterator(value: unknown): value is AsyncIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value
}

async function portOfPreload(): Promise<MessagePort> {
  return new Promise((resolve) => {
    const receive = (event: MessageEvent) => {
      const [port] = event.ports
      if (event.source !== window || event.data !== PORT_GIVEN || port === undefined) return
      window.removeEventListener('message', receive)
      resolve(port)
    }
    window.addEventListener('message', receive)
    window.postMessage(PORT_WANTED, location.origin)
  })
}
