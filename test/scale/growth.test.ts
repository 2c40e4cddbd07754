/** How costs grow, counted in what is asked of the disk. Figures that a clock would blur stay exact this way. */
import { describe, expect, it } from 'vitest'
import { SimStorage } from '../../src/main/platform/sim'
import { counted, type Counts } from '../../src/main/platform/testing/counted'
import { TestPond } from '../steward/test-pond'

/** Many files in many directories, made before and after the others, so that no range of ids tells them apart. */
async function putAround(pond: TestPond, files: number, work: () => Promise<void>): Promise<void> {
  const content = await pond.engine.prepare([new Uint8Array(10)])
  const half = (name: string): Promise<unknown> =>
    pond.engine.stage(async (fs) => {
      for (let k = 0; k < files / 2; k++)
        await fs.put(`/others/${k % (files / 100)}/${name}${k}`, content, { parents: true })
    })
  await half('before')
  await work()
  await half('after')
}

describe('the cost of a commit', () => {
  it('is that of what it changes, however many versions and entries there are', async () => {
    const { storage, during } = counted(new SimStorage())
    const pond = await TestPond.create(storage)
    const costs: Counts[] = []
    for (const [from, to] of [
      [0, 20],
      [20, 100],
    ] as const) {
      for (let i = from; i < to; i++) {
        await pond.put(`/d${i % 10}/e/f${i}`, `content ${i}`)
        await pond.commit()
      }
      await pond.steward.maintenance.settled()
      costs.push(
        await during(async () => {
          await pond.put('/d3/e/new', `${to}`)
          await pond.commit()
        }),
      )
      await pond.steward.maintenance.settled()
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
      const pond = await TestPond.create(storage)
      const content = await pond.engine.prepare([new Uint8Array(10)])
      await pond.engine.stage(async (fs) => {
        for (let i = 0; i < pending; i++) await fs.put(`/waiting/${i}`, content, { parents: true })
      })
      await pond.put('/one', 'one')
      costs.push(await during(() => pond.engine.commit({ only: { paths: ['/one'] } })))
    }
    const [few, many] = costs as [Counts, Counts]
    expect(many).toMatchObject({ reads: few.reads, writes: few.writes })
    expect(many.bytesWritten).toBeLessThan(few.bytesWritten * 1.1)
  })
})

describe('the cost of looking back', () => {
  it('at what changed, at an entry, and at one that is gone, is that of their rows, not of what else there is', async () => {
    const costs: Counts[][] = []
    // Files of fewer rows are read whole; there are never many of them.
    for (const others of [4_500, 13_500]) {
      const plain = new SimStorage()
      const pond = await TestPond.create(plain)
      await putAround(pond, others, async () => {
        await pond.put('/a/followed', 'one')
        await pond.put('/a/deleted', 'one')
      })
      await pond.commit()
      await pond.engine.stage(async (fs) => {
        await fs.rename('/a/followed', '/b')
        await fs.remove('/a/deleted')
      })
      await pond.commit()
      await pond.put('/b', 'two')
      await pond.commit()
      await pond.steward.maintenance.settled()
      const cost = async (look: (fresh: TestPond) => Promise<void>): Promise<Counts> => {
        const { storage, during } = counted(plain.anotherProcess(), (path) => path.endsWith('.parquet'))
        const fresh = await pond.another(storage)
        await fresh.engine.status()
        return during(() => look(fresh))
      }
      costs.push([
        await cost(async ({ engine }) => {
          expect((await engine.diff('1', '3')).changes).toMatchObject([
            { change: 'deleted', path: '/a/deleted' },
            { change: 'renamed', path: '/b', oldPath: '/a/followed' },
          ])
        }),
        await cost(async ({ engine }) => expect(await engine.fileVersions('/b')).toHaveLength(3)),
        await cost(async ({ engine }) => expect(await engine.fileVersions('/a/deleted')).toHaveLength(2)),
      ])
    }
    const [few, many] = costs as [Counts[], Counts[]]
    // Three times as many others. A row group is read or not; which rows share one with ours is chance.
    for (const [i, cost] of many.entries()) {
      expect(cost.reads).toBeLessThanOrEqual(few[i]!.reads + 4)
      expect(cost.bytesRead).toBeLessThan(few[i]!.bytesRead * 1.75)
    }
  }, 60_000)

  it('for a node by its id alone is that of the versions since it was made', async () => {
    const plain = new SimStorage()
    const pond = await TestPond.create(plain)
    const ids: string[] = []
    for (let i = 0; i < 12; i++) {
      await pond.put(`/f${i}`, `content ${i}`)
      await pond.commit()
      ids.push((await (await pond.engine.moment('head')).entry(`/f${i}`)).nodeId)
    }
    await pond.steward.maintenance.settled()
    const costs: number[] = []
    for (const i of [11, 8, 2]) {
      const { storage, during } = counted(plain.anotherProcess(), (path) => path.endsWith('.parquet'))
      const { backend } = await (await pond.another(storage)).engine.moment('head')
      const work = async (): Promise<void> => expect(await backend.findNode(ids[i]!)).toMatchObject({ name: `f${i}` })
      costs.push((await during(work)).reads)
    }
    expect(costs[0]).toBeLessThanOrEqual(2)
    expect(costs[1]).toBeLessThanOrEqual(5)
    expect(costs[2]).toBeGreaterThan(costs[1]!)
  })
})
