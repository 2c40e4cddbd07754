import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket as Socket } from 'ws'
import { Hub } from '../../src/main/api'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { serve, type WebHost } from '../../src/main/web/serve'
import type { PondChanged } from '../../src/shared/model'
import { ApiError, asPondError, connectSocket, type Connection, type ConnectionState } from '../../src/renderer/connect'

const QUICK = { retryAfterMs: [10, 20, 40, 80] }

let root: string
let host: WebHost
let hub: Hub
let cookie: string

/** A page's sockets, of which the last can be cut. */
class Line {
  refuses = false
  opened = 0
  #last: Socket | undefined

  readonly open = (): WebSocket => {
    this.opened++
    const { origin } = new URL(host.url)
    const address = this.refuses ? 'ws://127.0.0.1:1/api' : `${origin.replace('http', 'ws')}/api`
    this.#last = new Socket(address, { headers: { cookie, origin } })
    this.#last.on('error', () => undefined)
    return this.#last as unknown as WebSocket
  }

  cut(): void {
    this.#last?.terminate()
  }
}

function nextState(connection: Connection, wanted: ConnectionState): Promise<void> {
  return new Promise((resolve) => {
    const stop = connection.onState((state) => {
      if (state !== wanted) return
      stop()
      resolve()
    })
  })
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(holds()).toBe(true)
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'duckpond-connect-'))
  await mkdir(join(root, 'renderer'))
  await writeFile(join(root, 'renderer', 'index.html'), '<title>page</title>')
  hub = new Hub({
    kind: 'web',
    productVersion: '0.0.0',
    startPond: null,
    configFolder: join(root, 'config'),
    worldAt: (path) => nodeWorld({ storage: nodeStorage(path) }),
    report: () => 'report',
  })
  host = await serve({ hub, port: 0, rendererFolder: join(root, 'renderer') })
  cookie = (await fetch(host.url, { redirect: 'manual' })).headers.get('Set-Cookie')?.split(';')[0] ?? ''
})
afterAll(async () => {
  await host.close()
  await rm(root, { recursive: true, force: true })
})

describe('a connection whose socket drops', () => {
  it('comes back with the pond that was open, and goes on hearing of its changes', async () => {
    const line = new Line()
    const connection = await connectSocket(line.open, QUICK)
    const { path } = await connection.api.pond.create({ path: join(root, 'steady') })
    const news: PondChanged[] = []
    const stop = connection.follow(
      (api, signal) => api.pond.watch(undefined, { signal }),
      (event) => news.push(event),
    )
    await until(() => news.length > 0)

    const back = nextState(connection, 'connected')
    line.cut()
    await back
    expect((await connection.api.pond.info()).path).toBe(path)
    await connection.api.files.makeDirectory({ path: '/later' })
    await until(() => news.at(-1)?.pending === 1)
    expect(news.map((event) => event.tick)).toEqual(news.map((event) => event.tick).toSorted((a, b) => a - b))

    const heard = news.length
    stop()
    await connection.api.files.makeDirectory({ path: '/unheard' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(news.length).toBe(heard)
    connection.close()
  })

  it('lets calls wait for it, and tells a call that was on its way', async () => {
    const line = new Line()
    const connection = await connectSocket(line.open, QUICK)
    await connection.api.pond.create({ path: join(root, 'waiting') })
    const watching = (async () => {
      for await (const _ of await connection.api.pond.watch()) void _
    })()
    const dropped = nextState(connection, 'reconnecting')
    line.cut()
    await expect(watching).rejects.toMatchObject({ name: 'ApiError', code: 'web.disconnected' })
    await dropped
    expect((await connection.api.pond.info()).name).toBe('waiting')
    connection.close()
  })

  it('does not open a pond again that was closed before', async () => {
    const line = new Line()
    const connection = await connectSocket(line.open, QUICK)
    await connection.api.pond.create({ path: join(root, 'closed') })
    await connection.api.pond.close()
    const back = nextState(connection, 'connected')
    line.cut()
    await back
    await expect(connection.api.pond.info()).rejects.toMatchObject({ code: 'api.no-pond' })
    connection.close()
  })

  it('gives up after its attempts: what waited and what comes then is refused', async () => {
    const line = new Line()
    const connection = await connectSocket(line.open, QUICK)
    const states: ConnectionState[] = []
    connection.onState((state) => states.push(state))
    line.refuses = true
    const lost = nextState(connection, 'lost')
    line.cut()
    await until(() => connection.state === 'reconnecting')
    const waiting = connection.api.host.info()
    await expect(waiting).rejects.toMatchObject({ code: 'web.disconnected' })
    await lost
    expect(states).toEqual(['reconnecting', 'lost'])
    expect(line.opened).toBe(1 + QUICK.retryAfterMs.length)
    await expect(connection.api.host.info()).rejects.toMatchObject({ code: 'web.disconnected' })
  })

  it('stays away once it is closed', async () => {
    const line = new Line()
    const connection = await connectSocket(line.open, QUICK)
    connection.close()
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(line.opened).toBe(1)
    expect(connection.state).toBe('lost')
  })

  it('says so when there never was a host', async () => {
    const line = new Line()
    line.refuses = true
    await expect(connectSocket(line.open, QUICK)).rejects.toMatchObject({ code: 'web.disconnected' })
  })

  it('gives up waiting when the caller does', async () => {
    const line = new Line()
    const connection = await connectSocket(line.open, { retryAfterMs: [10_000] })
    line.cut()
    await until(() => connection.state === 'reconnecting')
    const stopping = new AbortController()
    const waiting = connection.api.host.info(undefined, { signal: stopping.signal })
    stopping.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'api.interrupted' })
    connection.close()
  })
})

describe('what a call refuses', () => {
  it('says which part of an input is wrong, before anything runs', async () => {
    const connection = await connectSocket(new Line().open, QUICK)
    const wrong = connection.api.files.list({ path: 7 as unknown as string })
    await expect(wrong).rejects.toMatchObject({ name: 'ApiError', code: 'api.bad-input', detail: { where: 'path' } })
    connection.close()
  })

  it('keeps its session apart from every other', async () => {
    const [one, other] = await Promise.all([
      connectSocket(new Line().open, QUICK),
      connectSocket(new Line().open, QUICK),
    ])
    await one.api.pond.create({ path: join(root, 'mine') })
    await expect(other.api.pond.info()).rejects.toMatchObject({ code: 'api.no-pond' })
    one.close()
    other.close()
  })
})

describe('a failure as the page reads it', () => {
  it.each([
    [new ApiError({ code: 'tinyfs.exists', message: 'm', detail: { path: '/a' } }), 'tinyfs.exists'],
    [{ code: 'query.syntax', message: 'm', detail: {} }, 'query.syntax'],
    [new DOMException('stop', 'AbortError'), 'api.interrupted'],
    [new Error('odd'), 'internal'],
    ['odd', 'internal'],
    [undefined, 'internal'],
  ])('has a code, whatever was thrown', (error, code) => {
    const wire = asPondError(error)
    expect(wire.code).toBe(code)
    expect(Object.keys(wire)).toEqual(['code', 'message', 'detail'])
  })
})
