/**
 * Another engine's VACUUM removes whatever it does not know below the table. Nothing of a pond may be there
 * but the log and live data files.
 */
import { mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { OplogTable } from '../../src/main/oplog'
import { createPond, openPond, type Pond } from '../../src/main/pond'
import { makeOldPond } from './old-pond'

const root = await mkdtemp(join(tmpdir(), 'duckpond-vacuum-'))
afterAll(() => rm(root, { recursive: true, force: true }))

const world = (folder: string) => nodeWorld({ storage: nodeStorage(folder), user: 'tester' })
const large = (seed: number): Uint8Array =>
  new Uint8Array(70_000).map((_, index) => (index * seed + (index >> 8)) & 255)

async function put(pond: Pond, path: string, content: Uint8Array, replace = false): Promise<void> {
  const prepared = await pond.prepare([content])
  await pond.stage((fs) => fs.put(path, prepared, { replace }))
}

async function bytesAt(pond: Pond, path: string, at: string): Promise<Buffer> {
  const reader = await pond.open(path, at)
  try {
    return Buffer.from(await reader.read(0, reader.size))
  } finally {
    await reader.close()
  }
}

/** Everything below the table goes, however young, but its log and the files that the log's newest version names. */
async function vacuum(pondFolder: string): Promise<readonly string[]> {
  const table = join(pondFolder, 'data')
  const storage = nodeStorage(table)
  const { files } = await (await OplogTable.open(storage, '', nodeWorld({ storage }))).snapshot()
  const live = new Set(files.map(({ path }) => path))
  const removed: string[] = []
  for (const name of await readdir(table, { recursive: true })) {
    if (name === '_delta_log' || name.startsWith('_delta_log/') || live.has(name)) continue
    if ((await stat(join(table, name))).isDirectory()) continue
    await rm(join(table, name))
    removed.push(name)
  }
  return removed
}

it('takes nothing that a version, a pending change or an undo needs', async () => {
  const folder = join(root, 'new')
  const pond = await createPond(world(folder))
  await put(pond, '/file', large(3))
  await pond.commit({ message: 'first' })
  await put(pond, '/file', large(5), true)
  await pond.commit({ message: 'second' })
  await put(pond, '/pending', large(7))
  await put(pond, '/undone', large(9))
  await pond.discard(['/undone'])
  await vacuum(folder)
  expect(await bytesAt(pond, '/file', '1')).toEqual(Buffer.from(large(3)))
  expect(await bytesAt(pond, '/file', '2')).toEqual(Buffer.from(large(5)))
  expect(await bytesAt(pond, '/pending', 'pending')).toEqual(Buffer.from(large(7)))
  await pond.undo()
  expect(await bytesAt(pond, '/undone', 'pending')).toEqual(Buffer.from(large(9)))
  expect(await pond.verify()).toMatchObject({ problems: [] })
  await pond.close()
})

it('takes nothing of a pond that DuckPond 0.1 made once a clean-up has moved its large files', async () => {
  const folder = join(root, 'old')
  await makeOldPond(nodeStorage(folder), [
    { path: '/a', content: large(3) },
    { path: '/b', content: large(5) },
  ])
  const pond = await openPond(world(folder))
  expect((await pond.info()).format).toBe(1)
  const { notes } = await pond.verify()
  expect(notes.map(({ kind }) => kind)).toEqual(['below-the-table'])
  expect(await pond.gc({ dryRun: true })).toEqual({ removed: [], bytes: 0, moved: { files: 2, bytes: 140_000 } })
  expect((await pond.info()).format).toBe(1)
  expect(await pond.gc()).toEqual({ removed: [], bytes: 0, moved: { files: 2, bytes: 140_000 } })
  expect((await pond.info()).format).toBe(2)
  expect(await vacuum(folder)).toEqual([])
  expect(await bytesAt(pond, '/a', '1')).toEqual(Buffer.from(large(3)))
  expect(await pond.verify()).toMatchObject({ problems: [], notes: [] })
  expect(await pond.gc()).toEqual({ removed: [], bytes: 0, moved: { files: 0, bytes: 0 } })
  await pond.close()
})

it('takes nothing that is written into an old pond from now on, which is said once', async () => {
  const folder = join(root, 'written')
  await makeOldPond(nodeStorage(folder), [{ path: '/a', content: large(3) }])
  const pond = await openPond(world(folder))
  await put(pond, '/small', new Uint8Array(10))
  expect([(await pond.info()).format, pond.takeNotices()]).toEqual([1, []])
  await put(pond, '/b', large(5))
  expect((await pond.info()).format).toBe(2)
  expect(pond.takeNotices()).toEqual([expect.stringContaining('format 2')])
  await put(pond, '/c', large(7))
  expect(pond.takeNotices()).toEqual([])
  await pond.commit({ message: 'more' })
  const old = (await readdir(join(folder, 'data'), { recursive: true })).filter((name) => /[0-9a-f]{64}$/.test(name))
  expect(old).toHaveLength(1)
  expect(await bytesAt(pond, '/a', '2')).toEqual(Buffer.from(large(3)))
  expect(await bytesAt(pond, '/b', '2')).toEqual(Buffer.from(large(5)))
  await pond.close()
})

it('leaves alone what nothing names while it is young, in either place', async () => {
  const folder = join(root, 'young')
  await makeOldPond(nodeStorage(folder), [{ path: '/a', content: large(3) }])
  const pond = await openPond(world(folder))
  await put(pond, '/given up', large(5))
  await pond.discard([])
  await put(pond, '/kept', large(7))
  await pond.commit({ message: 'kept' })
  const [blob] = (await readdir(join(folder, 'large'), { recursive: true })).filter((name) => name.length > 60)
  expect(blob).toBeDefined()
  const aged = new Date(Date.now() - 8 * 86_400_000)
  for (const name of await readdir(join(folder, 'large'), { recursive: true }))
    if (name.length > 60) await utimes(join(folder, 'large', name), aged, aged)
  expect(await pond.gc()).toMatchObject({ removed: [{ kind: 'blob', bytes: 70_000 }], moved: { files: 1 } })
  expect(await pond.verify()).toMatchObject({ problems: [] })
  await pond.close()
})
