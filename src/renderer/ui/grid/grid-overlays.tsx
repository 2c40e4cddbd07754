/** What opens over a grid: menus of cells and columns, the inspector, and news of what went wrong. */
import { Button } from '@mantine/core'
import type { WireError } from '../../../shared/model'
import type { CopyFormat } from './copy-text'
import { CellMenu, ColumnMenu } from './grid-menus'
import type { GridColumn, GridTable } from './grid-table'
import { Inspector } from './inspector'
import type { Pages } from './pages'
import classes from './result-grid.module.css'
import type { CellAt } from './selection'

/** Places are in the window. */
export type Open =
  | { readonly kind: 'cell'; readonly x: number; readonly y: number }
  | { readonly kind: 'column'; readonly x: number; readonly y: number; readonly position: number }
  | { readonly kind: 'inspect'; readonly x: number; readonly y: number; readonly cell: CellAt }

export function GridOverlay({
  open,
  visible,
  table,
  pages,
  canSort,
  onCopy,
  onInspect,
  onFit,
  onSelectColumn,
  onCopyName,
  onClose,
}: {
  readonly open: Open
  readonly visible: readonly GridColumn[]
  readonly table: GridTable
  readonly pages: Pages
  readonly canSort: boolean
  onCopy(format: CopyFormat): void
  onInspect(): void
  onFit(column: GridColumn): void
  onSelectColumn(position: number): void
  onCopyName(name: string): void
  onClose(): void
}) {
  const { x, y } = open
  if (open.kind === 'cell') return <CellMenu x={x} y={y} onCopy={onCopy} onInspect={onInspect} onClose={onClose} />
  const column = visible[open.kind === 'column' ? open.position : open.cell.column]
  if (column === undefined) return null
  if (open.kind === 'inspect') {
    return (
      <Inspector
        x={x}
        y={y}
        row={open.cell.row}
        column={column}
        state={pages.stateOf(open.cell.row)}
        onClose={onClose}
      />
    )
  }
  return (
    <ColumnMenu
      x={x}
      y={y}
      column={column}
      table={table}
      canSort={canSort}
      onFit={() => onFit(column)}
      onSelect={() => onSelectColumn(column.position)}
      onCopyName={() => onCopyName(column.name)}
      onClose={onClose}
    />
  )
}

export function GridTrouble({
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

/** The first failure among the pages of these rows; half-open. */
export function failureIn(pages: Pages, from: number, to: number): WireError | null {
  for (let row = from; row < to; row += 16) {
    const state = pages.stateOf(row)
    if (state !== 'loading' && 'code' in state) return state
  }
  return null
}
