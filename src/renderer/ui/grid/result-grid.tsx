/**
 * A table of any length: virtual rows to the very last, columns that sort, resize, hide and pin, cells
 * that are selected, copied and inspected. Knows nothing of ponds; rows are a `RowSource`'s. Focus
 * stays on the grid and points at its active cell, which may scroll out of the page and come back.
 */
import {
  useEffect,
  useId,
  useRef,
  useState,
  type ClipboardEvent,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
} from 'react'
import { ColumnFinder } from './column-finder'
import type { CopyFormat } from './copy-text'
import { GridBar } from './grid-bar'
import { GridHeaderRow } from './grid-header'
import { actionOfKey, startingSelection } from './grid-keys'
import { failureIn, GridOverlay, GridTrouble, type Open } from './grid-overlays'
import { cellId, GridRow } from './grid-row'
import { nextSorting, sortKeys, visibleColumns, type GridColumn, type GridHeader } from './grid-table'
import classes from './result-grid.module.css'
import type { SortKey } from '../../../shared/model'
import type { RowSource } from './row-source'
import { spacerPx, topShowingRow, visibleRows } from './scroll'
import {
  clampSelection,
  HEADER_ROW,
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
import { copiedWords, useCopy, writeClipboard, type CopyResult } from './use-copy'
import { useDragSelect } from './use-drag-select'
import { useAfterDraw, useGridColumns } from './use-grid-columns'
import { useGridScroll } from './use-grid-scroll'
import { usePages, useSorting } from './use-rows'

const ROW_PX = 26
const HEAD_PX = 40
/** Rows are placed relative to a base that moves rarely, so that scrolling redraws only new rows. */
const BASE_ROWS = 1_000

export interface ResultGridProps {
  readonly source: RowSource
  /** The grid's accessible name. */
  readonly label?: string
  /** Told what is shown: now, and whenever that changes. */
  readonly onShown?: (shown: ShownColumns) => void
  /** Of which moment the rows are, where that is known: what is copied says it. */
  readonly moment?: string
  /** Drawn in the line below, before the grid's own buttons. */
  readonly extra?: ReactNode
}

/** The columns that are visible, by their place in the source, from left to right, and the order of the rows. */
export interface ShownColumns {
  readonly columns: readonly number[]
  readonly keys: readonly SortKey[]
}

/** A fresh grid for every result. */
export default function ResultGrid(props: ResultGridProps) {
  return <Grid key={props.source.key} {...props} />
}

function Grid({ source, label = 'Result', onShown, moment, extra }: ResultGridProps) {
  const gridId = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [columns] = useState(source.columns)
  const [selection, setSelection] = useState<Selection | null>(null)
  const [open, setOpen] = useState<Open | null>(null)
  const [finding, setFinding] = useState(false)
  const [said, setSaid] = useState('')
  const afterDraw = useAfterDraw()
  const rows = source.rowCount
  const canSort = source.sort !== null

  const pages = usePages(source)
  const layout = useGridColumns({ scroller, columns, rows, sample: pages.sample() })
  const { table, visible, drawn } = layout
  const { sorting } = table.state
  const scroll = useGridScroll(scroller, rows * ROW_PX, HEAD_PX)
  const [from, to] = visibleRows(scroll.extent, scroll.top, ROW_PX, rows)
  useEffect(() => pages.show(from, to), [pages, from, to, rows])
  // Sorting is the source's work; rows stay as they are until it is done.
  const order = useSorting(source, pages, sorting, () => table.setSorting([]))
  const copier = useCopy(pages, visible)
  const copied = (result: CopyResult): string => copiedWords(result, moment)
  useEffect(() => {
    onShown?.({ columns: visible.map(({ index }) => index), keys: sortKeys(sorting) })
    // eslint-disable-next-line react/exhaustive-deps -- who is told may be another function each time
  }, [visible, sorting])

  const pageRows = Math.max(1, Math.floor(scroll.extent.viewportPx / ROW_PX) - 1)
  const bounds: Bounds = { rows, columns: visible.length, pageRows }
  const current = selection === null ? null : clampSelection(selection, bounds)
  const range = current === null ? null : rangeOf(current)
  const focus = current?.focus ?? null

  const focusGrid = () => scroller.current?.focus()
  const close = () => {
    setOpen(null)
    focusGrid()
  }
  const moveTo = (next: Selection) => {
    setSelection(next)
    if (next.focus.row !== HEADER_ROW) {
      const top = topShowingRow(scroll.extent, scroll.top, next.focus.row, ROW_PX)
      if (top !== scroll.top) scroll.scrollTo(top)
    }
    layout.show(next.focus.column)
  }
  const sortBy = ({ index }: GridColumn, add: boolean) => {
    if (canSort) table.setSorting((old) => nextSorting(old, index, add))
  }
  const openAtFocus = (kind: 'menu' | 'inspect') => {
    if (focus === null) return
    const box = document.getElementById(cellId(gridId, focus.row, focus.column))?.getBoundingClientRect()
    if (box === undefined) return
    const at = { x: box.left, y: box.bottom }
    if (focus.row === HEADER_ROW) setOpen({ kind: 'column', ...at, position: focus.column })
    else setOpen(kind === 'inspect' ? { kind, ...at, cell: focus } : { kind: 'cell', ...at })
  }
  const copy = async (format: CopyFormat) => {
    close()
    if (range === null) return
    setSaid('Copying…')
    setSaid(copied(await copier.copy(range, format)))
  }

  const cellAt = (x: number, y: number): CellAt | null => {
    const box = scroller.current?.getBoundingClientRect()
    if (box === undefined || rows === 0 || visible.length === 0) return null
    const row = Math.floor((y - box.top - HEAD_PX + scroll.top) / ROW_PX)
    return { row: Math.max(0, Math.min(row, rows - 1)), column: layout.at(x) }
  }
  const onPointerDown = useDragSelect({
    scroller,
    headPx: HEAD_PX,
    gutterPx: layout.gutter,
    cellAtPoint: cellAt,
    scrollBy: (dx, dy) => {
      if (dy !== 0) scroll.scrollTo(scroll.top + dy)
      if (dx !== 0) scroller.current?.scrollBy(dx, 0)
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
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current) return
    const press = { key: event.key, ctrl: event.ctrlKey || event.metaKey, shift: event.shiftKey, alt: event.altKey }
    const action = actionOfKey(current ?? startingSelection(from, rows), press, bounds)
    if (action === null) return
    event.preventDefault()
    switch (action.do) {
      case 'move':
        return moveTo(action.selection)
      case 'select':
        return setSelection(action.selection)
      case 'find-column':
        return setFinding(true)
      case 'menu':
      case 'inspect':
        return openAtFocus(action.do)
      case 'sort': {
        const column = visible[action.column]
        if (column !== undefined) sortBy(column, action.add)
      }
    }
  }
  const onCopy = (event: ClipboardEvent) => {
    if (range === null || event.target !== scroller.current) return
    event.preventDefault()
    const text = copier.textNow(range, 'tsv')
    if (text === null) return void copy('tsv')
    event.clipboardData.setData('text/plain', text)
    setSaid(copied({ outcome: 'copied', rows: range.bottom - range.top + 1, columns: range.right - range.left + 1 }))
  }
  const onContextMenu = (event: MouseEvent) => {
    if (!(event.target instanceof Element) || event.target.closest('[data-row]') === null) return
    event.preventDefault()
    const cell = cellAt(event.clientX, event.clientY)
    if (cell === null) return
    const span = spanInRow(range, cell.row)
    if (span === null || cell.column < span[0] || cell.column > span[1]) setSelection(selectCell(cell))
    setOpen({ kind: 'cell', x: event.clientX, y: event.clientY })
  }

  const headers = new Map<number, GridHeader>(
    table.getLeafHeaders().map((header) => [Number(header.column.id), header]),
  )
  const base = Math.floor(from / BASE_ROWS) * BASE_ROWS
  // Elements are used again for other rows: a jump then changes text and builds nothing.
  const pool = 2 ** Math.ceil(Math.log2(Math.max(16, to - from + 1)))
  const failure = failureIn(pages, from, to)
  const focusDrawn = focus !== null && (focus.row === HEADER_ROW || (focus.row >= from && focus.row < to))

  return (
    <div className={classes.root}>
      {order.busy && <div className={classes.busy} role="progressbar" aria-label="Sorting" />}
      <div
        ref={scroller}
        role="grid"
        aria-label={label}
        aria-rowcount={source.final ? rows + 1 : -1}
        aria-colcount={visible.length + 1}
        aria-multiselectable
        aria-busy={order.busy || undefined}
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
          style={{ height: spacerPx(scroll.extent) + HEAD_PX, width: layout.totalPx }}
        >
          <div className={classes.layer} role="presentation" style={{ height: scroll.height }}>
            <div role="rowgroup" className={classes.head}>
              <GridHeaderRow
                gridId={gridId}
                drawn={drawn}
                sorting={sorting}
                canSort={canSort}
                headers={headers}
                focus={focus?.row === HEADER_ROW ? focus.column : -1}
                onSort={sortBy}
                onMenu={(column, at) => setOpen({ kind: 'column', ...at, position: column.position })}
                onFit={layout.fit}
                onFocus={(column) => {
                  setSelection(selectCell({ row: HEADER_ROW, column: column.position }))
                  focusGrid()
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
      {failure !== null && <GridTrouble failure={failure} action="Try again" onAction={() => pages.retry()} />}
      {order.sortFailure !== null && (
        <GridTrouble failure={order.sortFailure} action="Dismiss" onAction={order.dismissSortFailure} />
      )}
      <GridBar
        rows={rows}
        final={source.final}
        columns={visible.length}
        range={range}
        said={order.busy ? 'Sorting…' : said}
        extra={extra}
        onCopy={(format) => void copy(format)}
        finder={
          <ColumnFinder
            columns={columns}
            table={table}
            opened={finding}
            onOpened={setFinding}
            onGoTo={(index) =>
              afterDraw(() => {
                const position = visibleColumns(table, columns).find((column) => column.index === index)?.position
                if (position !== undefined) moveTo(selectCell({ row: focus?.row ?? HEADER_ROW, column: position }))
                focusGrid()
              })
            }
          />
        }
      />
      {open !== null && (
        <GridOverlay
          open={open}
          visible={visible}
          table={table}
          pages={pages}
          canSort={canSort}
          onCopy={(format) => void copy(format)}
          onInspect={() => openAtFocus('inspect')}
          onFit={layout.fit}
          onSelectColumn={(position) => rows > 0 && setSelection(selectColumns(position, position, rows))}
          onCopyName={(name) => void writeClipboard(name).then(() => setSaid('Copied the name'))}
          onClose={close}
        />
      )}
    </div>
  )
}
