import { describe, expect, it } from 'vitest'
import { isPondError } from '../../src/shared/errors'
import { SimStorage, simWorld, type Loss, type SimStorageOptions } from '../../src/main/platform/sim'
import { OplogTable } from '../../src/main/oplog/table'
import { FOLDER, Ledger, read, row } from '../../src/main/oplog/testing/ledger'

const LOSSES: readonly Loss[] = ['nothing-lost', 'all-unsynced-lost', 1, 2, 3, 4]

type Work = (ledger: Ledger) => Promise<unknown>

const WORKS: Readonly<Record<string, Work>> = {
  commit: (ledger) => ledger.commit([row({ version: 100, content: new Uint8Array(70_000).fill(1) })]),
  compaction: (ledger) => ledger.compact(),
  checkpoint: (ledger) => ledger.checkpoint(),
}

/** A ledger of some small commits, all of it durable; `fork` gives a copy of its own. */
async function prepare(
  commits: number,
  options: SimStorageOptions = {},
): Promise<{ fork(): Promise<{ ledger: Ledger; storage: SimStorage }> }> {
  const original = new SimStorage(options)
  const ledger = await Ledger.create(original, simWorld({ seed: 9 }))
  for (let version = 1; version <= commits; version++) {
    await ledger.commit([row({ version, content: new Uint8Array(40).fill(version) })])
  }
  return {
    async fork() {
      const storage = original.afterCrash('nothing-lost')
      return { storage, ledger: await ledger.over(storage, simWorld({ seed: 9 })) }
    },
  }
}

/** Cuts the power at every operation of the work, with every loss. Returns what was wrong afterwards. */
async function crashEverywhere(
  work: Work,
  options: SimStorageOptions = {},
): Promise<{ points: number; wrong: string[] }> {
  const { fork } = await prepare(work === WORKS['compaction'] ? 32 : 3, options)
  const whole = await fork()
  await work(whole.ledger)
  const operations = whole.storage.operations
  const after = whole.ledger.expected()
  const wrong: string[] = []
  for (let k = 1; k <= operations + 1; k++) {
    for (const loss of LOSSES) {
      const { storage, ledger } = await fork()
      const before = ledger.expected()
      storage.crashAt(k)
      const acknowledged = await work(ledger).then(
        () => true,
        (error: unknown) => {
          if (isPondError(error, 'platform.crashed') || isPondError(error, 'oplog.not-known-durable')) return false
          throw error
        },
      )
      // One disk operation further there is no crash.
      if (k > operations) expect(acknowledged).toBe(true)
      const found = await restartAndCommit(storage.afterCrash(loss)).catch((error: unknown) => String(error))
      const allowed = acknowledged ? [after] : [before, after]
      const isAllowed = allowed.some((rows) => JSON.stringify(rows) === JSON.stringify(found))
      if (!isAllowed) wrong.push(`operation ${k} of ${operations}, loss ${loss}, acknowledged ${acknowledged}`)
    }
  }
  return { points: operations * LOSSES.length, wrong }
}

/** What a new process finds, after which it must be able to commit. */
async function restartAndCommit(storage: SimStorage): Promise<readonly string[]> {
  const world = simWorld({ seed: 10, storage })
  const table = await OplogTable.open(storage, FOLDER, world)
  const snapshot = await table.snapshot()
  const found = await read(snapshot)
  const version = snapshot.pondVersion + 1
  const result = await table.commit({
    on: snapshot,
    rows: [row({ version: 200, txnSeq: version })],
    pond: { version, transactionId: world.random.uuid(world.clock.now()), committedAtUs: world.clock.now() },
    operation: 'WRITE',
  })
  expect(result.outcome).toBe('committed')
  expect(await read(await table.snapshot())).toHaveLength(found.length + 1)
  return found
}

describe.each(Object.entries(WORKS))('power that fails at any moment of a %s', (_, work) => {
  it('leaves all of it or nothing, loses nothing acknowledged, and the next commit works', async () => {
    const { points, wrong } = await crashEverywhere(work)
    expect(points).toBeGreaterThanOrEqual(6 * LOSSES.length)
    expect(wrong).toEqual([])
  })
})

describe('a disk that only pretends to sync', () => {
  it.each([
    ['data files', (what: string, path: string) => what === 'file' && path.endsWith('.parquet')],
    ['log entries', (what: string, path: string) => what === 'file' && path.endsWith('.tmp')],
    ['the folder of data files', (what: string, path: string) => what === 'folder' && path === FOLDER],
    ['the folder of the log', (what: string, path: string) => what === 'folder' && path !== FOLDER],
  ])('is found out: %s', async (_, ignoreSync) => {
    const { wrong } = await crashEverywhere(WORKS['commit']!, { ignoreSync })
    expect(wrong).not.toEqual([])
  })
})

describe.each(['no-space', 'io'] as const)('a storage operation that fails with %s', (failure) => {
  it('fails the commit, or not, but never leaves it unclear in silence', async () => {
    const { fork } = await prepare(3)
    const whole = await fork()
    await WORKS['commit']!(whole.ledger)
    for (let k = 1; k <= whole.storage.operations; k++) {
      const { storage, ledger } = await fork()
      const before = ledger.expected()
      storage.failAt(k, failure)
      const outcome = await WORKS['commit']!(ledger).then(
        () => 'committed',
        (error: unknown) => (isPondError(error) ? error.code : String(error)),
      )
      const found = await read(await ledger.table.snapshot())
      if (outcome === 'committed' || outcome === 'oplog.not-known-durable') {
        expect({ k, rows: found.length }).toEqual({ k, rows: before.length + 1 })
      } else {
        expect({ k, outcome, found }).toEqual({ k, outcome: `platform.${failure}`, found: before })
        const next = await ledger.commit([row({ version: 300 })])
        expect({ k, outcome: next.outcome }).toEqual({ k, outcome: 'committed' })
      }
    }
  })
})
