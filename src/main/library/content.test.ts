import { Readable } from 'node:stream'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPond, type Content, type Pond } from './index'

let folder: string
let pond: Pond
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'duckpond-content-'))
  pond = await createPond(folder)
  await pond.writeFile('/f', 'before')
})
afterEach(async () => {
  await pond.close()
  rmSync(folder, { recursive: true, force: true })
})

const large = Buffer.alloc(100_000, 'line\n')
async function drained(stream: Readable): Promise<Readable> {
  for await (const _chunk of stream);
  return stream
}

/** Streams of which something, or everything, is missing. */
const BROKEN: Readonly<Record<string, () => Content | Promise<Content>>> = {
  'throws in the middle': async function* () {
    yield large
    throw new Error('the source broke')
  } as () => AsyncGenerator<Uint8Array>,
  'is destroyed in the middle': () => {
    const stream: Readable = new Readable({
      read() {
        this.push(large)
        setImmediate(() => this.destroy())
      },
    })
    return stream
  },
  'is destroyed with a reason': () => {
    const stream: Readable = new Readable({
      read() {
        this.push(large)
        setImmediate(() => this.destroy(new Error('the source broke')))
      },
    })
    return stream
  },
  'was read to its end before': () => drained(Readable.from([large])),
  'was destroyed before': () => {
    const stream = Readable.from([large])
    stream.destroy()
    return stream
  },
  'is one of the web that was read before': async () => {
    const stream = new Blob(['content']).stream()
    await new Response(stream as never).arrayBuffer()
    return stream as unknown as Content
  },
  'is one of the web that fails': () =>
    new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(10))
        controller.error(new Error('the source broke'))
      },
    }) as unknown as Content,
}

describe('a stream that a script hands over', () => {
  it.each(Object.entries(BROKEN))('and that %s leaves nothing behind', async (_, make) => {
    await expect(pond.writeFile('/f', await make())).rejects.toBeInstanceOf(Error)
    await expect(pond.appendSeries('/s', await make(), { format: 'csv' })).rejects.toBeInstanceOf(Error)
    await expect(pond.stage(async (staging) => staging.writeFile('/f', await make()))).rejects.toBeInstanceOf(Error)
    expect(Buffer.from(await pond.readFile('/f')).toString()).toBe('before')
    expect(await pond.status()).toMatchObject({ pendingOperations: 1 })
    // Content of its kind waits beside the table while it comes in.
    const left = readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.tmp'))
    expect(left).toEqual([])
  })

  it('and that is whole is taken, a Node stream, one of the web, or a generator', async () => {
    for (const content of [
      Readable.from([large]),
      new Blob([large]).stream() as unknown as Content,
      (function* () {
        yield large
      })(),
    ]) {
      await pond.writeFile('/f', 'before')
      await pond.writeFile('/f', content)
      expect((await pond.readFile('/f')).length).toBe(large.length)
    }
  })
})
