import { describe, expect, it } from 'vitest'
import { comparedMoments } from './moments'

describe('the moments that are compared', () => {
  it('are head and pending now', () => {
    expect(comparedMoments({ at: 'pending', head: 7, comparison: null })).toMatchObject({
      from: 'head',
      to: 'pending',
      names: { before: 'version 7', after: 'pending' },
      pending: true,
    })
  })

  it('are a version and the one before it in the past, where nothing can be discarded', () => {
    expect(comparedMoments({ at: 3, head: 7, comparison: null })).toMatchObject({
      from: '2',
      to: '3',
      names: { before: 'version 2', after: 'version 3' },
      pending: false,
    })
    expect(comparedMoments({ at: 0, head: 7, comparison: null })).toMatchObject({ from: '0', to: '0' })
  })

  it('are those that were asked for, wherever the window looks', () => {
    const asked = comparedMoments({ at: 3, head: 7, comparison: { from: '1', to: 'pending' } })
    expect(asked).toMatchObject({
      from: '1',
      to: 'pending',
      names: { before: 'version 1', after: 'pending' },
      pending: false,
    })
    expect(comparedMoments({ at: 'pending', head: 7, comparison: { from: 'head', to: 'pending' } }).pending).toBe(true)
  })
})
