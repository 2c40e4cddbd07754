/**
 * Keeps drafts in the browser's storage, so that a page that crashed or is loaded again has them back. They end
 * with the window or tab. If the storage is full or closed, only this is lost.
 */
import { NO_DRAFTS, type Draft, type Drafts } from './draft-book'

const KEY = 'duckpond.drafts'

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export function readDrafts(storage: Kept): Drafts {
  try {
    const ponds: unknown = JSON.parse(storage.getItem(KEY) ?? '[]')
    if (!Array.isArray(ponds)) return NO_DRAFTS
    return new Map(
      ponds.map(([pondId, drafts]: [string, [string, Draft][]]) => [
        pondId,
        new Map(drafts.filter(([, draft]) => isDraft(draft))),
      ]),
    )
  } catch {
    return NO_DRAFTS
  }
}

/** Whether they are kept. */
export function writeDrafts(storage: Kept, drafts: Drafts): boolean {
  try {
    if (drafts.size === 0) storage.removeItem(KEY)
    else storage.setItem(KEY, JSON.stringify([...drafts].map(([pondId, ofPond]) => [pondId, [...ofPond]])))
    return true
  } catch {
    // What is there is older than what is in the page: better none than that.
    storage.removeItem(KEY)
    return false
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null) return false
  const { text, base } = value as Partial<Record<keyof Draft, unknown>>
  return typeof text === 'string' && (base === null || typeof base === 'string')
}
