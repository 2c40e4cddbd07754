/** Choosing in a list: one, a range with shift, single ones with control. Items are their keys. */

export interface ListSelection {
  readonly chosen: ReadonlySet<string>
  /** The item that the keyboard acts on. */
  readonly active: string | null
  /** Where a range begins. */
  readonly anchor: string | null
}

export const NOTHING_CHOSEN: ListSelection = { chosen: new Set(), active: null, anchor: null }

export type ChooseHow = 'only' | 'range' | 'toggle'

export function choose(selection: ListSelection, keys: readonly string[], key: string, how: ChooseHow): ListSelection {
  if (how === 'toggle') {
    const chosen = new Set(selection.chosen)
    if (!chosen.delete(key)) chosen.add(key)
    return { chosen, active: key, anchor: key }
  }
  if (how === 'range' && selection.anchor !== null) {
    const [a, b] = [keys.indexOf(selection.anchor), keys.indexOf(key)]
    if (a >= 0 && b >= 0)
      return { chosen: new Set(keys.slice(Math.min(a, b), Math.max(a, b) + 1)), active: key, anchor: selection.anchor }
  }
  return { chosen: new Set([key]), active: key, anchor: key }
}

export function moveActive(
  selection: ListSelection,
  keys: readonly string[],
  press: string,
  pageRows: number,
): string | null {
  if (keys.length === 0) return null
  const at = selection.active === null ? -1 : keys.indexOf(selection.active)
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at < 0 ? 0 : at - 1,
    Home: 0,
    End: keys.length - 1,
    PageDown: at + pageRows,
    PageUp: at - pageRows,
  }[press]
  return to === undefined ? null : (keys[Math.max(0, Math.min(to, keys.length - 1))] ?? null)
}

/** After the list has changed: what is gone is no longer chosen, and something is, if there is anything. */
export function settle(selection: ListSelection, keys: readonly string[], previous: readonly string[]): ListSelection {
  const here = new Set(keys)
  const chosen = new Set([...selection.chosen].filter((key) => here.has(key)))
  if (selection.active !== null && here.has(selection.active)) {
    return chosen.size === selection.chosen.size
      ? selection
      : { ...selection, chosen: chosen.size === 0 ? new Set([selection.active]) : chosen }
  }
  const was = selection.active === null ? 0 : Math.max(0, previous.indexOf(selection.active))
  const active = keys[Math.min(was, keys.length - 1)] ?? null
  return active === null ? NOTHING_CHOSEN : { chosen: new Set([active]), active, anchor: active }
}
