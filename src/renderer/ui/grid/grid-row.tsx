/** One row of a grid. Drawn again only when its values, its columns or its part of the selection change. */
import { memo, type CSSProperties } from 'react'
import { clsx } from '../clsx'
import { displayName } from '../format'
import type { GridColumn } from './grid-table'
import { Page } from './page'
import type { RowState } from './pages'
import classes from './result-grid.module.css'

/** What a cell has room for; the inspector shows all of it. */
const CELL_CHARS = 300

/** The columns that are drawn now, and the room that those which are not would take. */
export interface DrawnColumns {
  readonly start: readonly GridColumn[]
  readonly center: readonly GridColumn[]
  readonly end: readonly GridColumn[]
  readonly before: number
  readonly after: number
  readonly gutter: number
}

export interface GridRowProps {
  readonly gridId: string
  readonly row: number
  readonly y: number
  readonly state: RowState
  readonly drawn: DrawnColumns
  /** Selected columns, inclusive; -1 when none are. */
  readonly left: number
  readonly right: number
  /** Position of the focused cell; -1 when it is in another row. */
  readonly focus: number
}

export const cellId = (gridId: string, row: number, column: number): string => `${gridId}-${row}-${column}`

export function columnStyle(column: GridColumn, gutter: number): CSSProperties {
  const width = column.width
  if (column.pin === 'start') return { width, left: gutter + column.offset }
  if (column.pin === 'end') return { width, right: column.offset }
  return { width }
}

export const GridRow = memo(function GridRow({ gridId, row, y, state, drawn, left, right, focus }: GridRowProps) {
  const cell = (column: GridColumn) => {
    const { position } = column
    const selected = position >= left && position <= right
    const text = state instanceof Page ? state.text(row, column.index) : undefined
    return (
      <div
        key={column.index}
        id={cellId(gridId, row, position)}
        role="gridcell"
        aria-colindex={position + 2}
        aria-selected={selected}
        data-row={row}
        data-position={position}
        data-pin={column.pin ?? undefined}
        data-focus={focus === position || undefined}
        className={clsx(classes.cell, column.right && classes.right)}
        style={columnStyle(column, drawn.gutter)}
      >
        {text === undefined ? (
          <Waiting state={state} width={30 + ((row * 7 + column.index * 13) % 50)} />
        ) : text === null ? (
          <span className={classes.null}>NULL</span>
        ) : (
          <span className={classes.value}>{oneLine(text)}</span>
        )}
      </div>
    )
  }
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      className={classes.row}
      data-odd={row % 2 === 1 || undefined}
      style={{ transform: `translateY(${y}px)` }}
    >
      <div
        role="rowheader"
        aria-colindex={1}
        className={classes.gutter}
        data-gutter-row={row}
        data-current={focus >= 0 || undefined}
        style={{ width: drawn.gutter }}
      >
        {(row + 1).toLocaleString('en-US')}
      </div>
      {drawn.start.map(cell)}
      {drawn.before > 0 && <span className={classes.gap} style={{ width: drawn.before }} />}
      {drawn.center.map(cell)}
      <span className={classes.gap} style={{ width: drawn.after }} data-rest />
      {drawn.end.map(cell)}
    </div>
  )
})

function Waiting({ state, width }: { readonly state: RowState; readonly width: number }) {
  if (state !== 'loading') return <span className={classes.lost} aria-label="not read" role="img" />
  return <span className={classes.skeleton} style={{ width: `${width}%` }} />
}

/** Line ends, tabs and what would make a value read as another as visible signs, in the room of one line. */
function oneLine(text: string): string {
  const cut = text.length > CELL_CHARS ? `${text.slice(0, CELL_CHARS)}…` : text
  return displayName(cut.replace(/\r\n|\n|\r/g, '↵'))
}
