/**
 * Damage to any file of a pond, in any way: it is named by a verification or refused on reading, and no
 * read ever gives what was not written. `POND_DAMAGE` sets how many mutations, `POND_DAMAGE_SEED` where
 * they begin.
 */
import { describe, expect, it } from 'vitest'
import { isPondError } from '../../src/shared/errors'
import { Prng, SimClock, SimStorage } from '../../src/main/platform/sim'
import { EMPTY_POND, outcomes, sameTree, type Act, type PondState, type Tree } from '../simulation/model'
import { SimulatedPond } from '../simulation/pond'
import { readTree, type ReadOutcome } from './read-tree'

const MUTATIONS = Number(process.env['POND_DAMAGE'] ?? 300)
const SEED = Number(process.env['POND_DAMAGE_SEED'] ?? 1)
/** Who holds the lock and what a person set are not what was written by us, and nothing reads content by them. */
const FREE = new Set(['pending/lock', 'config.json'])

interface Sound {
  readonly storage: SimStorage
  /** Every state on the way, the last one now. */
  readonly states: readonly PondState[]
  /** How long the journal was after each act: cut there, it is what it was then, and nothing can tell. */
  readonly journalSizes: ReadonlySet<number>
}

/** Inline and large content, merged files and small ones, two checkpoints, pending operations, an undo. */
async function soundPond(): Promise<Sound> {
  const random = new Prng(99)
  const pond = new SimulatedPond(new SimStorage(), 1)
  await pond.create()
  const states = [EMPTY_POND]
  const journalSizes = new Set<number>()
  const perform = async (act: Act): Promise<void> => {
    await pond.perform(act)
    journalSizes.add((await pond.storage.readFile('pending/journal')).length)
    states.push(outcomes(states.at(-1)!, act).at(-1)!)
  }
  const write = (path: string, size: number, commit: boolean): Promise<void> =>
    perform({ kind: 'stage', changes: [{ kind: 'write', path, content: random.bytes(size) }], commit })
  await perform({
    kind: 'stage',
    changes: [
      { kind: 'directory', path: '/d' },
      { kind: 'link', path: '/l', target: 'd' },
    ],
    commit: true,
  })
  for (let version = 0; version < 38; version++) {
    await write(version % 3 === 0 ? '/often' : `/d/f${version}`, version % 12 === 5 ? 70_000 + version : 900, true)
    if (version === 20 || version === 30) await perform({ kind: 'checkpoint' })
  }
  await write('/given up', 400, false)
  await write('/given up too', 80_000, false)
  await perform({ kind: 'discard' })
  await write('/p1', 500, false)
  await write('/p2', 90_000, false)
  await write('/p3', 700, false)
  const engine = await pond.open()
  await engine.setConfig('author', 'ada')
  await pond.close()
  return { storage: pond.storage, states, journalSizes }
}

describe('damage', () => {
  it(`of ${MUTATIONS} kinds is named or refused, and wrong bytes are never given`, { timeout: 3_600_000 }, async () => {
    const sound = await soundPond()
    // What nothing needs may be damaged.
    const later = { clock: new SimClock(2e15) }
    const engine = await new SimulatedPond(sound.storage.anotherProcess(), 3, later).open()
    const unneeded = new Set((await engine.gc({ graceMs: 0, dryRun: true })).removed.map(({ file }) => file))
    const files = (await filesOf(sound.storage)).filter((file) => !unneeded.has(file)).sort()
    const random = new Prng(SEED)
    const seen = { named: 0, refused: 0, free: 0, harmless: new Map<string, number>() }
    for (let round = 0; round < MUTATIONS; round++) {
      const storage = sound.storage.afterCrash('nothing-lost')
      // Kinds of files rather than files: of log entries there are many.
      const mutation = await mutate(storage, random, pickFile(files, random), files)
      const context = `seed ${SEED}, round ${round}: ${mutation.what}`
      const { named, refused } = await look(storage, sound.states, mutation.files, context)
      if (mutation.isFree || isShorterJournal(mutation, sound)) seen.free++
      else if (named) seen.named++
      else if (refused) seen.refused++
      else {
        const kind = mutation.what.replaceAll(/[0-9a-f-]{20,}/g, '#').replaceAll(/\d+/g, 'n')
        seen.harmless.set(kind, (seen.harmless.get(kind) ?? 0) + 1)
      }
    }
    console.info(`${MUTATIONS} mutations from seed ${SEED}:`, seen)
    expect(Object.fromEntries(seen.harmless)).toEqual({})
    expect(seen.named).toBeGreaterThan(MUTATIONS / 2)
  })
})

function isShorterJournal({ what }: Mutation, { journalSizes }: Sound): boolean {
  const cutAt = /^truncate at (\d+) of pending\/journal$/.exec(what)?.[1]
  return cutAt !== undefined && journalSizes.has(Number(cutAt))
}

interface Mutation {
  readonly what: string
  /** Nothing has to notice. */
  readonly isFree: boolean
  readonly files: readonly string[]
}

function kindOf(file: string): string {
  return file
    .replaceAll(/[0-9a-f]{8,}/g, '#')
    .replaceAll(/#[-#0-9a-f]*/g, '#')
    .replaceAll(/\/[0-9a-f]{2}\//g, '/')
}

function pickFile(files: readonly string[], random: Prng): string {
  const kinds = [...new Set(files.map(kindOf))]
  const kind = kinds[random.below(kinds.length)]!
  const of = files.filter((file) => kindOf(file) === kind)
  return of[random.below(of.length)]!
}

async function mutate(storage: SimStorage, random: Prng, file: string, all: readonly string[]): Promise<Mutation> {
  const bytes = await storage.readFile(file)
  const at = random.below(bytes.length)
  const others = all.filter((other) => other !== file && kindOf(other) === kindOf(file))
  const how = random.pick(['flip', 'flip', 'flip', 'truncate', 'delete', 'zero', 'swap bytes', 'append', 'swap files'])
  const isFree = FREE.has(file)
  const what = `${how} at ${at} of ${file}`
  switch (how) {
    case 'delete':
      await storage.remove(file)
      // An older checkpoint only saves time, for whoever finds the newer damaged.
      return { what, isFree: isFree || kindOf(file).endsWith('.checkpoint.parquet'), files: [file] }
    case 'swap files': {
      if (others.length === 0) return mutate(storage, random, file, all)
      const other = others[random.below(others.length)]!
      const theirs = await storage.readFile(other)
      if (Buffer.compare(bytes, theirs) === 0) return mutate(storage, random, file, all)
      await put(storage, file, theirs)
      await put(storage, other, bytes)
      return { what: `swap ${file} and ${other}`, isFree, files: [file, other] }
    }
    default: {
      const damaged = damagedCopy(bytes, { how, at, random })
      if (Buffer.compare(damaged, bytes) === 0) return mutate(storage, random, file, all)
      await put(storage, file, damaged)
      return { what, isFree, files: [file] }
    }
  }
}

function damagedCopy(
  bytes: Uint8Array,
  { how, at, random }: { readonly how: string; readonly at: number; readonly random: Prng },
): Uint8Array {
  const copy = bytes.slice()
  if (how === 'truncate') return copy.subarray(0, at)
  if (how === 'append') return Buffer.concat([copy, random.bytes(1 + random.below(600))])
  if (how === 'zero') return copy.fill(0, at, at + 512)
  if (how === 'flip') copy[at]! ^= 1 << random.below(8)
  else {
    const other = random.below(copy.length)
    ;[copy[at], copy[other]] = [copy[other]!, copy[at]!]
  }
  return copy
}

/** Opens, reads everything and verifies, twice. */
async function look(
  storage: SimStorage,
  states: readonly PondState[],
  files: readonly string[],
  context: string,
): Promise<{ readonly named: boolean; readonly refused: boolean }> {
  const now = states.at(-1)!
  const pond = new SimulatedPond(storage, 2)
  try {
    const engine = await pond.open().catch(coded(context))
    if (engine === undefined) return { named: false, refused: true }
    const quick = await engine.verify({ quick: true }).catch(coded(context))
    const report = await engine.verify({}).catch(coded(context))
    const names = [...(report?.problems ?? []), ...(report?.notes ?? [])].map(({ file }) => file)
    let refused = report === undefined || quick === undefined
    const read = async (at: string, allowed: readonly Tree[]): Promise<void> => {
      const outcome = await engine.moment(at).then(
        (moment) => readTree(moment.fs),
        (error: unknown): ReadOutcome => ({ tree: new Map(), failures: [error] }),
      )
      for (const failure of outcome.failures) mustBeCoded(failure, context)
      if (outcome.failures.length > 0) refused = true
      const isWhole = outcome.failures.length === 0 && allowed.some((tree) => sameTree(tree, outcome.tree))
      // What could be read of a tree that could not be read whole is in one of those allowed.
      const isPart = allowed.some((tree) => [...outcome.tree].every(([path, entry]) => tree.get(path) === entry))
      if (!isWhole && !(outcome.failures.length > 0 && isPart))
        throw new Error(`${context}: wrong content at ${at}: ${JSON.stringify([...outcome.tree].slice(0, 5))}`)
    }
    const { version } = (await engine.status().then((status) => status, coded(context))) ?? { version: 0 }
    for (const at of [1, 7, 22, 31, now.versions.length - 1])
      if (at <= version) await read(String(at), [now.versions[at]!])
    // A journal that lost its end is what it was before; everything else leaves what is pending alone.
    const isJournal = files.includes('pending/journal')
    const isShort = version < now.versions.length - 1
    if (!isShort) await read('pending', isJournal ? states.map(({ pending }) => pending) : [now.pending])
    return { named: names.some((name) => files.includes(name)) || (isShort && names.length > 0), refused }
  } finally {
    await pond.close()
  }
}

function coded(context: string): (error: unknown) => undefined {
  return (error) => {
    mustBeCoded(error, context)
    return undefined
  }
}

function mustBeCoded(error: unknown, context: string): void {
  if (isPondError(error) && /^(oplog|tlogfs|steward)\./.test(error.code)) return
  throw new Error(`${context}: ${String(error)}`, { cause: error })
}

async function put(storage: SimStorage, path: string, bytes: Uint8Array): Promise<void> {
  await storage.remove(path)
  const file = await storage.create(path)
  await file.write(bytes)
  await file.close()
}

async function filesOf(storage: SimStorage, folder = ''): Promise<string[]> {
  const files: string[] = []
  for (const { name, kind } of await storage.list(folder)) {
    const path = folder === '' ? name : `${folder}/${name}`
    if (kind === 'folder') files.push(...(await filesOf(storage, path)))
    else if ((await storage.stat(path))!.sizeBytes > 0) files.push(path)
  }
  return files
}
