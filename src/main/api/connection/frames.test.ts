import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { importFrame, type ImportHeader } from '../../../shared/bytes'
import { readFrames } from './frames'

type File = { readonly path: string; readonly bytes: Uint8Array | null }

const file = fc.record({ path: fc.string({ unit: 'binary' }), bytes: fc.option(fc.uint8Array({ maxLength: 300 })) })

function bodyOf(files: readonly File[]): Uint8Array {
  const parts = files.flatMap(({ path, bytes }) => [importFrame({ path, size: bytes?.length ?? null }), bytes ?? []])
  return new Uint8Array(Buffer.concat(parts.map((part) => Uint8Array.from(part))))
}

async function* cut(body: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < body.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    yield body.subarray(at, at + size)
    at += size
  }
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<File[]> {
  const files: File[] = []
  for await (const { header, content } of readFrames(body)) {
    const chunks: Uint8Array[] = []
    for await (const chunk of content) chunks.push(chunk.slice())
    files.push({ path: header.path, bytes: header.size === null ? null : new Uint8Array(Buffer.concat(chunks)) })
  }
  return files
}

describe("an import's body", () => {
  it('gives back the files however it was cut on its way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(file), fc.array(fc.nat({ max: 50 }), { minLength: 1 }), async (files, sizes) => {
        const progressing = [...sizes, 7]
        expect(await readAll(cut(bodyOf(files), progressing))).toEqual(files)
      }),
    )
  })

  it('is refused when it ends anywhere inside a frame', async () => {
    const body = bodyOf([{ path: '/a', bytes: new Uint8Array([1, 2, 3]) }])
    for (let length = 1; length < body.length; length++) {
      await expect(readAll(cut(body.subarray(0, length), [5]))).rejects.toMatchObject({ code: 'api.bad-input' })
    }
  })

  it.each([
    ['a header beyond any sense', new Uint8Array([255, 255, 255, 255, 1])],
    ['a header that is no JSON', importLike('nonsense')],
    ['a header that is no UTF-8', new Uint8Array([2, 0, 0, 0, 0xc3, 0x28])],
    ['a header without a path', importLike('{"size":1}')],
    ['a negative size', importLike('{"path":"/a","size":-1}')],
    ['a size that is no integer', importLike('{"path":"/a","size":1.5}')],
    ['null', importLike('null')],
  ])('is refused for %s', async (_, body) => {
    await expect(readAll(cut(body, [64]))).rejects.toMatchObject({ code: 'api.bad-input' })
  })

  it('hands content on in chunks of at most 256 KiB without holding more', async () => {
    const header: ImportHeader = { path: '/big', size: 1024 * 1024 }
    async function* body(): AsyncGenerator<Uint8Array> {
      yield importFrame(header)
      yield new Uint8Array(1024 * 1024)
    }
    for await (const { content } of readFrames(body())) {
      for await (const chunk of content) expect(chunk.length).toBeLessThanOrEqual(256 * 1024)
    }
  })
})

function importLike(json: string): Uint8Array {
  const text = new TextEncoder().encode(json)
  return new Uint8Array([text.length, 0, 0, 0, ...text])
}
