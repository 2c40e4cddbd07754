/**
 * Which port the localhost host listens on, and the secrets that go with it. A start that asks for no
 * port of its own takes the one of an earlier start where that is free, with the same token and cookie:
 * a page that is still open then connects again, and what a browser keeps for that address is found.
 * Relies on `Config` to keep the file from other users of this machine.
 */
import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isPondError, PondError } from '../../shared/errors'
import type { Config } from '../api'

export interface Secrets {
  /** In the address that is printed. */
  readonly token: string
  /** In the cookie that the token is exchanged for. */
  readonly cookie: string
}

export interface Listening {
  readonly port: number
  readonly secrets: Secrets
}

const NAME = 'localhost'
/** More than one, so that two that run at once each come back at their own. */
const MAX_REMEMBERED = 4
const SECRET = /^[\w-]{43}$/

export function freshSecrets(): Secrets {
  const secret = () => randomBytes(32).toString('base64url')
  return { token: secret(), cookie: secret() }
}

/**
 * Listens on 127.0.0.1. @param port 0 for any that is free; null for that of an earlier start, or else
 * any, which is remembered. @throws web.port-in-use
 */
export async function startListening(server: Server, port: number | null, config: Config): Promise<Listening> {
  if (port !== null) return { port: await listen(server, port), secrets: freshSecrets() }
  const remembered = rememberedIn(await config.read(NAME))
  for (const listening of remembered) {
    try {
      await listen(server, listening.port)
      return listening
    } catch (error) {
      if (!isPondError(error, 'web.port-in-use')) throw error
    }
  }
  const listening = { port: await listen(server, 0), secrets: freshSecrets() }
  // A home that cannot be written is no reason not to serve. Until it is written nobody can be let in.
  await config.write(NAME, [...remembered.slice(1 - MAX_REMEMBERED), listening]).catch(() => {})
  return listening
}

/** A file that was damaged or written by hand opens nothing: what is not whole is left out. */
function rememberedIn(value: unknown): readonly Listening[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, MAX_REMEMBERED).flatMap((item: unknown) => {
    const { port, secrets } = (item ?? {}) as { readonly port?: unknown; readonly secrets?: Partial<Secrets> }
    const { token, cookie } = secrets ?? {}
    const isPort = typeof port === 'number' && Number.isInteger(port) && port > 0 && port <= 65_535
    const isWhole = isPort && isSecret(token) && isSecret(cookie) && token !== cookie
    return isWhole ? [{ port, secrets: { token, cookie } }] : []
  })
}

function isSecret(value: unknown): value is string {
  return typeof value === 'string' && SECRET.test(value)
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const taken = error.code === 'EADDRINUSE' || error.code === 'EACCES'
      const message = `expected a free port, found ${port} in use or not allowed: choose another with --port`
      reject(taken ? new PondError('web.port-in-use', message, { port }, error) : error)
    }
    server.once('error', failed)
    server.listen({ host: '127.0.0.1', port }, () => {
      server.off('error', failed)
      resolve((server.address() as AddressInfo).port)
    })
  })
}
