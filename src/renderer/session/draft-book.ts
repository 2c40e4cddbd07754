/** Drafts as plain values: by pond, then by path, so that equal paths in two ponds never meet. */
import { isWithin } from '../../shared/path'

/** An edited text that is not saved. */
export interface Draft {
  readonly text: string
  /** The hash of the content that was edited. */
  readonly base: string | null
}

/** A pond without drafts is not in it. */
export type Drafts = ReadonlyMap<string, ReadonlyMap<string, Draft>>

export const NO_DRAFTS: Drafts = new Map()

export const draftIn = (drafts: Drafts, pondId: string, path: string): Draft | undefined =>
  drafts.get(pondId)?.get(path)

/** The paths of a pond's drafts, sorted. */
export const unsavedIn = (drafts: Drafts, pondId: string): readonly string[] =>
  [...(drafts.get(pondId)?.keys() ?? [])].sort()

export const isUnsaved = (drafts: Drafts): boolean => drafts.size > 0

/** Keeps one; drops it with null. */
export function withDraft(drafts: Drafts, pondId: string, path: string, draft: Draft | null): Drafts {
  const ofPond = new Map(drafts.get(pondId))
  if (draft === null) ofPond.delete(path)
  else ofPond.set(path, draft)
  return withPond(drafts, pondId, ofPond)
}

/** Without those at and below a path; `/` is the whole pond. */
export function withoutDrafts(drafts: Drafts, pondId: string, path: string): Drafts {
  const kept = [...(drafts.get(pondId) ?? [])].filter(([at]) => !isWithin(at, path))
  return withPond(drafts, pondId, new Map(kept))
}

/** After an entry was renamed: its draft and those below it are found at the new path. */
export function withDraftsMoved(drafts: Drafts, pondId: string, from: string, to: string): Drafts {
  const moved = [...(drafts.get(pondId) ?? [])].map(
    ([path, draft]) => [isWithin(path, from) ? to + path.slice(from.length) : path, draft] as const,
  )
  return withPond(drafts, pondId, new Map(moved))
}

function withPond(drafts: Drafts, pondId: string, ofPond: ReadonlyMap<string, Draft>): Drafts {
  const next = new Map(drafts)
  if (ofPond.size === 0) next.delete(pondId)
  else next.set(pondId, ofPond)
  return next
}
