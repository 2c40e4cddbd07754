/** What large directories and wide trees cost, in passes over the table: as many for many entries as for few. */
import { afterEach, expect, it, vi } from 'vitest'
import { SimStorage } from '../../src/main/platform/sim'
import { TestPond } from '../steward/test-pond'
import type { Moment, StagingFileSystem } from '../../src/main/steward'

afterEach(() => vi.restoreAllMocks())

/** Passes over the table that `work` makes in a pond that was committed, and is opened by another process. */
async function passes(files: number, work: (pond: TestPond) => Promise<unknown>): Promise<number> {
  const maker = await TestPond.create(new SimStorage())
  const content = await maker.engine.prepare([new TextEncoder().encode('n\n1\n')])
  await maker.engine.stage(async (fs) => {
    for (let i = 0; i < files; i++) await fs.put(`/d/${i}.csv`, content, { parents: true })
    for (let i = 0; i < files; i++) await fs.put(`/many/${i}/f.csv`, content, { parents: true })
  })
  await maker.commit()
  const pond = await maker.another()
  const { backend } = await pond.engine.moment('head')
  const snapshot = 'snapshot' in backend ? backend.snapshot : backend.base.snapshot
  // Counted, not replaced: the table is read as ever.
  const scans = vi.spyOn(snapshot, 'scan')
  await work(pond)
  return scans.mock.calls.length
}

const entries = (path: string) => (moment: Moment) => moment.list(path, false)
const matches = (pattern: string) => (moment: Moment) => moment.glob(pattern, false)
async function visited({ fs }: Moment): Promise<readonly unknown[]> {
  const all: unknown[] = []
  for await (const one of fs.visit('/many')) all.push(one)
  return all
}

it.each<readonly [string, string, (moment: Moment) => Promise<readonly unknown[]>]>([
  ['a directory is listed at pending', 'pending', entries('/d')],
  ['a directory is listed at head', 'head', entries('/d')],
  ['directories are listed', 'head', entries('/many')],
  ['files are matched', 'head', matches('/d/*')],
  ['files in many directories are matched', 'pending', matches('/many/*/f.csv')],
  ['everything is matched', 'head', matches('/**/*.csv')],
  ['a tree is visited', 'pending', visited],
])('%s in as many passes for many as for few', async (_, at, read) => {
  const costs: number[] = []
  for (const files of [20, 200]) {
    const work = async ({ engine }: TestPond): Promise<void> => {
      expect((await read(await engine.moment(at))).length).toBeGreaterThanOrEqual(files)
    }
    costs.push(await passes(files, work))
  }
  expect(costs[0]).toBeGreaterThan(0)
  expect(costs[1]).toBe(costs[0])
  expect(costs[0]).toBeLessThan(12)
})

it.each(['/d', '/many'])('%s is removed with all that is in it in as many passes for many as for few', async (path) => {
  const costs: number[] = []
  for (const files of [20, 200]) {
    const remove = (fs: StagingFileSystem): Promise<void> => fs.remove(path, { recursive: true })
    costs.push(await passes(files, ({ engine }) => engine.stage(remove)))
  }
  expect(costs[0]).toBeGreaterThan(0)
  expect(costs[1]).toBe(costs[0])
})
