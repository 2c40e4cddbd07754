/**
 * The console's editor tabs as plain data: which there are, which is in front, and what of them is
 * remembered. What an editor holds while it is open is the editor's own; this keeps its text at rest.
 */

export interface EditorTab {
  readonly id: string
  readonly name: string
  /** The text when it was last kept. */
  readonly sql: string
}

export interface EditorTabs {
  readonly tabs: readonly EditorTab[]
  readonly active: string
  /** What was closed and can be opened again, the newest last, with the place it had. */
  readonly closed: readonly ClosedTab[]
}

export interface ClosedTab {
  readonly tab: EditorTab
  readonly index: number
}

const MOST_CLOSED = 20

/** A page's storage is a few million characters for everything: longer texts are not kept. */
export const KEEP_CHARS = 500_000
const TOO_LONG = '-- The text of this tab was too long to be remembered.\n'

export function newTabs(): EditorTabs {
  const tab: EditorTab = { id: '1', name: 'Query 1', sql: '' }
  return { tabs: [tab], active: tab.id, closed: [] }
}

export function addTab(state: EditorTabs, sql = ''): EditorTabs {
  const taken = new Set(state.tabs.map((tab) => tab.name))
  let number = 1
  while (taken.has(`Query ${number}`)) number++
  const tab: EditorTab = { id: nextId(state), name: `Query ${number}`, sql }
  return { ...state, tabs: [...state.tabs, tab], active: tab.id }
}

function nextId({ tabs }: EditorTabs): string {
  return String(Math.max(0, ...tabs.map((tab) => Number(tab.id))) + 1)
}

/** The neighbour comes to the front; the last tab leaves an empty one behind. What has a text can be opened again. */
export function closeTab(state: EditorTabs, id: string): EditorTabs {
  const index = state.tabs.findIndex((tab) => tab.id === id)
  if (index < 0) return state
  const tabs = state.tabs.filter((tab) => tab.id !== id)
  const tab = state.tabs[index] as EditorTab
  const closed = tab.sql.trim() === '' ? state.closed : [...state.closed, { tab, index }].slice(-MOST_CLOSED)
  if (tabs.length === 0) return { ...newTabs(), closed }
  const active = state.active === id ? (tabs[Math.min(index, tabs.length - 1)] as EditorTab).id : state.active
  return { tabs, active, closed }
}

/** Opens what was closed last, where it was; it takes the place of a tab that was left behind empty. */
export function reopenTab(state: EditorTabs): EditorTabs {
  const last = state.closed.at(-1)
  if (last === undefined) return state
  const [only] = state.tabs
  const isEmpty = state.tabs.length === 1 && only?.sql.trim() === ''
  const others = isEmpty ? [] : state.tabs
  const tab = { ...last.tab, id: nextId(state) }
  return { tabs: others.toSpliced(last.index, 0, tab), active: tab.id, closed: state.closed.slice(0, -1) }
}

/** What other pages had, the newest last, can be opened again after what was closed here. */
export function withClosed(state: EditorTabs, others: readonly EditorTabs[]): EditorTabs {
  const known = new Set([...state.tabs, ...state.closed.map(({ tab }) => tab)].map(({ sql }) => sql))
  const more: ClosedTab[] = []
  for (const { tabs, closed } of others) {
    for (const one of [...closed, ...tabs.map((tab, index) => ({ tab, index }))]) {
      if (known.has(one.tab.sql) || one.tab.sql.trim() === '') continue
      known.add(one.tab.sql)
      more.push(one)
    }
  }
  return { ...state, closed: [...more, ...state.closed].slice(-MOST_CLOSED) }
}

export function renameTab(state: EditorTabs, id: string, name: string): EditorTabs {
  const trimmed = name.trim().slice(0, 80)
  if (trimmed === '') return state
  return { ...state, tabs: state.tabs.map((tab) => (tab.id === id ? { ...tab, name: trimmed } : tab)) }
}

export function keepText(state: EditorTabs, id: string, sql: string): EditorTabs {
  return { ...state, tabs: state.tabs.map((tab) => (tab.id === id ? { ...tab, sql } : tab)) }
}

export function toStored(state: EditorTabs): string {
  let room = KEEP_CHARS * 2
  const tabs = state.tabs.map((tab) => {
    const fits = tab.sql.length <= Math.min(KEEP_CHARS, room)
    if (fits) room -= tab.sql.length
    return fits ? tab : { ...tab, sql: TOO_LONG }
  })
  // The newest of them that there is room for.
  const closed = state.closed.toReversed().filter(({ tab }) => {
    room -= tab.sql.length
    return room >= 0
  })
  return JSON.stringify({ tabs, active: state.active, closed: closed.toReversed() })
}

/** What was stored, or a first empty tab where that is missing or not ours. */
export function fromStored(text: string | null): EditorTabs {
  try {
    const { tabs, active, closed } = JSON.parse(text ?? '') as Partial<EditorTabs>
    if (!Array.isArray(tabs)) return newTabs()
    const good = (tabs as readonly unknown[]).filter(isTab)
    const [first] = good
    if (first === undefined) return newTabs()
    return {
      tabs: good,
      active: good.some((tab) => tab.id === active) ? String(active) : first.id,
      closed: Array.isArray(closed) ? (closed as readonly unknown[]).filter(isClosed) : [],
    }
  } catch {
    return newTabs()
  }
}

function isTab(value: unknown): value is EditorTab {
  if (typeof value !== 'object' || value === null) return false
  const { id, name, sql } = value as Partial<Record<keyof EditorTab, unknown>>
  return typeof id === 'string' && /^\d+$/.test(id) && typeof name === 'string' && typeof sql === 'string'
}

function isClosed(value: unknown): value is ClosedTab {
  if (typeof value !== 'object' || value === null) return false
  const { tab, index } = value as Partial<Record<keyof ClosedTab, unknown>>
  return isTab(tab) && Number.isInteger(index)
}
