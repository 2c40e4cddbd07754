import { describe, expect, it } from 'vitest'
import { isPondError } from '../../src/shared/errors'
import { Prng, SimStorage, simWorld } from '../../src/main/platform/sim'
import { OplogTable } from '../../src/main/oplog/table'
import { FOLDER, Ledger, read, row } from '../../src/main/oplog/testing/ledger'

const LOG = `${FOLDER}/_delta_log`
const MUTATIONS = 150
const SEED = 20_261

/** A pond with every kind of file that the oplog writes, and content large enough for several blocks. */
async function everyKindOfFile(storage: SimStorage): Promise<Ledger> {
  const ledger = await Ledger.create(storage, simWorld({ seed: SEED }))
  for (let version = 1; version <= 34; version++) {
    await ledger.commit([
      row({ version, name: `file ${version}`, content: ledger.world.random.bytes(9_000), size: 9_000 }),
    ])
  }
  await ledger.compact()
  await ledger.checkpoint()
  for (let version = 101; version <= 104; version++) await ledger.commit([row({ version, name: `file ${version}` })])
  return ledger
}

function mutate(bytes: Uint8Array, random: Prng): Uint8Array {
  const copy = bytes.slice()
  const at = random.below(copy.length)
  const kind = random.below(4)
  if (kind === 0) return copy.subarray(0, at)
  if (kind === 1) {
    const other = random.below(copy.length)
    ;[copy[at], copy[other]] = [copy[other]!, copy[at]!]
  } else if (kind === 2) copy[at]! ^= 1 << random.below(8)
  else copy.fill(0, at, Math.min(copy.length, at + 512))
  return copy
}

describe('damage to any file of the table', () => {
  it('is named when it is read, or does not matter; wrong rows are never given', async () => {
    const storage = new SimStorage()
    const ledger = await everyKindOfFile(storage)
    const expected = ledger.expected()
    const live = (await ledger.table.snapshot()).files.map(({ path }) => `${FOLDER}/${path}`)
    const log = (await storage.list(LOG)).map(({ name }) => `${LOG}/${name}`)
    const all = [...live, ...log]
    const random = new Prng(SEED)
    const seen = { same: 0, named: 0 }

    for (let round = 0; round < MUTATIONS; round++) {
      const path = all[random.below(all.length)]!
      const original = await storage.readFile(path)
      const mutated = mutate(original, random)
      await put(storage, path, mutated)
      const context = `seed ${SEED}, round ${round}, ${path}`
      try {
        const table = await OplogTable.open(storage, FOLDER, ledger.world)
        const snapshot = await table.snapshot()
        const found = await read(snapshot)
        if (snapshot.foreign === null) expect({ context, found }).toEqual({ context, found: expected })
        seen.same++
      } catch (error) {
        if (!isPondError(error)) throw new Error(context, { cause: error })
        const file = path.slice(path.lastIndexOf('/') + 1)
        const isNamed = error.code === 'oplog.corrupt-log' || JSON.stringify(error.detail).includes(file)
        expect({ context, code: error.code, isNamed }).toEqual({
          context,
          code: path.endsWith('.parquet') && !path.startsWith(LOG) ? 'oplog.corrupt-data' : 'oplog.corrupt-log',
          isNamed: true,
        })
        seen.named++
      }
      await put(storage, path, original)
    }
    expect(await read(await (await OplogTable.open(storage, FOLDER, ledger.world)).snapshot())).toEqual(expected)
    // Most files of a log lie before the checkpoint and are not read; but many mutations must have been noticed.
    expect(seen.named).toBeGreaterThan(MUTATIONS / 10)
    expect(seen.same).toBeGreaterThan(MUTATIONS / 10)
  })
})

async function put(storage: SimStorage, path: string, bytes: Uint8Array): Promise<void> {
  await storage.remove(path)
  const file = await storage.create(path)
  await file.write(bytes)
  await file.close()
}
