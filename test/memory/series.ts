/** `series [VERSIONS]`: appends so many versions to a series, reads it in order, and queries it whole and by a time range. */
import { parquetWriteBuffer } from 'hyparquet-writer'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, type Pond } from '../../src/main/pond'
import { measured } from './peak'

const versions = Number(process.argv[2] ?? 1_000)
const ROWS = 5_000
const STEP_US = 1_000_000n
const START_US = 1_767_225_600_000_000n

/** Of one version: a reading a second, following on those of the version before. */
function part(version: number): { readonly bytes: Uint8Array; readonly first: bigint; readonly last: bigint } {
  const first = START_US + BigInt(version * ROWS) * STEP_US
  const times = Array.from({ length: ROWS }, (_, i) => new Date(Number((first + BigInt(i) * STEP_US) / 1_000n)))
  const bytes = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'timestamp', data: times, type: 'TIMESTAMP' },
        { name: 'value', data: Array.from({ length: ROWS }, (_, i) => Math.sin(version + i)), type: 'DOUBLE' },
      ],
    }),
  )
  return { bytes, first, last: first + BigInt(ROWS - 1) * STEP_US }
}

async function append(pond: Pond, version: number): Promise<void> {
  const { bytes, first, last } = part(version)
  const content = await pond.prepare([bytes])
  const facts = { timestampColumn: 'timestamp', rows: ROWS }
  await pond.stage(
    (fs) => fs.append('/flow', { content, facts, minEventTime: Number(first), maxEventTime: Number(last) }),
    { commit: { message: `${version}` } },
  )
}

async function count(pond: Pond, where: string): Promise<number> {
  const { batches } = await pond.queries.stream(await pond.source('head'), `SELECT count(*) FROM '/flow' ${where}`)
  let found = 0
  for await (const batch of batches) found = Number(batch[0]?.[0])
  return found
}

/** Bytes of all versions, in their order. */
async function readAll(pond: Pond): Promise<number> {
  const moment = await pond.moment('head')
  let bytes = 0
  for (const each of await moment.seriesParts('/flow')) {
    const reader = await moment.openPart(each)
    for await (const chunk of reader.chunks()) bytes += chunk.length
    await reader.close()
  }
  return bytes
}

/** Rows of all versions as Arrow batches, one version after the other. */
async function readTyped(pond: Pond): Promise<number> {
  let rows = 0
  for await (const batch of pond.readSeries('/flow', { at: 'head' })) rows += batch.numRows
  return rows
}

void measured({
  async prepare(folder) {
    const pond = await createPond(nodeWorld({ storage: nodeStorage(folder) }))
    await append(pond, 0)
    await count(pond, '')
    await readTyped(pond)
    return pond
  },
  async work(pond) {
    let bytes = part(0).bytes.length
    for (let version = 1; version < versions; version++) {
      bytes += part(version).bytes.length
      await append(pond, version)
    }
    const read = await readAll(pond)
    const typed = await readTyped(pond)
    const rows = await count(pond, '')
    const last = new Date(Number(part(versions - 1).first / 1_000n)).toISOString()
    const range = await count(pond, `WHERE timestamp >= TIMESTAMPTZ '${last}'`)
    await pond.close()
    return { isWhole: read === bytes, typed, rows, range }
  },
})
