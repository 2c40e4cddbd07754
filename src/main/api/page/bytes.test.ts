import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentUrl, importFrame, importUrl, resultUrl } from '../../../shared/bytes'
import { createBytePlane, type BytePlane } from './bytes'
import { call, lastOf, testHost, type TestHost } from '../../../../test/bridge/test-host'

const LARGE = Uint8Array.from({ length: 700_000 }, (_, i) => (i * 31 + (i >> 8)) % 251)

let host: TestHost
let plane: BytePlane
let pondId: string

beforeAll(async () => {
  host = await testHost()
  plane = createBytePlane(host.hub)
  ;({ pondId } = await host.handlers.pond.create({ path: join(host.folder, 'pond'), sample: false }, call))
  const { pond } = host.session.mustWorkspace()
  const small = await pond.prepare([new TextEncoder().encode('<script>alert(1)</script>')])
  const large = await pond.prepare([LARGE])
  await pond.stage(async (fs) => {
    await fs.put('/large.bin', large)
    await fs.put('/said.bin', small, { attributes: { mediaType: 'image/png' } })
    await fs.put('/moved.txt', small)
    await fs.rename('/moved.txt', '/moved.png')
    for (const name of ['page.html', 'page.svg', 'page.xhtml', 'data.json', 'no ending', 'a"b\n%.txt']) {
      await fs.put(`/${name}`, small)
    }
  })
})
afterAll(() => host[Symbol.asyncDispose]())

function ask(address: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  return plane(new Request(`http://127.0.0.1${address}`, { method, headers }))
}
const large = () => contentUrl(pondId, '/large.bin', 'pending')

/** The status alone; a body that nobody reads has to be given back. */
async function statusOf(response: Promise<Response>): Promise<number> {
  const { status, body } = await response
  await body?.cancel()
  return status
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer())
}

describe('content', () => {
  it('is served as the media type that was said of it, else as the one that its name tells', async () => {
    const typeOf = async (name: string) => {
      const response = await ask(contentUrl(pondId, name, 'pending'))
      await response.body?.cancel()
      return response.headers.get('Content-Type')
    }
    expect(await typeOf('/said.bin')).toBe('image/png')
    expect(await typeOf('/moved.png')).toBe('image/png')
  })

  it('comes whole, in chunks of at most 256 KiB that are pulled', async () => {
    const response = await ask(large())
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body ?? []) chunks.push(chunk)
    expect(Buffer.concat(chunks).equals(LARGE)).toBe(true)
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(256 * 1024)
  })

  it('comes in any part that is asked for, and the parts are the whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: LARGE.length - 1 }), fc.nat({ max: 300_000 }), async (start, length) => {
        const end = Math.min(start + length, LARGE.length - 1)
        const response = await ask(large(), { Range: `bytes=${start}-${end}` })
        expect(response.status).toBe(206)
        expect(response.headers.get('Content-Range')).toBe(`bytes ${start}-${end}/${LARGE.length}`)
        expect(response.headers.get('Content-Length')).toBe(String(end - start + 1))
        expect(Buffer.compare(await bytesOf(response), LARGE.subarray(start, end + 1))).toBe(0)
      }),
      { numRuns: 40 },
    )
  })

  it('is of the type that was said of it, as in the listing, whatever its name says', async () => {
    const { pond } = host.session.mustWorkspace()
    const content = await pond.prepare([new Uint8Array([1, 2, 3])])
    await pond.stage((fs) => fs.put('/typed.txt', content, { attributes: { mediaType: 'image/png' } }))
    expect((await pond.stat('/typed.txt')).mediaType).toBe('image/png')
    const { headers, body } = await ask(contentUrl(pondId, '/typed.txt', 'pending'))
    await body?.cancel()
    expect(headers.get('Content-Type')).toBe('image/png')
  })

  it('is never for a cache to keep, whatever is asked for', async () => {
    const answers = [ask(large()), ask(large(), { Range: 'bytes=0-9' }), ask(large(), { Range: 'bytes=9000000-' })]
    for (const response of await Promise.all([...answers, ask(contentUrl(pondId, '/nothing', 'pending'))])) {
      expect(response.headers.get('Cache-Control')).toBe('no-store')
      await response.body?.cancel()
    }
  })

  it('is refused where it is other content than was asked for', async () => {
    const etag = (await ask(large(), {}, 'HEAD')).headers.get('ETag') ?? ''
    const asked = (sha256: string) => ask(contentUrl(pondId, '/large.bin', 'pending', { sha256 }))
    expect(await statusOf(asked(etag.slice(1, -1)))).toBe(200)
    const other = await asked('0'.repeat(64))
    expect([other.status, await other.json()]).toMatchObject([409, { code: 'api.changed' }])
  })

  it('that is computed is told from no other, as nobody knows its hash, and is sent each time', async () => {
    const { pond } = host.session.mustWorkspace()
    const write = async (n: number): Promise<void> => {
      const content = await pond.prepare([Buffer.from(`recipe: text\ntemplate: "${n}"\n`)])
      await pond.stage((fs) => fs.put('/made.recipe.yaml', content, { replace: true }))
    }
    const made = contentUrl(pondId, '/made', 'pending')
    await write(1)
    const first = await ask(made)
    expect([await first.text(), first.headers.get('ETag')]).toEqual(['1', null])
    await write(2)
    const headers = { 'If-None-Match': '"null"', 'If-Range': '"null"', Range: 'bytes=0-0' }
    const second = await ask(made, headers)
    expect([second.status, await second.text()]).toEqual([200, '2'])
  })

  it('is known by its hash: not sent again, and a part only of the same content', async () => {
    const etag = (await ask(large(), {}, 'HEAD')).headers.get('ETag') ?? ''
    expect(etag).toMatch(/^"[0-9a-f]{64}"$/)
    expect(await statusOf(ask(large(), { 'If-None-Match': `"other", W/${etag}` }))).toBe(304)
    expect(await statusOf(ask(large(), { Range: 'bytes=0-1', 'If-Range': etag }))).toBe(206)
    expect(await statusOf(ask(large(), { Range: 'bytes=0-1', 'If-Range': '"other"' }))).toBe(200)
  })

  it.each(['page.html', 'page.xhtml', 'data.json', 'no ending', 'a"b\n%.txt', 'page.svg'])(
    'can never run as a page of ours: %j',
    async (name) => {
      const { headers } = await ask(contentUrl(pondId, `/${name}`, 'pending'))
      expect(headers.get('Content-Type')).toMatch(/^(text\/plain|application\/octet-stream|image\/)/)
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(headers.get('Content-Security-Policy')).toMatch(/default-src 'none';.*sandbox$/)
      const download = await ask(contentUrl(pondId, `/${name}`, 'pending', { download: true }))
      expect(download.headers.get('Content-Type')).toBe('application/octet-stream')
      expect(download.headers.get('Content-Disposition')).toMatch(/^attachment; /)
    },
  )

  it('breaks off instead of being wrong when the disk has other bytes than were written', async () => {
    const files = join(host.folder, 'pond', 'large')
    const [name] = (await readdir(files, { recursive: true })).filter((path) => /[0-9a-f]{64}$/.test(path))
    const blob = join(files, name ?? '')
    const whole = await readFile(blob)
    const damaged = Buffer.from(whole)
    damaged[500_000] = (damaged[500_000] ?? 0) ^ 1
    await writeFile(blob, damaged)
    try {
      await expect(bytesOf(await ask(large()))).rejects.toMatchObject({ code: 'tlogfs.corrupt-content' })
    } finally {
      await writeFile(blob, whole)
    }
  })
})

describe('an address', () => {
  it.each([
    ['/bytes', 404, 'api.not-found'],
    ['/bytes/POND/other', 404, 'api.not-found'],
    ['/bytes/POND/content/more?path=/a&at=head', 404, 'api.not-found'],
    ['/bytes/POND/content?at=head', 409, 'tinyfs.is-a-directory'],
    ['/bytes/POND/content?path=/../a&at=head', 400, 'tinyfs.above-root'],
    ['/bytes/POND/content?path=/page.html&at=head', 404, 'tinyfs.not-found'],
    ['/bytes/POND/content?path=/page.html&at=77', 404, 'steward.unknown-version'],
    ['/bytes/POND/content?path=/page.html&at=soon', 400, 'steward.bad-time'],
    ['/bytes/other/content?path=/page.html&at=pending', 409, 'api.no-pond'],
    ['/bytes/%ff/content?path=/a', 400, 'api.bad-input'],
    ['/bytes/POND/result/nobody?offset=0&limit=1', 404, 'api.not-found'],
    ['/bytes/POND/result/nobody?offset=-1&limit=1', 400, 'api.bad-input'],
    ['/bytes/POND/result/nobody?offset=0&limit=100001', 400, 'api.bad-input'],
    ['/bytes/POND/export/nobody', 404, 'api.not-found'],
  ])('%s is answered with %i and %s', async (address, status, code) => {
    const response = await ask(address.replace('POND', pondId))
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code])
  })

  it('takes a method only where it means something', async () => {
    expect(await statusOf(ask(large(), {}, 'POST'))).toBe(404)
    expect(await statusOf(ask(large(), {}, 'DELETE'))).toBe(404)
    expect(await statusOf(ask(importUrl(pondId, 'x'), {}, 'GET'))).toBe(404)
  })
})

describe('rows of a result', () => {
  it('come as an Arrow stream, page by page', async () => {
    const { queryId } = await lastOf(
      host.handlers.queries.run({ sql: 'SELECT i FROM range(1000) t(i)', at: 'head' }, call),
    )
    const { tableFromIPC } = await import('apache-arrow')
    const page = async (offset: number) =>
      tableFromIPC(await bytesOf(await ask(resultUrl(pondId, queryId, offset, 300))))
    const tables = await Promise.all([0, 300, 600, 900, 1_200].map(page))
    expect(tables.map((table) => table.numRows)).toEqual([300, 300, 300, 100, 0])
    expect(tables[3]?.getChildAt(0)?.get(99)).toBe(999n)
  })
})

describe('an upload', () => {
  const upload = async (importId: string, sha256: string): Promise<Response> => {
    const body = new Blob([importFrame({ path: '/said.txt', size: 3, sha256 }), 'abc'])
    return plane(new Request(`http://127.0.0.1${importUrl(pondId, importId)}`, { method: 'POST', body }))
  }
  const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

  it('whose bytes are not those that its sender hashed spoils its import', async () => {
    const { importId } = await host.handlers.files.beginImport(undefined, call)
    const response = await upload(importId, ABC.replace('b', 'c'))
    expect([response.status, await response.json()]).toMatchObject([502, { code: 'api.damaged-transfer' }])
    const finish = lastOf(host.handlers.files.finishImport({ importId, onExisting: 'replace' }, call))
    await expect(finish).rejects.toMatchObject({ code: 'api.bad-input' })
  })

  it('lands only where what it replaces is what its sender saw', async () => {
    const finish = async (sha256: string | null) => {
      const { importId } = await host.handlers.files.beginImport(undefined, call)
      expect((await upload(importId, ABC)).status).toBe(200)
      const expected = [{ path: '/said.txt', sha256 }]
      const finished = lastOf(host.handlers.files.finishImport({ importId, onExisting: 'replace', expected }, call))
      try {
        return await finished
      } finally {
        await host.handlers.files.cancelImport({ importId }, call)
      }
    }
    await expect(finish(ABC)).rejects.toMatchObject({ code: 'api.changed', detail: { expected: ABC, found: null } })
    await expect(finish(null)).resolves.toMatchObject({ result: { staged: 1 } })
    await expect(finish(null)).rejects.toMatchObject({ code: 'api.changed', detail: { expected: null, found: ABC } })
    await expect(finish(ABC)).resolves.toMatchObject({ result: { staged: 0 } })
  })

  it('that its sender breaks off spoils its import and says so', async () => {
    const { importId } = await host.handlers.files.beginImport(undefined, call)
    const leaving = new AbortController()
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(importFrame({ path: '/half', size: 1_000_000 })),
      pull: async (controller) => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        controller.enqueue(new Uint8Array(1_000))
      },
    })
    setTimeout(() => leaving.abort(), 30)
    const init = { method: 'POST', body, duplex: 'half', signal: leaving.signal } as const
    const response = await plane(new Request(`http://127.0.0.1${importUrl(pondId, importId)}`, init))
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([499, 'api.interrupted'])
    const finish = lastOf(host.handlers.files.finishImport({ importId, onExisting: 'replace' }, call))
    await expect(finish).rejects.toMatchObject({ code: 'api.bad-input' })
  })
})

it('nothing here was unexpected', () => {
  expect(host.reports).toEqual([])
})
