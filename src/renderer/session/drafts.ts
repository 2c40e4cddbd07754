/**
 * Edits that are not saved yet: looking elsewhere does not lose them, and whatever would (another
 * pond, the window's end) can ask first. They live as long as the window or tab: a page that crashed or is loaded
 * again has them back.
 */
import { useMemo } from 'react'
import { create } from 'zustand'
import { isWithin } from '../../shared/path'
import {
  draftIn,
  isUnsaved,
  unsavedIn,
  withDraft,
  withDraftsMoved,
  withoutDrafts,
  type Draft,
  type Drafts,
} from './draft-book'
import { readDrafts, writeDrafts } from './draft-keeping'
import { usePond } from './hooks'
import { useSession } from './session'

export type { Draft } from './draft-book'

const useDrafts = create<{ readonly drafts: Drafts }>()(() => ({ drafts: readDrafts(sessionStorage) }))
/** Whether a page that is loaded again has them all. */
let areKept = true
useDrafts.subscribe(({ drafts }) => (areKept = writeDrafts(sessionStorage, drafts)))

const change = (next: (drafts: Drafts) => Drafts): void => useDrafts.setState((s) => ({ drafts: next(s.drafts) }))

/** The draft of a file of the open pond. */
export function useDraft(path: string): Draft | undefined {
  const { pondId } = usePond()
  return useDrafts((s) => draftIn(s.drafts, pondId, path))
}

/** How many files of any pond have unsaved edits. */
export const useUnsavedCount = (): number =>
  useDrafts((s) => [...s.drafts.values()].reduce((sum, { size }) => sum + size, 0))

/** Whether a file of the open pond has unsaved edits; never at a moment in the past, which nobody edits. */
export function useIsUnsaved(path: string | null): boolean {
  const pondId = useSession((s) => (s.at === 'pending' ? s.pond?.pondId : undefined))
  return useDrafts((s) => pondId !== undefined && path !== null && draftIn(s.drafts, pondId, path) !== undefined)
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

/** As `dropDrafts`; what it returns brings them back. */
export function takeDrafts(pondId: string, path: string): () => void {
  const { drafts } = useDrafts.getState()
  const taken = unsavedIn(drafts, pondId).filter((at) => isWithin(at, path))
  dropDrafts(pondId, path)
  return () => {
    for (const at of taken) keepDraft(pondId, at, draftIn(drafts, pondId, at) ?? null)
  }
}

/** Follows a rename. */
export const moveDrafts = (pondId: string, from: string, to: string): void =>
  change((drafts) => withDraftsMoved(drafts, pondId, from, to))

/** Editors that hand over what was typed when typing pauses, and at once when asked. */
const typing = new Set<() => void>()

/** Registers an editor's way of handing over its text. Returns how to stop. */
export function followTyping(handOver: () => void): () => void {
  typing.add(handOver)
  return () => void typing.delete(handOver)
}

const handOverTyping = (): void => typing.forEach((handOver) => handOver())

/** The paths of a pond's files with unsaved edits, up to the last key. */
export function unsavedOf(pondId: string): readonly string[] {
  handOverTyping()
  return unsavedIn(useDrafts.getState().drafts, pondId)
}

/** Whether the page is about to be loaded again by itself, which keeps the drafts. */
let isReloading = false

/** Loads the page again. The drafts come back, so the browser asks only where they could not be kept, or for what else would be lost. */
export function reloadPage(): void {
  isReloading = true
  location.reload()
}

/** Lets the browser ask before the page goes with unsaved edits of any pond, or what else would be lost. Returns how to stop. */
export function guardPage(hasMore: () => boolean): () => void {
  const onBeforeUnload = (event: BeforeUnloadEvent): void => {
    handOverTyping()
    const drops = isUnsaved(useDrafts.getState().drafts) && !(isReloading && areKept)
    isReloading = false
    if (drops || hasMore()) event.preventDefault()
  }
  addEventListener('beforeunload', onBeforeUnload)
  // A page that is put aside may come back as it was.
  addEventListener('pagehide', handOverTyping)
  return () => {
    removeEventListener('beforeunload', onBeforeUnload)
    removeEventListener('pagehide', handOverTyping)
  }
}
