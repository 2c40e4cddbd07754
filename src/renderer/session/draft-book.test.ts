import { describe, expect, it } from 'vitest'
import { draftIn, isUnsaved, NO_DRAFTS, unsavedIn, withDraft, withDraftsMoved, withoutDrafts } from './draft-book'

const draft = (text: string) => ({ text, base: null })

describe('drafts', () => {
  it('of one pond are not seen in another, though the path is the same', () => {
    const drafts = withDraft(NO_DRAFTS, 'a', '/notes.txt', draft('mine'))
    expect(draftIn(drafts, 'a', '/notes.txt')?.text).toBe('mine')
    expect(draftIn(drafts, 'b', '/notes.txt')).toBeUndefined()
    expect(unsavedIn(drafts, 'b')).toEqual([])
  })

  it('are listed in the order of their paths', () => {
    let drafts = withDraft(NO_DRAFTS, 'a', '/z', draft('1'))
    drafts = withDraft(drafts, 'a', '/b', draft('2'))
    expect(unsavedIn(drafts, 'a')).toEqual(['/b', '/z'])
  })

  it('leave nothing behind when the last one of all is dropped', () => {
    let drafts = withDraft(NO_DRAFTS, 'a', '/x', draft('1'))
    expect(isUnsaved(drafts)).toBe(true)
    drafts = withDraft(drafts, 'a', '/x', null)
    expect(isUnsaved(drafts)).toBe(false)
  })

  it('go with their pond and leave the others', () => {
    let drafts = withDraft(NO_DRAFTS, 'a', '/x', draft('1'))
    drafts = withDraft(drafts, 'b', '/x', draft('2'))
    drafts = withoutDrafts(drafts, 'a', '/')
    expect(unsavedIn(drafts, 'a')).toEqual([])
    expect(draftIn(drafts, 'b', '/x')?.text).toBe('2')
  })

  it('go with a deleted folder, not with one whose name only begins alike', () => {
    let drafts = withDraft(NO_DRAFTS, 'a', '/data/x', draft('1'))
    drafts = withDraft(drafts, 'a', '/database/x', draft('2'))
    expect(unsavedIn(withoutDrafts(drafts, 'a', '/data'), 'a')).toEqual(['/database/x'])
  })

  it('follow a renamed file and everything in a renamed folder', () => {
    let drafts = withDraft(NO_DRAFTS, 'a', '/data/in/x', draft('1'))
    drafts = withDraft(drafts, 'a', '/y', draft('2'))
    drafts = withDraftsMoved(drafts, 'a', '/data', '/old')
    drafts = withDraftsMoved(drafts, 'a', '/y', '/z')
    expect(unsavedIn(drafts, 'a')).toEqual(['/old/in/x', '/z'])
    expect(draftIn(drafts, 'a', '/old/in/x')?.text).toBe('1')
  })

  it('do not change what was read before', () => {
    const before = withDraft(NO_DRAFTS, 'a', '/x', draft('1'))
    withDraft(before, 'a', '/y', draft('2'))
    withoutDrafts(before, 'a', '/')
    expect(unsavedIn(before, 'a')).toEqual(['/x'])
  })
})
