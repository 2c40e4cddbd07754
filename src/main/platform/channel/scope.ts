/**
 * What belongs to one call from here: the objects, signals and callbacks that went with it, those that came
 * back, and the calls on them that are under way. It ends with the call, or, where that brought an object to be
 * closed, with the object; then both sides forget everything of it.
 */
import type { AnySpec } from './codec'
import type { Channel } from './channel'

export interface RemoteMethod {
  readonly id: number
  readonly name: string
  readonly spec: AnySpec
  readonly isRoot: boolean
}

export class Scope {
  readonly channel: Channel
  /** Rejects a call that is under way. */
  readonly #calls = new Set<(error: unknown) => void>()
  readonly #exports: number[] = []
  readonly #signals = new Map<number, () => void>()
  readonly #received: number[] = []
  #failure: { readonly error: unknown } | undefined
  #isOver = false

  /** Whether it is of a call that was made from here; else it is of one that is served here, and ends with the other side's. */
  readonly isAsking: boolean

  constructor(channel: Channel, isAsking: boolean) {
    this.channel = channel
    this.isAsking = isAsking
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Whether anything can still come of it. */
  get isAlive(): boolean {
    return !this.#isOver && this.#failure === undefined
  }

  get isWaiting(): boolean {
    return this.#calls.size > 0
  }

  /** Makes an object callable from the other side for as long as the scope lasts. */
  export(target: object, specs: Readonly<Record<string, AnySpec>>, onCall?: (method: string) => void): number {
    const id = this.channel.export({ target, specs, scope: this, onCall })
    if (this.isAsking) this.#exports.push(id)
    return id
  }

  exportSignal(signal: AbortSignal): { readonly id: number; readonly isAborted: boolean } {
    const id = this.channel.newId()
    const onAbort = (): void => {
      this.channel.postAbort(id)
      this.channel.watch(this)
    }
    if (signal.aborted) this.channel.watch(this)
    else signal.addEventListener('abort', onAbort, { once: true })
    this.#signals.set(id, () => signal.removeEventListener('abort', onAbort))
    return { id, isAborted: signal.aborted }
  }

  importSignal({ id, isAborted }: { readonly id: number; readonly isAborted: boolean }): AbortSignal {
    return this.channel.importSignal(id, isAborted)
  }

  /** Remembers an object of the other side, to be forgotten there, too. */
  receive(id: number): void {
    if (this.isAsking) this.#received.push(id)
  }

  tell(id: number, name: string, args: readonly unknown[]): void {
    this.channel.post(['call', 0, id, name, args])
  }

  /** A method of an object of the other side. */
  method({ id, name, spec, isRoot }: RemoteMethod): (...args: unknown[]) => unknown {
    const pack = (args: readonly unknown[], scope: Scope): unknown[] =>
      args.map((value, index) => (spec.args[index] ?? PLAIN).pack(value, scope))
    switch (spec.kind) {
      case 'tell':
        return (...args) => this.tell(id, name, pack(args, this))
      case 'call':
        return async (...args) => {
          // What goes with a call (its signals, its callbacks) ends with it; the object that it is of lives on.
          const own = new Scope(this.channel, true)
          const result = spec.result!
          let isKept = false
          try {
            const packed = await (isRoot ? own : this).call({ id, name, args: pack(args, own), own })
            isKept = isRoot && result.isLasting === true && packed !== null
            return result.unpack(packed, isRoot ? own : this)
          } finally {
            if (!isKept) own.end()
            if (!isRoot && name === 'close') this.end()
          }
        }
      case 'iterate':
        return (...args) => {
          const scope = isRoot ? new Scope(this.channel, true) : this
          return pulled(scope, { id, name, args: pack(args, scope), spec, isWhole: isRoot })
        }
    }
  }

  /**
   * Asks the other side. @throws what it throws, and what the channel's end or an overdue cancellation means
   * @param what.own of this call alone: it fails with either scope
   */
  call({ id, name, args, own = this }: Asked): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure.error as Error)
      const scopes = new Set([this, own])
      for (const scope of scopes) scope.#calls.add(reject)
      const settled = (): void => scopes.forEach((scope) => scope.#calls.delete(reject))
      this.channel.ask({ id, name, args }, { scope: this, settled, resolve, reject })
    })
  }

  /** Fails everything that is under way, and whatever is asked from now on. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    for (const reject of this.#calls) reject(error)
    this.#calls.clear()
  }

  /** Forgets everything on both sides. Idempotent. */
  end(): void {
    if (this.#isOver || !this.isAsking) return
    this.#isOver = true
    for (const stop of this.#signals.values()) stop()
    this.channel.forget(this, { exports: this.#exports, received: this.#received, signals: [...this.#signals.keys()] })
  }
}

interface Asked {
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
  readonly own?: Scope
}

const PLAIN = { pack: (value: unknown): unknown => value }

interface Pull {
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
  readonly spec: AnySpec
  /** Whether the scope is of this iteration alone. */
  readonly isWhole: boolean
}

/** The items of an iteration over there, of which the next is on its way while one is looked at here. */
async function* pulled(scope: Scope, { id, name, args, spec, isWhole }: Pull): AsyncGenerator<unknown> {
  const iterator = (await scope.call({ id, name, args })) as number
  const next = (): Promise<IteratorResult<unknown>> => {
    const coming = scope.call({ id: iterator, name: 'next', args: [] }) as Promise<IteratorResult<unknown>>
    // Heard when it is awaited; who leaves early never does.
    coming.catch(() => undefined)
    return coming
  }
  let isDone = false
  try {
    let coming = next()
    for (;;) {
      const { done, value } = await coming
      if (done === true) {
        isDone = true
        return
      }
      coming = next()
      yield spec.item!.unpack(value, scope)
    }
  } finally {
    if (!isDone) await scope.call({ id: iterator, name: 'return', args: [] }).catch(() => undefined)
    if (isWhole) scope.end()
  }
}
