/**
 * A clean-up removes what nothing can ask for, all of it and nothing else. What is needed is worked out
 * a second time here, from the log's text, the rows and the journal's operations.
 */
import { describe, expect, it } from 'vitest'
import { runs } from '../../src/shared/testing/runs'
import { OplogTable } from '../../src/main/oplog'
import { makeOwnedFolder } from '../../src/main/platform'
import { Prng, SimClock, SimStorage, simWorld, type Loss } from '../../src/main/platform/sim'
import { EMPTY_POND, outcomes, randomAct, type Act, type PondState } from '../simulation/model'
import { performUntilCrash, SimulatedPond } from '../simulation/pond'
import { Pending } from '../../src/main/tlogfs'

const NONE = { files: 0, bytes: 0 }
const HISTORIES = Number(process.env['POND_GC_HISTORIES'] ?? runs(6))
const ACTS = 70
const DAY_MS = 86_400_000

interface Made {
  readonly pond: SimulatedPond
  readonly state: PondState
  readonly clock: SimClock
}

/** A pond with a random past: discards, undos, checkpoints, merges, and processes that were killed at work. */
async function randomPond(seed: number, acts = ACTS): Promise<Made> {
  const random = new Prng(seed)
  const clock = new SimClock()
  const storage = new SimStorage({ nowMs: () => Math.floor(clock.now() / 1_000) })
  let pond = new SimulatedPond(storage, seed, { clock })
  await pond.create()
  let state = EMPTY_POND
  for (let count = 0; count < acts; count++) {
    const act: Act = random.chance(0.1) ? { kind: 'checkpoint' } : randomAct(random, state)
    if (random.chance(0.15)) pond.storage.crashAt(pond.storage.operations + 1 + random.below(20))
    const { crashed, allowed } = await performUntilCrash(pond, [act], state)
    if (crashed) {
      await pond.close()
      pond = pond.next(pond.storage.afterCrash(random.pick<Loss>(['nothing-lost', 'all-unsynced-lost', count])))
      state = await pond.find(allowed)
    } else state = allowed[0]!
    pond.storage.crashAt(Infinity)
  }
  return { pond, state, clock }
}

describe('a clean-up', () => {
  it.each(Array.from({ length: HISTORIES }, (_, seed) => seed))(
    'of random history %i removes the garbage and nothing else; every version, what is pending and the undo read as before',
    { timeout: 60_000 },
    async (seed) => {
      const { pond, state } = await randomPond(seed)
      const before = await filesOf(pond.storage)
      const needed = await neededFiles(pond)
      const engine = await pond.open()
      const said = await engine.gc({ graceMs: 0, dryRun: true })
      expect(await filesOf(pond.storage)).toEqual(before)
      const report = await engine.gc({ graceMs: 0 })
      expect(report).toEqual(said)
      const after = await filesOf(pond.storage)
      expect([...before.keys()].filter((file) => !after.has(file)).sort()).toEqual(
        report.removed.map(({ file }) => file),
      )
      expect(report.bytes).toBe(report.removed.reduce((sum, { file }) => sum + before.get(file)!, 0))
      expect(new Set(after.keys())).toEqual(new Set([...before.keys()].filter((file) => needed.has(file))))
      await goesOn(pond, state)
      expect(await (await pond.open()).gc({ graceMs: 0 })).toEqual({ removed: [], bytes: 0, moved: NONE })
      await pond.close()
    },
  )

  it('of such histories has something of every kind to remove', async () => {
    const kinds = new Set<string>()
    for (let seed = 100; seed < 108; seed++) {
      const { pond } = await randomPond(seed, 50)
      for (const { kind } of (await (await pond.open()).gc({ graceMs: 0 })).removed) kinds.add(kind)
      await pond.close()
    }
    expect([...kinds].sort()).toEqual(['blob', 'data-file', 'temporary'])
  })

  it('takes what killed processes worked in, however young, and leaves what is in use', async () => {
    const clock = new SimClock()
    const storage = new SimStorage({ nowMs: () => Math.floor(clock.now() / 1_000) })
    const pond = new SimulatedPond(storage, 1, { clock })
    await pond.create()
    const engine = await pond.open()
    const world = simWorld({ seed: 2, storage, clock })
    const place = { storage, folder: 'cache' }
    const used = await makeOwnedFolder(world, place)
    await storage.makeFolder('cache/work-left/duckdb-0')
    for (const path of [`${used.path}/file`, 'cache/work-left/duckdb-0/spilled'])
      await (await storage.create(path)).close()
    const cached = async () => [...(await filesOf(storage)).keys()].filter((file) => file.startsWith('cache/work-left'))
    const said = await engine.gc({ dryRun: true })
    expect(said.removed.map(({ file }) => file)).toEqual(['cache/work-left/duckdb-0/spilled', 'cache/work-left/lock'])
    expect((await cached()).sort()).toEqual(said.removed.map(({ file }) => file))
    expect(await engine.gc({})).toEqual(said)
    expect(await storage.stat('cache/work-left')).toBeUndefined()
    expect(await storage.stat(`${used.path}/file`)).toBeDefined()
    await pond.close()
  })

  it('takes what was cut off the journal, once it is old enough', async () => {
    const clock = new SimClock()
    const storage = new SimStorage({ nowMs: () => Math.floor(clock.now() / 1_000) })
    const pond = new SimulatedPond(storage, 1, { clock })
    await pond.create()
    await pond.perform({ kind: 'stage', changes: [{ kind: 'directory', path: '/d' }], commit: false })
    await pond.close()
    const writer = await storage.append('pending/journal')
    await writer.write(new Uint8Array(40).fill(9))
    await writer.close()
    const engine = await pond.next(storage.anotherProcess()).open()
    expect(await engine.gc({})).toEqual({ removed: [], bytes: 0, moved: NONE })
    await clock.sleep(8 * DAY_MS)
    expect(await engine.gc({})).toMatchObject({ removed: [{ kind: 'journal' }], bytes: 40 })
    expect(await engine.status()).toMatchObject({ pendingOperations: 1 })
  })

  it('that ends at any step leaves a pond that is whole, and the next one finishes', { timeout: 60_000 }, async () => {
    const { pond, state } = await randomPond(5, 60)
    await pond.close()
    let k = 1
    for (; ; k += 2) {
      const dying = pond.next(pond.storage.afterCrash('nothing-lost'))
      dying.storage.crashAt(k)
      const done = await dying
        .open()
        .then((engine) => engine.gc({ graceMs: 0 }))
        .then(
          () => true,
          () => false,
        )
      await dying.close()
      if (done) break
      for (const loss of ['nothing-lost', 'all-unsynced-lost', k] as const) {
        const next = dying.next(dying.storage.afterCrash(loss))
        await (await next.open()).gc({ graceMs: 0 })
        await goesOn(next, state)
        await next.close()
      }
    }
    expect(k).toBeGreaterThan(5)
  })

  it('spares what is younger than seven days, and a data file for as long after its rows were moved', async () => {
    const clock = new SimClock()
    const storage = new SimStorage({ nowMs: () => Math.floor(clock.now() / 1_000) })
    const pond = new SimulatedPond(storage, 1, { clock })
    await pond.create()
    const write = (path: string, size: number, commit = true): Promise<void> =>
      pond.perform({
        kind: 'stage',
        changes: [{ kind: 'write', path, content: new Uint8Array(size).fill(size) }],
        commit,
      })
    await write('/kept', 70_000)
    await write('/given up', 80_000, false)
    await pond.perform({ kind: 'discard' })
    // The undo needs it until the next commit.
    await clock.sleep(8 * DAY_MS)
    const engine = await pond.open()
    expect(await engine.gc({})).toMatchObject({ removed: [] })
    for (let count = 0; count < 20; count++) await write(`/small ${count}`, 10)
    expect((await engine.gc({})).removed.map(({ kind, bytes }) => [kind, bytes])).toEqual([['blob', 80_000]])
    const { removed } = await engine.gc({ graceMs: 0, dryRun: true })
    expect(removed.filter(({ kind }) => kind === 'data-file').length).toBeGreaterThan(10)
    await clock.sleep(6 * DAY_MS)
    expect((await engine.gc({})).removed).toEqual([])
    await clock.sleep(2 * DAY_MS)
    expect((await engine.gc({})).removed).toEqual(removed)
    await pond.mustVerify()
  })

  it('refuses, and removes nothing, where a data file is gone, the journal is damaged or another program wrote', async () => {
    for (const [code, damage] of [
      ['oplog.missing-data', (storage: SimStorage, live: string) => storage.remove(`data/${live}`)],
      ['oplog.corrupt-data', (storage: SimStorage, live: string) => flip(storage, `data/${live}`)],
      ['tlogfs.journal-damaged', (storage: SimStorage) => flip(storage, 'pending/journal')],
      ['oplog.foreign-commit', appendAsAnother],
    ] as const) {
      const { pond } = await randomPond(5)
      const [live] = (await (await pond.parts()).store.state()).snapshot.files
      await pond.close()
      await damage(pond.storage, live!.path)
      const before = await filesOf(pond.storage)
      const next = pond.next(pond.storage.afterCrash('nothing-lost'))
      await expect((await next.open()).gc({ graceMs: 0 })).rejects.toMatchObject({ code })
      expect(new Set((await filesOf(next.storage)).keys())).toEqual(new Set(before.keys()))
    }
  })

  it('takes nothing from a merge that is under way: that one gives up, or has linked its files', async () => {
    const { pond, state } = await randomPond(7)
    for (let count = 0; count < 3; count++) {
      const engine = await pond.open()
      const { store } = await pond.parts()
      const { snapshot } = await store.state()
      const merging = store.table.compact(snapshot, {
        // Between the writing of the outputs and the lock.
        underLock: async (work) => {
          await engine.gc({ graceMs: 0 })
          return store.underLock(work)
        },
      })
      expect(['nothing', 'superseded']).toContain(await merging)
      await pond.perform({ kind: 'stage', changes: [{ kind: 'directory', path: `/more ${count}` }], commit: false })
    }
    await pond.mustVerify()
    expect(state.versions.length).toBeGreaterThan(3)
  })
})

/** The pond is in this state, sound, and does its undo and the next commit. */
async function goesOn(pond: SimulatedPond, state: PondState): Promise<void> {
  await pond.find([state])
  await pond.mustVerify()
  const fresh = pond.next(pond.storage.afterCrash('nothing-lost'))
  let at = await fresh.find([state])
  if (at.discarded !== null) {
    await fresh.perform({ kind: 'undo' })
    at = await fresh.find(outcomes(at, { kind: 'undo' }).slice(-1))
  }
  const act: Act = { kind: 'stage', changes: [{ kind: 'directory', path: '/after' }], commit: true }
  await fresh.perform(act)
  await fresh.find(outcomes(at, act).slice(-1))
  await fresh.mustVerify()
  await fresh.close()
}

/** By path, with sizes. */
async function filesOf(storage: SimStorage, folder = ''): Promise<Map<string, number>> {
  const files = new Map<string, number>()
  for (const { name, kind } of await storage.list(folder)) {
    const path = folder === '' ? name : `${folder}/${name}`
    if (kind === 'file') files.set(path, (await storage.stat(path))!.sizeBytes)
    else for (const [inner, size] of await filesOf(storage, path)) files.set(inner, size)
  }
  return files
}

async function neededFiles(pond: SimulatedPond): Promise<Set<string>> {
  const { storage } = pond
  const needed = new Set(['pond.json', 'pending/journal', 'pending/lock'])
  const live = new Set<string>()
  for (const name of [...(await storage.list('data/_delta_log'))].map((entry) => entry.name).sort()) {
    if (!name.startsWith('.')) needed.add(`data/_delta_log/${name}`)
    if (!/^\d{20}\.json$/.test(name)) continue
    for (const line of new TextDecoder().decode(await storage.readFile(`data/_delta_log/${name}`)).split('\n')) {
      const { add, remove } = line === '' ? {} : (JSON.parse(line) as Record<string, { path: string } | undefined>)
      if (add !== undefined) live.add(`data/${add.path}`)
      if (remove !== undefined) live.delete(`data/${remove.path}`)
    }
  }
  for (const file of live) needed.add(file)
  const name = (sha256: string | null): string => `large/${sha256?.slice(0, 2)}/${sha256}`
  const table = await OplogTable.open(storage, 'data', simWorld({ seed: 1, storage }))
  for await (const rows of (await table.snapshot()).scan()) for (const { sha256 } of rows) needed.add(name(sha256))
  const { pondId } = JSON.parse(new TextDecoder().decode(await storage.readFile('pond.json'))) as { pondId: string }
  // Taking the lock first finishes what a crash left, so that committed operations are out of the journal.
  await (await pond.open()).recover()
  const pending = await Pending.open(storage, 'pending/journal', pondId)
  for (const { sha256 } of await pending.operations(new Set())) needed.add(name(sha256))
  const last = pending.lastUndoable(new Set())
  if (last !== undefined)
    for (const { sha256 } of await pending.operationsWithout(last.seq, new Set())) needed.add(name(sha256))
  return needed
}

async function flip(storage: SimStorage, file: string): Promise<void> {
  const bytes = await storage.readFile(file)
  bytes[bytes.length >> 1]! ^= 0x10
  await storage.remove(file)
  const writer = await storage.create(file)
  await writer.write(bytes)
  await writer.sync()
  await writer.close()
}

async function appendAsAnother(storage: SimStorage): Promise<void> {
  const names = (await storage.list('data/_delta_log'))
    .map(({ name }) => name)
    .filter((name) => /^\d+\.json$/.test(name))
  const path = `data/_delta_log/${String(names.length).padStart(20, '0')}.json`
  const writer = await storage.create(path)
  const commitInfo = { timestamp: 1, operation: 'WRITE', engineInfo: 'another' }
  const remove = { path: 'x.parquet', dataChange: true }
  await writer.write(new TextEncoder().encode(`${JSON.stringify({ commitInfo })}\n${JSON.stringify({ remove })}\n`))
  await writer.sync()
  await writer.close()
}
