/** Where a history runs: two processes with one pond open, on a simulated machine or on this one. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { World } from '../../src/main/platform'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { SimClock, SimStorage, simWorld } from '../../src/main/platform/sim'
import { createPond, openPond, type Pond } from '../../src/main/pond'

interface Ground {
  world(process: number): World
  /** What was not synced may be gone. A real machine keeps its power. */
  losePower(seed: number): void
  remove(): Promise<void>
}

export class Machine {
  readonly #ground: Ground
  /** By process, those that have it open. */
  readonly #ponds = new Map<number, Pond>()

  private constructor(ground: Ground, first: Pond) {
    this.#ground = ground
    this.#ponds.set(0, first)
  }

  static async simulated(): Promise<Machine> {
    const ground = new SimulatedGround()
    return new Machine(ground, await createPond(ground.world(0)))
  }

  static async real(): Promise<Machine> {
    const folder = await mkdtemp(join(tmpdir(), 'pond-model-'))
    const ground: Ground = {
      world: () => nodeWorld({ storage: nodeStorage(folder) }),
      losePower: () => undefined,
      remove: () => rm(folder, { recursive: true, force: true }),
    }
    return new Machine(ground, await createPond(ground.world(0)))
  }

  async pond(process: 0 | 1): Promise<Pond> {
    const open = this.#ponds.get(process) ?? (await openPond(this.#ground.world(process)))
    this.#ponds.set(process, open)
    return open
  }

  async reopen(process: 0 | 1): Promise<void> {
    await this.#ponds.get(process)?.close()
    this.#ponds.delete(process)
  }

  async losePower(seed: number): Promise<void> {
    this.#ground.losePower(seed)
    // Ended processes: what they still had in hand has no effect any more.
    await Promise.allSettled(Array.from(this.#ponds.values(), (pond) => pond.close()))
    this.#ponds.clear()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Array.from(this.#ponds.values(), (pond) => pond.close()))
    await this.#ground.remove()
  }
}

class SimulatedGround implements Ground {
  readonly #clock = new SimClock()
  #storages = [new SimStorage()]
  #worlds = 0

  world(process: number): World {
    const storage = (this.#storages[process] ??= this.#storages.find(Boolean)!.anotherProcess())
    return simWorld({ seed: ++this.#worlds, storage, clock: this.#clock, pid: process + 1 })
  }

  losePower(seed: number): void {
    const after = this.#storages.map((storage) => storage.afterKill()).at(0)!
    this.#storages = [after.afterCrash(seed)]
  }

  async remove(): Promise<void> {}
}
