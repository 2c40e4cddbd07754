/** What the right mouse button and the menu key offer on a header and on a cell. */
import { Menu } from '@mantine/core'
import { MenuAt } from '../menu-at'
import type { CopyFormat } from './copy-text'
import type { GridColumn, GridTable } from './grid-table'

const COPY_NAMES: Readonly<Record<CopyFormat, string>> = {
  tsv: 'Copy',
  'tsv-header': 'Copy with column names',
  csv: 'Copy as CSV',
  json: 'Copy as JSON',
  markdown: 'Copy as Markdown',
}

export function CopyItems({ onCopy }: { onCopy(format: CopyFormat): void }) {
  return (Object.keys(COPY_NAMES) as CopyFormat[]).map((format) => (
    <Menu.Item
      key={format}
      onClick={() => onCopy(format)}
      rightSection={format === 'tsv' ? <span className="pond-dim">Ctrl+C</span> : undefined}
    >
      {COPY_NAMES[format]}
    </Menu.Item>
  ))
}

export function CellMenu(props: {
  readonly x: number
  readonly y: number
  onCopy(format: CopyFormat): void
  onInspect(): void
  onClose(): void
}) {
  return (
    <MenuAt at={props} label="Cell" onClose={props.onClose}>
      <CopyItems onCopy={props.onCopy} />
      <Menu.Divider />
      <Menu.Item onClick={props.onInspect} rightSection={<span className="pond-dim">Enter</span>}>
        Show the whole value
      </Menu.Item>
    </MenuAt>
  )
}

export function ColumnMenu({
  x,
  y,
  column,
  table,
  canSort,
  onFit,
  onSelect,
  onCopyName,
  onClose,
}: {
  readonly x: number
  readonly y: number
  readonly column: GridColumn
  readonly table: GridTable
  readonly canSort: boolean
  onFit(): void
  onSelect(): void
  onCopyName(): void
  onClose(): void
}) {
  const id = String(column.index)
  const entry = table.getColumn(id)
  const { sorting } = table.state
  const sorted = sorting.some((key) => key.id === id)
  const sort = (desc: boolean, add: boolean) =>
    table.setSorting(add ? [...sorting.filter((key) => key.id !== id), { id, desc }] : [{ id, desc }])
  return (
    <MenuAt at={{ x, y }} label={`Column ${column.name}`} onClose={onClose}>
      <Menu.Item disabled={!canSort} onClick={() => sort(false, false)}>
        Sort ascending
      </Menu.Item>
      <Menu.Item disabled={!canSort} onClick={() => sort(true, false)}>
        Sort descending
      </Menu.Item>
      {sorting.length > 0 && !sorted && (
        <Menu.Item
          disabled={!canSort}
          onClick={() => sort(false, true)}
          rightSection={<span className="pond-dim">Shift+click</span>}
        >
          Then sort by this
        </Menu.Item>
      )}
      {sorting.length > 0 && <Menu.Item onClick={() => table.setSorting([])}>Original order</Menu.Item>}
      <Menu.Divider />
      {column.pin !== 'start' && <Menu.Item onClick={() => entry?.pin('start')}>Pin to the left</Menu.Item>}
      {column.pin !== 'end' && <Menu.Item onClick={() => entry?.pin('end')}>Pin to the right</Menu.Item>}
      {column.pin !== null && <Menu.Item onClick={() => entry?.pin(false)}>Unpin</Menu.Item>}
      <Menu.Item disabled={table.getVisibleLeafColumns().length < 2} onClick={() => entry?.toggleVisibility(false)}>
        Hide
      </Menu.Item>
      <Menu.Item onClick={onFit}>Fit the width</Menu.Item>
      <Menu.Divider />
      <Menu.Item onClick={onSelect}>Select the column</Menu.Item>
      <Menu.Item onClick={onCopyName}>Copy the name</Menu.Item>
    </MenuAt>
  )
}
