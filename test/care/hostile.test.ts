/**
 * What real engines left of a pond (test/fixtures/hostile.py, with delta-rs 1.6.6 and Spark 4.0.1 with Delta 4.0.1): the
 * right answer to each. Times are read under a zone that is not UTC; Spark's file has INT96.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { openPond, toJson, type Pond } from '../../src/main/pond'

const fixtures = join(import.meta.dirname, '..', 'fixtures')
const root = await mkdtemp(join(tmpdir(), 'duckpond-hostile-'))
execFileSync('tar', ['-xzf', 'hostile.tar.gz', '-C', root], { cwd: fixtures })
const names = await readdir(root)

const ZONE = process.env['TZ']
let before: unknown
beforeAll(async () => {
  process.env['TZ'] = 'Asia/Kolkata'
  const pond = await open('original')
  before = await described(pond)
  await pond.close()
})
afterAll(async () => {
  if (ZONE === undefined) delete process.env['TZ']
  else process.env['TZ'] = ZONE
  await rm(root, { recursive: true, force: true })
})

const open = (name: string): Promise<Pond> =>
  openPond(nodeWorld({ storage: nodeStorage(join(root, name)), user: 'tester' }))

const QUESTIONS = [
  'SELECT * EXCLUDE (content), hash(content), epoch_us(timestamp) FROM oplog_rows ORDER BY node_id, version',
  'SELECT * FROM pond.log ORDER BY version',
  'SELECT * FROM pond.file_versions ORDER BY path, version',
]

async function described(pond: Pond): Promise<unknown> {
  const seen: unknown[] = [await pond.log(), await pond.status()]
  for (const at of ['1', '2', '3', '4'])
    for (const entry of await pond.glob('/**', { at })) {
      if (entry.fileType === 'directory') continue
      const reader = await pond.open(entry.path, at)
      seen.push([at, entry, Buffer.from(await reader.read(0, reader.size)).toString('hex')])
      await reader.close()
    }
  for (const sql of QUESTIONS) {
    const stream = await pond.queries.stream(await pond.source('head'), sql)
    for await (const batch of stream.batches)
      for (const row of batch) seen.push(row.map((value, index) => toJson(value, stream.columns[index]!.type)))
  }
  return seen
}

const REARRANGED = ['deltars-checkpoint', 'deltars-optimize', 'spark-optimize', 'spark-vacuum']
const CHANGED: Readonly<Record<string, RegExp>> = {
  'deltars-append': /added or removed rows/,
  'deltars-delete': /changed the table's schema or properties; Delta version 6: .*added or removed rows/,
  'deltars-properties': /schema or properties/,
  'spark-append': /added or removed rows/,
  'spark-column-mapping': /needs a Delta reader of version 2|protocol/,
  'spark-delete': /schema or properties; Delta version 6: .*added or removed rows/,
  'spark-restore': /schema or properties; Delta version 6: .*added or removed rows/,
  'spark-vectors': /deletionVectors/,
}

it('every one of them has its answer here', () => {
  expect([...REARRANGED, ...Object.keys(CHANGED), 'original'].sort()).toEqual(names.toSorted())
})

it.each(REARRANGED)('%s: reads as before, goes on, and is written as ours when asked', async (name) => {
  let pond = await open(name)
  expect((await pond.info()).readOnly).toBeNull()
  expect(await described(pond)).toEqual(before)
  expect((await pond.verify()).problems).toEqual([])
  await pond.compact()
  expect(await described(pond)).toEqual(before)
  await pond.gc({ graceMs: 0 })
  expect((await pond.verify()).problems).toEqual([])
  await pond.close()
  pond = await open(name)
  expect(await described(pond)).toEqual(before)
  const content = await pond.prepare([new TextEncoder().encode('goes on')])
  const { commit } = await pond.stage((fs) => fs.put('/new', content), { commit: { message: 'goes on' } })
  expect(commit).toMatchObject({ outcome: 'committed', version: 5 })
  await pond.close()
})

it.each(Object.entries(CHANGED))(
  '%s: reads as it was before, says why, and goes on once that is set aside',
  async (name, why) => {
    let pond = await open(name)
    const { readOnly } = await pond.info()
    expect(readOnly).toMatchObject({ code: 'oplog.foreign-commit', message: expect.stringMatching(why) })
    expect(await described(pond)).toEqual(before)
    expect((await pond.verify()).problems.map(({ kind }) => kind)).toEqual(['oplog.foreign-commit'])
    await pond.recover({ setForeignAside: true })
    await pond.close()
    pond = await open(name)
    expect((await pond.info()).readOnly).toBeNull()
    expect(await described(pond)).toEqual(before)
    expect((await pond.verify()).problems).toEqual([])
    expect((await pond.gc()).removed).toEqual([])
    await pond.close()
  },
)
