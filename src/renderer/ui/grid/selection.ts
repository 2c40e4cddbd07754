/**
 * What is selected in a grid: one rectangle of cells between an anchor and the focused cell. Columns
 * are positions among the visible ones; row -1 is the header, which can be focused but not selected.
 */

export const HEADER_ROW = -1

export interface CellAt {
  readonly row: number
  readonly column: number
}

export interface Selection {
  readonly anchor: CellAt
  /** The cell that the keyboard acts on. */
  readonly focus: CellAt
}

/** All bounds inclusive. */
export interface CellRange {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

export interface Bounds {
  readonly rows: number
  readonly columns: number
  /** How far Page Up and Page Down go. */
  readonly pageRows: number
}

export const selectCell = (cell: CellAt): Selection => ({ anchor: cell, focus: cell })

/** Null while the header is focused. */
export function rangeOf({ anchor, focus }: Selection): CellRange | null {
  if (anchor.row === HEADER_ROW || focus.row === HEADER_ROW) return null
  return {
    top: Math.min(anchor.row, focus.row),
    bottom: Math.max(anchor.row, focus.row),
    left: Math.min(anchor.column, focus.column),
    right: Math.max(anchor.column, focus.column),
  }
}

export function cellsIn(range: CellRange): number {
  return (range.bottom - range.top + 1) * (range.right - range.left + 1)
}

/** The selected columns of a row, inclusive; null when there are none. */
export function spanInRow(range: CellRange | null, row: number): readonly [left: number, right: number] | null {
  if (range === null || row < range.top || row > range.bottom) return null
  return [range.left, range.right]
}

export function selectRows(from: number, to: number, columns: number): Selection {
  return { anchor: { row: from, column: columns - 1 }, focus: { row: to, column: 0 } }
}

export function selectColumns(from: number, to: number, rows: number): Selection {
  return { anchor: { row: rows - 1, column: from }, focus: { row: 0, column: to } }
}

export function selectAll(bounds: Bounds): Selection {
  return { anchor: { row: bounds.rows - 1, column: bounds.columns - 1 }, focus: { row: 0, column: 0 } }
}

/** Keeps a selection inside a result that became smaller. */
export function clampSelection(selection: Selection, bounds: Bounds): Selection | null {
  if (bounds.columns === 0) return null
  const clamp = (cell: CellAt): CellAt => ({
    row: Math.max(HEADER_ROW, Math.min(cell.row, bounds.rows - 1)),
    column: Math.max(0, Math.min(cell.column, bounds.columns - 1)),
  })
  return { anchor: clamp(selection.anchor), focus: clamp(selection.focus) }
}

export interface KeyPress {
  readonly key: string
  readonly ctrl: boolean
  readonly shift: boolean
}

/** Where a key takes the selection; null when the key does not move it. */
export function moveByKey(selection: Selection, press: KeyPress, bounds: Bounds): Selection | null {
  const to = target(selection.focus, press, bounds)
  if (to === null) return null
  const extend = press.shift && selection.anchor.row !== HEADER_ROW
  if (!extend) return selectCell(to)
  return { anchor: selection.anchor, focus: { row: Math.max(0, to.row), column: to.column } }
}

function target({ row, column }: CellAt, { key, ctrl }: KeyPress, { rows, columns, pageRows }: Bounds): CellAt | null {
  const lastRow = rows - 1
  const lastColumn = columns - 1
  const at = (r: number, c: number): CellAt => ({
    row: Math.max(HEADER_ROW, Math.min(r, lastRow)),
    column: Math.max(0, Math.min(c, lastColumn)),
  })
  switch (key) {
    case 'ArrowUp':
      return ctrl ? at(row <= 0 ? HEADER_ROW : 0, column) : at(row - 1, column)
    case 'ArrowDown':
      return ctrl ? at(lastRow, column) : at(row + 1, column)
    case 'ArrowLeft':
      return ctrl ? at(row, 0) : at(row, column - 1)
    case 'ArrowRight':
      return ctrl ? at(row, lastColumn) : at(row, column + 1)
    case 'Home':
      return ctrl ? at(0, 0) : at(row, 0)
    case 'End':
      return ctrl ? at(lastRow, lastColumn) : at(row, lastColumn)
    case 'PageUp':
      return at(row === HEADER_ROW ? HEADER_ROW : Math.max(0, row - pageRows), column)
    case 'PageDown':
      return at(Math.max(0, row) + pageRows, column)
    default:
      return null
  }
}
