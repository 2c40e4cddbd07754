/** The header row: a type icon, the name, sort keys, a menu and an edge to drag. */
import { IconArrowDown, IconArrowUp, IconChevronDown } from '@tabler/icons-react'
import type { SortingState } from '@tanstack/react-table'
import { clsx } from '../clsx'
import { displayName } from '../format'
import { shortType } from './column-kind'
import { cellId, columnStyle, type DrawnColumns } from './grid-row'
import type { GridColumn, GridHeader } from './grid-table'
import classes from './result-grid.module.css'
import { HEADER_ROW } from './selection'
import { TypeIcon } from './type-icon'

export interface GridHeaderRowProps {
  readonly gridId: string
  readonly drawn: DrawnColumns
  readonly sorting: SortingState
  readonly canSort: boolean
  readonly headers: ReadonlyMap<number, GridHeader>
  /** Position of the focused header; -1 when the focus is on a row. */
  readonly focus: number
  onSort(column: GridColumn, add: boolean): void
  onMenu(column: GridColumn, at: { readonly x: number; readonly y: number }): void
  onFit(column: GridColumn): void
  onFocus(column: GridColumn): void
  onSelectAll(): void
}

export function GridHeaderRow(props: GridHeaderRowProps) {
  const { gridId, drawn, sorting, canSort, headers, focus } = props
  const cell = (column: GridColumn) => {
    const order = sorting.findIndex((key) => key.id === String(column.index))
    const key = sorting[order]
    const header = headers.get(column.index)
    const openMenu = (element: Element) => {
      const box = element.getBoundingClientRect()
      props.onMenu(column, { x: box.left, y: box.bottom })
    }
    return (
      <div
        key={column.index}
        id={cellId(gridId, HEADER_ROW, column.position)}
        role="columnheader"
        aria-colindex={column.position + 2}
        aria-sort={key === undefined ? 'none' : key.desc ? 'descending' : 'ascending'}
        aria-haspopup="menu"
        data-header={column.position}
        data-pin={column.pin ?? undefined}
        data-focus={focus === column.position || undefined}
        data-sortable={canSort || undefined}
        className={clsx(classes.headCell, column.right && classes.right)}
        style={columnStyle(column, drawn.gutter)}
        title={`${column.name}\n${column.type}`}
        onClick={(event) => {
          props.onFocus(column)
          if (canSort) props.onSort(column, event.shiftKey)
        }}
        onContextMenu={(event) => {
          event.preventDefault()
          props.onFocus(column)
          props.onMenu(column, { x: event.clientX, y: event.clientY })
        }}
      >
        <span className={classes.headIcon}>
          <TypeIcon kind={column.kind} />
        </span>
        <span className={classes.headWords}>
          <span className={classes.headLine}>
            <span className={classes.headName}>{column.name === '' ? '(no name)' : displayName(column.name)}</span>
            {key !== undefined && (
              <span className={classes.headSort} aria-hidden>
                {key.desc ? <IconArrowDown size={13} stroke={2} /> : <IconArrowUp size={13} stroke={2} />}
                {sorting.length > 1 && order + 1}
              </span>
            )}
          </span>
          <span className={classes.headLine}>
            <span className={classes.headType}>{shortType(column.type)}</span>
            <span
              className={classes.headMenu}
              aria-hidden
              onClick={(event) => {
                event.stopPropagation()
                props.onFocus(column)
                openMenu(event.currentTarget.closest('[role=columnheader]') ?? event.currentTarget)
              }}
            >
              <IconChevronDown size={12} stroke={2} />
            </span>
          </span>
        </span>
        {header !== undefined && (
          <span
            className={classes.edge}
            aria-hidden
            data-resizing={header.column.getIsResizing() || undefined}
            onClick={(event) => event.stopPropagation()}
            onDoubleClick={() => props.onFit(column)}
            onMouseDown={(event) => {
              event.preventDefault()
              header.getResizeHandler()(event.nativeEvent)
            }}
          />
        )}
      </div>
    )
  }
  return (
    <div role="row" aria-rowindex={1} className={classes.headRow}>
      <div
        role="columnheader"
        aria-colindex={1}
        className={classes.corner}
        style={{ width: drawn.gutter }}
        onClick={props.onSelectAll}
      >
        <span className="pond-hidden">Row</span>
      </div>
      {drawn.start.map(cell)}
      {drawn.before > 0 && <span className={classes.gap} style={{ width: drawn.before }} />}
      {drawn.center.map(cell)}
      <span className={classes.gap} style={{ width: drawn.after }} data-rest />
      {drawn.end.map(cell)}
    </div>
  )
}
