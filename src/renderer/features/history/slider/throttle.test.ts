import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { throttle } from './throttle'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a throttled pace', () => {
  it('grants the first ask at once and of a burst only the last', () => {
    const ran: number[] = []
    const throttled = throttle<number>((value) => ran.push(value), 100)
    for (const value of [1, 2, 3]) throttled.ask(value)
    expect(ran).toEqual([1])
    expect(throttled.waiting()).toBe(true)
    vi.advanceTimersByTime(100)
    expect(ran).toEqual([1, 3])
    expect(throttled.waiting()).toBe(false)
  })

  it('never grants two within one gap', () => {
    const times: number[] = []
    const throttled = throttle<number>(() => times.push(Date.now()), 100)
    for (let i = 0; i < 50; i++) {
      throttled.ask(i)
      vi.advanceTimersByTime(7)
    }
    vi.advanceTimersByTime(500)
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0))
    expect(times.length).toBeGreaterThan(3)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100)
  })

  it('grants the waiting ask early when flushed, and only once', () => {
    const ran: number[] = []
    const throttled = throttle<number>((value) => ran.push(value), 100)
    throttled.ask(1)
    throttled.ask(2)
    throttled.flush()
    expect(ran).toEqual([1, 2])
    vi.advanceTimersByTime(1_000)
    throttled.flush()
    expect(ran).toEqual([1, 2])
  })

  it('forgets the waiting ask when cancelled and takes the next at once after the gap', () => {
    const ran: number[] = []
    const throttled = throttle<number>((value) => ran.push(value), 100)
    throttled.ask(1)
    throttled.ask(2)
    throttled.cancel()
    vi.advanceTimersByTime(100)
    expect(ran).toEqual([1])
    throttled.ask(3)
    expect(ran).toEqual([1, 3])
  })
})
