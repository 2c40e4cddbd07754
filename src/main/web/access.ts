/**
 * Who may speak to the localhost host. Owns the token of the printed address and the cookie it is
 * exchanged for, and decides about a request from its head alone, before anything else is read.
 *
 * The Host header is checked because a foreign name can be made to resolve to 127.0.0.1; the Origin
 * and Fetch Metadata because pages of other sites, and of other ports of this machine, can make a
 * browser send requests here; the cookie because any program of this machine can.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { PondError } from '../../shared/errors'
import { freshSecrets, type Secrets } from './listening'

/** A browser starts within seconds. */
const TICKET_MS = 60_000

export interface RequestHead {
  readonly method: string
  /** As on the request line: path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** A WebSocket upgrade: the browser always names its Origin, so one without is refused. */
  readonly upgrade: boolean
}

export type Admission =
  | { readonly kind: 'granted' }
  /** The right token: set the cookie and go on at `location`, which does not carry it. */
  | { readonly kind: 'exchange'; readonly location: string; readonly cookie: string }

export class Access {
  readonly #port: number
  readonly #token: string
  /** Digests of tickets that nobody has used, and until when they hold. */
  readonly #tickets = new Map<string, number>()
  readonly #now: () => number
  readonly #secret: string

  /** @param now milliseconds, of a clock that nobody sets */
  constructor(port: number, { token, cookie }: Secrets = freshSecrets(), now = () => performance.now()) {
    this.#port = port
    this.#now = now
    this.#token = token
    this.#secret = cookie
  }

  /**
   * An address that lets in one browser, once, within a minute: for where others of this machine may read it, as
   * the arguments of a process.
   */
  urlOnce(): string {
    const ticket = randomBytes(32).toString('base64url')
    this.#tickets.set(digestOf(ticket), this.#now() + TICKET_MS)
    return `http://127.0.0.1:${this.#port}/?token=${ticket}`
  }

  /** The address to print; whoever has it is let in. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/?token=${this.#token}`
  }

  /** Where a page may send to: `Content-Security-Policy` wants WebSockets spelled out. */
  get socketSources(): string {
    return `ws://127.0.0.1:${this.#port} ws://localhost:${this.#port}`
  }

  /** @throws web.foreign-host, web.foreign-origin, web.bad-token */
  check(head: RequestHead): Admission {
    const host = this.#checkHost(head.headers.host)
    this.#checkOrigin(head, host)
    const url = parseUrl(head.url)
    const token = url.searchParams.get('token')
    if (token !== null && head.method === 'GET' && !head.upgrade) {
      if (!sameText(token, this.#token) && !this.#takeTicket(token))
        throw badToken('the address carries a token, but not the one that was printed')
      url.searchParams.delete('token')
      // The app has one page, so no path of the request is repeated: it could name another host.
      return { kind: 'exchange', location: `/${url.search}`, cookie: this.#cookie() }
    }
    const cookie = cookieOf(head.headers.cookie, this.#cookieName)
    if (cookie === undefined) throw badToken('open the address that DuckPond printed when it started')
    if (!sameText(cookie, this.#secret)) throw badToken('this browser was let in by an earlier start of DuckPond')
    return { kind: 'granted' }
  }

  #takeTicket(token: string): boolean {
    const now = this.#now()
    for (const [digest, until] of this.#tickets) if (until < now) this.#tickets.delete(digest)
    return this.#tickets.delete(digestOf(token))
  }

  #checkHost(host: string | undefined): string {
    const port = this.#port === 80 ? '' : `:${this.#port}`
    if (host === `127.0.0.1${port}` || host === `localhost${port}`) return host
    const expected = `127.0.0.1${port}`
    throw new PondError('web.foreign-host', `expected the host ${expected}, found ${host ?? 'none'}`, { expected })
  }

  #checkOrigin(head: RequestHead, host: string): void {
    const expected = `http://${host}`
    const origin = head.headers.origin
    if (origin === undefined ? head.upgrade : origin !== expected) throw foreignOrigin(expected, origin ?? 'none')
    // Another port of this machine counts as the same site to a browser, cookies included.
    const site = head.headers['sec-fetch-site']
    if (site === undefined || site === 'same-origin' || site === 'none') return
    const page = head.headers['sec-fetch-mode'] === 'navigate' && head.headers['sec-fetch-dest'] === 'document'
    const allowed = page && head.method === 'GET' && parseUrl(head.url).pathname === '/'
    if (!allowed) throw foreignOrigin(expected, `a ${String(site)} request`)
  }

  /** One name for each port: cookies do not tell the ports of a machine apart. */
  get #cookieName(): string {
    return `duckpond-${this.#port}`
  }

  #cookie(): string {
    return `${this.#cookieName}=${this.#secret}; Path=/; HttpOnly; SameSite=Strict`
  }
}

function parseUrl(url: string): URL {
  // The scheme and host are fixed here, so that an absolute or `//host` target cannot bring its own.
  return new URL(`http://127.0.0.1${url.startsWith('/') ? url : `/${url}`}`)
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return undefined
}

/** What is looked up by a digest tells nothing by how long that takes. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

/** Compares in a time that does not depend on where they differ. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

function badToken(message: string): PondError {
  return new PondError('web.bad-token', message)
}

function foreignOrigin(expected: string, found: string): PondError {
  return new PondError('web.foreign-origin', `expected a request of ${expected}, found ${found}`, { expected, found })
}
