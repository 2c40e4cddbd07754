import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPause } from './pause'

describe('a pause', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('does the last thing only, once nothing has come for its length', () => {
    const done: string[] = []
    const pause = createPause(300)
    pause.after(() => done.push('a'))
    vi.advanceTimersByTime(299)
    pause.after(() => done.push('b'))
    vi.advanceTimersByTime(299)
    expect(done).toEqual([])
    vi.advanceTimersByTime(1)
    expect(done).toEqual(['b'])
  })

  it('cut short does at once what was waiting, and not again later', () => {
    const done: string[] = []
    const pause = createPause(300)
    pause.after(() => done.push('a'))
    pause.cutShort()
    expect(done).toEqual(['a'])
    pause.cutShort()
    vi.advanceTimersByTime(1000)
    expect(done).toEqual(['a'])
  })

  it('dropped forgets what was waiting', () => {
    const done: string[] = []
    const pause = createPause(300)
    pause.after(() => done.push('a'))
    pause.drop()
    pause.cutShort()
    vi.advanceTimersByTime(1000)
    expect(done).toEqual([])
  })
})
