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
}

/** A page's storage is a few million characters for everything: longer texts are not kept. */
export const KEEP_CHARS = 500_000
const TOO_LONG = '-- The text of this tab was too long to be remembered.\n'

export function newTabs(): EditorTabs {
  const tab: EditorTab = { id: '1', name: 'Query 1', sql: '' }
  return { tabs: [tab], active: tab.id }
}

export function addTab(state: EditorTabs, sql = ''): EditorTabs {
  const next = Math.max(0, ...state.tabs.map((tab) => Number(tab.id))) + 1
  const taken = new Set(state.tabs.map((tab) => tab.name))
  let number = 1
  while (taken.has(`Query ${number}`)) number++
  const tab: EditorTab = { id: String(next), name: `Query ${number}`, sql }
  return { tabs: [...state.tabs, tab], active: tab.id }
}

/** The neighbour comes to the front; the last tab leaves an empty one behind. */
export function closeTab(state: EditorTabs, id: string): EditorTabs {
  const index = state.tabs.findIndex((tab) => tab.id === id)
  if (index < 0) return state
  const tabs = state.tabs.filter((tab) => tab.id !== id)
  if (tabs.length === 0) return newTabs()
  const active = state.active === id ? (tabs[Math.min(index, tabs.length - 1)] as EditorTab).id : state.active
  return { tabs, active }
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
  return JSON.stringify({ tabs, active: state.active })
}

/** What was stored, or a first empty tab where that is missing or not ours. */
export function fromStored(text: string | null): EditorTabs {
  try {
    const { tabs, active } = JSON.parse(text ?? '') as Partial<EditorTabs>
    if (!Array.isArray(tabs)) return newTabs()
    const good = (tabs as readonly unknown[]).filter(isTab)
    const [first] = good
    if (first === undefined) return newTabs()
    return { tabs: good, active: good.some((tab) => tab.id === active) ? String(active) : first.id }
  } catch {
    return newTabs()
  }
}

function isTab(value: unknown): value is EditorTab {
  if (typeof value !== 'object' || value === null) return false
  const { id, name, sql } = value as Partial<Record<keyof EditorTab, unknown>>
  return typeof id === 'string' && /^\d+$/.test(id) && typeof name === 'string' && typeof sql === 'string'
}
