import { mkdtemp, readdir, rm } from 'node:fs/promises'
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

const content = (inline: Uint8Array) => ({ size: inline.length, sha256: 'any', inline, temp: null })

describe('content that waits for its import', () => {
  it('comes back as it was, in any order, wherever it waited', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1 }),
        fc.nat({ max: 200 }),
        async (all, budget) => {
          const spool = new ContentSpool(join(folder, 'cache'), budget)
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

  it('is left alone where it is in a blob', async () => {
    const spool = new ContentSpool(folder, 0)
    const blob = { size: 1_000_000, sha256: 'any', inline: null, temp: 'blob.tmp' }
    expect(await spool.take(await spool.keep(blob))).toBe(blob)
    expect(await readdir(folder)).toEqual([])
  })
})
