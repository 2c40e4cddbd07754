/** Uploads over real sockets that break off at any place: nothing of them is ever pending. */
import { mkdir, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serve, type WebHost } from '../../src/main/web/serve'
import { BODY_LENGTH_HEADER, importFrame, importUrl } from '../../src/shared/bytes'
import { call, lastOf, testHost, type TestHost } from './test-host'

let host: TestHost
let web: WebHost
let cookie: string
let pondId: string

beforeAll(async () => {
  host = await testHost()
  const rendererFolder = join(host.folder, 'renderer')
  await mkdir(rendererFolder)
  await writeFile(join(rendererFolder, 'index.html'), '<title>page</title>')
  web = await serve({ hub: host.hub, port: 0, rendererFolder })
  cookie = (await fetch(web.url, { redirect: 'manual' })).headers.get('Set-Cookie')?.split(';')[0] ?? ''
  ;({ pondId } = await host.handlers.pond.create({ path: join(host.folder, 'pond'), sample: false }, call))
})
afterAll(async () => {
  await web.close()
  await host[Symbol.asyncDispose]()
})

const content = Buffer.alloc(100_000, 'line\n')
const frame = (path: string): Buffer => Buffer.concat([importFrame({ path, size: content.length }), content])
const body = Buffer.concat([frame('/a'), frame('/b')])
const boundary = frame('/a').length

function begin(importId: string, headers: readonly string[]): Socket {
  const { port } = new URL(web.url)
  const socket = connect(Number(port), '127.0.0.1')
  const head = [
    `POST ${importUrl(pondId, importId)} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    `Origin: http://127.0.0.1:${port}`,
  ]
  socket.write([...head, `Cookie: ${cookie}`, ...headers, '', ''].join('\r\n'))
  return socket
}

/** The status of the answer; null where the connection ended without one. */
async function statusOf(socket: Socket): Promise<number | null> {
  let answer = ''
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
  socket.on('error', () => undefined)
  const seen = new Promise<void>((resolve) => {
    socket.on('data', () => /\r\n\r\n/.test(answer) && resolve())
  })
  await Promise.race([once(socket, 'close'), seen])
  socket.destroy()
  const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]
  return status === undefined ? null : Number(status)
}

const finish = (importId: string) => lastOf(host.handlers.files.finishImport({ importId, onExisting: 'replace' }, call))
const pending = async () => (await host.session.mustWorkspace().pond.status()).pendingOperations

describe('an upload', () => {
  const chunk = (bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])

  it.each([
    ['within a file, with a length', [`Content-Length: ${body.length}`], body.subarray(0, 60_000)],
    ['between two files, with a length', [`Content-Length: ${body.length}`], body.subarray(0, boundary)],
    ['within a file, in chunks', ['Transfer-Encoding: chunked'], chunk(body.subarray(0, 60_000))],
    ['between two files, in chunks', ['Transfer-Encoding: chunked'], chunk(body.subarray(0, boundary))],
    ['within a chunk', ['Transfer-Encoding: chunked'], chunk(body).subarray(0, 60_000)],
  ])('that breaks off %s leaves nothing to finish', async (_, headers, sent) => {
    const { importId } = await host.handlers.files.beginImport(undefined, call)
    const socket = begin(importId, [...headers, 'Expect: 100-continue'])
    // From here on the host reads.
    await once(socket, 'data')
    await new Promise((written) => socket.write(sent, written))
    socket.resetAndDestroy()
    await expect(finish(importId)).rejects.toMatchObject({ code: 'api.bad-input' })
    await host.handlers.files.cancelImport({ importId }, call)
    expect(await pending()).toBe(0)
  })

  it('whose sender ends it between two files, as if it were whole, is refused by the length that it told', async () => {
    const { importId } = await host.handlers.files.beginImport(undefined, call)
    const socket = begin(importId, ['Transfer-Encoding: chunked', `${BODY_LENGTH_HEADER}: ${body.length}`])
    socket.write(Buffer.concat([chunk(body.subarray(0, boundary)), Buffer.from('0\r\n\r\n')]))
    expect(await statusOf(socket)).toBe(499)
    await expect(finish(importId)).rejects.toMatchObject({ code: 'api.bad-input' })
    expect(await pending()).toBe(0)
  })

  it('that is whole is there, with a length and in chunks', async () => {
    for (const [headers, sent] of [
      [[`Content-Length: ${body.length}`], body],
      [
        ['Transfer-Encoding: chunked', `${BODY_LENGTH_HEADER}: ${body.length}`],
        Buffer.concat([chunk(body), Buffer.from('0\r\n\r\n')]),
      ],
    ] as const) {
      const { importId } = await host.handlers.files.beginImport(undefined, call)
      const socket = begin(importId, headers)
      socket.write(sent)
      expect(await statusOf(socket)).toBe(200)
      expect(await finish(importId)).toMatchObject({ kind: 'done', result: { files: 2, bytes: 2 * content.length } })
    }
    expect(await host.session.mustWorkspace().pond.list('/')).toMatchObject([
      { name: 'a', size: 100_000 },
      { name: 'b' },
    ])
  })
})
