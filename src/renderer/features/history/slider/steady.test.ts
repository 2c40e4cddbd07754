import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { steadily } from './steady'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a steady pace', () => {
  it('grants the first wish at once and of a burst only the last', () => {
    const granted: number[] = []
    const steady = steadily<number>((value) => granted.push(value), 100)
    for (const value of [1, 2, 3]) steady.wish(value)
    expect(granted).toEqual([1])
    expect(steady.waiting()).toBe(true)
    vi.advanceTimersByTime(100)
    expect(granted).toEqual([1, 3])
    expect(steady.waiting()).toBe(false)
  })

  it('never grants two within one gap', () => {
    const times: number[] = []
    const steady = steadily<number>(() => times.push(Date.now()), 100)
    for (let i = 0; i < 50; i++) {
      steady.wish(i)
      vi.advanceTimersByTime(7)
    }
    vi.advanceTimersByTime(500)
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0))
    expect(times.length).toBeGreaterThan(3)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100)
  })

  it('grants the waiting wish early when flushed, and only once', () => {
    const granted: number[] = []
    const steady = steadily<number>((value) => granted.push(value), 100)
    steady.wish(1)
    steady.wish(2)
    steady.flush()
    expect(granted).toEqual([1, 2])
    vi.advanceTimersByTime(1_000)
    steady.flush()
    expect(granted).toEqual([1, 2])
  })

  it('forgets the waiting wish when cancelled and takes the next at once after the gap', () => {
    const granted: number[] = []
    const steady = steadily<number>((value) => granted.push(value), 100)
    steady.wish(1)
    steady.wish(2)
    steady.cancel()
    vi.advanceTimersByTime(100)
    expect(granted).toEqual([1])
    steady.wish(3)
    expect(granted).toEqual([1, 3])
  })
})
