/** A pond on a simulated machine: performs acts, and tells which state it is found in. */
import { expect } from 'vitest'
import { isPondError } from '../../src/shared/errors'
import type { Storage } from '../../src/main/platform'
import { SimClock, simWorld, type SimStorage } from '../../src/main/platform/sim'
import { Pond } from '../../src/main/pond/pond'
import { createSteward, openSteward, type Steward } from '../../src/main/steward'
import { outcomes, sameTree, treeOf, type Act, type Change, type PondState, type Tree } from './model'

/** From either end of a long history. */
const COMPARED = 4

export interface PondOptions {
  readonly clock?: SimClock
  /** What the pond gets in place of its storage. */
  readonly wrap?: (storage: Storage) => Storage
}

export class SimulatedPond {
  readonly storage: SimStorage
  readonly #seed: number
  readonly #clock: SimClock
  readonly #wrap: (storage: Storage) => Storage
  #open: { readonly engine: Pond; readonly steward: Steward } | null = null

  constructor(storage: SimStorage, seed: number, { clock = new SimClock(), wrap = (same) => same }: PondOptions = {}) {
    this.storage = storage
    this.#seed = seed
    this.#clock = clock
    this.#wrap = wrap
  }

  /** Another process on a storage that follows from this one: it goes on in time, with chance of its own. */
  next(storage: SimStorage): SimulatedPond {
    return new SimulatedPond(storage, this.#seed + 1, { clock: this.#clock, wrap: this.#wrap })
  }

  async create(): Promise<void> {
    this.#use(await createSteward(this.#world(), {}))
  }

  async open(): Promise<Pond> {
    return (await this.#opened()).engine
  }

  /** What the pond is put together of, for what it does not show. */
  async parts(): Promise<Steward> {
    return (await this.#opened()).steward
  }

  async #opened(): Promise<{ readonly engine: Pond; readonly steward: Steward }> {
    return this.#open ?? this.#use(await openSteward(this.#world(), {}))
  }

  #use(steward: Steward): { readonly engine: Pond; readonly steward: Steward } {
    return (this.#open = { engine: new Pond(steward.world, steward), steward })
  }

  async perform(act: Act): Promise<void> {
    const engine = await this.open()
    switch (act.kind) {
      case 'stage': {
        const commit = act.commit ? { commit: { message: 'both', everything: true } } : {}
        const { commit: outcome } = await engine.stage((fs) => stageAll(fs, act.changes), commit)
        if (act.commit) expect(outcome?.outcome).toBe('committed')
        break
      }
      case 'commit':
        expect((await engine.commit({ message: 'm' })).outcome).toBe('committed')
        break
      case 'commit-first': {
        const outcome = await engine.commit({ message: 'first', only: { first: act.operations } })
        expect(outcome).toMatchObject({ outcome: 'committed', operationsCommitted: act.operations })
        break
      }
      case 'discard':
        await engine.discard([])
        break
      case 'undo':
        await engine.undo()
        break
      case 'reopen':
        await this.close()
        await this.open()
        break
      case 'checkpoint':
        await engine.checkpoint()
        break
      case 'collect':
        await engine.gc({})
        break
    }
    await (await this.parts()).maintenance.settled()
  }

  async close(): Promise<void> {
    await this.#open?.engine.close()
    this.#open = null
  }

  /** Which of these states the pond is in, its first and last versions compared. Throws when it is in none. */
  async find(candidates: readonly PondState[]): Promise<PondState> {
    const engine = await this.open()
    const { version, pendingOperations } = await engine.status()
    const versions = new Map<number, Tree>()
    for (let v = 0; v <= version; v++) {
      if (v > COMPARED && v < version - COMPARED) continue
      versions.set(v, await treeOf((await engine.moment(String(v))).fs))
    }
    const pending = await treeOf((await engine.moment('pending')).fs)
    const found = candidates.find(
      (state) =>
        state.versions.length === version + 1 &&
        [...versions].every(([v, tree]) => sameTree(tree, state.versions[v]!)) &&
        state.operations === pendingOperations &&
        sameTree(state.pending, pending),
    )
    if (found !== undefined) return found
    throw new Error(
      `the pond is in none of the states it may be in: found ${describeState({ version, head: versions.get(version)!, pending, operations: pendingOperations })}\nallowed ${candidates.map((state) => describeState({ ...state, version: state.versions.length - 1, head: state.versions.at(-1)! })).join('\n or ')}`,
    )
  }

  async mustVerify(): Promise<void> {
    const { problems } = await (await this.open()).verify({})
    expect(problems).toEqual([])
  }

  #world(): ReturnType<typeof simWorld> {
    return simWorld({ seed: this.#seed, storage: this.#wrap(this.storage), clock: this.#clock })
  }
}

/** Performs acts until the process ends, and says what must and what may be there. */
export async function performUntilCrash(
  pond: SimulatedPond,
  acts: readonly Act[],
  from: PondState,
): Promise<{ crashed: boolean; allowed: readonly PondState[]; done: number }> {
  let state = from
  for (const [done, act] of acts.entries()) {
    const possible = outcomes(state, act)
    try {
      await pond.perform(act)
    } catch (error) {
      if (isCrash(error)) return { crashed: true, allowed: possible, done }
      throw error
    }
    // An act is acknowledged also where only what comes after it (maintenance, say) was cut short.
    state = possible.at(-1)!
    if (pond.storage.hasCrashed) return { crashed: true, allowed: [state], done }
  }
  return { crashed: false, allowed: [state], done: acts.length }
}

export function isCrash(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (isPondError(at, 'platform.crashed')) return true
  return false
}

type Staging = Parameters<Parameters<Pond['stage']>[0]>[0]

async function stageAll(fs: Staging, changes: readonly Change[]): Promise<void> {
  for (const change of changes) {
    switch (change.kind) {
      case 'write': {
        const writer = await fs.writeFile(change.path)
        await writer.write(change.content)
        await writer.close()
        break
      }
      case 'directory':
        await fs.createDirectory(change.path)
        break
      case 'link':
        await fs.createSymlink(change.path, change.target)
        break
      case 'rename':
        await fs.rename(change.path, change.to)
        break
      case 'remove':
        await fs.remove(change.path, { recursive: true })
        break
    }
  }
}

function describeState({
  version,
  head,
  pending,
  operations,
}: {
  readonly version: number
  readonly head: Tree
  readonly pending: Tree
  readonly operations: number
}): string {
  return `version ${version} ${JSON.stringify([...head])}, ${operations} pending ${JSON.stringify([...pending])}`
}
