/**
 * The columns of one grid as they are laid out: which are visible, how wide, which of them are drawn
 * now, and where a place on the screen falls among them.
 */
import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, type RefObject } from 'react'
import type { Column } from '../../../shared/model'
import { canvasMeasure, fitWidth } from './fit'
import type { DrawnColumns } from './grid-row'
import { useGridTable, visibleColumns, type GridColumn, type GridTable } from './grid-table'
import type { Page } from './page'

export interface GridColumns {
  readonly table: GridTable
  /** From left to right, pinned ones at the ends. */
  readonly visible: readonly GridColumn[]
  readonly drawn: DrawnColumns
  readonly gutter: number
  readonly totalPx: number
  /** Scrolls sideways until the column at this position is wholly visible. */
  show(position: number): void
  /** The position of the column at `x` in the window; the nearest one beyond the ends. */
  at(x: number): number
  /** Makes a column as wide as what it holds. */
  fit(column: GridColumn): void
}

export function useGridColumns({
  scroller,
  columns,
  rows,
  sample,
}: {
  readonly scroller: RefObject<HTMLElement | null>
  readonly columns: readonly Column[]
  readonly rows: number
  /** Rows that are here, to measure by; null before the first. */
  readonly sample: Page | null
}): GridColumns {
  const table = useGridTable(columns)
  const { columnPinning, columnSizing, columnVisibility } = table.state
  const visible = useMemo(
    () => visibleColumns(table, columns),
    // The table is one object for good; its state is what changes.
    // eslint-disable-next-line react/exhaustive-deps
    [columns, columnPinning, columnSizing, columnVisibility],
  )
  const gutter = 28 + 7 * Math.max(4, rows.toLocaleString('en-US').length)
  const start = useMemo(() => visible.filter((column) => column.pin === 'start'), [visible])
  const center = useMemo(() => visible.filter((column) => column.pin === null), [visible])
  const end = useMemo(() => visible.filter((column) => column.pin === 'end'), [visible])
  const startPx = gutter + sum(start)
  const endPx = sum(end)

  const virtual = useVirtualizer({
    horizontal: true,
    count: center.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => center[i]?.width ?? 0,
    paddingStart: startPx,
    paddingEnd: endPx,
    overscan: 3,
  })
  useLayoutEffect(() => virtual.measure(), [virtual, center, startPx, endPx])
  const items = virtual.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? -1
  const drawn = useMemo(() => {
    const inView = center.slice(first, last + 1)
    const before = sum(center.slice(0, first))
    return { start, center: inView, end, before, after: sum(center) - before - sum(inView), gutter }
  }, [start, center, end, first, last, gutter])

  useFirstWidths(scroller, table, columns, sample)

  const show = useCallback(
    (position: number) => {
      const column = visible[position]
      const element = scroller.current
      if (element === null || column === undefined || column.pin !== null) return
      const room = element.clientWidth - startPx - endPx
      const right = column.offset + column.width
      if (column.offset < element.scrollLeft) element.scrollLeft = column.offset
      else if (right > element.scrollLeft + room) element.scrollLeft = Math.min(column.offset, right - room)
    },
    [scroller, visible, startPx, endPx],
  )
  const at = (x: number): number => {
    const element = scroller.current
    if (element === null) return 0
    const width = element.clientWidth
    const inside = Math.max(0, Math.min(x - element.getBoundingClientRect().left, width - 1))
    const left = ({ pin, offset, width: w }: GridColumn) => (pin === 'start' ? gutter + offset : width - offset - w)
    const pinned = [...start, ...end].find((column) => inside >= left(column) && inside < left(column) + column.width)
    if (pinned !== undefined) return pinned.position
    const free = Math.min(Math.max(inside, startPx), width - endPx - 1) - startPx + element.scrollLeft
    const found = center.find((column) => free < column.offset + column.width) ?? center.at(-1) ?? visible[0]
    return found?.position ?? 0
  }
  const fit = (column: GridColumn) => {
    const source = columns[column.index]
    if (scroller.current === null || source === undefined) return
    const width = fitWidth(source, column.index, sample, canvasMeasure(scroller.current))
    table.setColumnSizing((sizes) => ({ ...sizes, [String(column.index)]: width }))
  }

  return { table, visible, drawn, gutter, totalPx: startPx + sum(center) + endPx, show, at, fit }
}

/** Widths by the headers at first, then, once, by the first rows that arrive; what the user has set stays. */
function useFirstWidths(
  scroller: RefObject<HTMLElement | null>,
  table: GridTable,
  columns: readonly Column[],
  sample: Page | null,
): void {
  const given = useRef<Readonly<Record<string, number>>>({})
  const measured = useRef<'not' | 'by headers' | 'by rows'>('not')
  useLayoutEffect(() => {
    const next = sample === null ? 'by headers' : 'by rows'
    if (scroller.current === null || measured.current === next || measured.current === 'by rows') return
    measured.current = next
    const measure = canvasMeasure(scroller.current)
    const widths = Object.fromEntries(columns.map((column, i) => [String(i), fitWidth(column, i, sample, measure)]))
    table.setColumnSizing((sizes) => {
      const chosen = Object.entries(sizes).filter(([id, width]) => given.current[id] !== width)
      given.current = widths
      return { ...widths, ...Object.fromEntries(chosen) }
    })
  }, [scroller, table, columns, sample])
}

/** Brings a column that may be hidden into view after it is drawn again. */
export function useAfterDraw(): (work: () => void) => void {
  const frame = useRef(0)
  useEffect(() => () => cancelAnimationFrame(frame.current), [])
  return (work) => {
    frame.current = requestAnimationFrame(work)
  }
}

const sum = (columns: readonly GridColumn[]): number => columns.reduce((total, column) => total + column.width, 0)
