import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, truncateSync, appendFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runs } from '../../../shared/testing/runs'
import { makePipe } from '../testing/mounts'
import { nodeHostTree } from './host-tree'
import { fileContent, mustBeComplete } from './complete-content'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'duckpond-whole-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)

async function all(chunks: AsyncIterable<Uint8Array>, seen: () => void = () => undefined): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) {
    parts.push(Buffer.from(chunk))
    seen()
  }
  return Buffer.concat(parts)
}
const incomplete = { code: 'platform.incomplete' }

describe('a stream that was promised', () => {
  it('ends only as it was promised, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 50 }),
        fc.nat(49),
        fc.integer({ min: 1, max: 9 }),
        async (bytes, at, step) => {
          const cut = Math.min(at, bytes.length - 1)
          async function* upTo(end: number): AsyncGenerator<Uint8Array> {
            for (let i = 0; i < end; i += step) yield bytes.subarray(i, Math.min(i + step, end))
          }
          const sha256 = createHash('sha256').update(bytes).digest('hex')
          for (const promise of [{ size: bytes.length }, { sha256: sha256.toUpperCase() }]) {
            expect((await all(mustBeComplete(upTo(bytes.length), promise, 'it'))).equals(bytes)).toBe(true)
            await expect(all(mustBeComplete(upTo(cut), promise, 'it'))).rejects.toMatchObject(incomplete)
          }
          await expect(all(mustBeComplete(upTo(bytes.length), { size: cut }, 'it'))).rejects.toMatchObject(incomplete)
        },
      ),
      { numRuns: runs(50) },
    )
  })

  it('is not read on once it is too long', async () => {
    let taken = 0
    function* endless(): Generator<Uint8Array> {
      for (;;) {
        taken++
        yield new Uint8Array(10)
      }
    }
    await expect(all(mustBeComplete(endless(), { size: 25 }, 'it'))).rejects.toMatchObject(incomplete)
    expect(taken).toBe(3)
  })
})

describe('a file of this machine', () => {
  const large = Buffer.alloc(700_000, 'line\n')

  it('that becomes shorter while it is read is an error, and one that grows is read on', async () => {
    for (const [name, change] of [
      ['shorter', () => truncateSync(at('shorter'), 300_000)],
      ['longer', () => appendFileSync(at('longer'), 'more')],
    ] as const) {
      writeFileSync(at(name), large)
      let isChanged = false
      const reading = all(fileContent(at(name)), () => {
        if (isChanged) return
        isChanged = true
        change()
      })
      if (name === 'shorter') await expect(reading).rejects.toMatchObject(incomplete)
      else expect((await reading).length).toBe(large.length + 4)
    }
  })

  it('that is a pipe is read until its writer is done', async () => {
    makePipe(at('pipe'))
    const writer = spawn('sh', ['-c', `cat /proc/self/mounts > '${at('pipe')}'; printf end >> /dev/null`])
    const content = await all(fileContent(at('pipe')))
    if (writer.exitCode === null) await once(writer, 'close')
    expect(content.length).toBeGreaterThan(0)
  })

  it.each([
    ['a folder', '.', 'platform.io'],
    ['nothing', 'missing', 'platform.not-found'],
  ])('that is %s is an error', async (_, name, code) => {
    await expect(all(fileContent(at(name)))).rejects.toMatchObject({ code })
  })

  it.runIf(process.platform === 'linux')('that does not tell its size is imported whole', async () => {
    const tree = await nodeHostTree('/proc/self')
    expect((await tree.stat('mounts'))?.sizeBytes).toBe(0)
    const reader = await tree.open('status')
    expect(Buffer.from(await reader.read(0, 1_000_000)).toString()).toMatch(/^Name:/)
    expect(reader.sizeBytes).toBeGreaterThan(100)
    await reader.close()
  })

  it.runIf(process.platform === 'linux')('that fails while it is read is an error', async () => {
    // The memory of a process cannot be read at its beginning.
    await expect(all(fileContent('/proc/self/mem'))).rejects.toMatchObject({ code: 'platform.io' })
  })
})
