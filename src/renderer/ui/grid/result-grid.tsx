/**
 * A table of any length: virtual rows to the very last, columns that sort, resize, hide and pin, cells
 * that are selected, copied and inspected. Knows nothing of ponds; rows are a `RowSource`'s. Focus
 * stays on the grid and points at its active cell, which may scroll out of the page and come back.
 */
import { Button } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type ClipboardEvent,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
} from 'react'
import type { WireError } from '../../../shared/model'
import { ColumnFinder } from './column-finder'
import type { CopyFormat } from './copy-text'
import { canvasMeasure, fitWidth } from './fit'
import { GridBar } from './grid-bar'
import { GridHeaderRow } from './grid-header'
import { CellMenu, ColumnMenu } from './grid-menus'
import { cellId, GridRow, type DrawnColumns } from './grid-row'
import { nextSorting, useGridTable, visibleColumns, type GridColumn, type GridHeader } from './grid-table'
import { Inspector } from './inspector'
import type { Pages } from './pages'
import classes from './result-grid.module.css'
import type { RowSource } from './row-source'
import { spacerPx, topShowingRow, visibleRows } from './scroll'
import {
  clampSelection,
  HEADER_ROW,
  moveByKey,
  rangeOf,
  selectAll,
  selectCell,
  selectColumns,
  selectRows,
  spanInRow,
  type Bounds,
  type CellAt,
  type Selection,
} from './selection'
import { useCopy, writeClipboard } from './use-copy'
import { useDragSelect } from './use-drag-select'
import { useGridScroll } from './use-grid-scroll'
import { usePages, useSorting } from './use-rows'
import { wireOf } from './wire-of'

const ROW_PX = 26
const HEAD_PX = 40
/** Rows are placed relative to a base that moves rarely, so that scrolling redraws only new rows. */
const BASE_ROWS = 1_000

export interface ResultGridProps {
  readonly source: RowSource
  /** The grid's accessible name. */
  readonly label?: string
  /** Drawn in the line below, before the grid's own buttons. */
  readonly extra?: ReactNode
}

/** A fresh grid for every result. */
export default function ResultGrid(props: ResultGridProps) {
  return <Grid key={props.source.key} {...props} />
}

type Open =
  | { readonly kind: 'cell'; readonly x: number; readonly y: number }
  | { readonly kind: 'column'; readonly x: number; readonly y: number; readonly position: number }
  | { readonly kind: 'inspect'; readonly x: number; readonly y: number; readonly cell: CellAt }

function Grid({ source, label = 'Result', extra }: ResultGridProps) {
  const gridId = useId()
  const root = useRef<HTMLDivElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const [columns] = useState(source.columns)
  const table = useGridTable(columns)
  const [selection, setSelection] = useState<Selection | null>(null)
  const [menu, setMenu] = useState<Open | null>(null)
  const [finding, setFinding] = useState(false)
  const [said, setSaid] = useState('')
  const rows = source.rowCount
  const { pages, version } = usePages(source)

  // Columns as they stand.
  const { columnPinning, columnSizing, columnVisibility, sorting } = table.state
  const visible = useMemo(
    () => visibleColumns(table, columns),
    // The table is one object for good; its state is what changes.
    // eslint-disable-next-line react/exhaustive-deps
    [columns, columnPinning, columnSizing, columnVisibility],
  )
  const gutter = 28 + 7 * rows.toLocaleString('en-US').length
  const startColumns = useMemo(() => visible.filter((column) => column.pin === 'start'), [visible])
  const centerColumns = useMemo(() => visible.filter((column) => column.pin === null), [visible])
  const endColumns = useMemo(() => visible.filter((column) => column.pin === 'end'), [visible])
  const startPx = gutter + sum(startColumns)
  const endPx = sum(endColumns)
  const totalPx = startPx + sum(centerColumns) + endPx

  const scroll = useGridScroll(scroller, rows * ROW_PX, HEAD_PX)
  const [from, to] = visibleRows(scroll.extent, scroll.top, ROW_PX, rows)

  const virtual = useVirtualizer({
    horizontal: true,
    count: centerColumns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => centerColumns[i]?.width ?? 0,
    paddingStart: startPx,
    paddingEnd: endPx,
    overscan: 3,
  })
  useLayoutEffect(() => virtual.measure(), [virtual, centerColumns, startPx, endPx])
  const items = virtual.getVirtualItems()
  const firstItem = items[0]
  const lastItem = items.at(-1)
  const firstIndex = firstItem?.index ?? 0
  const lastIndex = lastItem?.index ?? -1
  const drawn: DrawnColumns = useMemo(() => {
    const center = centerColumns.slice(firstIndex, lastIndex + 1)
    const before = sum(centerColumns.slice(0, firstIndex))
    return {
      start: startColumns,
      center,
      end: endColumns,
      before,
      after: sum(centerColumns) - before - sum(center),
      gutter,
    }
  }, [startColumns, centerColumns, endColumns, firstIndex, lastIndex, gutter])

  useEffect(() => pages.show(from, to), [pages, from, to, rows])

  // Widths from the first rows that arrive; what the user has set stays.
  const fitted = useRef(false)
  useEffect(() => {
    const sample = pages.sample()
    if (fitted.current || root.current === null || (sample === null && rows > 0)) return
    fitted.current = true
    const measure = canvasMeasure(root.current)
    table.setColumnSizing((set) => ({
      ...Object.fromEntries(columns.map((column, i) => [String(i), fitWidth(column, i, sample, measure)])),
      ...set,
    }))
  }, [pages, version, rows, columns, table])

  // Sorting is the source's work; rows stay as they are until it is done.
  const { busy, sortFailure, dismissSortFailure } = useSorting(source, pages, sorting, () => table.setSorting([]))

  const bounds: Bounds = {
    rows,
    columns: visible.length,
    pageRows: Math.max(1, Math.floor(scroll.extent.viewportPx / ROW_PX) - 1),
  }
  const current = selection === null ? null : clampSelection(selection, bounds)
  const range = current === null ? null : rangeOf(current)
  const focus = current?.focus ?? null
  const copier = useCopy(pages, visible)

  const showCell = useCallback(
    ({ row, column }: CellAt) => {
      if (row !== HEADER_ROW) {
        const top = topShowingRow(scroll.extent, scroll.top, row, ROW_PX)
        if (top !== scroll.top) scroll.scrollTo(top)
      }
      const target = visible[column]
      const element = scroller.current
      if (element === null || target === undefined || target.pin !== null) return
      const left = sum(centerColumns.slice(0, target.position - startColumns.length))
      const room = element.clientWidth - startPx - endPx
      if (left < element.scrollLeft) element.scrollLeft = left
      else if (left + target.width > element.scrollLeft + room)
        element.scrollLeft = Math.min(left, left + target.width - room)
    },
    [scroll, visible, centerColumns, startColumns.length, startPx, endPx],
  )
  const choose = (next: Selection) => {
    setSelection(next)
    showCell(next.focus)
  }
  const goToColumn = (index: number) => {
    requestAnimationFrame(() => {
      const column = visibleColumns(table, columns).find((c) => c.index === index)
      if (column === undefined) return
      choose(selectCell({ row: focus?.row ?? HEADER_ROW, column: column.position }))
      scroller.current?.focus()
    })
  }

  const cellAtPoint = (x: number, y: number): CellAt | null => {
    const element = scroller.current
    if (element === null || rows === 0 || visible.length === 0) return null
    const box = element.getBoundingClientRect()
    const row = Math.floor((y - box.top - HEAD_PX + scroll.top) / ROW_PX)
    const inside = Math.max(0, Math.min(x - box.left, element.clientWidth - 1))
    return {
      row: Math.max(0, Math.min(row, rows - 1)),
      column: columnAt(visible, inside, element, startPx, endPx, gutter),
    }
  }
  const onPointerDown = useDragSelect({
    scroller,
    headPx: HEAD_PX,
    gutterPx: gutter,
    cellAtPoint,
    scrollBy: (dx, dy) => {
      if (dy !== 0) scroll.scrollTo(scroll.top + dy)
      if (dx !== 0 && scroller.current !== null) scroller.current.scrollLeft += dx
    },
    onPress: (cell, extend, whole) => {
      const anchor = extend && current !== null && current.anchor.row !== HEADER_ROW ? current.anchor : cell
      setSelection(whole ? selectRows(anchor.row, cell.row, visible.length) : { anchor, focus: cell })
    },
    onDrag: (cell, whole) =>
      setSelection((s) =>
        s === null ? s : whole ? selectRows(s.anchor.row, cell.row, visible.length) : { anchor: s.anchor, focus: cell },
      ),
  })

  const copy = (format: CopyFormat) => {
    setMenu(null)
    if (range === null) return
    setSaid('Copying…')
    void copier.copy(range, format).then(
      (result) => {
        if (result.outcome === 'copied')
          setSaid(`Copied ${result.rows.toLocaleString('en-US')} × ${result.columns.toLocaleString('en-US')}`)
        else if (result.outcome === 'too-many')
          setSaid(
            `${result.cells.toLocaleString('en-US')} cells are too many for a clipboard: export the result instead`,
          )
      },
      (error: unknown) => setSaid(`Nothing was copied: ${wireOf(error).message}`),
    )
    scroller.current?.focus()
  }
  const openAtFocus = (kind: 'cell' | 'inspect' | 'column') => {
    if (focus === null) return
    const box = document.getElementById(cellId(gridId, focus.row, focus.column))?.getBoundingClientRect()
    if (box === undefined) return
    const at = { x: box.left, y: box.bottom }
    if (focus.row === HEADER_ROW) setMenu({ kind: 'column', ...at, position: focus.column })
    else setMenu(kind === 'inspect' ? { kind, ...at, cell: focus } : { kind: 'cell', ...at })
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current) return
    const ctrl = event.ctrlKey || event.metaKey
    const at = current ?? selectCell({ row: rows === 0 ? HEADER_ROW : from, column: 0 })
    const moved = event.altKey ? null : moveByKey(at, { key: event.key, ctrl, shift: event.shiftKey }, bounds)
    if (moved !== null) choose(moved)
    else if (ctrl && event.key.toLowerCase() === 'a' && rows > 0) setSelection(selectAll(bounds))
    else if (ctrl && event.key.toLowerCase() === 'f') setFinding(true)
    else if (event.key === ' ' && ctrl) setSelection(selectColumns(at.anchor.column, at.focus.column, rows))
    else if (event.key === ' ' && event.shiftKey)
      setSelection(selectRows(Math.max(0, at.anchor.row), Math.max(0, at.focus.row), visible.length))
    else if (
      event.key === 'ContextMenu' ||
      (event.key === 'F10' && event.shiftKey) ||
      (event.altKey && event.key === 'ArrowDown')
    )
      openAtFocus('cell')
    else if (event.key === 'Enter' || event.key === ' ') {
      const column = visible[at.focus.column]
      if (at.focus.row !== HEADER_ROW) openAtFocus('inspect')
      else if (source.sort !== null && column !== undefined)
        table.setSorting((old) => nextSorting(old, column.index, event.shiftKey))
    } else return
    event.preventDefault()
  }
  const onCopy = (event: ClipboardEvent) => {
    if (range === null || event.target !== scroller.current) return
    event.preventDefault()
    const text = copier.textNow(range, 'tsv')
    if (text === null) return copy('tsv')
    event.clipboardData.setData('text/plain', text)
    setSaid(
      `Copied ${(range.bottom - range.top + 1).toLocaleString('en-US')} × ${(range.right - range.left + 1).toLocaleString('en-US')}`,
    )
  }
  const onContextMenu = (event: MouseEvent) => {
    if (!(event.target instanceof Element) || event.target.closest('[data-row]') === null) return
    event.preventDefault()
    const cell = cellAtPoint(event.clientX, event.clientY)
    if (cell === null) return
    const inRange =
      range !== null && spanInRow(range, cell.row) !== null && cell.column >= range.left && cell.column <= range.right
    if (!inRange) setSelection(selectCell(cell))
    setMenu({ kind: 'cell', x: event.clientX, y: event.clientY })
  }
  const close = () => {
    setMenu(null)
    scroller.current?.focus()
  }
  const fit = (column: GridColumn) => {
    if (root.current === null) return
    const source = columns[column.index]
    if (source === undefined) return
    const width = fitWidth(source, column.index, pages.sample(), canvasMeasure(root.current))
    table.setColumnSizing((set) => ({ ...set, [String(column.index)]: width }))
  }

  const headers = new Map<number, GridHeader>(
    table.getLeafHeaders().map((header) => [Number(header.column.id), header]),
  )
  const base = Math.floor(from / BASE_ROWS) * BASE_ROWS
  // Elements are used again for other rows: a jump then changes text and builds nothing.
  const pool = 2 ** Math.ceil(Math.log2(Math.max(16, to - from + 1)))
  const failure = firstFailure(pages, from, to)
  const focusDrawn = focus !== null && (focus.row === HEADER_ROW || (focus.row >= from && focus.row < to))
  const columnOfMenu =
    menu?.kind === 'column' ? visible[menu.position] : menu?.kind === 'inspect' ? visible[menu.cell.column] : undefined

  return (
    <div ref={root} className={classes.root}>
      {busy && <div className={classes.busy} role="progressbar" aria-label="Sorting" />}
      <div
        ref={scroller}
        role="grid"
        aria-label={label}
        aria-rowcount={source.final ? rows + 1 : -1}
        aria-colcount={visible.length + 1}
        aria-multiselectable
        aria-busy={busy || undefined}
        aria-activedescendant={focusDrawn ? cellId(gridId, focus.row, focus.column) : undefined}
        tabIndex={0}
        className={classes.scroller}
        onKeyDown={onKeyDown}
        onCopy={onCopy}
        onPointerDown={onPointerDown}
        onContextMenu={onContextMenu}
        onDoubleClick={(event) => {
          if (event.target instanceof Element && event.target.closest('[data-row]') !== null) openAtFocus('inspect')
        }}
      >
        <div
          className={classes.spacer}
          role="presentation"
          style={{ height: spacerPx(scroll.extent) + HEAD_PX, width: totalPx }}
        >
          <div className={classes.layer} role="presentation" style={{ height: scroll.height }}>
            <div role="rowgroup" className={classes.head}>
              <GridHeaderRow
                gridId={gridId}
                drawn={drawn}
                sorting={sorting}
                canSort={source.sort !== null}
                headers={headers}
                focus={focus?.row === HEADER_ROW ? focus.column : -1}
                onSort={(column, add) => table.setSorting((old) => nextSorting(old, column.index, add))}
                onMenu={(column, at) => setMenu({ kind: 'column', ...at, position: column.position })}
                onFit={fit}
                onFocus={(column) => {
                  setSelection(selectCell({ row: HEADER_ROW, column: column.position }))
                  scroller.current?.focus()
                }}
                onSelectAll={() => rows > 0 && setSelection(selectAll(bounds))}
              />
            </div>
            <div
              role="rowgroup"
              className={classes.body}
              style={{ transform: `translateY(${Math.round(base * ROW_PX - scroll.top)}px)` }}
            >
              {Array.from({ length: to - from }, (_, i) => from + i).map((row) => {
                const span = spanInRow(range, row)
                return (
                  <GridRow
                    key={row % pool}
                    gridId={gridId}
                    row={row}
                    y={(row - base) * ROW_PX}
                    state={pages.stateOf(row)}
                    drawn={drawn}
                    left={span?.[0] ?? -1}
                    right={span?.[1] ?? -1}
                    focus={focus?.row === row ? focus.column : -1}
                  />
                )
              })}
            </div>
          </div>
        </div>
      </div>
      {rows === 0 && <div className={classes.none}>{source.final ? 'No rows.' : 'Waiting for the first rows…'}</div>}
      {failure !== null && <Trouble failure={failure} action="Try again" onAction={() => pages.retry()} />}
      {sortFailure !== null && <Trouble failure={sortFailure} action="Dismiss" onAction={dismissSortFailure} />}
      <GridBar
        rows={rows}
        final={source.final}
        columns={visible.length}
        range={range}
        said={busy ? 'Sorting…' : said}
        extra={extra}
        onCopy={copy}
        finder={
          <ColumnFinder columns={columns} table={table} opened={finding} onOpened={setFinding} onGoTo={goToColumn} />
        }
      />
      {menu?.kind === 'cell' && (
        <CellMenu x={menu.x} y={menu.y} onCopy={copy} onInspect={() => openAtFocus('inspect')} onClose={close} />
      )}
      {menu?.kind === 'column' && columnOfMenu !== undefined && (
        <ColumnMenu
          x={menu.x}
          y={menu.y}
          column={columnOfMenu}
          table={table}
          canSort={source.sort !== null}
          onFit={() => fit(columnOfMenu)}
          onSelect={() => rows > 0 && setSelection(selectColumns(columnOfMenu.position, columnOfMenu.position, rows))}
          onCopyName={() => void writeClipboard(columnOfMenu.name).then(() => setSaid('Copied the name'))}
          onClose={close}
        />
      )}
      {menu?.kind === 'inspect' && columnOfMenu !== undefined && (
        <Inspector
          x={menu.x}
          y={menu.y}
          row={menu.cell.row}
          column={columnOfMenu}
          state={pages.stateOf(menu.cell.row)}
          onClose={close}
        />
      )}
    </div>
  )
}

function Trouble({
  failure,
  action,
  onAction,
}: {
  readonly failure: WireError
  readonly action: string
  onAction(): void
}) {
  return (
    <div className={classes.trouble} role="alert">
      <span>
        {failure.message} <code className="pond-dim">{failure.code}</code>
      </span>
      <Button variant="default" onClick={onAction}>
        {action}
      </Button>
    </div>
  )
}

const sum = (columns: readonly GridColumn[]): number => columns.reduce((total, column) => total + column.width, 0)

/** The position of the column at `x` from the scroller's left edge; the nearest one in the gutter and beyond the last. */
function columnAt(
  visible: readonly GridColumn[],
  x: number,
  element: HTMLElement,
  startPx: number,
  endPx: number,
  gutter: number,
): number {
  const inPin = visible.find((column) => {
    if (column.pin === 'start') return x >= gutter + column.offset && x < gutter + column.offset + column.width
    if (column.pin === 'end')
      return x >= element.clientWidth - column.offset - column.width && x < element.clientWidth - column.offset
    return false
  })
  if (inPin !== undefined) return inPin.position
  const center = visible.filter((column) => column.pin === null)
  const at = Math.min(Math.max(x, startPx), element.clientWidth - endPx - 1) - startPx + element.scrollLeft
  const free = center.find((column) => at < column.offset + column.width) ?? center.at(-1)
  return free?.position ?? 0
}

function firstFailure(pages: Pages, from: number, to: number): WireError | null {
  for (let row = from; row < to; row += 16) {
    const state = pages.stateOf(row)
    if (state !== 'loading' && 'code' in state) return state
  }
  return null
}
