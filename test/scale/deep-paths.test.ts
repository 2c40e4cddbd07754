/** What depth costs: steps are counted, as time says little. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { compareUtf8 } from '../../src/shared/path'
import { glob } from '../../src/main/tinyfs'
import { Overlay, View } from '../../src/main/tlogfs'
import { OverlayNodes } from '../../src/main/tlogfs/overlay/overlay-nodes'
import { TestPond } from '../steward/test-pond'

afterEach(() => vi.restoreAllMocks())

/** Every question that a tree is asked for one directory or one name. */
function counter(): () => number {
  const spies = [
    vi.spyOn(View.prototype, 'lookup'),
    vi.spyOn(View.prototype, 'entries'),
    vi.spyOn(View.prototype, 'state'),
    vi.spyOn(View.prototype, 'findDirectory'),
    vi.spyOn(Overlay.prototype, 'lookup'),
    vi.spyOn(Overlay.prototype, 'entries'),
    vi.spyOn(OverlayNodes.prototype, 'mustDirectory'),
    vi.spyOn(OverlayNodes.prototype, 'lookup'),
  ]
  return () => spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0)
}

/** More levels try the stack harder. */
const DEPTH = Number(process.env['POND_DEPTH'] ?? 300)

const chain = (depth: number): string => '/d'.repeat(depth)

/** One directory in another, and a file in each, one link in the last. */
async function deep(depth: number): Promise<TestPond> {
  const pond = await TestPond.create()
  const content = await pond.engine.prepare([new TextEncoder().encode('x')])
  await pond.engine.stage(async (fs) => {
    for (let d = 1; d <= depth; d++) {
      await fs.createDirectory(chain(d))
      await fs.put(`${chain(d)}/f`, content)
    }
    await fs.createSymlink(`${chain(depth)}/link`, '../f')
  })
  return pond
}

const ACTS: Record<string, (pond: TestPond, depth: number) => Promise<unknown>> = {
  'a status': ({ engine }) => engine.status(),
  'a listing of everything': async ({ engine }, depth) => {
    const moment = await engine.moment('pending')
    for (let d = 1; d <= depth; d++) await moment.list(chain(d), true)
  },
  'a visit': async ({ engine }) => {
    for await (const _ of (await engine.moment('pending')).fs.visit('/')) continue
  },
  'a find': ({ engine }) => engine.find({ fileType: 'file:data' }, 'pending'),
  'a pattern': async ({ engine }) => glob((await engine.moment('pending')).fs, '/**/f'),
  'a diff': async ({ engine }) => engine.diff('head', 'pending'),
  'a commit': ({ engine }) => engine.commit({}),
  'a status of the committed': ({ engine }) => engine.status(),
  'a find in the committed': ({ engine }) => engine.find({ fileType: 'file:data' }, 'head'),
  'one by one through all paths': async ({ engine }, depth) => {
    const { fs } = await engine.moment('head')
    for (let d = 1; d <= depth; d++) await fs.find(`${chain(d)}/f`)
  },
  'a copy within the pond': ({ engine }, depth) =>
    engine.stage(async (fs) => {
      for (let d = 1; d <= depth; d++) await fs.createDirectory(`/copy${chain(d)}`, { parents: true })
    }),
  'a discard': ({ engine }) => engine.discard(['/copy']),
  'a history': ({ engine }, depth) => engine.fileVersions(`${chain(depth)}/f`),
  'a removal of everything': ({ engine }) => engine.stage((fs) => fs.remove('/d', { recursive: true })),
  'a diff of what is removed': ({ engine }) => engine.diff('pending', 'head'),
  'a commit of the removal': ({ engine }) => engine.commit({}),
  'a restore': ({ engine }) => engine.restore(null, '1'),
  'a restore of a path': async (pond) => {
    await pond.engine.discard([])
    await pond.engine.restore('/d/d', '1')
  },
}

describe('depth', () => {
  it('costs each level once, whatever is done', async () => {
    const costs = new Map<string, number[]>()
    for (const depth of [40, 160]) {
      const pond = await deep(depth)
      for (const [name, act] of Object.entries(ACTS)) {
        const count = counter()
        await act(pond, depth)
        costs.set(name, [...(costs.get(name) ?? []), count()])
        vi.restoreAllMocks()
      }
    }
    const growth = [...costs].map(([name, [few, many]]) => ({ name, few, many, times: (many! + 1) / (few! + 1) }))
    // Four times as deep; what grew with the square would be sixteen times as much.
    expect(growth.filter(({ times }) => times > 5)).toEqual([])
    expect(growth.filter(({ many }) => many! > 0).length).toBeGreaterThan(9)
  }, 60_000)

  it('of many levels overflows no stack', async () => {
    const depth = DEPTH
    const pond = await deep(depth)
    for (const [name, act] of Object.entries(ACTS))
      await act(pond, depth).catch((error: unknown) => Promise.reject(new Error(name, { cause: error })))
    expect(await pond.engine.status()).toMatchObject({ counts: { added: 2 * depth } })
  }, 600_000)

  it('makes no long comparison of paths that begin alike', () => {
    const [a, b] = [`${'/directory'.repeat(10_000)}/a`, `${'/directory'.repeat(10_000)}/b`]
    const looks = vi.spyOn(String.prototype, 'charCodeAt')
    expect(compareUtf8(a, b)).toBeLessThan(0)
    expect(looks.mock.calls.length).toBeLessThan(1_000)
  })
})
