/**
 * The columns of a grid: their widths, pins, visibility and sort keys live in TanStack Table; the rows
 * never do, they are the source's. What is drawn is a flat list of columns in their drawn order.
 */
import {
  columnPinningFeature,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
  type Header,
  type ReactTable,
  type SortingState,
} from '@tanstack/react-table'
import { useMemo } from 'react'
import type { Column, SortKey } from '../../../shared/model'
import { alignsRight, kindOf, type ColumnKind } from './column-kind'

const features = tableFeatures({
  columnSizingFeature,
  columnResizingFeature,
  columnPinningFeature,
  columnVisibilityFeature,
  rowSortingFeature,
})

type Features = typeof features
type NoRow = Readonly<Record<string, never>>
export type GridTable = ReactTable<Features, NoRow>
export type GridHeader = Header<Features, NoRow, unknown>

const MIN_COLUMN_PX = 48
const MAX_COLUMN_PX = 2_000
const NO_ROWS: readonly NoRow[] = []

/** A visible column where it stands. */
export interface GridColumn {
  /** Position in the source, which is also its name in the table's state. */
  readonly index: number
  /** Position among the visible columns. */
  readonly position: number
  readonly name: string
  readonly type: string
  readonly kind: ColumnKind
  readonly right: boolean
  readonly width: number
  readonly pin: 'start' | 'end' | null
  /** From the left edge of the columns (pinned to the end: from the right edge). */
  readonly offset: number
}

export function useGridTable(columns: readonly Column[]): GridTable {
  const defs = useMemo(
    () =>
      columns.map((column, index): ColumnDef<Features, NoRow> => ({
        id: String(index),
        header: column.name,
        size: 140,
        minSize: MIN_COLUMN_PX,
        maxSize: MAX_COLUMN_PX,
      })),
    [columns],
  )
  return useTable({
    features,
    columns: defs,
    data: NO_ROWS,
    manualSorting: true,
    columnResizeMode: 'onChange',
  })
}

/** The visible columns from left to right: pinned to the start, free, pinned to the end. */
export function visibleColumns(table: GridTable, columns: readonly Column[]): readonly GridColumn[] {
  const start = table.getStartVisibleLeafColumns()
  const center = table.getCenterVisibleLeafColumns()
  const end = table.getEndVisibleLeafColumns()
  let position = 0
  const draw = (group: typeof start, pin: GridColumn['pin']): GridColumn[] => {
    let offset = 0
    return group.map((column) => {
      const index = Number(column.id)
      const { name, type } = columns[index] as Column
      const kind = kindOf(type)
      const width = column.getSize()
      const drawn = { index, position: position++, name, type, kind, right: alignsRight(kind), width, pin, offset }
      offset += width
      return drawn
    })
  }
  const left = [...draw(start, 'start'), ...draw(center, null)]
  const right = draw(end, 'end')
  const total = right.reduce((sum, column) => sum + column.width, 0)
  return [...left, ...right.map((column) => ({ ...column, offset: total - column.offset - column.width }))]
}

export function sortKeys(sorting: SortingState): readonly SortKey[] {
  return sorting.map(({ id, desc }) => ({ column: Number(id), descending: desc }))
}

/** What a click on a header does: up, down, off; with `add` the other keys stay. */
export function nextSorting(sorting: SortingState, index: number, add: boolean): SortingState {
  const id = String(index)
  const current = sorting.find((key) => key.id === id)
  const next = current === undefined ? { id, desc: false } : current.desc ? null : { id, desc: true }
  if (!add) return next === null ? [] : [next]
  if (current === undefined) return next === null ? sorting : [...sorting, next]
  return sorting.flatMap((key) => (key.id === id ? (next === null ? [] : [next]) : [key]))
}
