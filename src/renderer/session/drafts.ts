/**
 * Edits that are not saved yet: looking elsewhere does not lose them, and whatever would (another
 * pond, the window's end) can ask first. They live as long as the page.
 */
import { useMemo } from 'react'
import { create } from 'zustand'
import {
  draftIn,
  isUnsaved,
  NO_DRAFTS,
  unsavedIn,
  withDraft,
  withDraftsMoved,
  withoutDrafts,
  type Draft,
  type Drafts,
} from './draft-book'
import { usePond } from './hooks'

export type { Draft } from './draft-book'

const useDrafts = create<{ readonly drafts: Drafts }>()(() => ({ drafts: NO_DRAFTS }))

const change = (next: (drafts: Drafts) => Drafts): void => useDrafts.setState((s) => ({ drafts: next(s.drafts) }))

/** The draft of a file of the open pond. */
export function useDraft(path: string): Draft | undefined {
  const { pondId } = usePond()
  return useDrafts((s) => draftIn(s.drafts, pondId, path))
}

/** The paths of the open pond's files with unsaved edits, sorted. */
export function useUnsaved(): readonly string[] {
  const { pondId } = usePond()
  const drafts = useDrafts((s) => s.drafts)
  return useMemo(() => unsavedIn(drafts, pondId), [drafts, pondId])
}

export const draftOf = (pondId: string, path: string): Draft | undefined =>
  draftIn(useDrafts.getState().drafts, pondId, path)

/** Keeps a draft; null drops it. */
export const keepDraft = (pondId: string, path: string, draft: Draft | null): void =>
  change((drafts) => withDraft(drafts, pondId, path, draft))

/** Drops the drafts at and below a path; `/` is the whole pond. */
export const dropDrafts = (pondId: string, path: string): void =>
  change((drafts) => withoutDrafts(drafts, pondId, path))

/** Follows a rename. */
export const moveDrafts = (pondId: string, from: string, to: string): void =>
  change((drafts) => withDraftsMoved(drafts, pondId, from, to))

/** The paths of a pond's files with unsaved edits, up to the last key. */
export function unsavedOf(pondId: string): readonly string[] {
  return unsavedIn(useDrafts.getState().drafts, pondId)
}

/** Lets the browser ask before the page goes with unsaved edits of any pond. Returns how to stop. */
export function guardPage(): () => void {
  const onBeforeUnload = (event: BeforeUnloadEvent): void => {
    if (isUnsaved(useDrafts.getState().drafts)) event.preventDefault()
  }
  addEventListener('beforeunload', onBeforeUnload)
  return () => removeEventListener('beforeunload', onBeforeUnload)
}
