import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SimStorage } from '../../platform/sim'
import { inlineBytes, type Content } from './blobs'
import { ContentSpool } from './content-spool'

const FILE = 'spool.tmp'

function spoolOn(storage: SimStorage, budget: number): ContentSpool {
  return new ContentSpool(storage, async () => FILE, budget)
}

const content = (inline: Uint8Array): Content => {
  const sha256 = createHash('sha256').update(inline).digest('hex')
  return { size: inline.length, sha256, inline, temp: null }
}

const bytesOf = ({ inline }: Content): Promise<Uint8Array> => inlineBytes(inline!)

describe('content that waits to be named', () => {
  it('comes back as it was, in any order, wherever it waited', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1 }),
        fc.array(fc.nat(100)),
        fc.nat({ max: 200 }),
        async (all, order, budget) => {
          const storage = new SimStorage()
          const spool = spoolOn(storage, budget)
          const kept: Content[] = []
          for (const [i, bytes] of all.entries()) {
            kept.push(await spool.keep(content(bytes)))
            // Some is read while more comes.
            const early = order[i]! % (i + 1)
            if (early >= 0) expect(await bytesOf(kept[early]!)).toEqual(all[early])
          }
          const inMemory = kept.reduce((sum, { inline }) => sum + (inline instanceof Uint8Array ? inline.length : 0), 0)
          expect(inMemory).toBeLessThanOrEqual(budget)
          for (const [i, one] of [...kept.entries()].toReversed()) expect(await bytesOf(one)).toEqual(all[i])
          await spool.close()
          expect(await storage.stat(FILE)).toBeUndefined()
        },
      ),
      { numRuns: 60 },
    )
  })

  it('comes back as it was when all of it came at once', async () => {
    const spool = spoolOn(new SimStorage(), 0)
    const all = Array.from({ length: 20 }, (_, i) => new Uint8Array(100 + i).fill(i))
    const kept = await Promise.all(all.map((bytes) => spool.keep(content(bytes))))
    expect(await Promise.all(kept.map(bytesOf))).toEqual(all)
    await spool.close()
  })

  it('goes through a few writes and reads of the disk, however much it is', async () => {
    const storage = new SimStorage()
    const spool = spoolOn(storage, 0)
    const all = Array.from({ length: 2_000 }, (_, i) => new Uint8Array(1_024).fill(i))
    const before = storage.operations
    const kept: Content[] = []
    for (const bytes of all) kept.push(await spool.keep(content(bytes)))
    for (const [i, one] of kept.entries()) expect((await bytesOf(one))[0]).toBe(all[i]![0])
    expect(storage.operations - before).toBeLessThan(40)
    await spool.close()
  })

  it.each(['cut', 'changed'])('is refused when its file was %s meanwhile', async (how) => {
    const storage = new SimStorage()
    const spool = spoolOn(storage, 0)
    const kept = await spool.keep(content(new Uint8Array(300_000).fill(1)))
    await storage.truncate(FILE, 4)
    if (how === 'changed') {
      const writer = await storage.append(FILE)
      await writer.write(new Uint8Array(300_000))
      await writer.close()
    }
    await expect(bytesOf(kept)).rejects.toMatchObject({ code: 'platform.io' })
    await spool.close()
  })

  it('is left alone where it is in a blob, and refused once the spool is closed', async () => {
    const storage = new SimStorage()
    const spool = spoolOn(storage, 0)
    const blob = { size: 1_000_000, sha256: 'any', inline: null, temp: 'blob.tmp' }
    expect(await spool.keep(blob)).toBe(blob)
    await spool.close()
    expect(await storage.stat(FILE)).toBeUndefined()
    await expect(spool.keep(content(new Uint8Array(1)))).rejects.toMatchObject({ code: 'tinyfs.closed' })
  })
})
