/** What opening many small files costs, counted in what is asked of the disk. */
import { beforeAll, describe, expect, it } from 'vitest'
import { SimStorage } from '../../src/main/platform/sim'
import { counted, type Counts } from '../../src/main/platform/testing/counted'
import { TestPond } from '../steward/test-pond'
import type { Moment, PreparedContent } from '../../src/main/steward'

// Data files of fewer rows are read whole; there are never many of them.
const FILES = 9_000
const PADDING = ' '.repeat(200)

const contentOf = (i: number): string => `file ${i}${PADDING}`
/** In no order: where a file's row is follows from when it was made. */
const pathOf = (i: number): string => `/d/${((i * 7_919) % FILES).toString(36)}`

const isData = (path: string): boolean => path.endsWith('.parquet') && !path.includes('checkpoint')

interface Made {
  readonly pond: TestPond
  /** Commits one more slice of the files. */
  readonly commitSlice: () => Promise<void>
}

/** A pond to which the files come in slices, each a data file. */
async function madeIn(slices: number): Promise<Made> {
  const pond = await TestPond.create(new SimStorage())
  let slice = 0
  const commitSlice = async (): Promise<void> => {
    const contents = new Map<string, PreparedContent>()
    for (let i = slice++; i < FILES; i += slices)
      contents.set(pathOf(i), await pond.engine.prepare([new TextEncoder().encode(contentOf(i))]))
    await pond.engine.stage(async (fs) => {
      for (const [path, content] of contents) await fs.put(path, content, { parents: true })
    })
    await pond.commit()
    await pond.steward.maintenance.settled()
  }
  return { pond, commitSlice }
}

async function dataBytes(disk: SimStorage): Promise<number> {
  let bytes = 0
  for (const { name } of await disk.list('data'))
    if (isData(name)) bytes += (await disk.stat(`data/${name}`))?.sizeBytes ?? 0
  return bytes
}

/** What a process that has read nothing yet asks of the data files. */
async function cost({ pond }: Made, work: (moment: Moment, other: TestPond) => Promise<unknown>): Promise<Counts> {
  const { storage, during } = counted(pond.storage.anotherProcess(), isData)
  const other = await pond.another(storage)
  const moment = await other.engine.moment('head')
  return during(() => work(moment, other))
}

let two: Made
let bytes: number

beforeAll(async () => {
  two = await madeIn(2)
  await two.commitSlice()
  await two.commitSlice()
  bytes = await dataBytes(two.pond.storage)
}, 60_000)

async function openAll({ fs }: Moment, order: 'walk' | 'made' = 'walk'): Promise<void> {
  const expected = new Map(Array.from({ length: FILES }, (_, i) => [pathOf(i), contentOf(i)]))
  const paths: string[] = []
  if (order === 'made') paths.push(...expected.keys())
  else for await (const { path } of fs.visit('/d', { readAhead: true })) paths.push(path)
  expect(paths).toHaveLength(FILES)
  for (const path of paths) {
    const found = Buffer.from(await fs.readAll(path)).toString()
    // Not expect, which takes longer than the reading.
    if (found !== expected.get(path)) throw new Error(`${path} holds ${found}`)
  }
}

describe('opening files of a large directory', () => {
  it.each(['walk', 'made'] as const)(
    'one after the other (%s) reads the table a few times, not once for each',
    async (order) => {
      const all = await cost(two, (moment) => openAll(moment, order))
      expect(all.bytesRead).toBeLessThan(8 * bytes)
      expect(all.reads).toBeLessThan(FILES / 10)
    },
  )

  it('reads a small part of the table for one', async () => {
    const names: Counts = await cost(two, ({ fs }) => fs.list('/d'))
    const one: Counts = await cost(two, ({ fs }) => fs.readAll(pathOf(4_321)))
    expect(one.bytesRead - names.bytesRead).toBeLessThan(bytes / 2)
    expect(one.reads - names.reads).toBeLessThan(40)
  })

  it('goes on in the file that a compaction made of those that it had found them in', async () => {
    const twelve = await madeIn(12)
    for (let i = 0; i < 11; i++) await twelve.commitSlice()
    const all = await cost(twelve, async (moment, { engine }) => {
      expect(await moment.list('/d', false)).toHaveLength(Math.ceil((FILES * 11) / 12))
      // Twelve files of a size are merged.
      await twelve.commitSlice()
      const { filesAfter } = await engine.compact()
      expect(filesAfter).toBe(1)
      await openAll(await engine.moment('head'))
      // Whoever still reads at a moment from before finds what a clean-up left, too.
      await engine.gc({ graceMs: 0 })
      expect(Buffer.from(await moment.fs.readAll(pathOf(5))).toString()).toBe(contentOf(5))
    })
    expect(all.reads).toBeLessThan(FILES / 5)
  }, 60_000)
})
