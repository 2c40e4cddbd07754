/**
 * A history of ten thousand small commits: few files whatever its length, every version of every file as
 * it was, before and after merging, and opening that reads the live files and the tail of the log only.
 * `POND_LONG` sets how many versions.
 */
import { describe, expect, it } from 'vitest'
import { countReads, override } from '../../src/main/oplog/testing/storage'
import type { Storage } from '../../src/main/platform'
import { Prng, SimClock, SimStorage, simWorld } from '../../src/main/platform/sim'
import { openPond, createPond, type Pond } from '../../src/main/pond'
import { OplogTable } from '../../src/main/oplog'
import { changesOf, commitVersions, contentAt, FILES, OFTEN, pathOf } from './history'

const VERSIONS = Number(process.env['POND_LONG'] ?? 10_000)
const SMALL_BYTES = 4 * 1024 * 1024
/** From here on only the number of versions grows. */
const EARLY = 1_000

const world = (storage: Storage, clock: SimClock) => simWorld({ seed: 5, storage, clock })

async function live(storage: Storage, clock: SimClock) {
  return (await (await OplogTable.open(storage, 'data', world(storage, clock))).snapshot()).files
}

async function readRandomVersions(pond: Pond, random: Prng, upTo: number, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const version = 1 + random.below(upTo)
    const file = random.below(FILES)
    const expected = contentAt(file, version)
    const found = await text(pond, pathOf(file), version).catch((error: unknown) => {
      if (expected === undefined) return undefined
      throw error
    })
    expect({ version, file, found }).toEqual({ version, file, found: expected })
  }
}

async function text(pond: Pond, path: string, version: number): Promise<string> {
  const reader = await pond.open(path, String(version))
  try {
    return new TextDecoder().decode(await reader.read(0, reader.size))
  } finally {
    await reader.close()
  }
}

describe(`a history of ${VERSIONS} commits`, () => {
  it(
    'stays in few files, opens at a constant price, and has every version as it was',
    { timeout: 7_200_000 },
    async () => {
      const storage = new SimStorage()
      const clock = new SimClock()
      const random = new Prng(3)
      let pond = await createPond(world(storage, clock))
      let mostSmall = 0
      let early: Cost | undefined
      await commitVersions(pond, VERSIONS, async (version) => {
        if (version % 500 !== 0) return
        const files = await live(storage, clock)
        mostSmall = Math.max(mostSmall, files.filter(({ size }) => size < SMALL_BYTES).length)
        if (version === EARLY) early = await costOfOpening(storage, clock)
      })
      expect(mostSmall).toBeLessThanOrEqual(100)
      await readRandomVersions(pond, random, VERSIONS, 150)
      const before = await described(pond)
      const merged = await pond.compact()
      expect(merged.filesAfter).toBeLessThanOrEqual(merged.filesBefore)
      await pond.checkpoint()
      await pond.close()

      pond = await openPond(world(storage, clock))
      await readRandomVersions(pond, random, VERSIONS, 150)
      expect(await described(pond)).toEqual(before)
      expect(await pond.fileVersions(OFTEN.path)).toHaveLength(Math.floor(VERSIONS / OFTEN.every))
      expect(changesOf(VERSIONS).length).toBeGreaterThan(0)
      await pond.close()

      for (const third of [0, 1, 2]) {
        const cost = await costOfReading(storage, clock, third)
        console.info(`reading one version in third ${third} costs at most`, cost)
        expect(cost.files).toBeLessThanOrEqual(16)
        expect(cost.bytes).toBeLessThan(1_200_000)
      }

      const late = await costOfOpening(storage, clock)
      console.info(`${VERSIONS} versions: at most ${mostSmall} small files; opening early`, early, 'late', late)
      // The tail is at most one checkpoint's interval, wherever in it an opening falls.
      expect(late.files).toBeLessThanOrEqual(130)
      expect(late.bytes).toBeLessThan(1.5 * early!.bytes + 200_000)
    },
  )
})

interface Cost {
  /** Opened, and looked for. */
  readonly files: number
  readonly bytes: number
}

/** What opening a pond asks of the disk. */
async function costOfOpening(storage: SimStorage, clock: SimClock): Promise<Cost> {
  let files = 0
  const counted = countReads(storage.anotherProcess())
  const watched = override(counted.storage, {
    open: (path) => (files++, counted.storage.open(path)),
    readFile: (path) => (files++, counted.storage.readFile(path)),
    list: (folder) => Promise.reject(new Error(`opening lists ${folder}`)),
  })
  const pond = await openPond(world(watched, clock))
  await pond.info()
  await pond.close()
  return { files, bytes: counted.bytes() }
}

/** What reading a file at one of some versions spread over a third of the history asks of the disk at most, in a pond just opened. */
async function costOfReading(storage: SimStorage, clock: SimClock, third: number): Promise<Cost> {
  const worst = { files: 0, bytes: 0 }
  for (let turn = 0; turn < 12; turn++) {
    const version = 1 + Math.floor(((third + ((turn * 0.618) % 1)) / 3) * (VERSIONS - 1))
    const file = (turn * 389 + third) % FILES
    const expected = contentAt(file, version)
    if (expected === undefined) continue
    let files = 0
    const counted = countReads(storage.anotherProcess())
    const watched = override(counted.storage, {
      open: (path) => (files++, counted.storage.open(path)),
      readFile: (path) => (files++, counted.storage.readFile(path)),
    })
    const pond = await openPond(world(watched, clock))
    await pond.info()
    const before = { files, bytes: counted.bytes() }
    expect(await text(pond, pathOf(file), version)).toBe(expected)
    await pond.close()
    worst.files = Math.max(worst.files, files - before.files)
    worst.bytes = Math.max(worst.bytes, counted.bytes() - before.bytes)
  }
  return worst
}

/** Some pages of the log, and the tree now and in the middle. */
async function described(pond: Pond): Promise<unknown> {
  const middle = Math.floor(VERSIONS / 2)
  return {
    log: await pond.log({ before: middle, limit: 40 }),
    entries: await pond.glob('/**', { at: 'head' }),
    earlier: await pond.glob('/d1*/*', { at: String(middle) }),
    show: await pond.show(middle),
  }
}
