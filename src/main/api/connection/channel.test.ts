import { describe, expect, it } from 'vitest'
import { Channel } from './channel'
import { steps } from './steps'

const never = new AbortController().signal

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = []
  for await (const value of values) seen.push(value)
  return seen
}

describe('a channel', () => {
  it('delivers every value in order, also those pushed before anybody reads', async () => {
    const channel = new Channel<number>('all')
    channel.push(1)
    channel.push(2)
    setTimeout(() => {
      channel.push(3)
      channel.end()
    })
    expect(await collect(channel)).toEqual([1, 2, 3])
  })

  it('keeps only the latest value for a reader that is slow', async () => {
    const channel = new Channel<number>('latest')
    for (let i = 0; i < 1_000; i++) channel.push(i)
    channel.end()
    expect(await collect(channel)).toEqual([999])
  })

  it('ends with the error after what was pushed before it', async () => {
    const channel = new Channel<number>('all')
    channel.push(1)
    channel.end(new Error('broken'))
    const reader = channel.read(never)
    expect(await reader.next()).toEqual({ value: 1, done: false })
    await expect(reader.next()).rejects.toThrow('broken')
  })

  it('ends when the signal aborts, also when it had before', async () => {
    const stopping = new AbortController()
    const reader = new Channel<number>('all').read(stopping.signal)
    const next = reader.next()
    stopping.abort()
    expect(await next).toEqual({ value: undefined, done: true })
    expect(await collect(new Channel<number>('all').read(stopping.signal))).toEqual([])
  })
})

describe('a stream of steps', () => {
  it('ends with the result however fast the work was', async () => {
    const seen = await collect(steps({ signal: never }, async () => 'made'))
    expect(seen.at(-1)).toEqual({ kind: 'done', result: 'made' })
  })

  it('reports at most ten times a second, but always the end', async () => {
    const seen = await collect(
      steps({ signal: never }, async (report) => {
        for (let done = 1; done <= 10_000; done++) {
          report({ done, total: 10_000, unit: 'files', note: '' })
          if (done % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
        }
        await new Promise((resolve) => setTimeout(resolve, 5))
        return null
      }),
    )
    const progress = seen.flatMap((step) => (step.kind === 'progress' ? [step.done] : []))
    expect(progress.length).toBeLessThan(20)
    expect(progress.at(-1)).toBe(10_000)
  })

  it('cancels the work of whoever leaves early, and waits until it has stopped', async () => {
    let stopped = false
    const stream = steps({ signal: never }, async (report, signal) => {
      report({ done: 0, total: null, unit: 'files', note: '' })
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      await new Promise((resolve) => setTimeout(resolve, 10))
      stopped = true
      throw signal.reason
    })
    for await (const _ of stream) break
    expect(stopped).toBe(true)
  })

  it('throws what the work threw', async () => {
    const stream = steps({ signal: never }, async () => {
      throw new Error('no space')
    })
    await expect(stream.next()).rejects.toThrow('no space')
  })
})
