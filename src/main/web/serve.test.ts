import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { request, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { serveWeb } from './serve-web'
import type { WebHost } from './serve'

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let folder: string
let host: WebHost
let port: number
let cookie: string

/** A request as a program sends it, with any head and any path. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (text: string) => (body += text))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }))
    })
    sent.on('error', reject).end()
  })
}

function knock(headers: Record<string, string>, path = '/api'): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
    socket.on('open', () => {
      socket.terminate()
      resolve({ status: 101, body: '' })
    })
    socket.on('unexpected-response', (_, answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (text: string) => (body += text))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
    })
    socket.on('error', reject)
  })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckpond-web-'))
  await mkdir(join(folder, 'renderer', 'assets'), { recursive: true })
  await writeFile(join(folder, 'renderer', 'index.html'), '<!doctype html><title>DuckPond</title>')
  await writeFile(join(folder, 'renderer', 'assets', 'main-1234.js'), 'export {}')
  await writeFile(join(folder, 'secret.html'), 'not for anybody')
  host = await serveWeb({
    port: 0,
    pondPath: null,
    configFolder: join(folder, 'config'),
    rendererFolder: join(folder, 'renderer'),
  })
  const url = new URL(host.url)
  port = Number(url.port)
  const answer = await ask(`${url.pathname}${url.search}`)
  cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
})

afterAll(async () => {
  await host.close()
  await rm(folder, { recursive: true })
})

describe('the localhost host', () => {
  it('lets the printed address in and goes on at one that shows no token', async () => {
    const url = new URL(host.url)
    expect(url.hostname).toBe('127.0.0.1')
    const answer = await ask(`${url.pathname}${url.search}`)
    expect(answer).toMatchObject({ status: 303, headers: { location: '/' } })
    expect(cookie).toMatch(/^duckpond-\d+=.{43}$/)
    expect(await ask('/', { cookie })).toMatchObject({ status: 200, body: expect.stringContaining('<title>DuckPond') })
  })

  it('sends whoever comes by a link of another site on by a page, because a redirect would lose the cookie', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    const answer = await ask(`/${new URL(host.url).search}`, headers)
    expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('http-equiv="refresh"') })
    expect(answer.headers['set-cookie']?.[0]).toContain('HttpOnly')
  })

  it('serves the page under a policy without eval and without foreign sources', async () => {
    const { headers } = await ask('/', { cookie })
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toContain('unsafe-eval')
    expect(policy.replaceAll(/ws:\/\/(127\.0\.0\.1|localhost):\d+/g, '')).not.toMatch(/https?:|\*/)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    })
  })

  it('keeps what has a hash in its name, and asks again for the page', async () => {
    const asset = await ask('/assets/main-1234.js', { cookie })
    expect(asset.headers['cache-control']).toContain('immutable')
    expect(asset.headers['content-type']).toBe('text/javascript; charset=utf-8')
    const page = await ask('/', { cookie })
    expect(page.headers['cache-control']).toBe('no-cache')
    expect(await ask('/', { cookie, 'if-none-match': String(page.headers.etag) })).toMatchObject({
      status: 304,
      body: '',
    })
  })

  it('draws a refusal for people and codes it for programs', async () => {
    const person = await ask('/', { accept: 'text/html,*/*' })
    expect(person).toMatchObject({ status: 401, headers: { 'content-type': 'text/html; charset=utf-8' } })
    expect(person.body).toContain('web.bad-token')
    const program = await ask('/')
    expect(JSON.parse(program.body)).toMatchObject({ code: 'web.bad-token', detail: {} })
  })

  it.each(['/', '/index.html', '/assets/main-1234.js', '/bytes/x/content', '/nowhere', '/api'])(
    'says nothing about %s to somebody without the cookie',
    async (path) => {
      expect(await ask(path)).toMatchObject({ status: 401 })
      expect(await ask(path, { cookie, host: `evil.example:${port}` })).toMatchObject({ status: 403 })
      expect(await ask(path, { cookie, origin: 'http://evil.example' })).toMatchObject({ status: 403 })
    },
  )

  it.each([
    '/../secret.html',
    '/assets/../../secret.html',
    '/%2e%2e/secret.html',
    '/..%2fsecret.html',
    '/assets/..%5c..%5csecret.html',
    '//127.0.0.1/secret.html',
    '/.//../secret.html',
    '/secret.html',
    '/index.html/',
    '/assets',
    '/%00',
    '/%',
    '/bytes/../index.html',
  ])('has nothing at %s', async (path) => {
    const answer = await ask(path, { cookie })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.body).not.toContain('not for anybody')
  })

  it('knows no path that is not in the list it made at the start, however it is guessed', async () => {
    for (let i = 0; i < 50; i++) {
      const path = `/${randomBytes(6).toString('base64url')}/..%2f${randomBytes(3).toString('hex')}`
      expect(await ask(path, { cookie })).toMatchObject({ status: 404 })
    }
  })

  it('does not read the body of a request that it refuses', async () => {
    const socket = connect(port, '127.0.0.1')
    socket.write(`POST /bytes/x/import/y HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 1000000000\r\n\r\n`)
    const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())))
    expect(answer).toMatch(/^HTTP\/1\.1 401 /)
    expect(answer).toContain('Connection: close')
    socket.destroy()
  })

  it('answers a byte address of no open pond with its code', async () => {
    const answer = await ask('/bytes/00000000-0000-7000-8000-000000000009/content?path=/a&at=head', { cookie })
    expect(answer.status).toBe(409)
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'api.no-pond' })
  })
})

describe('its socket', () => {
  const own = () => ({ origin: `http://127.0.0.1:${port}`, cookie })

  it('opens for its own page', async () => {
    expect(await knock(own())).toMatchObject({ status: 101 })
  })

  it.each([
    ['a foreign origin', () => ({ ...own(), origin: 'http://evil.example' }), 'web.foreign-origin', 403],
    ['the origin of another port', () => ({ ...own(), origin: 'http://127.0.0.1:1' }), 'web.foreign-origin', 403],
    ['no origin', () => ({ cookie }), 'web.foreign-origin', 403],
    ['a foreign host', () => ({ ...own(), host: `evil.example:${port}` }), 'web.foreign-host', 403],
    ['no cookie', () => ({ origin: own().origin }), 'web.bad-token', 401],
    ['a wrong cookie', () => ({ ...own(), cookie: `duckpond-${port}=wrong` }), 'web.bad-token', 401],
  ])('is refused for %s before any frame', async (_, headers, code, status) => {
    const refused = await knock(headers() as Record<string, string>)
    expect(refused.status).toBe(status)
    expect(JSON.parse(refused.body)).toMatchObject({ code })
    expect(host.connections).toBe(0)
  })

  it('is not to be had with the token in its address', async () => {
    const { search } = new URL(host.url)
    expect(await knock({ origin: own().origin }, `/api${search}`)).toMatchObject({ status: 401 })
  })

  it('is at one place only', async () => {
    expect(await knock(own(), '/')).toMatchObject({ status: 404 })
  })
})

describe('a second host on the same port', () => {
  it('is refused with a code', async () => {
    const second = serveWeb({
      port,
      pondPath: null,
      configFolder: join(folder, 'config'),
      rendererFolder: join(folder, 'renderer'),
    })
    await expect(second).rejects.toMatchObject({ code: 'web.port-in-use' })
  })

  it('is refused where there is no built page', async () => {
    const nothing = serveWeb({ port: 0, pondPath: null, configFolder: folder, rendererFolder: join(folder, 'config') })
    await expect(nothing).rejects.toMatchObject({ code: 'host.not-found' })
  })
})

describe('a start that asks for no port', () => {
  const start = (config: string): Promise<WebHost> =>
    serveWeb({
      port: null,
      pondPath: null,
      configFolder: join(folder, config),
      rendererFolder: join(folder, 'renderer'),
    })
  const cookieOf = async ({ url }: WebHost): Promise<string> => {
    const answer = await fetch(url, { redirect: 'manual' })
    return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  }
  const status = async ({ url }: WebHost, cookie: string): Promise<number> =>
    (await fetch(new URL('/', url), { headers: { cookie } })).status

  it('comes back where an earlier one was, and lets in whom that let in', async () => {
    const first = await start('again')
    const kept = await cookieOf(first)
    await first.close()
    const second = await start('again')
    try {
      expect(second.url).toBe(first.url)
      expect(await status(second, kept)).toBe(200)
      expect(await status(second, '')).toBe(401)
    } finally {
      await second.close()
    }
  })

  it('keeps its secrets where only the user can read them', async () => {
    await (await start('mine')).close()
    expect((await stat(join(folder, 'mine', 'localhost.json'))).mode & 0o777).toBe(0o600)
  })

  it('takes another port with other secrets while an earlier one runs, and each comes back at its own', async () => {
    const [first, second] = [await start('both'), await start('both')]
    expect(new URL(second.url).port).not.toBe(new URL(first.url).port)
    expect(new URL(second.url).search).not.toBe(new URL(first.url).search)
    await Promise.all([first.close(), second.close()])
    const [third, fourth] = [await start('both'), await start('both')]
    expect([third.url, fourth.url]).toEqual([first.url, second.url])
    await Promise.all([third.close(), fourth.close()])
  })

  it('opens nothing by what it cannot read, and is not remembered when any port was asked for', async () => {
    const file = join(folder, 'bad', 'localhost.json')
    await mkdir(join(folder, 'bad'))
    const damaged = JSON.stringify([{ port: 1, secrets: { token: '', cookie: '' } }, null, { port: 'x' }])
    await writeFile(file, damaged)
    const any = await serveWeb({
      port: 0,
      pondPath: null,
      configFolder: join(folder, 'bad'),
      rendererFolder: join(folder, 'renderer'),
    })
    await any.close()
    expect(await readFile(file, 'utf8')).toBe(damaged)
    const fresh = await start('bad')
    await fresh.close()
    expect(new URL(fresh.url).searchParams.get('token')).toMatch(/^[\w-]{43}$/)
    expect(fresh.url).not.toBe(any.url)
  })
})
