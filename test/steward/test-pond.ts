/** Ponds on a simulated disk, for tests: several processes of one machine, one clock, short words for what tests do. */
import { SimClock, SimStorage, simWorld } from '../../src/main/platform/sim'
import { Pond } from '../../src/main/pond/pond'
import { createSteward, openSteward, type Steward } from '../../src/main/steward'
import type { Staged } from '../../src/main/steward/types'

const encoder = new TextEncoder()

export class TestPond {
  readonly storage: SimStorage
  readonly clock: SimClock
  readonly engine: Pond
  /** What the engine is put together of, for what it does not show. */
  readonly steward: Steward
  #processes = 1

  private constructor(storage: SimStorage, clock: SimClock, steward: Steward) {
    this.storage = storage
    this.clock = clock
    this.steward = steward
    this.engine = new Pond(steward.world, steward)
  }

  static async create(storage = new SimStorage()): Promise<TestPond> {
    const clock = new SimClock()
    const world = simWorld({ seed: 1, storage, clock })
    return new TestPond(storage, clock, await createSteward(world, {}))
  }

  /** The same pond, opened by one more process of the same machine. */
  async another(storage = this.storage.anotherProcess()): Promise<TestPond> {
    const seed = 1_000 * ++this.#processes + this.storage.operations
    const world = simWorld({ seed, storage, clock: this.clock, pid: this.#processes })
    return new TestPond(storage, this.clock, await openSteward(world, {}))
  }

  async put(path: string, value: string | Uint8Array): Promise<void> {
    const content = await this.engine.prepare([typeof value === 'string' ? encoder.encode(value) : value])
    await this.engine.stage((fs) => fs.put(path, content, { replace: true, parents: true }))
  }

  /** As `put`, so that an undo takes it back where it replaces what is pending only. */
  async change(path: string, value: string): Promise<Staged<unknown>> {
    const content = await this.engine.prepare([encoder.encode(value)])
    return this.engine.stage((fs) => fs.put(path, content, { replace: true, parents: true }), { undoable: true })
  }

  async commit(message = 'm'): Promise<number> {
    const outcome = await this.engine.commit({ message })
    if (outcome.outcome !== 'committed') throw new Error(`expected a commit, got ${JSON.stringify(outcome)}`)
    return outcome.version
  }

  async read(path: string, at = 'pending'): Promise<string> {
    return new TextDecoder().decode(await (await this.engine.moment(at)).fs.readAll(path))
  }

  /** Paths of everything, directories with a slash. */
  async tree(at = 'pending'): Promise<string[]> {
    const { fs } = await this.engine.moment(at)
    const paths: string[] = []
    for await (const { path, node } of fs.visit('/')) {
      if (path !== '/') paths.push(node.fileType === 'directory' ? `${path}/` : path)
    }
    return paths
  }
}
