/**
 * The bridge's server: the contract's router over the plain handlers, on a socket or a port. Inputs
 * are validated here and nowhere else; every failure leaves as the one typed error `POND`, and what
 * nobody expected as `internal` with the id of its report.
 */
import { isContractProcedure, type AnyContractProcedure } from '@orpc/contract'
import { implement, ORPCError, type AnyRouter } from '@orpc/server'
import { RPCHandler as PortHandler } from '@orpc/server/message-port'
import { RPCHandler as SocketHandler } from '@orpc/server/ws'
import type { WebSocket } from 'ws'
import { contract } from '../../shared/contract'
import { ERRORS, isErrorCode, PondError, toWire } from '../../shared/errors'
import { systemError } from '../platform/node'
import { goneOr } from './gone'
import { createHandlers } from './index'
import type { Call, Handlers } from './handlers'
import type { Hub } from './hub'
import type { Session } from './session'

/** What a port is to us: Node's and the web's `MessagePort`, and Electron's. */
export type Port = Parameters<PortHandler<Record<never, never>>['upgrade']>[0]

/** Serves one connection until the socket closes, which closes the session too. */
export function serveSocket(hub: Hub, socket: WebSocket): Session {
  const session = hub.connect()
  void new SocketHandler(routerOf(session), failuresAsWire(session)).upgrade(socket)
  socket.addEventListener('close', () => void closeQuietly(hub, session))
  return session
}

/**
 * Serves one connection over a message port. The caller starts the port where its kind needs that,
 * and closes the session when the port closes.
 */
export function servePort(hub: Hub, port: Port): Session {
  const session = hub.connect()
  new PortHandler(routerOf(session), failuresAsWire(session)).upgrade(port)
  return session
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
  if (error instanceof Error && error.name === 'AbortError') {
    return new PondError('api.interrupted', 'the call was cancelled', {}, error)
  }
  return systemError(error)
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
