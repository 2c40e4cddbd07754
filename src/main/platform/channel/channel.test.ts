import { MessageChannel, type MessagePort } from 'node:worker_threads'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { PondError } from '../../../shared/errors'
import { nodeClock } from '../node'
import type { Port } from '../processes'
import { bytes, call, Channel, data, iterate, object, optional, record, signal, tell, type Codec } from './index'

interface Counter {
  readonly name: string
  add(n: number): Promise<number>
  /** Ends at once, whatever it is told. */
  count(options: Options): Promise<number>
  /** Ends when it is let go. */
  hold(): Promise<string>
  letGo(): void
  close(): Promise<void>
}
interface Store {
  readonly title: string
  load(key: string): Promise<Uint8Array>
}
interface Options {
  readonly limit: number
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number) => void
}
interface Service {
  echo(value: unknown): Promise<unknown>
  fail(code: boolean): Promise<void>
  count(from: number): Promise<Counter>
  items(n: number): AsyncIterable<number>
  read(store: Store, key: string): Promise<Uint8Array>
  work(options: Options): Promise<string>
  hang(stop?: AbortSignal): Promise<void>
  note(text: string): void
}

/** With its name as a getter, which no look at its own properties finds. */
class OwnCounter implements Counter {
  #n: number
  readonly #from: number
  readonly #closed: string[]
  #letGo = (): void => undefined

  constructor(from: number, closed: string[]) {
    this.#n = this.#from = from
    this.#closed = closed
  }

  get name(): string {
    return `from ${this.#from}`
  }

  add(more: number): Promise<number> {
    return Promise.resolve((this.#n += more))
  }

  count({ limit, onProgress }: Options): Promise<number> {
    onProgress?.(limit)
    return this.add(limit)
  }

  hold(): Promise<string> {
    return new Promise((resolve) => (this.#letGo = () => resolve('held')))
  }

  letGo(): void {
    this.#letGo()
  }

  close(): Promise<void> {
    this.#closed.push(this.name)
    return Promise.resolve()
  }
}

const COUNTER: Codec<Counter> = object<Counter>(
  { name: true },
  {
    add: call([data()], data()),
    count: call([record<Options>()], data()),
    hold: call([], data()),
    letGo: tell([]),
    close: call([], data()),
  },
)
const STORE: Codec<Store> = object<Store>({ title: true }, { load: call([data()], bytes) })
const SERVICE: Codec<Service> = object<Service>(
  {},
  {
    echo: call([data()], data()),
    fail: call([data()], data()),
    count: call([data()], COUNTER),
    items: iterate([data()], data()),
    read: call([STORE, data()], bytes),
    work: call([record<Options>()], data()),
    hang: call([optional(signal)], data()),
    note: tell([data()]),
  },
  { isRoot: true },
)
const METHODS = ['echo', 'fail', 'count', 'items', 'read', 'work', 'hang', 'note'] as const

const ports: MessagePort[] = []
afterEach(() => ports.splice(0).forEach((port) => port.close()))

/** Both ends, and what the far one did. */
function connect(overdueMs?: number) {
  const { port1, port2 } = new MessageChannel()
  ports.push(port1, port2)
  const pulled: number[] = []
  const notes: string[] = []
  const closed: string[] = []
  const service: Service = {
    echo: (value) => Promise.resolve(value),
    fail: (code) =>
      Promise.reject(code ? new PondError('query.failed', 'no', { line: 3 }) : new TypeError('x is not a function')),
    count: (from) => Promise.resolve(new OwnCounter(from, closed)),
    async *items(n) {
      try {
        for (let i = 0; i < n; i++) {
          pulled.push(i)
          yield i
        }
      } finally {
        closed.push('items')
      }
    },
    read: async (store, key) => new Uint8Array([store.title.length, ...(await store.load(key))]),
    work: async ({ limit, signal: stop, onProgress }) => {
      for (let i = 1; i <= limit; i++) onProgress?.(i)
      if (stop !== undefined && !stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve))
      return stop?.aborted === true ? 'stopped' : 'done'
    },
    hang: () => new Promise(() => undefined),
    note: (text) => void notes.push(text),
  }
  const far = new Channel(portOf(port2), { root: { target: service, codec: SERVICE as never } })
  const near = new Channel(portOf(port1), {
    ...(overdueMs !== undefined && {
      overdue: { clock: nodeClock, afterMs: overdueMs, error: () => new PondError('query.cancelled', 'overdue') },
    }),
  })
  return { api: near.root(METHODS, SERVICE), near, far, pulled, notes, closed }
}

function portOf(port: MessagePort): Port {
  return { post: (message) => port.postMessage(message), listen: (listener) => void port.on('message', listener) }
}

describe('a channel', () => {
  it('brings any data back as it was', async () => {
    const { api } = connect()
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withTypedArray: true,
      withMap: true,
      withSet: true,
    })
    await fc.assert(
      fc.asyncProperty(anything, async (value) => {
        expect(await api.echo(value)).toEqual(structuredClone(value))
      }),
      { numRuns: 200 },
    )
  })

  it('keeps the code and the detail of an error of ours, and the stack of any other', async () => {
    const { api } = connect()
    await expect(api.fail(true)).rejects.toMatchObject({ name: 'PondError', code: 'query.failed', detail: { line: 3 } })
    const other = await api.fail(false).catch((error: unknown) => error as Error)
    expect(other).toMatchObject({ name: 'TypeError', message: 'x is not a function' })
    expect((other as Error).stack).toContain('channel.test.ts')
  })

  it('leaves an object where it is, until it is closed', async () => {
    const { api, closed } = connect()
    const counter = await api.count(5)
    expect(counter.name).toBe('from 5')
    expect(await counter.add(2)).toBe(7)
    expect(await counter.add(2)).toBe(9)
    await counter.close()
    expect(closed).toEqual(['from 5'])
    await expect(counter.add(1)).rejects.toThrow('nothing of the number')
  })

  it('pulls the items of an iteration, of which one is on its way', async () => {
    const { api, pulled, closed } = connect()
    const seen: number[] = []
    for await (const item of api.items(1_000)) {
      seen.push(item)
      if (seen.length === 3) break
    }
    expect(seen).toEqual([0, 1, 2])
    expect(pulled.length).toBeLessThanOrEqual(4)
    expect(closed).toEqual(['items'])
    const all: number[] = []
    for await (const item of api.items(10)) all.push(item)
    expect(all).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('calls what it was handed back, and hands over no byte beside those that are meant', async () => {
    const { api } = connect()
    const store: Store = {
      title: 'abc',
      load: (key) => Promise.resolve(new TextEncoder().encode(`0123${key}`).subarray(4)),
    }
    expect([...(await api.read(store, 'x'))]).toEqual([3, 120])
  })

  it('tells progress and hears of an abort', async () => {
    const { api, notes } = connect()
    const abort = new AbortController()
    const seen: number[] = []
    const working = api.work({ limit: 3, signal: abort.signal, onProgress: (done) => seen.push(done) })
    api.note('hello')
    await api.echo(null)
    abort.abort()
    expect(await working).toBe('stopped')
    expect(seen).toEqual([1, 2, 3])
    expect(notes).toEqual(['hello'])
  })

  it('hears of an abort that came before the call', async () => {
    const { api } = connect()
    expect(await api.work({ limit: 0, signal: AbortSignal.abort() })).toBe('stopped')
  })

  it('waits only so long for a call that was aborted', async () => {
    const { api } = connect(20)
    const abort = new AbortController()
    const hanging = api.hang(abort.signal)
    abort.abort()
    await expect(hanging).rejects.toMatchObject({ code: 'query.cancelled' })
    expect(await api.echo(1)).toBe(1)
  })

  it('takes an abort that comes after its call for nothing to the others of the object', async () => {
    const { api } = connect(20)
    const counter = await api.count(1)
    const abort = new AbortController()
    expect(await counter.count({ limit: 1, signal: abort.signal })).toBe(2)
    const holding = counter.hold()
    abort.abort()
    await new Promise((resolve) => setTimeout(resolve, 60))
    counter.letGo()
    expect(await holding).toBe('held')
    expect(await counter.add(1)).toBe(3)
  })

  it('fails everything that waits when the other side is over, and all that comes', async () => {
    const { api, near } = connect()
    const hanging = api.hang()
    const counter = await api.count(1)
    near.end(() => new PondError('query.engine-crashed', 'gone'))
    await expect(hanging).rejects.toMatchObject({ code: 'query.engine-crashed' })
    await expect(counter.add(1)).rejects.toMatchObject({ code: 'query.engine-crashed' })
    await expect(api.echo(1)).rejects.toMatchObject({ code: 'query.engine-crashed' })
  })

  it('remembers nothing of calls that are over, on either side', async () => {
    const { api, near, far } = connect()
    const before = [near.size, far.size]
    for (let i = 0; i < 20; i++) {
      await (await api.count(i)).close()
      await api.work({ limit: 1, signal: AbortSignal.abort(), onProgress: () => undefined })
      await api.read({ title: '', load: () => Promise.resolve(new Uint8Array(1)) }, '')
      for await (const item of api.items(9)) if (item === i % 9) break
    }
    await api.echo(1)
    expect([near.size, far.size]).toEqual(before)
  })

  it('remembers nothing of calls of an object that are over, while it lives', async () => {
    const { api, near, far } = connect()
    const counter = await api.count(1)
    await counter.add(1)
    const before = [near.size, far.size]
    for (let i = 0; i < 20; i++)
      await counter.count({ limit: 1, signal: new AbortController().signal, onProgress: () => undefined })
    await api.echo(1)
    expect([near.size, far.size]).toEqual(before)
  })
})
