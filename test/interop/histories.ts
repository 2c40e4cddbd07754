/** Ponds with a history, made through the engine, and tables with the hardest rows, made through the oplog. */
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { OplogTable, type OplogRow } from '../../src/main/oplog'
import { createPond, type Pond } from '../../src/main/pond'
import { commitVersions, unsynced } from '../long/history'

export interface History {
  readonly name: string
  /** Makes it in an empty folder. Returns what a reader will be pointed at. */
  make(folder: string): Promise<string>
}

const encode = (text: string) => new TextEncoder().encode(text)

async function put(pond: Pond, path: string, content: Uint8Array, replace = false): Promise<void> {
  const prepared = await pond.prepare([content])
  await pond.stage((fs) => fs.put(path, prepared, { parents: true, replace }))
}

async function withPond(folder: string, work: (pond: Pond) => Promise<void>): Promise<string> {
  const pond = await createPond(nodeWorld({ storage: nodeStorage(folder), user: 'tester' }))
  try {
    await work(pond)
  } finally {
    await pond.close()
  }
  return `${folder}/data`
}

const AWKWARD = [
  '\ufeffmark',
  'new\nline',
  ' leading',
  '-dash',
  '"quotes"\\',
  "it's",
  'é',
  '😀'.repeat(60),
  '%2F %zz',
  '\u{10ffff}',
]

const plain: History = {
  name: 'a plain history',
  make: (folder) =>
    withPond(folder, async (pond) => {
      for (const [index, name] of AWKWARD.entries()) await put(pond, `/names/${name}`, encode(`${index}: ${name}`))
      await put(pond, '/empty', new Uint8Array(0))
      await pond.commit({ message: 'first\nwith a second line', author: 'Ünïcode' })
      await pond.stage((fs) => fs.createSymlink('/link', '/names/é'))
      await put(pond, '/names/é', encode('again'), true)
      await pond.commit({ message: 'second' })
      await pond.stage((fs) => fs.rename('/names', '/moved'))
      await pond.stage((fs) => fs.remove('/empty'))
      await pond.commit({ message: 'third' })
      // Pending work is none of the table's.
      await put(pond, '/pending', encode('not committed'))
    }),
}

const checkpointed: History = {
  name: 'a history with a checkpoint, a compaction and commits after them',
  make: (folder) =>
    withPond(folder, async (pond) => {
      for (let version = 1; version <= 70; version++) {
        await put(pond, `/d${version % 7}/file ${version}`, encode(`content ${version}\n`.repeat(version)))
        await pond.commit({ message: `version ${version}` })
        if (version === 40) await pond.compact()
        if (version === 60) await pond.checkpoint()
      }
      await pond.compact()
      await put(pond, '/last', encode('last'))
      await pond.commit({ message: 'after everything' })
    }),
}

const large: History = {
  name: 'a history with content beyond 64 KiB',
  make: (folder) =>
    withPond(folder, async (pond) => {
      for (const size of [65_535, 65_536, 65_537, 3_000_000]) {
        await put(
          pond,
          `/${size}`,
          new Uint8Array(size).map((_, index) => (index * 31 + (index >> 8)) & 255),
        )
      }
      await pond.commit({ message: 'around the limit' })
      await put(pond, '/65536', new Uint8Array(70_000).fill(1), true)
      await put(pond, '/65537', encode('small now'), true)
      await pond.commit({ message: 'across the limit' })
    }),
}

/** Appended versions, a table, conversions on the way in; then merged and checkpointed, and gone on from there. */
const series: History = {
  name: 'a history of series, tables and moves, merged and checkpointed',
  make: (folder) =>
    withPond(folder, async (pond) => {
      for (let part = 0; part < 20; part++) {
        const lines = Array.from(
          { length: 50 },
          (_, row) => `2026-01-${String(part + 1).padStart(2, '0')} 00:00:${String(row).padStart(2, '0')},${row}`,
        )
        await pond.appendSeries('/sensors/a', [encode(`timestamp,value\n${lines.join('\n')}\n`)], {
          format: 'csv',
          parents: true,
          commit: { message: `part ${part}` },
        })
        if (part === 9) await pond.stage((fs) => fs.rename('/sensors/a', '/moved'), { commit: { message: 'moved' } })
        if (part === 9) await pond.stage((fs) => fs.rename('/moved', '/sensors/a'), { commit: { message: 'back' } })
      }
      await pond.compact()
      await pond.checkpoint()
      await put(pond, '/after', encode('after'))
      await pond.commit({ message: 'after' })
    }),
}

/** Thousands of small commits: `POND_INTEROP_LONG` sets how many. */
const long: History = {
  name: 'a long history',
  async make(folder) {
    const world = nodeWorld({ storage: unsynced(nodeStorage(folder)), user: 'tester' })
    const pond = await createPond(world)
    await commitVersions(pond, Number(process.env['POND_INTEROP_LONG'] ?? 1_200))
    await pond.close()
    return `${folder}/data`
  },
}

const empty: History = { name: 'an empty pond', make: (folder) => withPond(folder, async () => undefined) }

/** Rows that no pond writes, but every column's type allows. */
const hardRows: History = {
  name: 'a table with nulls everywhere, the largest numbers and the oddest texts',
  async make(folder) {
    const storage = nodeStorage(folder)
    const world = nodeWorld({ storage })
    const table = await OplogTable.create(storage, 'data', world)
    for (let version = 1; version <= 40; version++) {
      const on = await table.snapshot()
      const transactionId = world.random.uuid(world.clock.now())
      const pond = { version, transactionId, committedAtUs: world.clock.now() }
      // From 21 on with so much content that merging takes the bulk writer, with zstd and a page index.
      const rows = hardRow(version).map((row) =>
        row.content?.length && version > 20 ? { ...row, content: world.random.bytes(65_536) } : row,
      )
      await table.commit({
        on,
        rows: [...rows, { ...rows[0]!, version: version + 3_000, content: world.random.bytes(30_000) }],
        pond,
        operation: 'WRITE',
      })
      if (version === 20 || version === 36) await table.compact(await table.snapshot(), { underLock: (work) => work() })
      if (version === 38) await table.checkpoint(await table.snapshot())
    }
    return `${folder}/data`
  },
}

function hardRow(version: number): OplogRow[] {
  const base: OplogRow = {
    partId: 'part',
    nodeId: `node ${version}`,
    fileType: 'file:data',
    timestamp: 1_767_225_600_000_001 + version,
    version,
    content: null,
    sha256: null,
    size: null,
    minEventTime: null,
    maxEventTime: null,
    extendedAttributes: null,
    txnSeq: version,
    operation: 'create',
    name: null,
    path: null,
  }
  const name = AWKWARD[version % AWKWARD.length]!
  return [
    base,
    { ...base, version: version + 1_000, name, path: `/${name}`, extendedAttributes: JSON.stringify({ name }) },
    { ...base, version: version + 2_000, content: new Uint8Array(0), size: 0 },
    {
      ...base,
      version: Number.MAX_SAFE_INTEGER - version,
      timestamp: version,
      content: Uint8Array.from({ length: 65_536 }, (_, index) => (index * version) & 255),
      size: Number.MAX_SAFE_INTEGER,
      minEventTime: Number.MIN_SAFE_INTEGER,
      maxEventTime: -1,
    },
  ]
}

export const HISTORIES: readonly History[] = [plain, checkpointed, large, series, long, empty, hardRows]
