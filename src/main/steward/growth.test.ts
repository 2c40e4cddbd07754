/** How costs grow, counted in what is asked of the disk. Figures that a clock would blur stay exact this way. */
import { describe, expect, it } from 'vitest'
import { SimStorage } from '../platform/sim'
import { counted, type Counts } from './testing/counted'
import { SimulatedSteward } from './testing/simulated'

describe('the cost of a commit', () => {
  it('is that of what it changes, however many versions and entries there are', async () => {
    const { storage, during } = counted(new SimStorage())
    const pond = await SimulatedSteward.create(storage)
    const costs: Counts[] = []
    for (const [from, to] of [
      [0, 20],
      [20, 100],
    ] as const) {
      for (let i = from; i < to; i++) {
        await pond.put(`/d${i % 10}/e/f${i}`, `content ${i}`)
        await pond.commit()
      }
      await pond.steward.settled()
      costs.push(
        await during(async () => {
          await pond.put('/d3/e/new', `${to}`)
          await pond.commit()
        }),
      )
      await pond.steward.settled()
    }
    const [few, many] = costs as [Counts, Counts]
    expect(many.writes).toBe(few.writes)
    expect(many.reads).toBeLessThanOrEqual(few.reads)
    expect(many.bytesRead).toBeLessThan(few.bytesRead * 1.1)
    expect(many.bytesWritten).toBeLessThan(few.bytesWritten * 1.1)
  })

  it('of a part is that of the part in what it writes of the table', async () => {
    const costs: Counts[] = []
    for (const pending of [20, 400]) {
      const { storage, during } = counted(new SimStorage(), (path) => path.startsWith('data/'))
      const pond = await SimulatedSteward.create(storage)
      const content = await pond.steward.prepare([new Uint8Array(10)])
      await pond.steward.stage(async (fs) => {
        for (let i = 0; i < pending; i++) await fs.put(`/waiting/${i}`, content, { parents: true })
      })
      await pond.put('/one', 'one')
      costs.push(await during(() => pond.steward.commit({ only: { paths: ['/one'] } })))
    }
    const [few, many] = costs as [Counts, Counts]
    expect(many).toMatchObject({ reads: few.reads, writes: few.writes })
    expect(many.bytesWritten).toBeLessThan(few.bytesWritten * 1.1)
  })
})

describe('the cost of a comparison', () => {
  it('is that of the rows in between, not of what else there is', async () => {
    const costs: Counts[] = []
    for (const others of [4_500, 9_000]) {
      const plain = new SimStorage()
      const pond = await SimulatedSteward.create(plain)
      const content = await pond.steward.prepare([new Uint8Array(10)])
      await pond.put('/a/x', 'one')
      await pond.steward.stage(async (fs) => {
        for (let k = 0; k < others; k++) await fs.put(`/other/${k}`, content, { parents: true })
      })
      await pond.commit()
      await pond.put('/a/x', 'two')
      await pond.commit()
      await pond.steward.stage((fs) => fs.rename('/a/x', '/y'))
      await pond.commit()
      const { storage, during } = counted(plain.anotherProcess(), (path) => path.endsWith('.parquet'))
      const fresh = await pond.another(storage)
      await fresh.steward.status()
      costs.push(
        await during(async () => {
          expect((await fresh.steward.diff('1', '3')).changes).toMatchObject([{ path: '/y', oldPath: '/a/x' }])
        }),
      )
    }
    const [few, many] = costs as [Counts, Counts]
    expect(many.reads).toBeLessThanOrEqual(few.reads)
    expect(many.bytesRead).toBeLessThan(few.bytesRead * 1.1)
  }, 60_000)
})

describe('the cost of the history of an entry', () => {
  it('is that of its versions, not of what else there is, by its path and, where it is deleted, by that', async () => {
    const costs: Counts[][] = []
    // Files of fewer rows are read whole; there are never many of them.
    for (const others of [4_500, 9_000]) {
      const plain = new SimStorage()
      const pond = await SimulatedSteward.create(plain)
      await pond.put('/a/followed', 'one')
      await pond.put('/a/deleted', 'one')
      await pond.commit()
      const content = await pond.steward.prepare([new Uint8Array(10)])
      await pond.steward.stage(async (fs) => {
        for (let k = 0; k < others; k++) await fs.put(`/other/${k}`, content, { parents: true })
        await fs.rename('/a/followed', '/b')
        await fs.remove('/a/deleted')
      })
      await pond.commit()
      await pond.put('/b', 'two')
      await pond.commit()
      await pond.steward.settled()
      const { storage, during } = counted(plain.anotherProcess(), (path) => path.endsWith('.parquet'))
      const fresh = await pond.another(storage)
      await fresh.steward.status()
      const history = async (path: string, versions: number): Promise<void> => {
        expect(await fresh.steward.fileVersions(path)).toHaveLength(versions)
      }
      costs.push([await during(() => history('/b', 3)), await during(() => history('/a/deleted', 2))])
    }
    const [few, many] = costs as [Counts[], Counts[]]
    for (const [i, cost] of many.entries()) {
      expect(cost.reads).toBeLessThanOrEqual(few[i]!.reads)
      expect(cost.bytesRead).toBeLessThan(few[i]!.bytesRead * 1.1)
    }
  }, 60_000)
})
