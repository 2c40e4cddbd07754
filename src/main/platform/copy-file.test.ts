import { describe, expect, it } from 'vitest'
import { copyFile } from './copy-file'
import { SimStorage } from './sim'
import type { Storage } from './storage'

async function withFile(bytes: Uint8Array): Promise<SimStorage> {
  const storage = new SimStorage()
  const writer = await storage.create('from')
  await writer.write(bytes)
  await writer.close()
  return storage
}

describe('a copy of a file', () => {
  it.each([0, 1, (1 << 20) + 7, 3 << 20])('of %d bytes has the same bytes', async (size) => {
    const bytes = new Uint8Array(size).map((_, at) => at % 251)
    const storage = await withFile(bytes)
    await copyFile(storage, 'from', 'to')
    expect(Buffer.compare(await storage.readFile('to'), bytes)).toBe(0)
  })

  it('of one that becomes shorter meanwhile is refused', async () => {
    const storage = await withFile(new Uint8Array(100))
    const shrinking = new Proxy<Storage>(storage, {
      get(target, name) {
        if (name === 'create') void storage.truncate('from', 60)
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    await expect(copyFile(shrinking, 'from', 'to')).rejects.toMatchObject({
      code: 'platform.incomplete',
      detail: { path: 'from', expected: 100, found: 60 },
    })
  })
})
