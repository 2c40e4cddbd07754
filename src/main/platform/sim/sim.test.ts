import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { isPondError } from '../../../shared/errors'
import { nodeClock, nodeStorage } from '../node'
import type { Storage } from '../storage'
import { storageSuite } from '../testing/storage-suite'
import { SimStorage, simWorld } from './index'

const roots: string[] = []
afterAll(() => Promise.all(roots.map((root) => rm(root, { recursive: true, force: true }))))

storageSuite('node', async () => {
  const root = await mkdtemp(join(tmpdir(), 'duckpond-storage-'))
  roots.push(root)
  return nodeStorage(root)
})
storageSuite('simulated', async () => new SimStorage({ sleep: nodeClock.sleep }))

const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value)

const isAll = (content: Uint8Array, value: number): boolean => content.every((byte) => byte === value)

/** Writes a file the careful way: temp, sync, replace, sync of the folder. */
async function publish(storage: Storage, path: string, content: Uint8Array): Promise<void> {
  const temp = `${path}.tmp`
  await storage.remove(temp)
  const writer = await storage.create(temp)
  await writer.write(content)
  await writer.sync()
  await writer.close()
  await storage.replace(temp, path)
  await storage.syncFolder('')
}
const contentOf = async (storage: Storage, path: string): Promise<Uint8Array | undefined> =>
  (await storage.stat(path)) === undefined ? undefined : storage.readFile(path)

describe('a simulated power loss', () => {
  it('takes nothing that was synced, whatever else it takes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.nat(), async (k, seed) => {
        const storage = new SimStorage()
        storage.crashAt(k)
        let acknowledged = 0
        try {
          for (let i = 1; i <= 5; i++) {
            await publish(storage, 'file', bytes(i * 700, i))
            acknowledged = i
          }
        } catch (error) {
          expect(isPondError(error, 'platform.crashed')).toBe(true)
        }
        for (const loss of [seed, 'nothing-lost', 'all-unsynced-lost'] as const) {
          const found = await contentOf(storage.afterCrash(loss), 'file')
          const survivor = found === undefined ? 0 : found[0]!
          expect([acknowledged, acknowledged + 1]).toContain(survivor)
          if (found !== undefined) expect(found.length === survivor * 700 && isAll(found, survivor)).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['the sync of the file', { ignoreSync: (what: string) => what === 'file' }],
    ['the sync of the folder', { ignoreSync: (what: string) => what === 'folder' }],
  ])('shows that %s was needed, when a disk ignores it', async (_, options) => {
    let lost = 0
    for (let seed = 0; seed < 40; seed++) {
      const storage = new SimStorage(options)
      await publish(storage, 'file', bytes(2_000, 1))
      const found = await contentOf(storage.afterCrash(seed), 'file')
      if (found === undefined || Buffer.compare(found, bytes(2_000, 1)) !== 0) lost++
    }
    expect(lost).toBeGreaterThan(5)
  })

  it('tears what was not synced at sectors, keeping, emptying or dropping each', async () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 400; seed++) {
      const storage = new SimStorage()
      const writer = await storage.create('file')
      await storage.syncFolder('')
      await writer.write(bytes(1_024, 1))
      await writer.sync()
      await writer.write(bytes(10_000, 2))
      const found = await storage.afterCrash(seed).readFile('file')
      expect(isAll(found.subarray(0, 1_024), 1)).toBe(true)
      for (let at = 1_024; at < found.length; at += 512) {
        const sector = found.subarray(at, at + 512)
        expect(isAll(sector, 0) || isAll(sector, 2)).toBe(true)
      }
      const tail = found.subarray(1_024)
      if (found.length === 1_024) seen.add('lost')
      else if (tail.includes(0)) seen.add('emptied')
      else seen.add(found.length === 11_024 ? 'kept' : 'cut')
    }
    expect([...seen].sort()).toEqual(['cut', 'emptied', 'kept', 'lost'])
  })

  it('may undo a truncation that was not synced', async () => {
    const sizes = new Set<number>()
    for (let seed = 0; seed < 60; seed++) {
      const storage = new SimStorage()
      const writer = await storage.create('file')
      await storage.syncFolder('')
      await writer.write(bytes(5_000, 1))
      await writer.sync()
      await storage.truncate('file', 100)
      await writer.write(bytes(50, 2))
      const found = await storage.afterCrash(seed).readFile('file')
      expect(found.subarray(0, 100)).toEqual(bytes(100, 1))
      sizes.add(found.length)
    }
    expect(sizes).toContain(150)
    expect(sizes).toContain(5_000)
  })

  it('takes a folder with all that is in it when only the inside was synced', async () => {
    const storage = new SimStorage()
    await storage.makeFolder('a/b')
    const writer = await storage.create('a/b/file')
    await writer.sync()
    await storage.syncFolder('a/b')
    expect(await storage.afterCrash('all-unsynced-lost').list('')).toEqual([])
    await storage.syncFolder('a')
    await storage.syncFolder('')
    expect(await storage.afterCrash('all-unsynced-lost').list('a/b')).toEqual([{ name: 'file', kind: 'file' }])
  })

  it('moves a file whole or not at all', async () => {
    for (let seed = 0; seed < 60; seed++) {
      const storage = new SimStorage()
      await storage.makeFolder('to')
      const writer = await storage.create('file')
      await writer.sync()
      await storage.syncFolder('')
      await storage.replace('file', 'to/file')
      const after = storage.afterCrash(seed)
      expect(
        [await after.stat('file'), await after.stat('to/file')].filter((found) => found !== undefined),
      ).toHaveLength(1)
    }
  })
})

describe('a simulated process', () => {
  it('ends at the operation it was told to, and frees its locks', async () => {
    const storage = new SimStorage()
    const lock = await storage.lock('lock', { pid: 1, host: 'h', command: 'c' }, 0)
    storage.crashAt(storage.operations + 2)
    await storage.makeFolder('one')
    await expect(storage.makeFolder('two')).rejects.toMatchObject({ code: 'platform.crashed' })
    await expect(storage.list('')).rejects.toMatchObject({ code: 'platform.crashed' })
    const next = storage.anotherProcess()
    await (await next.lock('lock', { pid: 2, host: 'h', command: 'c' }, 0)).release()
    await lock.release()
    expect(await next.list('')).toContainEqual({ name: 'one', kind: 'folder' })
  })

  it('loses nothing of what it did when it is killed, and makes nothing durable', async () => {
    const storage = new SimStorage()
    await (await storage.create('file')).write(bytes(10, 1))
    const next = storage.afterKill()
    expect(await next.readFile('file')).toEqual(bytes(10, 1))
    expect(await next.afterCrash('all-unsynced-lost').list('')).toEqual([])
  })

  it('fails where it was told to, half way through a write, and goes on', async () => {
    const storage = new SimStorage()
    const writer = await storage.create('file')
    storage.failAt(2, 'no-space')
    await expect(writer.write(bytes(10, 1))).rejects.toMatchObject({
      code: 'platform.no-space',
      detail: { operation: 'write', path: 'file' },
    })
    expect(writer.sizeBytes).toBe(5)
    await writer.write(bytes(1, 2))
    expect(writer.sizeBytes).toBe(6)
  })

  it('hears of the changes of another one, once for many', async () => {
    const storage = new SimStorage()
    await storage.makeFolder('in')
    let calls = 0
    const watch = await storage.watch('in', () => calls++)
    const other = storage.anotherProcess()
    await Promise.all([other.create('in/a'), other.create('in/b'), other.create('outside')])
    await nodeClock.sleep(1)
    expect(calls).toBe(1)
    await watch.close()
    await other.create('in/c')
    await nodeClock.sleep(1)
    expect(calls).toBe(1)
  })
})

describe('a simulated world', () => {
  it('does the same again for the same seed', () => {
    const run = (seed: number): unknown[] => {
      const { clock, random } = simWorld({ seed })
      return [clock.now(), random.uuid(clock.now()), random.bytes(8), random.uuid(clock.now())]
    }
    expect(run(7)).toEqual(run(7))
    expect(run(7)).not.toEqual(run(8))
  })
})
