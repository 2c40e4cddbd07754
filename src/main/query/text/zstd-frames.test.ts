import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { steps } from '../../../shared/testing/runs'
import { openBench } from '../testing/host-source'
import { unzstd } from './zstd-frames'

const bench = await openBench()

/** A frame of blocks that are packed as they are, as `zstd --no-compress-literals` makes of noise; with a checksum. */
function frame(content: Uint8Array, checksum: Uint8Array): Buffer {
  const blocks: Uint8Array[] = []
  const most = 1_000
  for (let at = 0; at < content.length || at === 0; at += most) {
    const block = content.subarray(at, at + most)
    const word = (block.length << 3) | (at + most >= content.length ? 1 : 0)
    blocks.push(Uint8Array.of(word & 0xff, (word >> 8) & 0xff, word >> 16), block)
  }
  // A window of 1 KiB, no size, a checksum.
  return Buffer.concat([Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x00), ...blocks, checksum])
}

async function unpacked(bytes: Uint8Array, step: number): Promise<string> {
  async function* cut(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step)
  }
  const parts: Uint8Array[] = []
  for await (const part of unzstd(cut())) parts.push(part)
  return Buffer.concat(parts).toString()
}

const TEXT = `a,b\n${Array.from({ length: 400 }, (_, n) => `${n},${(n * 7919) % 1009}\n`).join('')}`
/** Of XXH64, by the reference program: `xxhsum -H1`. */
const SUMS = { abc: 0x44bc2cf5ad770999n, '': 0xef46db3751d8e999n }
const little = (sum: bigint): Uint8Array => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(Number(sum & 0xffff_ffffn))
  return bytes
}
const HAS_ZSTD = spawnSync('zstd', ['--version']).status === 0

describe('a Zstandard frame', () => {
  it('is compared with its checksum, however it comes', async () => {
    for (const [text, sum] of Object.entries(SUMS)) {
      const packed = frame(Buffer.from(text), little(sum))
      for (const step of [1, 3, 1_000]) expect(await unpacked(packed, step)).toBe(text)
      const wrong = frame(Buffer.from(text), little(sum + 1n))
      await expect(unpacked(wrong, 5)).rejects.toThrow(/checksum/)
    }
    const skipped = Buffer.concat([Uint8Array.of(0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9)])
    const one = frame(Buffer.from('abc'), little(SUMS.abc))
    const both = Buffer.concat([one, skipped, one])
    expect(await unpacked(both, 4)).toBe('abcabc')
    for (let end = 1; end < both.length; end++) {
      // What ends with a frame is whole.
      if (end === one.length || end === one.length + skipped.length) continue
      const cut = await unpacked(both.subarray(0, end), 7).then(
        () => 'read',
        () => 'refused',
      )
      expect([end, cut]).toEqual([end, 'refused'])
    }
  })

  it('that is damaged is a table by none of the ways in', async () => {
    const damaged = frame(Buffer.from('abc\n1\n'), little(1n))
    const source = await bench.source({ '/x.csv.zst': damaged, '/x.jsonl.zst': damaged })
    for (const from of ["'/x.csv.zst'", "'/x.jsonl.zst'", "read_csv('/x.csv.zst')", "read_ndjson('/x.jsonl.zst')"])
      await expect(bench.rows(source, `FROM ${from}`)).rejects.toMatchObject({
        code: 'query.unreadable-file',
        message: expect.stringMatching(/cannot be unpacked.*damaged/),
      })
  })

  it.skipIf(!HAS_ZSTD)(
    'of the reference program is read whole, and with any byte changed refused or the same',
    async () => {
      for (const options of [['-1'], ['-19', '--long=20'], ['--no-check'], ['-B1KB', '-1']]) {
        const packed = spawnSync('zstd', ['-q', '-c', ...options], { input: TEXT }).stdout
        expect(await unpacked(packed, 100)).toBe(TEXT)
        if (options[0] === '--no-check') continue
        const step = steps(3)
        for (let at = Math.floor(Math.random() * step); at < packed.length; at += step) {
          const damaged = Buffer.from(packed)
          damaged[at]! ^= 1 << (at % 8)
          const read = await unpacked(damaged, 500).catch(() => null)
          if (read !== null) expect([at, read]).toEqual([at, TEXT])
        }
      }
    },
  )
})
