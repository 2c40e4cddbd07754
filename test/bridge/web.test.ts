/** The localhost host with a real pond behind it: transfers by real connections, also broken ones. */
import { mkdir, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket as Socket } from 'ws'
import { serve, type WebHost } from '../../src/main/web/serve'
import { connectSocket, type Connection } from '../../src/renderer/connect'
import { contentUrl, importFrame, importUrl } from '../../src/shared/bytes'
import { testHost, type TestHost } from './test-host'

let test: TestHost
let host: WebHost
let page: Connection
let origin: string
let cookie: string
let pondId: string

async function finish(importId: string): Promise<unknown> {
  let last: unknown
  for await (const step of await page.api.files.finishImport({ importId })) last = step
  return last
}

beforeAll(async () => {
  test = await testHost()
  await mkdir(join(test.folder, 'renderer'))
  await writeFile(join(test.folder, 'renderer', 'index.html'), '<title>page</title>')
  host = await serve({ hub: test.hub, port: 0, rendererFolder: join(test.folder, 'renderer') })
  ;({ origin } = new URL(host.url))
  cookie = (await fetch(host.url, { redirect: 'manual' })).headers.get('Set-Cookie')?.split(';')[0] ?? ''
  const open = () => new Socket(`${origin.replace('http', 'ws')}/api`, { headers: { cookie, origin } })
  page = await connectSocket(() => open() as unknown as WebSocket)
  ;({ pondId } = await page.api.pond.create({ path: join(test.folder, 'pond') }))
})
afterAll(async () => {
  page.close()
  await host.close()
  await test[Symbol.asyncDispose]()
})

describe('a transfer over the localhost host', () => {
  it('takes content in and gives it back, byte for byte, to many at once', async () => {
    const contents = Array.from({ length: 8 }, (_, i) =>
      new Uint8Array(400_000).map((_byte, at) => (at * (i + 3)) % 256),
    )
    const { importId } = await page.api.files.beginImport()
    const sent = contents.map((content, i) => {
      const body = new Blob([importFrame({ path: `/many/${i}.bin`, size: content.length }), content])
      return fetch(origin + importUrl(pondId, importId), { method: 'POST', body, headers: { cookie } })
    })
    for (const answer of await Promise.all(sent)) expect(await answer.json()).toEqual({ files: 1, bytes: 400_000 })
    expect(await finish(importId)).toMatchObject({ kind: 'done', result: { files: 8, staged: 9 } })
    const back = contents.map(async (content, i) => {
      const answer = await fetch(origin + contentUrl(pondId, `/many/${i}.bin`, 'pending'), { headers: { cookie } })
      expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true)
    })
    await Promise.all(back)
  })

  it('that the sender breaks off spoils the import and alarms nobody', async () => {
    const { importId } = await page.api.files.beginImport()
    const { port } = new URL(origin)
    const sending = request({ port, path: importUrl(pondId, importId), method: 'POST', headers: { cookie } })
    sending.on('error', () => undefined)
    sending.write(importFrame({ path: '/half.bin', size: 1_000_000 }))
    sending.write(new Uint8Array(100_000))
    await sleep(50)
    sending.destroy()
    await sleep(50)
    await expect(finish(importId)).rejects.toMatchObject({ code: 'api.bad-input' })
    await page.api.files.cancelImport({ importId })
    expect(test.reports).toEqual([])
  })

  it('that the reader breaks off costs nothing but itself', async () => {
    for (let i = 0; i < 20; i++) {
      const leaving = new AbortController()
      const address = origin + contentUrl(pondId, `/many/${i % 8}.bin`, 'pending')
      const answer = await fetch(address, { headers: { cookie }, signal: leaving.signal })
      await answer.body?.getReader().read()
      leaving.abort()
    }
    await sleep(50)
    expect((await page.api.pond.info()).pondId).toBe(pondId)
    expect(test.reports).toEqual([])
  })

  it('is refused from another port of this machine, whose page has the cookie too', async () => {
    const headers = { cookie, 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' }
    const answer = await new Promise<number>((resolve, reject) => {
      const { port } = new URL(origin)
      const asked = request({ port, path: contentUrl(pondId, '/many/0.bin', 'pending'), headers }, (got) => {
        got.resume()
        resolve(got.statusCode ?? 0)
      })
      asked.on('error', reject).end()
    })
    expect(answer).toBe(403)
  })
})
