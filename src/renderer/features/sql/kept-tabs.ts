/**
 * Keeps the editor tabs of a pond in the browser's storage, apart for each page, so that two open pages do not
 * overwrite each other's. A page that is loaded again has its own tabs; a new one begins with those that were kept
 * last, and can open again what any other had.
 */
import { fromStored, toStored, withClosed, type EditorTabs } from './console-tabs'

/** What of a storage is used. */
export type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

/** Of one pond. */
const MOST_PAGES = 8
const PAGE = 'duckpond.sql-page'
const LEFT = 'duckpond.sql-page-left'

/**
 * The name of this page, to be asked for once when it is loaded. A page that the browser made as a copy of one that is
 * still there has that one's storage, and gets a name of its own.
 */
export function pageName(
  session: Kept,
  newName: () => string,
): { readonly name: string; readonly from: string | null } {
  const before = session.getItem(PAGE)
  const isLoadedAgain = before !== null && session.getItem(LEFT) !== null
  session.removeItem(LEFT)
  const name = isLoadedAgain ? before : newName()
  session.setItem(PAGE, name)
  return { name, from: before }
}

/** To be said whenever the page goes, for good or to be loaded again; `isBack` where it is shown again as it was. */
export function pageLeft(session: Kept, isBack = false): void {
  if (isBack) session.removeItem(LEFT)
  else session.setItem(LEFT, 'yes')
}

/** @param pages this one, and the one that it is a copy of */
export function readTabs(local: Kept, pondId: string, pages: readonly (string | null)[]): EditorTabs {
  const records = recordsOf(local, pondId)
  for (const page of pages) {
    const own = page === null ? undefined : records.find(({ key }) => key === keyOf(pondId, page))
    if (own !== undefined) return fromStored(own.text)
  }
  const [last, ...others] = records
  const all = others.map(({ text }) => fromStored(text)).reverse()
  return withClosed(fromStored(last?.text ?? null), all)
}

/** @throws what a full storage throws */
export function writeTabs(
  local: Kept,
  {
    pondId,
    page,
    tabs,
    now,
  }: { readonly pondId: string; readonly page: string; readonly tabs: EditorTabs; readonly now: number },
): void {
  local.setItem(keyOf(pondId, page), `${now} ${toStored(tabs)}`)
  for (const { key } of recordsOf(local, pondId).slice(MOST_PAGES)) local.removeItem(key)
}

interface Stored {
  readonly key: string
  readonly text: string
  /** Milliseconds since 1970; 0 where an earlier DuckPond kept it for all pages. */
  readonly at: number
}

const keyOf = (pondId: string, page: string | null): string =>
  `duckpond.sql-tabs.${pondId}${page === null ? '' : `.${page}`}`

/** The newest first. */
function recordsOf(local: Kept, pondId: string): readonly Stored[] {
  const keys = Array.from({ length: local.length }, (_, index) => local.key(index))
  const shared = keyOf(pondId, null)
  return keys
    .filter((key) => key !== null && (key === shared || key.startsWith(`${shared}.`)))
    .map((key) => {
      const [, at = '0', text = ''] = /^(\d*) ?(.*)$/s.exec(local.getItem(key!) ?? '') ?? []
      return { key: key!, text, at: Number(at) }
    })
    .toSorted((a, b) => b.at - a.at)
}
