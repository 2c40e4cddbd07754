/** What no browser of ours sends: requests and messages that are wrong in every way, over real sockets. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { runs } from '../../src/shared/testing/runs'
import { Hub, loadServer } from '../../src/main/api'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { Prng } from '../../src/main/platform/sim'
import { serve, type WebHost } from '../../src/main/web/serve'

const CASES = Number(process.env['POND_HOSTILE'] ?? runs(200))
/** What must be answered is waited for; what chance makes may ask for nothing, or not to the end. */
const LONG_MS = 20_000
const SHORT_MS = 1_000
const SEED = Number(process.env['POND_HOSTILE_SEED'] ?? 1)

let folder: string
let hub: Hub
let host: WebHost
let port: number
let cookie: string
const warned: { readonly event: string; readonly fields: unknown }[] = []
const reports: unknown[] = []
const rejections: unknown[] = []
const printed: unknown[] = []
const rejected = (reason: unknown): void => void rejections.push(reason)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckpond-hostile-'))
  await mkdir(join(folder, 'renderer'), { recursive: true })
  await writeFile(join(folder, 'renderer', 'index.html'), '<!doctype html><title>DuckPond</title>')
  hub = new Hub({
    kind: 'web',
    productVersion: '0.0.0',
    startPond: null,
    configFolder: join(folder, 'config'),
    worldAt: (path) => nodeWorld({ storage: nodeStorage(path) }),
    report: (error) => `report ${reports.push(error)}`,
    warn: (event, fields) => void warned.push({ event, fields }),
  })
  host = await serve({ hub, port: 0, rendererFolder: join(folder, 'renderer') })
  port = Number(new URL(host.url).port)
  const answer = await raw(
    `GET /${new URL(host.url).search} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`,
  )
  cookie = /set-cookie: ([^;]+)/i.exec(answer)?.[1] ?? ''
  process.on('unhandledRejection', rejected)
})

afterAll(async () => {
  process.off('unhandledRejection', rejected)
  await host.close()
  await rm(folder, { recursive: true, force: true })
})

beforeEach(() => {
  for (const list of [warned, reports, rejections, printed]) list.length = 0
  vi.spyOn(console, 'error').mockImplementation((...said) => void printed.push(said))
})

/** Sends bytes as they are; what came back until the host closed, or was silent for long. */
function raw(bytes: string | Uint8Array, patienceMs = LONG_MS): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setTimeout(patienceMs, () => socket.destroy())
    socket.on('data', (chunk) => (text += chunk.toString('latin1')))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(text))
  })
}

const head = (more = ''): string => `Host: 127.0.0.1:${port}\r\nCookie: ${cookie}\r\nConnection: close\r\n${more}\r\n`
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)

function mustBeQuiet(): void {
  expect({ printed, rejections, reports }).toEqual({ printed: [], rejections: [], reports: [] })
}

describe('a request that is wrong', () => {
  it('gets the status that says how, and a short body without a stack', async () => {
    const long = 'x'.repeat(100_000)
    const cases: readonly (readonly [string, number])[] = [
      [`TRACE / HTTP/1.1\r\n${head()}`, 405],
      [`TRACE /bytes/x/content HTTP/1.1\r\n${head()}`, 405],
      [`OPTIONS / HTTP/1.1\r\n${head()}`, 405],
      [`OPTIONS * HTTP/1.1\r\n${head()}`, 405],
      [`PUT / HTTP/1.1\r\n${head('Content-Length: 0\r\n')}`, 405],
      [`DELETE /bytes/x/content HTTP/1.1\r\n${head()}`, 405],
      [`CONNECT example.org:80 HTTP/1.1\r\n${head()}`, 405],
      [`BREW / HTTP/1.1\r\n${head()}`, 400],
      [`POST / HTTP/1.1\r\n${head('Content-Length: 0\r\n')}`, 405],
      [`HEAD / HTTP/1.1\r\n${head()}`, 200],
      [`GET http://127.0.0.1:${port}/ HTTP/1.1\r\n${head()}`, 400],
      [`GET http://example.org/ HTTP/1.1\r\n${head()}`, 400],
      [`GET //example.org/ HTTP/1.1\r\n${head()}`, 404],
      [`GET /%zz HTTP/1.1\r\n${head()}`, 404],
      [`GET /bytes/%zz/content HTTP/1.1\r\n${head()}`, 400],
      [`GET /bytes/%00/content?path=/&at=1 HTTP/1.1\r\n${head()}`, 409],
      [`GET /bytes/../../etc/passwd HTTP/1.1\r\n${head()}`, 404],
      [`GET /\u0000 HTTP/1.1\r\n${head()}`, 400],
      [`GET /${long} HTTP/1.1\r\n${head()}`, 431],
      [`GET / HTTP/1.1\r\n${head(`X-Long: ${long}\r\n`)}`, 431],
      [`GET / HTTP/1.1\r\n${head('Bad Header : x\r\n')}`, 400],
      [`GET / HTTP/9.9\r\n${head()}`, 400],
      [`GET / HTTP/1.1\r\nConnection: close\r\n\r\n`, 400],
      [`GET / HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n`, 403],
      [`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`, 401],
      ['\r\n\r\n\u0016\u0003\u0001 hello\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\n${head('Expect: a miracle\r\n')}`, 417],
      [`POST /bytes/x/import/y HTTP/1.1\r\n${head('Transfer-Encoding: chunked\r\n')}zz\r\n`, 400],
      [`POST /bytes/x/import/y HTTP/1.1\r\n${head('Content-Length: -1\r\n')}`, 400],
      [
        `POST /bytes/x/import/y HTTP/1.1\r\n${head('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n')}0\r\n\r\n`,
        400,
      ],
    ]
    for (const [request, status] of cases) {
      const answer = await raw(request)
      const context = request.slice(0, 60)
      expect({ context, status: statusOf(answer) }).toEqual({ context, status })
      expect(answer).not.toMatch(/\n\s+at |node:|\.ts:\d/)
      expect(answer.split('\r\n\r\n').slice(1).join('').length).toBeLessThan(2_000)
      if (status === 405 && !request.startsWith('CONNECT')) expect(answer).toMatch(/\r\nAllow: GET, HEAD/)
    }
    mustBeQuiet()
  })

  it('is asked for its body only where it is let in', async () => {
    const asked = 'Expect: 100-continue\r\nContent-Length: 3\r\n'
    const stranger = `POST /bytes/x/import/y HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n${asked}\r\n`
    expect(statusOf(await raw(stranger))).toBe(401)
    expect(await raw(`POST /bytes/x/import/y HTTP/1.1\r\n${head(asked)}`)).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 409/,
    )
  })

  it(`of ${CASES} that chance makes takes nobody down, and prints nothing`, async () => {
    const random = new Prng(SEED)
    const whole = `GET /bytes/x/content?path=%2Fa&at=pending HTTP/1.1\r\n${head('Range: bytes=0-1\r\nIf-None-Match: "x"\r\n')}`
    const pieces = [
      '\r\n',
      '\0',
      '%',
      '%ff',
      '..',
      '/',
      ' ',
      ':',
      'HTTP/1.1',
      'bytes=-',
      '9'.repeat(40),
      '\u00ff',
      'Range: bytes=5-1,2\r\n',
    ] as const
    const made = Array.from({ length: CASES }, () => {
      let text = whole
      for (let changes = random.below(4); changes >= 0; changes--) {
        const at = random.below(text.length)
        text = text.slice(0, at) + random.pick(pieces) + text.slice(at + random.below(12))
      }
      return text
    })
    for (let start = 0; start < made.length; start += 20) {
      const answers = await Promise.all(
        made.slice(start, start + 20).map((text) => raw(Buffer.from(`${text}\r\n\r\n`, 'latin1'), SHORT_MS)),
      )
      for (const answer of answers) {
        expect(statusOf(answer)).not.toBe(500)
        expect(answer).not.toMatch(/\n\s+at /)
      }
    }
    mustBeQuiet()
    expect(statusOf(await raw(`GET / HTTP/1.1\r\n${head()}`))).toBe(200)
  }, 240_000)
})

/** How a socket ended after a message: its code, or what was answered. */
function say(data: string | Uint8Array, patienceMs = LONG_MS): Promise<Said> {
  return saying((socket) => socket.send(data), patienceMs)
}

type Said = { readonly closed: number } | { readonly answer: string }

function saying(work: (socket: WebSocket) => void, patienceMs = LONG_MS): Promise<Said> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api`, {
      headers: { cookie, origin: `http://127.0.0.1:${port}` },
      perMessageDeflate: false,
    })
    const waiting = setTimeout(() => socket.terminate(), patienceMs)
    socket.on('open', () => work(socket))
    socket.on('message', (answer: Buffer) => {
      clearTimeout(waiting)
      socket.terminate()
      resolve({ answer: answer.toString() })
    })
    socket.on('close', (closed) => {
      clearTimeout(waiting)
      resolve({ closed })
    })
    socket.on('error', reject)
  })
}

/** A frame as no library sends it. */
function frame(bytes: readonly number[]): (socket: WebSocket) => void {
  return (socket) => {
    const { _socket: stream } = socket as unknown as { readonly _socket: { write(bytes: Buffer): void } }
    stream.write(Buffer.from(bytes))
  }
}

const callOf = (payload: unknown, more = {}): string => JSON.stringify({ i: '1', p: payload, ...more })

describe('a message that is wrong', () => {
  it('closes its connection with the code that says how, in one line of the log', async () => {
    const deep = `{"i":"1","p":{"u":"/host/info","b":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`
    const cases: readonly (readonly [string | Uint8Array, number])[] = [
      ['junk', 1007],
      ['', 1007],
      ['{"i":"1"', 1007],
      [new Uint8Array([255, 0, 1]), 1003],
      [new TextEncoder().encode(callOf({ u: '/host/info' })), 1003],
      ['null', 1008],
      ['[]', 1008],
      ['7', 1008],
      [deep, 1008],
      [`{"i":"1","p":{"u":"/host/info","b":"${'\\"['.repeat(10)}`, 1007],
      [callOf(null), 1008],
      [callOf({}), 1008],
      [callOf({ u: 7 }), 1008],
      [callOf({ u: 'http://example.org/' }), 1008],
      [callOf({ u: '//[' }), 1008],
      [callOf({ u: '/host/info', h: 'x' }), 1008],
      [callOf({ u: '/host/info', h: { a: { b: 1 } } }), 1008],
      [callOf({ u: '/host/info', m: 9 }), 1008],
      [callOf({ u: '/host/info' }, { i: {} }), 1008],
      [callOf({ u: '/host/info' }, { t: 99 }), 1008],
      [callOf('x', { t: 3 }), 1008],
    ]
    for (const [data, closed] of cases) {
      const context = String(data).slice(0, 50)
      expect({ context, ...(await say(data)) }).toEqual({ context, closed })
    }
    expect(warned.map(({ event }) => event)).toEqual(cases.map(() => 'api.malformed-message'))
    expect(JSON.stringify(warned)).not.toContain('\\n')
    mustBeQuiet()
  })

  it('that is a call all the same gets a coded answer', async () => {
    for (const payload of [
      { u: '/nothing/here', b: {} },
      { u: '/files/list', b: { json: { path: 7 } } },
      { u: '/files/list', b: 'text' },
      { u: '/files/list', b: { json: null, meta: [[31, 'x']] } },
      { u: '/files/list', m: 'TRACE' },
    ]) {
      const said = await say(callOf(payload))
      expect(said).toMatchObject({ answer: expect.stringMatching(/"s":4\d\d/) as string })
      expect(JSON.stringify(said)).not.toMatch(/node_modules|\.ts:\d/)
    }
    mustBeQuiet()
  })

  it('by the rules of frames closes its connection with their code', async () => {
    const [large, notMasked, reserved, notUtf8] = [
      [0x82, 0xff, 0, 0, 0, 0, 0x10, 0, 0, 1, 0, 0, 0, 0],
      [0x81, 0x01, 0x7b],
      [0xf1, 0x80, 0, 0, 0, 0],
      [0x81, 0x81, 0, 0, 0, 0, 0xff],
    ]
    expect(await saying(frame(large))).toEqual({ closed: 1009 })
    expect(await saying(frame(notMasked))).toEqual({ closed: 1002 })
    expect(await saying(frame(reserved))).toEqual({ closed: 1002 })
    expect(await saying(frame(notUtf8))).toEqual({ closed: 1007 })
    expect(warned.map(({ event }) => event)).toEqual(Array.from({ length: 4 }, () => 'web.malformed-frame'))
    mustBeQuiet()
  })

  it(`of ${CASES} that chance makes takes nobody down, and prints nothing`, async () => {
    const random = new Prng(SEED)
    const whole = callOf({ u: '/files/list', b: { json: { path: '/', at: 'pending', offset: 0, limit: 10 } } })
    const pieces = [
      '"',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      'null',
      '1e999',
      '-0',
      '\\u0000',
      '\\ud800',
      '"meta":[[0,"json"]]',
      '__proto__',
      '4',
      '3',
    ] as const
    for (let round = 0; round < CASES; round++) {
      let text = whole
      for (let changes = random.below(3); changes >= 0; changes--) {
        const at = random.below(text.length)
        text = text.slice(0, at) + random.pick(pieces) + text.slice(at + random.below(8))
      }
      // An abort or a part of a stream that nobody asked for has no answer, and no harm.
      const said = await say(text, SHORT_MS)
      if ('answer' in said) expect(said.answer).not.toMatch(/"s":500|\.ts:\d/)
      else expect([1003, 1006, 1007, 1008]).toContain(said.closed)
    }
    mustBeQuiet()
  }, 240_000)

  it('over a port closes it', async () => {
    const { servePort } = await loadServer()
    for (const junk of ['junk', 7, { i: '1', p: { u: '/host/info' } }, new Uint8Array([1]), null]) {
      const { port1, port2 } = new MessageChannel()
      const closed = once(port2, 'close')
      const session = servePort(hub, port1 as unknown as Parameters<typeof servePort>[1])
      port1.start()
      port2.postMessage(junk)
      await closed
      await session.close()
    }
    expect(warned).toHaveLength(5)
    mustBeQuiet()
  })
})
