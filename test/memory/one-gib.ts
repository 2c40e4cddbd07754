/**
 * Takes 1 GiB in, commits it and reads it back, and prints what that cost as one line of JSON:
 * resident bytes before and at the peak. A process of its own, so that the peak is its own.
 */
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond } from '../../src/main/pond'

const SIZE = Number(process.env['POND_BIG_FILE_BYTES'] ?? 1 << 30)
const CHUNK = 256 * 1024

/** Bytes that do not repeat, cheaply: one random-looking block, stamped with its number. */
function* content(): Generator<Uint8Array> {
  const block = createHash('sha512').update('duckpond').digest()
  for (let offset = 0; offset < SIZE; offset += CHUNK) {
    const chunk = Buffer.alloc(Math.min(CHUNK, SIZE - offset), block)
    chunk.writeDoubleLE(offset, 0)
    yield chunk
  }
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pond-big-'))
  try {
    const pond = await createPond(nodeWorld({ storage: nodeStorage(folder) }))
    const small = await pond.prepare([new Uint8Array(10)])
    await pond.stage((fs) => fs.put('/warm', small), { commit: { message: 'warm' } })
    const baseline = process.memoryUsage.rss()

    const started = performance.now()
    const big = await pond.prepare(content())
    await pond.stage((fs) => fs.put('/big', big), { commit: { message: 'big' } })
    const inMs = performance.now() - started

    const hash = createHash('sha256')
    let bytes = 0
    const reader = await pond.open('/big', 'head')
    for await (const chunk of reader.chunks()) {
      hash.update(chunk)
      bytes += chunk.length
    }
    await reader.close()
    const expected = createHash('sha256')
    for (const chunk of content()) expected.update(chunk)
    const same = hash.digest('hex') === expected.digest('hex') && bytes === SIZE
    await pond.close()
    process.stdout.write(
      `${JSON.stringify({ same, bytes, baseline, peak: process.resourceUsage().maxRSS * 1024, inMs: Math.round(inMs) })}\n`,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

void main()
