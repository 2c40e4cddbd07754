/**
 * The bridge's server: the contract's router over the plain handlers, on a socket or a port. Inputs
 * are validated here and nowhere else; every failure leaves as the one typed error `POND`, and what
 * nobody expected as `internal` with the id of its report.
 */
import { isContractProcedure, type AnyContractProcedure } from '@orpc/contract'
import { implement, ORPCError, type AnyRouter } from '@orpc/server'
import { RPCHandler as PortHandler } from '@orpc/server/message-port'
import type { WebSocket } from 'ws'
import { contract } from '../../shared/contract'
import { ERRORS, isErrorCode, isPondError, PondError, toWire } from '../../shared/errors'
import { systemError } from '../platform/node'
import { readCallMessage, type Malformed } from './connection/call-message'
import { goneOr } from './page/gone'
import { createHandlers } from './router'
import type { Call, Handlers } from './connection/handlers'
import type { Hub } from './connection/hub'
import type { Session } from './connection/session'

/** What a port is to us: Node's and the web's `MessagePort`, and Electron's. */
export type Port = Parameters<PortHandler<Record<never, never>>['upgrade']>[0]

/**
 * Serves one connection until the socket closes, which closes the session too. A message that is no call closes
 * the socket with the code that says why, and is one line of the log.
 */
export function serveSocket(hub: Hub, socket: WebSocket): Session {
  const session = hub.connect()
  serve(session, {
    onMessage: (take) => socket.on('message', (data, isBinary) => take(isBinary ? data : String(data))),
    onClose: (closed) => socket.on('close', closed),
    send: (data) => socket.send(data),
    refuse: ({ code, reason }) => socket.close(code, reason),
  })
  socket.on('close', () => void closeQuietly(hub, session))
  return session
}

/**
 * Serves one connection over a message port, which is closed after a message that is no call. The caller starts
 * the port where its kind needs that, and closes the session when the port closes.
 */
export function servePort(hub: Hub, port: Port): Session {
  const session = hub.connect()
  serve(session, {
    onMessage: (take) => onPort(port, 'message', (event) => take(event?.data)),
    onClose: (closed) => onPort(port, 'close', closed),
    send: (data) => port.postMessage(data),
    refuse: () => (port as { close?(): void }).close?.(),
  })
  return session
}

/** A way to send messages both ways. */
interface Wire {
  onMessage(take: (data: unknown) => void): void
  onClose(closed: () => void): void
  send(data: string | Uint8Array): void
  /** Ends the connection. */
  refuse(why: Malformed): void
}

function serve(session: Session, wire: Wire): void {
  const { options } = session.hub
  let isRefused = false
  const take = (data: unknown, answer: (event: { readonly data: object }) => void): void => {
    if (isRefused) return
    const read = readCallMessage(data)
    if ('message' in read) return answer({ data: read.message })
    isRefused = true
    options.warn?.('api.malformed-message', { ...read.malformed })
    wire.refuse(read.malformed)
  }
  new PortHandler(routerOf(session), failuresAsWire(session)).upgrade({
    addEventListener(event: string, listener: (event?: { readonly data: object }) => void) {
      if (event === 'message') wire.onMessage((data) => take(data, listener))
      else wire.onClose(listener)
    },
    postMessage: (data: string | Uint8Array) => wire.send(data),
  } as Port)
}

type Listener = (event?: { readonly data?: unknown }) => void

/** Ports of pages have one way to listen, those of Electron and of Node's older kind another. */
function onPort(port: Port, event: 'message' | 'close', listener: Listener): void {
  const { addEventListener, on } = port as unknown as Readonly<
    Record<string, ((event: string, listener: Listener) => void) | undefined>
  >
  const listen = addEventListener ?? on
  listen?.call(port, event, listener)
}

async function closeQuietly(hub: Hub, session: Session): Promise<void> {
  try {
    await session.close()
  } catch (error) {
    hub.options.report(error)
  }
}

type AnyHandler = (input: unknown, call: Call) => unknown

function routerOf(session: Session): AnyRouter {
  const handlers = createHandlers(session)
  const groups = Object.entries(contract).map(([group, calls]) => {
    const implemented = handlers[group as keyof Handlers] as unknown as Readonly<Record<string, AnyHandler>>
    const procedures = Object.entries(calls).map(([name, procedure]) => [
      name,
      procedureOf(session, procedure, implemented[name]),
    ])
    return [group, Object.fromEntries(procedures)]
  })
  return Object.fromEntries(groups) as AnyRouter
}

function procedureOf(session: Session, procedure: AnyContractProcedure, handler: AnyHandler | undefined) {
  if (!isContractProcedure(procedure) || handler === undefined) throw new Error('a call of the contract has no handler')
  return implement(procedure).handler(({ input, signal }) => {
    const answer = handler(input, { signal: signal ?? new AbortController().signal })
    return isIterable(answer) ? guarded(session, answer) : answer
  })
}

/** Around validation and handler both: whatever is thrown leaves as the typed error. */
function failuresAsWire(session: Session) {
  return {
    clientInterceptors: [
      async ({ next }: { readonly next: () => Promise<unknown> }) => {
        try {
          return await next()
        } catch (error) {
          throw await wireFailure(session, error)
        }
      },
    ],
  }
}

/** A stream's own failures leave as typed errors too. */
async function* guarded(session: Session, events: AsyncIterable<unknown>): AsyncGenerator<unknown, void, void> {
  try {
    yield* events
  } catch (error) {
    throw await wireFailure(session, error)
  }
}

async function wireFailure({ hub, workspace }: Session, error: unknown): Promise<ORPCError<string, unknown>> {
  const wire = toWire(await goneOr(meaningOf(error), workspace?.folder), hub.options.report)
  const status = isErrorCode(wire.code) ? ERRORS[wire.code].http : 500
  return new ORPCError('POND', { status, defined: true, message: wire.message, data: wire, cause: error })
}

function meaningOf(error: unknown): unknown {
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') {
    const [issue] = (error.data as { issues?: readonly { path?: readonly unknown[]; message: string }[] }).issues ?? []
    const where = issue?.path?.length ? issue.path.join('.') : 'the input'
    return new PondError(
      'api.bad-input',
      `in ${where}: ${issue?.message ?? 'not what this call takes'}`,
      { where },
      error,
    )
  }
  if (isPondError(error, 'platform.cancelled') || (error instanceof Error && error.name === 'AbortError')) {
    return new PondError('api.interrupted', 'the call was cancelled', {}, error)
  }
  return systemError(error)
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
