/**
 * What a long history and a large directory cost: opening, any version at random, the history of one
 * entry, verification.
 */
import { createHash } from 'node:crypto'
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeStorage, nodeWorld } from '../src/main/platform/node'
import { createPond, openPond, toJson, type Pond } from '../src/main/pond'
import { commitVersions, contentAt, FILES, OFTEN, pathOf, unsynced } from '../test/long/history'
import { interleaved, ms, ratio, type Row, type Sample, type Subject } from './measure'
import { KEPT, VERSIONS } from './sizes'
import { newPond, reopen, text } from './world'

const FEW = 1_000
const ENTRIES = 100_000
const LARGE_FILES = 40
const LARGE_BYTES = 8 << 20

/** Target: 50 ms, and at most 1.5 times what a thousand versions cost. */
export async function openLongHistory(): Promise<Row> {
  const few = await history(FEW)
  const many = await history(VERSIONS)
  const list = async (folder: string): Promise<void> => {
    const pond = await reopen(folder)
    await pond.list('/')
    await pond.close()
  }
  const samples = await interleaved(
    [
      { name: `${FEW} versions`, run: () => list(few) },
      { name: `${VERSIONS} versions`, run: () => list(many) },
    ],
    15,
  )
  const [a, b] = samples as [Sample, Sample]
  const value = b.medianMs / a.medianMs
  return {
    workload: 'open a pond with a long history and list its root, process warm',
    samples,
    verdict: {
      measured: `${ms(b.medianMs)}, ${value.toFixed(2)}x of ${FEW} versions`,
      target: '<= 50 ms and <= 1.5x',
      met: b.medianMs <= 50 && value <= 1.5,
    },
  }
}

/** A fresh version each time, spread over all of them: target p95 100 ms, flat. */
export async function readRandomVersions(): Promise<Row> {
  const pond = await reopen(await history(VERSIONS))
  const thirds = await interleaved(
    [0, 1, 2].map((third) => ({
      name: `in the ${['first', 'second', 'last'][third]} third`,
      run: async (turn: number) => {
        const version = 1 + Math.floor(((third + ((turn * 0.618) % 1)) / 3) * (VERSIONS - 1))
        const file = (turn * 389 + third) % FILES
        if (contentAt(file, version) === undefined) return
        const reader = await pond.open(pathOf(file), String(version))
        const found = Buffer.from(await reader.read(0, reader.size)).toString()
        await reader.close()
        if (found !== contentAt(file, version)) throw new Error(`wrong content of ${file} at ${version}`)
      },
    })),
    60,
  )
  await pond.close()
  const worst = Math.max(...thirds.map(({ p95Ms }) => p95Ms))
  return {
    workload: `read a file at a random version of ${VERSIONS}`,
    samples: thirds,
    verdict: { measured: `p95 ${ms(worst)}`, target: 'p95 <= 100 ms in each third', met: worst <= 100 },
  }
}

/** Against DuckDB on the same Parquet files. */
export async function nodeHistory(): Promise<Row> {
  const folder = await history(VERSIONS)
  const { nodeId } = await withPond(folder, (pond) => pond.stat(OFTEN.path))
  const query = `SELECT version, txn_seq, size, sha256 FROM oplog_entries WHERE node_id = '${nodeId}' ORDER BY version`
  const pond = await reopen(folder)
  const samples = await interleaved(
    [
      {
        name: 'DuckDB on the same files',
        run: async () => {
          const stream = await pond.queries.stream(await pond.source('head'), query)
          let rows = 0
          for await (const batch of stream.batches)
            for (const row of batch) if (toJson(row[0]!, stream.columns[0]!.type) !== null) rows++
          if (rows === 0) throw new Error('DuckDB found nothing')
        },
      },
      { name: 'pond', run: async () => void (await pond.fileVersions(OFTEN.path)) },
    ],
    9,
  )
  await pond.close()
  const [duck, ours] = samples as [Sample, Sample]
  const workload = `history of one entry with ${Math.floor(VERSIONS / OFTEN.every)} versions among ${VERSIONS}`
  return { workload, samples, verdict: ratio(ours, duck, 2) }
}

/** Target: 300 ms. */
export async function listLargeDirectory(): Promise<Row> {
  const { pond, folder } = await newPond('large-directory')
  const content = await pond.prepare([text(1, 30)])
  await pond.stage(async (fs) => {
    for (let index = 0; index < ENTRIES; index++) await fs.put(`/entry ${index}`, content)
  })
  await pond.commit({ message: 'many' })
  await pond.close()
  // As the window asks, and as `pond ls` does.
  const listed = (name: string, list: (opened: Pond) => Promise<number>): Subject => ({
    name,
    run: async () => {
      const opened = await reopen(folder)
      const started = performance.now()
      const total = await list(opened)
      const took = performance.now() - started
      await opened.close()
      if (total !== ENTRIES) throw new Error(`${total} entries`)
      return took
    },
  })
  const samples = await interleaved(
    [
      listed('the first 500', async (opened) => {
        const moment = await opened.moment('pending')
        return (await moment.listPage('/', true, { offset: 0, limit: 500 })).total
      }),
      listed('all of them', async (opened) => (await opened.list('/')).length),
    ],
    7,
  )
  const [page, all] = samples as [Sample, Sample]
  return {
    workload: `list a directory of ${ENTRIES} entries`,
    samples,
    verdict: {
      measured: `${ms(page.medianMs)} until the first are there, ${ms(all.medianMs)} for all`,
      target: '<= 300 ms',
      met: all.medianMs <= 300,
    },
  }
}

/** Against the SHA-256 of the same files: target 0.8 of its speed. */
export async function verifySpeed(): Promise<Row> {
  const { pond, folder } = await newPond('verify')
  for (let index = 0; index < LARGE_FILES; index++) {
    const content = await pond.prepare([text(index, LARGE_BYTES)])
    await pond.stage((fs) => fs.put(`/f${index}`, content))
  }
  await pond.commit({ message: 'large' })
  const samples = await interleaved(
    [
      { name: 'SHA-256 of every file', run: () => hashAll(folder) },
      { name: 'pond verify', run: async () => void (await pond.verify()) },
    ],
    7,
  )
  await pond.close()
  const [floor, ours] = samples as [Sample, Sample]
  return { workload: `verify ${LARGE_FILES} files of 8 MiB`, samples, verdict: ratio(ours, floor, 1.25) }
}

const made = new Map<number, Promise<string>>()

/** Made once in a run; once for all in the folder that is named. */
function history(versions: number): Promise<string> {
  let folder = made.get(versions)
  if (folder === undefined) made.set(versions, (folder = makeHistory(versions)))
  return folder
}

async function makeHistory(versions: number): Promise<string> {
  const folder = KEPT === undefined ? leftAtTheEnd() : join(KEPT, String(versions))
  const world = nodeWorld({ storage: unsynced(nodeStorage(folder)), user: 'bench' })
  const isThere = await stat(join(folder, 'pond.json')).then(
    () => true,
    () => false,
  )
  const pond = isThere ? await openPond(world) : await createPond(world)
  await commitVersions(pond, versions)
  await pond.close()
  return folder
}

/** Several workloads share a history: it goes when the run does, not with the first of them. */
function leftAtTheEnd(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pond-bench-history-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function withPond<T>(folder: string, work: (pond: Pond) => Promise<T>): Promise<T> {
  const pond = await reopen(folder)
  try {
    return await work(pond)
  } finally {
    await pond.close()
  }
}

async function hashAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const hash = createHash('sha256')
    for await (const chunk of createReadStream(join(entry.parentPath, entry.name), { highWaterMark: 1 << 20 }))
      hash.update(chunk as Buffer)
    hash.digest()
  }
}
