/** `big-file [BYTES]`: takes a file in, 1 GiB by default, commits it and reads it back. */
import { createHash } from 'node:crypto'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond } from '../../src/main/pond'
import { measured } from './peak'

const size = Number(process.argv[2] ?? 1 << 30)
const CHUNK = 256 * 1024

/** Bytes that do not repeat, cheaply: one random-looking block, stamped with its number. */
function* content(): Generator<Uint8Array> {
  const block = createHash('sha512').update('duckpond').digest()
  for (let offset = 0; offset < size; offset += CHUNK) {
    const chunk = Buffer.alloc(Math.min(CHUNK, size - offset), block)
    chunk.writeDoubleLE(offset, 0)
    yield chunk
  }
}

void measured({
  async prepare(folder) {
    const pond = await createPond(nodeWorld({ storage: nodeStorage(folder) }))
    const small = await pond.prepare([new Uint8Array(10)])
    await pond.stage((fs) => fs.put('/warm', small), { commit: { message: 'warm' } })
    return pond
  },
  async work(pond) {
    const big = await pond.prepare(content())
    await pond.stage((fs) => fs.put('/big', big), { commit: { message: 'big' } })
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
    await pond.close()
    return { same: hash.digest('hex') === expected.digest('hex'), bytes }
  },
})
