import { createHmac, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeOwnedFolder, type OwnedFolder } from '../../src/main/platform'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { DerivedCache, type DerivedFile } from '../../src/main/steward/ground/derived-cache'

const KEYS = Array.from({ length: 9 }, (_, i) => String(i).repeat(64))
const [A, B, C] = KEYS as [string, string, string]

interface Opened {
  readonly folder: string
  readonly cache: DerivedCache
  /** Keys that were made, in order. */
  readonly made: string[]
  /** Makes a file of so many bytes, if it is not there. */
  get(key: string, bytes?: number): Promise<DerivedFile | 'too-large'>
  [Symbol.asyncDispose](): Promise<void>
}

interface OpenOptions {
  readonly at?: string
  readonly secret?: Uint8Array
  readonly limit?: number
}
const SECRET = randomBytes(32)

/** As one process has it. */
async function open({ at, secret = SECRET, limit = 2 ** 30 }: OpenOptions = {}): Promise<Opened> {
  const folder = at ?? (await mkdtemp(join(tmpdir(), 'duckpond-derived-')))
  const world = nodeWorld({ storage: nodeStorage(folder) })
  const place = { storage: world.storage, folder: 'cache' }
  let owned: Promise<OwnedFolder> | undefined
  const own = () => (owned ??= makeOwnedFolder(world, place))
  const cache = new DerivedCache(place, world, { secret: async () => secret, limitBytes: async () => limit, own })
  const made: string[] = []
  return {
    folder,
    cache,
    made,
    get: (key, bytes = 100) =>
      cache.file(key, async ({ write }) => {
        made.push(key)
        await write([Buffer.alloc(bytes, key)])
      }),
    async [Symbol.asyncDispose]() {
      await (await owned)?.remove()
      if (at === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}
const files = async ({ folder }: Opened): Promise<string[]> =>
  (await readdir(join(folder, 'cache/derived'))).map((name) => name.replace(/^(.)\1{63}/, '$1')).sort()
const bytesOf = (file: DerivedFile | 'too-large'): Promise<Buffer> => readFile((file as DerivedFile).hostPath)

describe('A derived file', () => {
  it('is made once, by whichever process comes first, and leaves nothing but itself and its seal', async () => {
    await using one = await open()
    await using other = await open({ at: one.folder })
    const all = await Promise.all([one.get(A), one.get(A), other.get(A), other.get(A)])
    expect([...one.made, ...other.made]).toEqual([A])
    for (const file of all) expect(await bytesOf(file)).toEqual(Buffer.alloc(100, A))
    expect(await files(one)).toEqual(['0.parquet', '0.parquet.json'])
  })

  it('is made together with others that are missing, and those only', async () => {
    await using one = await open()
    await one.get(B)
    const asked: string[][] = []
    const found = await one.cache.files([A, B, C], async (missing) => {
      asked.push(missing.map(({ key }) => key))
      for (const { key, write } of missing) await write([Buffer.from(key)])
    })
    expect(asked).toEqual([[A, C]])
    expect(await Promise.all(found.map(async (file) => String(await bytesOf(file))))).toEqual([A, '1'.repeat(100), C])
  })

  it('whose making fails leaves nothing, and is made by the next who asks', async () => {
    await using one = await open()
    const failing = one.cache.file(A, async ({ write }) => {
      await write([Buffer.from('half')])
      throw new Error('broken')
    })
    await expect(failing).rejects.toThrow('broken')
    expect(await files(one)).toEqual([])
    expect(await bytesOf(await one.get(A))).toHaveLength(100)
  })
})

describe('The cache', () => {
  it('gives out nothing that another user made, that was damaged, or that is another size', async () => {
    await using theirs = await open({ secret: randomBytes(32) })
    await theirs.get(A)
    await using ours = await open({ at: theirs.folder })
    await ours.get(A)
    expect(ours.made).toEqual([A])
    const path = join(ours.folder, `cache/derived/${A}.parquet`)
    const seal = await readFile(`${path}.json`, 'utf8')
    const forgeries: (() => Promise<void>)[] = [
      () => writeFile(path, Buffer.alloc(100, 'x')),
      () => writeFile(path, Buffer.alloc(99, A)),
      () => writeFile(path, ''),
      () => writeFile(`${path}.json`, seal.replace(/"mac":"../, '"mac":"00')),
      () => writeFile(`${path}.json`, seal.replace('"bytes":100', '"bytes":"100"')),
      () => writeFile(`${path}.json`, 'null'),
      () => writeFile(`${path}.json`, '{"bytes":1'),
      () => writeFile(`${path}.json`, Buffer.alloc(10_000, '{')),
      () => rm(`${path}.json`),
      async () => {
        // A seal of another key, which is ours.
        await ours.get(B)
        await writeFile(`${path}.json`, await readFile(path.replace(A, B) + '.json'))
      },
      async () => {
        const forged = createHmac('sha256', '')
          .update(`${A} 100 ${'0'.repeat(64)}`)
          .digest('hex')
        await writeFile(`${path}.json`, JSON.stringify({ bytes: 100, sha256: '0'.repeat(64), mac: forged }))
      },
    ]
    for (const [i, forge] of forgeries.entries()) {
      await forge()
      // As the next process finds it, which has seen nothing of it yet.
      await using next = await open({ at: ours.folder })
      expect(await bytesOf(await next.get(A)), `forgery ${i}`).toEqual(Buffer.alloc(100, A))
      expect(next.made, `forgery ${i}`).toEqual([A])
    }
    await writeFile(path, 'damaged while it is open')
    expect(await bytesOf(await ours.get(A))).toEqual(Buffer.alloc(100, A))
  })

  it('keeps nothing that is larger by itself than all may be', async () => {
    await using one = await open({ limit: 1_000 })
    await one.get(A, 600)
    expect(await one.get(B, 1_001)).toBe('too-large')
    expect(await files(one)).toEqual(['0.parquet', '0.parquet.json'])
  })

  it('lets go of those used longest ago once all are too many, and breaks no reader of them', async () => {
    await using one = await open({ limit: 1_000 })
    const path = (key: string) => join(one.folder, `cache/derived/${key}.parquet`)
    const old = (await one.get(A, 400)) as DerivedFile
    await one.get(B, 400)
    const hour = 3_600
    const now = Date.now() / 1_000
    await utimes(`${path(A)}.json`, now - 2 * hour, now - 2 * hour)
    await utimes(`${path(B)}.json`, now - hour, now - hour)
    // Its time is that of its last use.
    await one.get(A)
    await one.get(C, 400)
    expect(await files(one)).toEqual(['0.parquet', '0.parquet.json', '2.parquet', '2.parquet.json'])
    await utimes(`${path(A)}.json`, now - 2 * hour, now - 2 * hour)
    await one.get(KEYS[3]!, 900)
    expect(await files(one)).toEqual(['3.parquet', '3.parquet.json'])
    expect(await bytesOf(old)).toEqual(Buffer.alloc(400, A))
    const reader = await one.cache.open(old)
    expect((await reader.read(0, 400)).length).toBe(400)
    await reader.close()
    expect((await stat(old.hostPath)).nlink).toBe(1)
    await one.get(A, 400)
    expect(one.made).toEqual([A, B, C, KEYS[3], A])
  })

  it('counts what other processes add', async () => {
    await using one = await open({ limit: 1_000 })
    await using other = await open({ at: one.folder, limit: 1_000 })
    for (const [i, key] of KEYS.entries()) await (i % 2 === 0 ? one : other).get(key, 150)
    const kept = (await files(one)).filter((name) => name.endsWith('.parquet'))
    expect(kept.length).toBeLessThanOrEqual(6)
    expect(kept).toContain('8.parquet')
  })
})
