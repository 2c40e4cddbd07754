/** What a key does in a grid, as a value: the grid does it. */
import {
  moveByKey,
  selectAll,
  selectCell,
  selectColumns,
  selectRows,
  HEADER_ROW,
  type Bounds,
  type Selection,
} from './selection'

export interface GridKey {
  readonly key: string
  /** Control, or Command on a Mac. */
  readonly ctrl: boolean
  readonly shift: boolean
  readonly alt: boolean
}

export type GridAction =
  /** Selects, and shows where the focus went. */
  | { readonly do: 'move'; readonly selection: Selection }
  /** Selects without going anywhere. */
  | { readonly do: 'select'; readonly selection: Selection }
  | { readonly do: 'find-column' }
  | { readonly do: 'menu' }
  | { readonly do: 'inspect' }
  | { readonly do: 'sort'; readonly column: number; readonly add: boolean }

/** Null when the key is not the grid's. */
export function actionOfKey(selection: Selection, press: GridKey, bounds: Bounds): GridAction | null {
  const { key, ctrl, shift, alt } = press
  const { anchor, focus } = selection
  if (key === 'ContextMenu' || (key === 'F10' && shift) || (alt && key === 'ArrowDown')) return { do: 'menu' }
  if (alt) return null
  const moved = moveByKey(selection, press, bounds)
  if (moved !== null) return { do: 'move', selection: moved }
  const letter = key.toLowerCase()
  if (ctrl && letter === 'f') return { do: 'find-column' }
  if (bounds.rows > 0) {
    if (ctrl && letter === 'a') return { do: 'select', selection: selectAll(bounds) }
    if (ctrl && key === ' ') return { do: 'select', selection: selectColumns(anchor.column, focus.column, bounds.rows) }
    if (shift && key === ' ') {
      return { do: 'select', selection: selectRows(Math.max(0, anchor.row), Math.max(0, focus.row), bounds.columns) }
    }
  }
  if (key !== 'Enter' && key !== ' ') return null
  return focus.row === HEADER_ROW ? { do: 'sort', column: focus.column, add: shift } : { do: 'inspect' }
}

/** Where the keyboard begins: the first row that is visible. */
export function startingSelection(firstRow: number, rows: number): Selection {
  return selectCell({ row: rows === 0 ? HEADER_ROW : firstRow, column: 0 })
}
