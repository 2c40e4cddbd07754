/**
 * Several processes change one pond at once on one simulated machine, with every storage operation
 * delayed at random, and some of them end in the middle. What was acknowledged to any of them is there
 * once, whoever committed it, also after a power loss.
 */
import { describe, expect, it } from 'vitest'
import { Prng, SimClock, SimStorage } from '../../src/main/platform/sim'
import { hesitant, type Hesitation } from './hesitant'
import { fileText, treeOf, type Act } from './model'
import { isCrash, SimulatedPond } from './pond'

const ROUNDS = Number(process.env['POND_SIM_WORKLOADS'] ?? 12)
const SEED = Number(process.env['POND_SIM_SEED'] ?? 20_260_101)
const WRITERS = 4
const ACTS = 6
const HESITATION: Hesitation = { often: [0, 1, 3, 20], rarely: { turns: 2_000, chance: 0.01 } }

/** What one process was told, in its order. */
interface Account {
  readonly staged: Map<string, string>
  commits: number
  /** What it was not told of any more. */
  underWay: { readonly path: string; readonly entry: string; readonly commits: boolean } | null
}

async function work(pond: SimulatedPond, writer: number, random: Prng): Promise<Account> {
  const account: Account = { staged: new Map(), commits: 0, underWay: null }
  try {
    await pond.open()
    for (let n = 0; n < ACTS; n++) {
      const content = new Uint8Array(random.pick([10, 1_000, 70_000])).fill(writer * ACTS + n)
      const path = `/${writer}-${n}`
      const commit = random.chance(0.5)
      const act: Act = { kind: 'stage', changes: [{ kind: 'write', path, content }], commit }
      account.underWay = { path, entry: fileText(content), commits: commit }
      await pond.perform(act)
      account.staged.set(path, fileText(content))
      if (commit) account.commits++
      account.underWay = null
    }
  } catch (error) {
    if (!isCrash(error)) throw error
  }
  return account
}

describe('writers beside writers', () => {
  it.each(Array.from({ length: ROUNDS }, (_, i) => SEED + i))(
    "never lose each other's work, some of them killed, in round %i",
    { timeout: 120_000 },
    async (seed) => {
      const random = new Prng(seed)
      const first = new SimulatedPond(new SimStorage(), seed)
      await first.create()
      await first.close()
      const ponds = Array.from({ length: WRITERS }, (_, writer) => {
        const storage = first.storage.anotherProcess()
        if (writer < WRITERS / 2) storage.crashAt(1 + random.below(120))
        const delays = new Prng(seed * 10 + writer)
        // Their clocks disagree, as those of processes may.
        const clock = new SimClock(1_767_225_600_000_000 + random.below(10_000_000))
        return new SimulatedPond(storage, seed * 100 + writer, {
          clock,
          wrap: (same) => hesitant(same, delays, HESITATION),
        })
      })
      const accounts = await Promise.all(
        ponds.map((pond, writer) => work(pond, writer, new Prng(seed * 1_000 + writer))),
      )
      await Promise.all(ponds.map((pond) => pond.close()))

      const after = first.next(first.storage.afterCrash('all-unsynced-lost'))
      await after.mustVerify()
      const engine = await after.open()
      const { version } = await engine.status()
      const tree = await treeOf((await engine.moment('pending')).fs)
      const allowed = new Map(
        accounts.flatMap(({ staged, underWay }) => [
          ...staged,
          ...(underWay === null ? [] : [[underWay.path, underWay.entry] as const]),
        ]),
      )
      for (const { staged } of accounts) for (const [path, entry] of staged) expect(tree.get(path), path).toBe(entry)
      for (const [path, entry] of tree) expect(allowed.get(path), path).toBe(entry)

      const commits = accounts.reduce((sum, account) => sum + account.commits, 0)
      expect(version).toBeGreaterThanOrEqual(commits)
      expect(version).toBeLessThanOrEqual(commits + accounts.filter(({ underWay }) => underWay?.commits).length)
      const log = await engine.log({ limit: 1_000 })
      expect(log.filter((entry) => entry.version > 0).map((entry) => entry.version)).toEqual(
        Array.from({ length: version }, (_, i) => version - i),
      )
      expect(new Set(log.map(({ transactionId }) => transactionId)).size).toBe(log.length)
      const times = log.map(({ committedAt }) => committedAt)
      expect(times).toEqual([...times].sort((a, b) => b - a))
      const operations = log.reduce((sum, entry) => sum + entry.operations, 0)
      expect(operations + (await engine.status()).pendingOperations).toBe(tree.size)
      await after.close()
    },
  )
})
