/**
 * Calls between two processes over a port, in both directions: objects stay where they are, and whoever has a
 * reference to one calls its methods. Bounded by being pulled: an iteration has one item on its way. When the
 * other process is over, everything that waits for it fails, and nothing is asked of it any more.
 */
import type { Port } from '../processes'
import type { Clock } from '../world'
import { packFailure, unpackFailure, type AnySpec, type Codec, type PackedFailure } from './codec'
import { Scope } from './scope'

type Message =
  | readonly ['call', callId: number, object: number, method: string, args: readonly unknown[]]
  | readonly ['done', callId: number, value: unknown]
  | readonly ['failed', callId: number, failure: PackedFailure]
  | readonly ['abort', signal: number]
  | readonly ['free', objects: readonly number[], signals: readonly number[]]

interface Exported {
  readonly target: object
  readonly specs: Readonly<Record<string, AnySpec>>
  readonly scope: Scope
  readonly onCall?: ((method: string) => void) | undefined
}

interface Asking {
  readonly scope: Scope
  settled(): void
  resolve(value: unknown): void
  reject(error: unknown): void
}

export interface ChannelOptions {
  /** What the other side may call first. */
  readonly root?: { readonly target: object; readonly codec: Codec<never> }
  /** For calls that take too long to end after they were aborted. */
  readonly overdue?: {
    readonly clock: Clock
    readonly afterMs: number
    /** What they fail with; asked once for each scope. */
    readonly error: () => unknown
  }
  /** Told when the first call begins to wait, and when none does any more. */
  readonly onWaiting?: (isWaiting: boolean) => void
  /** Told when a scope has ended. */
  readonly onScopeEnd?: () => void
}

const ITERATOR: Readonly<Record<string, AnySpec>> = {
  next: { kind: 'call', args: [] },
  return: { kind: 'call', args: [] },
}
const ROOT = 1

export class Channel {
  readonly #port: Port
  readonly #options: ChannelOptions
  readonly #exports = new Map<number, Exported>()
  readonly #signals = new Map<number, AbortController>()
  readonly #asking = new Map<number, Asking>()
  readonly #scopes = new Set<Scope>()
  readonly #owners = new WeakMap<object, Scope>()
  #lastId = ROOT
  #ended: ((scope: Scope) => unknown) | undefined

  constructor(port: Port, options: ChannelOptions = {}) {
    this.#port = port
    this.#options = options
    if (options.root !== undefined) {
      // The first export of a channel has the number that the other side calls first.
      this.#lastId = ROOT - 1
      const { target, codec } = options.root
      codec.pack(target as never, new Scope(this, false))
      this.#lastId = ROOT
    }
    port.listen((message) => void this.#receive(message as Message))
  }

  /** The object that the other side was made with. */
  root<T extends object>(methods: readonly (keyof T & string)[], codec: Codec<T>): T {
    return codec.unpack({ id: ROOT, fields: {}, methods }, new Scope(this, true))
  }

  /** Whether anything waits for the other side or has an object of it, but for what came with `base`. */
  isNeededBeside(base: object): boolean {
    const own = this.#owners.get(base)
    return [...this.#scopes].some((scope) => scope !== own && scope.isAlive)
  }

  /** Objects, signals, calls and scopes that it remembers. */
  get size(): number {
    return this.#exports.size + this.#signals.size + this.#asking.size + this.#scopes.size
  }

  newId(): number {
    return ++this.#lastId
  }

  export(exported: Exported): number {
    const id = this.newId()
    this.#exports.set(id, exported)
    return id
  }

  post(message: Message): void {
    if (this.#ended === undefined) this.#port.post(message)
  }

  postAbort(signal: number): void {
    this.post(['abort', signal])
  }

  importSignal(id: number, isAborted: boolean): AbortSignal {
    const controller = new AbortController()
    if (isAborted) controller.abort()
    this.#signals.set(id, controller)
    return controller.signal
  }

  ask(what: { readonly id: number; readonly name: string; readonly args: readonly unknown[] }, asking: Asking): void {
    const { scope } = asking
    if (this.#ended !== undefined) {
      asking.settled()
      return asking.reject(this.#ended(scope))
    }
    const callId = this.newId()
    this.#scopes.add(scope)
    if (this.#asking.size === 0) this.#options.onWaiting?.(true)
    this.#asking.set(callId, asking)
    this.post(['call', callId, what.id, what.name, what.args])
  }

  /** Remembers what an object of the other side belongs to. */
  own(object: object, scope: Scope): void {
    this.#owners.set(object, scope)
  }

  /** Waits no more for an object of the other side: calls of it fail, those under way and all to come. */
  abandon(object: object, error: unknown): void {
    this.#owners.get(object)?.fail(error)
  }

  /** From now on the scope's calls have only so long to end. */
  watch(scope: Scope): void {
    const { overdue } = this.#options
    if (overdue === undefined) return
    void overdue.clock.sleep(overdue.afterMs).then(() => {
      if (!scope.isOver && scope.isWaiting && this.#ended === undefined) scope.fail(overdue.error())
    })
  }

  forget(
    scope: Scope,
    ids: {
      readonly exports: readonly number[]
      readonly received: readonly number[]
      readonly signals: readonly number[]
    },
  ): void {
    for (const id of ids.exports) this.#exports.delete(id)
    if (ids.received.length + ids.signals.length > 0) this.post(['free', ids.received, ids.signals])
    if (this.#scopes.delete(scope)) this.#options.onScopeEnd?.()
  }

  /** The other side is over, or nobody listens to it any more. @param why what each call fails with */
  end(why: (scope: Scope) => unknown): void {
    if (this.#ended !== undefined) return
    this.#ended = why
    for (const scope of this.#scopes) scope.fail(why(scope))
    for (const controller of this.#signals.values()) controller.abort()
    this.#asking.clear()
    this.#exports.clear()
    this.#signals.clear()
    this.#options.onWaiting?.(false)
  }

  async #receive(message: Message): Promise<void> {
    if (this.#ended !== undefined) return
    switch (message[0]) {
      case 'call':
        return this.#serve(message)
      case 'done':
        return this.#settle(message[1], ({ resolve }) => resolve(message[2]))
      case 'failed':
        return this.#settle(message[1], ({ reject }) => reject(unpackFailure(message[2])))
      case 'abort':
        return this.#signals.get(message[1])?.abort()
      case 'free':
        for (const id of message[1]) this.#exports.delete(id)
        for (const id of message[2]) this.#signals.delete(id)
    }
  }

  #settle(callId: number, settle: (asking: Asking) => void): void {
    const asking = this.#asking.get(callId)
    if (asking === undefined) return
    this.#asking.delete(callId)
    asking.settled()
    settle(asking)
    if (!asking.scope.isAsking && !asking.scope.isWaiting) this.#scopes.delete(asking.scope)
    if (this.#asking.size === 0) this.#options.onWaiting?.(false)
  }

  async #serve([, callId, id, name, args]: Extract<Message, readonly ['call', ...unknown[]]>): Promise<void> {
    try {
      const value = await this.#perform(id, name, args)
      if (callId > 0) this.post(['done', callId, value])
    } catch (error) {
      if (callId > 0) this.post(['failed', callId, packFailure(error)])
    }
  }

  async #perform(id: number, name: string, packed: readonly unknown[]): Promise<unknown> {
    const exported = this.#exports.get(id)
    const spec = exported?.specs[name]
    if (exported === undefined || spec === undefined)
      throw new Error(`nothing of the number ${id} has a method ${name}`)
    const { target, onCall } = exported
    const served = new Scope(this, false)
    const scope = exported.scope.isAsking ? exported.scope : served
    const args = packed.map((value, index) => {
      const codec = spec.args[index]
      return codec === undefined ? value : codec.unpack(value, served)
    })
    onCall?.(name)
    const method = (target as Readonly<Record<string, (...args: unknown[]) => unknown>>)[name]!
    const result: unknown = method.apply(target, args)
    if (spec.kind === 'iterate') return this.#exportIterator(result as AsyncIterable<unknown>, spec, scope)
    const value = await result
    return spec.kind === 'call' && spec.result !== undefined ? spec.result.pack(value, scope) : value
  }

  /** Its number; it is forgotten with its last item. */
  #exportIterator(items: AsyncIterable<unknown>, { item }: AnySpec, scope: Scope): number {
    const iterator = items[Symbol.asyncIterator]()
    const target = {
      next: async () => {
        const { done, value } = await iterator.next()
        if (done !== true) return { done: false, value: item!.pack(value, scope) }
        this.#exports.delete(id)
        return { done: true, value: undefined }
      },
      return: async () => {
        this.#exports.delete(id)
        await iterator.return?.()
      },
    }
    const id: number = scope.export(target, ITERATOR)
    return id
  }
}
