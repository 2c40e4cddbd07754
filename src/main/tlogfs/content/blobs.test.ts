import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../shared/testing/runs'
import type { Storage } from '../../platform'
import { simRandom, SimStorage } from '../../platform/sim'
import { CHUNK_BYTES, type FileReader } from '../../tinyfs'
import { bytesReader, inlineBytes, Blobs, type Content } from './blobs'
import { INLINE_LIMIT } from './operation'

const FOLDER = 'large'
const CONTEXT = { path: '/a file', version: 3, nodeId: 'n' }
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Sizes where something changes, and any other. */
const size = fc.oneof(
  fc.constantFrom(0, 1, INLINE_LIMIT - 1, INLINE_LIMIT, INLINE_LIMIT + 1, CHUNK_BYTES, 5 * CHUNK_BYTES + 1),
  fc.nat(400_000),
)
const content = fc.tuple(size, fc.nat(255)).map(([length, start]) => {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) bytes[i] = start + i * 7 + (i >> 8)
  return bytes
})
const large = content.filter(({ length }) => length > INLINE_LIMIT)

async function pond(storage = new SimStorage()): Promise<{ storage: SimStorage; blobs: Blobs }> {
  await storage.makeFolder('data')
  await storage.syncFolder('')
  return { storage, blobs: new Blobs(storage, simRandom(storage.operations)) }
}
async function take(blobs: Blobs, bytes: Uint8Array, chunkBytes = 100_000): Promise<Content> {
  const writer = blobs.writer()
  for (let at = 0; at < bytes.length; at += chunkBytes) await writer.write(bytes.slice(at, at + chunkBytes))
  const content = await writer.finish()
  await blobs.keep(content)
  return content
}
const reader = async (blobs: Blobs, { size: bytes, sha256: hash, inline }: Content): Promise<FileReader> =>
  inline === null ? blobs.open(hash, bytes, CONTEXT) : bytesReader(await inlineBytes(inline), hash, bytes, CONTEXT)
async function readAll(file: FileReader, range?: { start: number; end: number }): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of file.chunks(range)) {
    expect(chunk.length).toBeLessThanOrEqual(CHUNK_BYTES)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
/** Everything below `large`, shards aside. */
async function files(storage: Storage): Promise<string[]> {
  if ((await storage.stat(FOLDER)) === undefined) return []
  const entries = await storage.list(FOLDER)
  const shards = entries.filter(({ kind }) => kind === 'folder')
  const inside = await Promise.all(shards.map(({ name }) => storage.list(`${FOLDER}/${name}`)))
  return [...entries.filter(({ kind }) => kind === 'file'), ...inside.flat()].map(({ name }) => name)
}

describe('content', () => {
  it('comes out as it went in, whatever its size and its chunks', async () => {
    await fc.assert(
      fc.asyncProperty(content, fc.integer({ min: 1_000, max: 300_000 }), async (bytes, chunkBytes) => {
        const { storage, blobs } = await pond()
        const taken = await take(blobs, bytes, chunkBytes)
        expect(taken).toMatchObject({ size: bytes.length, sha256: sha256(bytes) })
        expect(taken.inline !== null).toBe(bytes.length <= INLINE_LIMIT)
        expect(await files(storage)).toEqual(taken.inline === null ? [taken.sha256] : [])
        const file = await reader(blobs, taken)
        expect(file.size).toBe(bytes.length)
        expect((await readAll(file)).equals(bytes)).toBe(true)
        await file.close()
      }),
    )
  })

  it('reads in any part as the whole would', async () => {
    await fc.assert(
      fc.asyncProperty(content, fc.nat(500_000), fc.nat(500_000), async (bytes, a, b) => {
        const { blobs } = await pond()
        const file = await reader(blobs, await take(blobs, bytes))
        const [start, end] = [Math.min(a, b), Math.max(a, b)]
        expect((await readAll(file, { start, end })).equals(bytes.subarray(start, end))).toBe(true)
        expect(Buffer.from(await file.read(start, end - start)).equals(bytes.subarray(start, end))).toBe(true)
      }),
    )
  })

  it("is the writer's own: the caller may use its buffer again", async () => {
    const { blobs } = await pond()
    for (const length of [10, INLINE_LIMIT, INLINE_LIMIT + 1]) {
      const buffer = new Uint8Array(length).fill(1)
      const writer = blobs.writer()
      await writer.write(buffer)
      buffer.fill(2)
      const content = await writer.finish()
      await blobs.keep(content)
      const file = await reader(blobs, content)
      expect((await readAll(file)).equals(new Uint8Array(length).fill(1))).toBe(true)
    }
  })

  it('leaves nothing when it is given up, at any point, or when the disk refuses', async () => {
    await fc.assert(
      fc.asyncProperty(large, fc.nat(12), fc.boolean(), async (bytes, k, fails) => {
        const { storage, blobs } = await pond()
        const writer = blobs.writer()
        if (fails) storage.failAt(storage.operations + 1 + k, 'no-space')
        const isDone = await (async () => {
          for (let at = 0, i = 0; at < bytes.length; at += 50_000, i++) {
            if (!fails && i === k) return false
            await writer.write(bytes.slice(at, at + 50_000))
          }
          await blobs.keep(await writer.finish())
          return true
        })().catch(() => false)
        await writer.abandon()
        await writer.abandon()
        expect(await files(storage)).toEqual(isDone ? [sha256(bytes)] : [])
      }),
    )
  })
})

describe('a blob', () => {
  it('that is damaged anywhere is named, and never read whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        large,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.constantFrom('flip', 'cut', 'grow', 'remove'),
        async (bytes, where, damage) => {
          const { storage, blobs } = await pond()
          const taken = await take(blobs, bytes)
          const path = blobs.pathOf(taken.sha256)
          const at = Math.floor(where * bytes.length)
          await storage.remove(path)
          if (damage !== 'remove') {
            const changed = damage === 'grow' ? new Uint8Array([...bytes.subarray(0, 10), ...bytes]) : bytes.slice()
            changed[at] = changed[at]! ^ 1
            const writer = await storage.create(path)
            await writer.write(damage === 'cut' ? changed.subarray(0, at) : changed)
          }
          const reading = (async () => readAll(await reader(blobs, taken)))()
          await expect(reading).rejects.toMatchObject({
            code: damage === 'remove' ? 'tlogfs.missing-content' : 'tlogfs.corrupt-content',
            detail: { path: '/a file', version: 3, file: path },
          })
        },
      ),
    )
  })

  it('is made whole by taking the same content again', async () => {
    const { storage, blobs } = await pond()
    const bytes = new Uint8Array(100_000).fill(5)
    const taken = await take(blobs, bytes)
    await storage.truncate(blobs.pathOf(taken.sha256), 10)
    await take(blobs, bytes)
    expect((await readAll(await reader(blobs, taken))).equals(bytes)).toBe(true)
    expect(await files(storage)).toEqual([taken.sha256])
  })

  it('is there after a power loss once its folders were synced', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(large, { minLength: 1, maxLength: 4 }), async (all) => {
        const { storage, blobs } = await pond()
        for (const bytes of all) {
          const taken = await take(blobs, bytes)
          await blobs.syncFolders()
          const after = new Blobs(storage.afterCrash('all-unsynced-lost'), simRandom(1))
          expect((await readAll(await reader(after, taken))).equals(bytes)).toBe(true)
        }
      }),
      { numRuns: runs(30) },
    )
  })

  it('is synced with every folder above it that a killed process may have left without', async () => {
    const bytes = new Uint8Array(80_000).fill(3)
    const first = await pond()
    await take(first.blobs, bytes)
    const storage = first.storage.afterKill()
    const blobs = new Blobs(storage, simRandom(2))
    const taken = await take(blobs, bytes)
    await blobs.syncFolders()
    const after = new Blobs(storage.afterCrash('all-unsynced-lost'), simRandom(3))
    expect((await readAll(await reader(after, taken))).equals(bytes)).toBe(true)
  })

  it('that is published while others are being synced is synced by the next call', async () => {
    let finishSyncs = (): void => undefined
    const held = new Promise<void>((resolve) => {
      finishSyncs = resolve
    })
    class SlowDisk extends SimStorage {
      override async syncFolder(path: string): Promise<void> {
        await super.syncFolder(path)
        await held
      }
    }
    const storage = new SlowDisk()
    await storage.makeFolder('data')
    const blobs = new Blobs(storage, simRandom(1))
    const bytes = new Uint8Array(80_000).fill(1)
    await take(blobs, bytes)
    const syncing = blobs.syncFolders()
    const taken = await take(blobs, bytes)
    finishSyncs()
    await syncing
    await blobs.syncFolders()
    await storage.syncFolder('')
    const after = new Blobs(storage.afterCrash('all-unsynced-lost'), simRandom(1))
    expect((await readAll(await reader(after, taken))).equals(bytes)).toBe(true)
    const shard = blobs.pathOf(taken.sha256).split('/').slice(0, -1).join('/')
    expect(
      storage.trace.filter(({ operation, path }) => operation === 'sync the folder' && path === shard),
    ).toHaveLength(2)
  })

  it('costs one folder sync once its shard is durable', async () => {
    const { storage, blobs } = await pond()
    const bytes = new Uint8Array(80_000)
    const syncs = async (): Promise<number> => {
      const before = storage.operations
      await take(blobs, bytes)
      await blobs.syncFolders()
      return storage.trace.slice(before).filter(({ operation }) => operation === 'sync the folder').length
    }
    expect(await syncs()).toBe(3)
    expect(await syncs()).toBe(1)
    await blobs.syncFolders()
    expect(storage.trace.at(-1)?.path).toBe(blobs.pathOf(sha256(bytes)).split('/').slice(0, -1).join('/'))
  })
})

describe('inline content', () => {
  it('that does not match its hash is refused', () => {
    const bytes = new Uint8Array([1, 2, 3])
    expect(() => bytesReader(bytes, sha256(bytes), 4, CONTEXT)).toThrow(
      expect.objectContaining({ code: 'tlogfs.corrupt-content' }),
    )
    expect(() => bytesReader(new Uint8Array([1, 2, 4]), sha256(bytes), 3, CONTEXT)).toThrow(
      expect.objectContaining({ code: 'tlogfs.corrupt-content', detail: expect.objectContaining({ path: '/a file' }) }),
    )
  })
})
