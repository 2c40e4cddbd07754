/** What every storage must do. Run against each adapter, so that what holds in simulation holds on a disk. */
import { PondError } from '../../../shared/errors'
import { describe, expect, it } from 'vitest'
import type { Storage } from '../storage'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (content: Uint8Array): string => new TextDecoder().decode(content)
const me = { pid: 1, host: 'here', command: 'test' }

async function plant(storage: Storage, path: string, content: string): Promise<void> {
  const writer = await storage.create(path)
  await writer.write(bytes(content))
  await writer.close()
}
const read = async (storage: Storage, path: string): Promise<string> => text(await storage.readFile(path))

export function storageSuite(name: string, make: () => Promise<Storage>): void {
  describe(`${name} storage`, () => {
    it('lists the names of a folder with their kinds', async () => {
      const storage = await make()
      await storage.makeFolder('a/b')
      await plant(storage, 'a/file', 'x')
      await storage.makeFolder('a/b')
      expect((await storage.list('a')).sort((x, y) => (x.name < y.name ? -1 : 1))).toEqual([
        { name: 'b', kind: 'folder' },
        { name: 'file', kind: 'file' },
      ])
      expect(await storage.list('')).toEqual([{ name: 'a', kind: 'folder' }])
      await expect(storage.list('absent')).rejects.toMatchObject({
        code: 'platform.not-found',
        detail: { operation: 'list', path: 'absent' },
      })
    })

    it('tells size and time of a file, and undefined of what is not there', async () => {
      const storage = await make()
      const writer = await storage.create('file')
      await writer.write(bytes('12345'))
      await writer.setModified(1_767_225_600_123)
      await writer.close()
      expect(await storage.stat('file')).toMatchObject({ kind: 'file', sizeBytes: 5, modifiedMs: 1_767_225_600_123 })
      expect(await storage.stat('')).toMatchObject({ kind: 'folder' })
      expect(await storage.stat('absent')).toBeUndefined()
      expect(await storage.stat('file/below')).toBeUndefined()
      expect(await storage.isWritable('')).toBe(true)
    })

    it('keeps every millisecond of a time that is set', async () => {
      const storage = await make()
      const writer = await storage.create('file')
      for (let ms = 1_767_225_600_000; ms < 1_767_225_600_100; ms++) {
        await writer.setModified(ms)
        expect((await storage.stat('file'))?.modifiedMs).toBe(ms)
      }
      await writer.close()
    })

    it('creates exclusively and in folders that exist', async () => {
      const storage = await make()
      await plant(storage, 'file', 'first')
      await expect(storage.create('file')).rejects.toMatchObject({ code: 'platform.exists' })
      await expect(storage.create('no/folder')).rejects.toMatchObject({ code: 'platform.not-found' })
      expect(await read(storage, 'file')).toBe('first')
    })

    it('appends at the end of a file that is there', async () => {
      const storage = await make()
      await plant(storage, 'file', 'one')
      const writer = await storage.append('file')
      expect(writer.sizeBytes).toBe(3)
      await writer.write(bytes(' two'))
      await writer.sync()
      expect(writer.sizeBytes).toBe(7)
      await writer.close()
      await writer.close()
      await expect(writer.write(bytes('late'))).rejects.toMatchObject({ code: 'platform.io' })
      expect(await read(storage, 'file')).toBe('one two')
      await expect(storage.append('absent')).rejects.toMatchObject({ code: 'platform.not-found' })
    })

    it('reads any part, also of a file that grows, and nothing beyond its end', async () => {
      const storage = await make()
      await plant(storage, 'file', '0123456789')
      const reader = await storage.open('file')
      expect(reader.sizeBytes).toBe(10)
      expect(text(await reader.read(3, 4))).toBe('3456')
      expect(text(await reader.read(8, 2 ** 40))).toBe('89')
      expect((await reader.read(10, 5)).length).toBe(0)
      expect((await reader.read(99, 5)).length).toBe(0)
      const writer = await storage.append('file')
      await writer.write(bytes('abc'))
      await writer.close()
      expect(text(await reader.read(8, 100))).toBe('89abc')
      await storage.remove('file')
      expect(text(await reader.read(0, 4))).toBe('0123')
      await reader.close()
      await expect(storage.open('absent')).rejects.toMatchObject({ code: 'platform.not-found' })
      await storage.makeFolder('folder')
      await expect(storage.open('folder')).rejects.toMatchObject({ code: 'platform.io' })
    })

    it("hands out bytes that are the caller's own", async () => {
      const storage = await make()
      await plant(storage, 'file', 'abc')
      const first = await storage.readFile('file')
      first.fill(0)
      expect(await read(storage, 'file')).toBe('abc')
      expect(first.byteOffset).toBe(0)
    })

    it('truncates', async () => {
      const storage = await make()
      await plant(storage, 'file', '0123456789')
      await storage.truncate('file', 4)
      expect(await read(storage, 'file')).toBe('0123')
      await expect(storage.truncate('absent', 1)).rejects.toMatchObject({ code: 'platform.not-found' })
    })

    it('links a second name only where it is free', async () => {
      const storage = await make()
      await plant(storage, 'a', 'A')
      await plant(storage, 'b', 'B')
      expect(await storage.link('a', 'c')).toBe('linked')
      expect(await storage.link('b', 'c')).toBe('exists')
      await storage.remove('a')
      expect(await read(storage, 'c')).toBe('A')
      await expect(storage.link('absent', 'd')).rejects.toMatchObject({ code: 'platform.not-found' })
    })

    it('replaces what is there, and a reader of the old file keeps it', async () => {
      const storage = await make()
      await storage.makeFolder('in')
      await plant(storage, 'in/new', 'new')
      await plant(storage, 'file', 'old')
      const old = await storage.open('file')
      await storage.replace('in/new', 'file')
      expect(await read(storage, 'file')).toBe('new')
      expect(text(await old.read(0, 10))).toBe('old')
      await old.close()
      expect(await storage.list('in')).toEqual([])
      await expect(storage.replace('in/new', 'file')).rejects.toMatchObject({ code: 'platform.not-found' })
    })

    it('removes, and does not mind what is not there', async () => {
      const storage = await make()
      await plant(storage, 'file', 'x')
      await storage.remove('file')
      await storage.remove('file')
      await storage.remove('absent/file')
      expect(await storage.stat('file')).toBeUndefined()
    })

    it('removes folders that are empty, and no others', async () => {
      const storage = await make()
      await storage.makeFolder('folder/inner')
      await expect(storage.removeFolder('folder')).rejects.toMatchObject({ code: 'platform.exists' })
      await storage.removeFolder('folder/inner')
      await storage.removeFolder('folder')
      await storage.removeFolder('folder')
      await storage.removeFolder('absent/folder')
      expect(await storage.stat('folder')).toBeUndefined()
    })

    it('syncs files and folders that exist', async () => {
      const storage = await make()
      await storage.makeFolder('folder')
      await plant(storage, 'folder/file', 'x')
      await storage.syncFile('folder/file')
      await storage.syncFolder('folder')
      await storage.syncFolder('')
      await expect(storage.syncFile('absent')).rejects.toMatchObject({ code: 'platform.not-found' })
      await expect(storage.syncFolder('absent')).rejects.toMatchObject({ code: 'platform.not-found' })
    })

    it('refuses every path that could lead outside', async () => {
      const storage = await make()
      for (const path of ['..', '../x', 'a/../../x', '/etc/passwd', 'a//b', './a', 'a/', 'a\0b', 'a\\..\\..\\b']) {
        await expect(storage.readFile(path)).rejects.toMatchObject({ code: 'platform.denied', detail: { path } })
        await expect(storage.create(path)).rejects.toMatchObject({ code: 'platform.denied' })
        await expect(storage.replace(path, 'x')).rejects.toMatchObject({ code: 'platform.denied' })
        await expect(storage.link('x', path)).rejects.toMatchObject({ code: 'platform.denied' })
      }
    })

    it('gives a lock to one holder at a time, in the order they asked', async () => {
      const storage = await make()
      const order: number[] = []
      let holding = 0
      await Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          const lock = await storage.lock('lock', me, 10_000)
          expect(++holding).toBe(1)
          await storage.stat('lock')
          order.push(i)
          holding--
          await lock.release()
          await lock.release()
        }),
      )
      expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i))
    })

    it('gives a lock up waiting in time, names the holder, and keeps the line intact', async () => {
      const storage = await make()
      const first = await storage.lock('lock', { pid: 42, host: 'h', command: 'pond commit' }, 10_000)
      await expect(storage.lock('lock', me, 0)).rejects.toMatchObject({ code: 'platform.locked' })
      const late = storage.lock('lock', me, 30)
      const patient = storage.lock('lock', me, 10_000)
      await expect(late).rejects.toMatchObject({
        code: 'platform.locked',
        detail: { operation: 'lock', path: 'lock', holder: { pid: 42, host: 'h', command: 'pond commit' } },
      })
      await first.release()
      await (await patient).release()
      await (await storage.lock('lock', me, 0)).release()
    })

    it('ends the waiting for a lock with the signal, and keeps the line intact', async () => {
      const storage = await make()
      const first = await storage.lock('lock', me, 10_000)
      const [own, plain] = [new AbortController(), new AbortController()]
      const given = storage.lock('lock', me, 600_000, own.signal)
      const up = storage.lock('lock', me, 600_000, plain.signal)
      const patient = storage.lock('lock', me, 10_000, new AbortController().signal)
      own.abort(new PondError('steward.closed', 'closed'))
      plain.abort()
      await expect(given).rejects.toMatchObject({ code: 'steward.closed' })
      await expect(up).rejects.toMatchObject({ code: 'platform.cancelled' })
      await expect(storage.lock('lock', me, 0, AbortSignal.abort())).rejects.toMatchObject({
        code: 'platform.cancelled',
      })
      await first.release()
      await (await patient).release()
      await (await storage.lock('lock', me, 0)).release()
    })
  })
}
