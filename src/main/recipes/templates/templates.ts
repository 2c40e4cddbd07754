/**
 * Templates where they stall nobody: in processes of their own where the world has them, else in this one. Bounded in steps,
 * memory and output as `Renderer` says, and here in time: a process whose template takes too long is ended. One or two of them
 * are busy at once, and who asks for many templates takes turns with others, short ones first.
 */
import type { Child, World } from '../../platform'
import { filledPlainly } from './plain'
import { Renderer } from './renderer'
import { MOST_STEPS, type Rendered, type Rendering } from './rendering'

/** Of one template, and of all that are asked for together. */
const MOST_MS = 10_000
const MOST_TOGETHER_MS = 20_000
const PROCESSES = 2
/** A second process is started for those who have waited so long. */
const PATIENCE_MS = 100

/** Templates that are asked for together, filled in one by one. */
interface Call {
  readonly work: readonly Rendering[]
  readonly done: Rendered[]
  spentUs: number
  readonly end: (rendered: readonly Rendered[]) => void
}

type Needed = Pick<World, 'clock' | 'log' | 'processes'>

export class Templates {
  readonly #world: Needed
  readonly #workers: Worker[] = []
  /** Who waits for a turn, in order. */
  readonly #waiting: Call[] = []
  #renderer: Promise<Renderer> | undefined
  #isImpatient = false
  #isClosed = false

  constructor(world: Needed) {
    this.#world = world
  }

  /** Every one is done, in order; what is wrong with one is its result. */
  readonly render = async (work: readonly Rendering[]): Promise<readonly Rendered[]> => {
    const plain = work.map(filledPlainly)
    const others = await this.#byEngine(work.filter((_, i) => plain[i] === undefined))
    let next = 0
    return plain.map((text) => (text === undefined ? others[next++]! : { text }))
  }

  #byEngine(work: readonly Rendering[]): Promise<readonly Rendered[]> {
    if (work.length === 0) return Promise.resolve([])
    if (this.#world.processes?.programs.has('templates') !== true) return this.#renderHere(work)
    return new Promise((end) => {
      this.#waiting.push({ work, done: [], spentUs: 0, end })
      this.#next()
    })
  }

  /** Ends the processes; whoever waits gets a problem. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const call of this.#waiting.splice(0)) giveUp(call, CLOSED)
    await Promise.all(this.#workers.map((worker) => worker.close()))
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#workers.find(({ isIdle }) => isIdle) ?? this.#newWorker()
      if (worker === undefined) return
      const at = this.#waiting.findIndex(({ work, done }) => (work[done.length]!.steps ?? MOST_STEPS) < MOST_STEPS)
      const [call] = this.#waiting.splice(Math.max(0, at), 1)
      void this.#turn(worker, call!)
    }
  }

  /** One template of a call, which then waits for its next turn. */
  async #turn(worker: Worker, call: Call): Promise<void> {
    const { clock } = this.#world
    const started = clock.elapsed()
    const rendered = await worker.render(call.work[call.done.length]!)
    if (worker.isOver) this.#workers.splice(this.#workers.indexOf(worker), 1)
    call.spentUs += clock.elapsed() - started
    call.done.push(rendered)
    if (call.done.length === call.work.length) call.end(call.done)
    else if (this.#isClosed) giveUp(call, CLOSED)
    else if (call.spentUs > MOST_TOGETHER_MS * 1_000) giveUp(call, TOO_LONG)
    else this.#waiting.push(call)
    this.#next()
  }

  /** The first at once; another one for those who wait a while. */
  #newWorker(): Worker | undefined {
    if (this.#workers.length >= PROCESSES) return undefined
    if (this.#workers.length === 0 || this.#isImpatient) {
      this.#isImpatient = false
      const worker = new Worker(this.#world)
      this.#workers.push(worker)
      return worker
    }
    void this.#world.clock.sleep(PATIENCE_MS).then(() => {
      if (this.#waiting.length === 0 || this.#isClosed) return
      this.#isImpatient = true
      this.#next()
    })
    return undefined
  }

  async #renderHere(work: readonly Rendering[]): Promise<readonly Rendered[]> {
    const done: Rendered[] = []
    const started = this.#world.clock.elapsed()
    for (const one of work) {
      if (this.#world.clock.elapsed() - started > MOST_TOGETHER_MS * 1_000) {
        done.push({ problem: TOO_LONG })
        continue
      }
      let renderer = await (this.#renderer ??= Renderer.open())
      if (renderer.isBroken) renderer = await (this.#renderer = Renderer.open())
      done.push(renderer.render(one))
      await this.#world.clock.sleep(0)
    }
    return done
  }
}

const TOO_LONG = 'it takes too long'
const CLOSED = 'the pond was closed before it was filled in'

function giveUp({ work, done, end }: Call, problem: string): void {
  end([...done, ...work.slice(done.length).map(() => ({ problem }))])
}

/** One process, with one template at a time. */
class Worker {
  readonly #world: Needed
  readonly #child: Child
  #answer: ((rendered: Rendered) => void) | undefined
  #isOver = false

  constructor(world: Needed) {
    this.#world = world
    this.#child = world.processes!.start('templates')
    this.#child.listen((message) => this.#answered(message as Rendered))
    void this.#child.ended.then((end) => {
      this.#isOver = true
      if (this.#answer !== undefined) world.log.error('recipes.templates-ended', { ...end })
      this.#answered({ problem: `the template engine ended (${end.signal ?? `status ${end.code}`})` })
    })
  }

  get isIdle(): boolean {
    return this.#answer === undefined && !this.#isOver
  }

  get isOver(): boolean {
    return this.#isOver
  }

  async render(rendering: Rendering): Promise<Rendered> {
    const waiting = new AbortController()
    const answered = new Promise<Rendered>((resolve) => (this.#answer = resolve))
    this.#child.hold(true)
    const late = this.#world.clock.sleep(MOST_MS, waiting.signal).then(
      () => {
        // Whatever it is doing.
        this.#isOver = true
        this.#child.kill()
        this.#answered({ problem: TOO_LONG })
      },
      () => undefined,
    )
    try {
      this.#child.post(rendering)
    } catch (error) {
      this.#answered({ problem: `what it is given cannot be sent: ${String(error)}` })
    }
    try {
      return await answered
    } finally {
      this.#child.hold(false)
      waiting.abort()
      await late
    }
  }

  async close(): Promise<void> {
    this.#isOver = true
    // Whoever waits for its end must not end before it: a command would, without a word of what it was to say.
    this.#child.hold(true)
    this.#child.kill()
    await this.#child.ended
  }

  #answered(rendered: Rendered): void {
    const answer = this.#answer
    this.#answer = undefined
    answer?.(rendered)
  }
}
