/** Edits that are not saved yet, by path, so that looking elsewhere does not lose them. */
import { create } from 'zustand'

export interface Draft {
  readonly text: string
  /** The hash of the content that was edited. */
  readonly base: string | null
}

const useStore = create<{ readonly drafts: ReadonlyMap<string, Draft> }>()(() => ({ drafts: new Map() }))

export function useDraft(path: string): Draft | undefined {
  return useStore((s) => s.drafts.get(path))
}

export function draftOf(path: string): Draft | undefined {
  return useStore.getState().drafts.get(path)
}

export function keepDraft(path: string, draft: Draft | null): void {
  useStore.setState((s) => {
    const drafts = new Map(s.drafts)
    if (draft === null) drafts.delete(path)
    else drafts.set(path, draft)
    return { drafts }
  })
}

addEventListener('beforeunload', (event) => {
  if (useStore.getState().drafts.size > 0) event.preventDefault()
})
