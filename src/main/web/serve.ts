/**
 * The localhost host: the built page, the byte plane and the bridge on one port of 127.0.0.1. Every
 * request and every upgrade passes `Access` before anything else of it is read.
 */
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { closeAll } from '../../shared/close-all'
import { PondError, toWire } from '../../shared/errors'
import {
  createBytePlane,
  listRenderer,
  loadServer,
  PAGE_PERMISSIONS,
  pagePolicy,
  SAFE_HEADERS,
  type BytePlane,
  type Hub,
  type RendererFile,
} from '../api'
import { Access } from './access'
import { startListening } from './listening'
import { requestOf, sendResponse } from './node-http'
import { onwardPage, refusal } from './refusal'

/** A page that lists a million paths before an import fits; a client that floods does not. */
const MAX_MESSAGE_BYTES = 256 * 1024 * 1024

export interface ServeOptions {
  readonly hub: Hub
  /** 0 for any that is free; null for that of an earlier start where it is free. */
  readonly port: number | null
  /** Where the built page is. */
  readonly rendererFolder: string
}

export interface WebHost {
  /** With the token: whoever opens it is let in. */
  readonly url: string
  /** An address for one browser, once, within a minute. */
  urlOnce(): string
  /** Pages that are connected now. */
  readonly connections: number
  /** Imports of theirs that have begun and not come to their end: closing drops them, and leaves nothing of them. */
  readonly unfinishedImports: number
  /** Ends every connection, then the hub. Idempotent. */
  close(): Promise<void>
}

/** @throws web.port-in-use, host.not-found (no built page) */
export async function serve({ hub, port, rendererFolder }: ServeOptions): Promise<WebHost> {
  const [renderer, bridge] = await Promise.all([listRenderer(rendererFolder), loadServer()])
  // An import of many gigabytes takes as long as it takes; a head that does not come is cut off as usual.
  const server = createServer({ requestTimeout: 0 })
  const listening = await startListening(server, port, hub.config)
  const access = new Access(listening.port, listening.secrets)
  const host = new Host(hub, access, renderer)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false })

  server.on('request', (message, answer) => void host.answer(message, answer))
  // A body is asked for once it is known to be wanted.
  server.on('checkContinue', (message, answer) => void host.answer(message, answer))
  server.on('connect', (_, stream) => refuseRaw(stream, new PondError('web.bad-method', 'DuckPond is no proxy')))
  server.on('clientError', (error, stream) => refuseRaw(stream, badRequest(error)))
  server.on('upgrade', (message, stream, head) => {
    if (host.refuseUpgrade(message, stream)) return
    sockets.handleUpgrade(message, stream, head, (socket) => {
      // A frame that breaks the protocol ends its connection, with a code; nobody else is touched.
      socket.on('error', ({ message: reason }) => hub.options.warn?.('web.malformed-frame', { reason }))
      bridge.serveSocket(hub, socket)
    })
  })

  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    for (const socket of sockets.clients) socket.close(1001, 'DuckPond was stopped')
    await closeAll(
      () => hub.close(),
      async () => {
        for (const socket of sockets.clients) socket.terminate()
        await new Promise((resolve) => {
          server.close(resolve)
          server.closeAllConnections()
        })
      },
    )
  }
  return {
    url: access.url,
    urlOnce: () => access.urlOnce(),
    get connections() {
      return sockets.clients.size
    },
    get unfinishedImports() {
      return hub.unfinishedImports
    },
    close: () => (closing ??= close()),
  }
}

class Host {
  readonly #hub: Hub
  readonly #access: Access
  readonly #renderer: ReadonlyMap<string, RendererFile>
  readonly #bytes: BytePlane

  constructor(hub: Hub, access: Access, renderer: ReadonlyMap<string, RendererFile>) {
    this.#hub = hub
    this.#access = access
    this.#renderer = renderer
    this.#bytes = createBytePlane(hub)
  }

  async answer(message: IncomingMessage, answer: ServerResponse): Promise<void> {
    try {
      const admission = this.#access.check(headOf(message, false))
      mustBeAllowed(message)
      if (message.headers.expect !== undefined) answer.writeContinue()
      if (admission.kind === 'exchange') this.#exchange(message, answer, admission)
      else await this.#serve(message, answer)
    } catch (error) {
      this.#refuse(error, message, answer)
    }
  }

  /** True when the upgrade was refused; the answer is a plain HTTP one. */
  refuseUpgrade(message: IncomingMessage, stream: Duplex): boolean {
    // A reset while we answer is the client's business.
    stream.on('error', () => stream.destroy())
    try {
      this.#access.check(headOf(message, true))
      if (pathOf(message) === '/api') return false
      throw new PondError('host.not-found', `expected a socket at /api, found ${pathOf(message)}`)
    } catch (error) {
      refuseRaw(stream, error, this.#hub.options.report)
      return true
    }
  }

  /**
   * A redirect that began on another site would not carry the strict cookie; a page that leads on by
   * itself does.
   */
  #exchange(
    message: IncomingMessage,
    answer: ServerResponse,
    { location, cookie }: { readonly location: string; readonly cookie: string },
  ): void {
    const headers = { ...SAFE_HEADERS, 'Set-Cookie': cookie, 'Cache-Control': 'no-store' }
    const site = message.headers['sec-fetch-site']
    if (site === undefined || site === 'none' || site === 'same-origin') {
      answer.writeHead(303, { ...headers, Location: location }).end()
    } else {
      answer.writeHead(200, { ...headers, 'Content-Type': 'text/html; charset=utf-8' }).end(onwardPage(location))
    }
  }

  async #serve(message: IncomingMessage, answer: ServerResponse): Promise<void> {
    const path = pathOf(message)
    if (path.startsWith('/bytes/')) {
      const origin = `http://${message.headers.host ?? '127.0.0.1'}`
      return sendResponse(await this.#bytes(requestOf(message, answer, origin)), answer, SAFE_HEADERS)
    }
    const file = this.#renderer.get(path)
    if (file === undefined) throw new PondError('host.not-found', `expected a part of the app, found ${path}`, { path })
    const headers: OutgoingHttpHeaders = {
      ...SAFE_HEADERS,
      'Content-Type': file.contentType,
      'Cache-Control': file.immutable ? 'private, max-age=31536000, immutable' : 'no-cache',
      ETag: file.etag,
    }
    if (path === '/' || path === '/index.html') {
      headers['Content-Security-Policy'] = pagePolicy(this.#access.socketSources)
      headers['Permissions-Policy'] = PAGE_PERMISSIONS
    }
    if (message.headers['if-none-match'] === file.etag) return void answer.writeHead(304, headers).end()
    const content = await file.read()
    answer.writeHead(200, { ...headers, 'Content-Length': content.length })
    answer.end(message.method === 'HEAD' ? undefined : content)
  }

  #refuse(error: unknown, message: IncomingMessage, answer: ServerResponse): void {
    if (answer.headersSent) return void answer.destroy()
    const wire = toWire(error, this.#hub.options.report)
    const { status, contentType, body, policy } = refusal(wire, message.headers.accept)
    const headers = {
      ...SAFE_HEADERS,
      ...(wire.code === 'web.bad-method' ? { Allow: String(wire.detail['allow']) } : {}),
      'Content-Type': contentType,
      'Content-Security-Policy': policy,
      'Cache-Control': 'no-store',
      // What the client still sends is not wanted, and is not read.
      Connection: 'close',
    }
    answer.writeHead(status, headers)
    answer.end(message.method === 'HEAD' ? undefined : body)
  }
}

function headOf(message: IncomingMessage, upgrade: boolean) {
  return { method: message.method ?? 'GET', url: message.url ?? '/', headers: message.headers, upgrade }
}

/** As it was sent: nothing is decoded or resolved, so that no trick has two meanings. */
function pathOf(message: IncomingMessage): string {
  return (message.url ?? '/').split('?', 1)[0] ?? '/'
}

/** @throws web.bad-request, web.bad-method */
function mustBeAllowed(message: IncomingMessage): void {
  const { method = 'GET' } = message
  const path = pathOf(message)
  const allow = path.startsWith('/bytes/') ? ['GET', 'HEAD', 'POST'] : ['GET', 'HEAD']
  if (!allow.includes(method))
    throw new PondError('web.bad-method', `expected ${allow.join(' or ')}, found ${method}`, {
      allow: allow.join(', '),
    })
  // The form that proxies are asked in would name a host of its own.
  if (!path.startsWith('/')) throw new PondError('web.bad-request', 'expected an address that begins with a slash')
}

/** What the parser of requests said of one that it could not read. */
function badRequest({ code }: NodeJS.ErrnoException): PondError & { readonly status?: number } {
  const [status, message] =
    code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'expected a shorter head of the request']
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'expected the whole head of the request by now']
        : [400, 'expected a request of HTTP/1.1']
  return Object.assign(new PondError('web.bad-request', message), { status })
}

/** Answers on the stream itself, where there is no request to answer. */
function refuseRaw(stream: Duplex, error: unknown, report: (error: unknown) => string = () => ''): void {
  // A reset while we answer is the client's business.
  stream.on('error', () => stream.destroy())
  if (!stream.writable) return void stream.destroy()
  const told = refusal(toWire(error, report), undefined)
  const { status = told.status } = error as { readonly status?: number }
  const head = `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: ${told.contentType}\r\n`
  stream.end(`${head}Content-Length: ${Buffer.byteLength(told.body)}\r\n\r\n${told.body}`)
}
