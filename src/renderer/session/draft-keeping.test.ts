import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withDraft, NO_DRAFTS } from './draft-book'
import { readDrafts, writeDrafts } from './draft-keeping'

function storage(limit = Infinity) {
  const kept = new Map<string, string>()
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (value.length > limit) throw new Error('full')
      kept.set(key, value)
    },
    removeItem: (key: string) => void kept.delete(key),
  }
}

describe('drafts that are kept beside the page', () => {
  it('are found as they were, whatever the ponds, paths and texts', () => {
    const draft = fc.record({ text: fc.string({ unit: 'grapheme' }), base: fc.option(fc.string()) })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('p', 'q'), fc.string(), draft)), (all) => {
        const place = storage()
        const drafts = all.reduce((so, [pond, path, one]) => withDraft(so, pond, path, one), NO_DRAFTS)
        writeDrafts(place, drafts)
        expect(readDrafts(place)).toEqual(drafts)
      }),
    )
  })

  it('leave nothing once there are none, and nothing old where the storage is full, which is told', () => {
    const place = storage(60)
    expect(writeDrafts(place, withDraft(NO_DRAFTS, 'p', '/a', { text: 'short', base: null }))).toBe(true)
    expect(readDrafts(place).size).toBe(1)
    const long = { text: 'long'.repeat(100), base: null }
    expect(writeDrafts(place, withDraft(NO_DRAFTS, 'p', '/a', long))).toBe(false)
    expect(place.kept.size).toBe(0)
    writeDrafts(place, withDraft(NO_DRAFTS, 'p', '/a', { text: 'short', base: null }))
    writeDrafts(place, NO_DRAFTS)
    expect(place.kept.size).toBe(0)
  })

  it.each(['{', 'null', '7', '[1]', '[["p",7]]', '[["p",[["/a",{"text":7}]]]]'])('are none where %s is', (text) => {
    const place = storage()
    place.kept.set('duckpond.drafts', text)
    expect([...readDrafts(place).values()].flatMap((ofPond) => [...ofPond])).toEqual([])
  })
})
