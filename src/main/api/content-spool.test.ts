import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ContentSpool, type KeptContent } from './content-spool'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckpond-spool-'))
})
afterEach(() => rm(folder, { recursive: true }))

const content = (inline: Uint8Array) => {
  const sha256 = createHash('sha256').update(inline).digest('hex')
  return { size: inline.length, sha256, inline, temp: null }
}

describe('content that waits for its import', () => {
  it('comes back as it was, in any order, wherever it waited', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1 }),
        fc.nat({ max: 200 }),
        async (all, budget) => {
          const spool = new ContentSpool(async () => join(folder, 'cache'), budget)
          const kept: KeptContent[] = []
          for (const bytes of all) kept.push(await spool.keep(content(bytes)))
          const inMemory = kept.reduce((sum, one) => sum + (one.content.inline?.length ?? 0), 0)
          expect(inMemory).toBeLessThanOrEqual(budget)
          for (const [i, one] of [...kept.entries()].toReversed()) {
            expect(await spool.take(one)).toMatchObject({ inline: all[i] })
          }
          await spool.close()
        },
      ),
      { numRuns: 50 },
    )
    expect(await readdir(folder, { recursive: true })).toEqual(['cache'])
  })

  it('comes back as it was when all of it came at once', async () => {
    const spool = new ContentSpool(async () => folder, 0)
    const all = Array.from({ length: 20 }, (_, i) => new Uint8Array(100 + i).fill(i))
    const kept = await Promise.all(all.map((bytes) => spool.keep(content(bytes))))
    const taken = await Promise.all(kept.map((one) => spool.take(one)))
    expect(taken.map(({ inline }) => inline)).toEqual(all)
    await spool.close()
    expect(await readdir(folder)).toEqual([])
  })

  it.each(['cut', 'changed'])('is refused when its file was %s meanwhile', async (how) => {
    const spool = new ContentSpool(async () => folder, 0)
    const kept = await spool.keep(content(new TextEncoder().encode('what was written')))
    const [name] = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('content'))
    const file = join(folder, name ?? '')
    await (how === 'cut' ? truncate(file, 4) : writeFile(file, 'what others wrote'))
    await expect(spool.take(kept)).rejects.toMatchObject({ code: 'platform.io' })
    await spool.close()
  })

  it('is left alone where it is in a blob', async () => {
    const spool = new ContentSpool(async () => folder, 0)
    const blob = { size: 1_000_000, sha256: 'any', inline: null, temp: 'blob.tmp' }
    expect(await spool.take(await spool.keep(blob))).toBe(blob)
    expect(await readdir(folder)).toEqual([])
  })
})
