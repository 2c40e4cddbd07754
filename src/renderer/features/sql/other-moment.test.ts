import { describe, expect, it } from 'vitest'
import { otherMoment } from './other-moment'

type Asked = Parameters<typeof otherMoment>[0]

function result(
  at: { kind: 'pending' | 'version'; version: number },
  ask: Partial<Asked['ask']> = {},
  tick = 1,
): Asked {
  const asked = { sql: '', at: '', tabId: '1', offset: 0, name: '', window: 'pending', pinned: false, ...ask } as const
  return { ask: asked, tick, state: { at } as Asked['state'] }
}

describe('a result is of another moment', () => {
  const now = { head: 5, tick: 1 }

  it('not where it was read at what the window shows', () => {
    expect(otherMoment(result({ kind: 'pending', version: 5 }), 'pending', now)).toBe(null)
    expect(otherMoment(result({ kind: 'version', version: 5 }), 'pending', now)).toBe(null)
    expect(otherMoment(result({ kind: 'version', version: 3 }, { window: 3 }), 3, now)).toBe(null)
    expect(otherMoment(result({ kind: 'version', version: 2 }, { pinned: true }), 'pending', now)).toBe(null)
    expect(otherMoment({ ...result({ kind: 'version', version: 2 }), state: null }, 3, now)).toBe(null)
  })

  it('where the window has gone elsewhere', () => {
    expect(otherMoment(result({ kind: 'version', version: 5 }), 3, now)).toContain('version 3')
    expect(otherMoment(result({ kind: 'pending', version: 3 }), 3, now)).toContain('version 3 + pending')
    expect(otherMoment(result({ kind: 'version', version: 2 }, { pinned: true }), 3, now)).toContain('version 2')
    expect(otherMoment(result({ kind: 'version', version: 5 }, { window: 5 }), 'pending', now)).toContain('version 5')
  })

  it('where something was committed or staged since', () => {
    expect(otherMoment(result({ kind: 'version', version: 4 }), 'pending', now)).toContain('Version 5 is there now')
    expect(otherMoment(result({ kind: 'pending', version: 4 }), 'pending', now)).toContain('Version 5 is there now')
    expect(otherMoment(result({ kind: 'pending', version: 5 }, {}, 0), 'pending', now)).toContain('pending changes')
  })
})
