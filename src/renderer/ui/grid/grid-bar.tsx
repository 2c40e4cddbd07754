/** The line below the rows: how many there are, what is selected, columns and copying. */
import { Button, Menu } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { formatCount, formatNumber } from '../format'
import type { CopyFormat } from './copy-text'
import { CopyItems } from './grid-menus'
import classes from './result-grid.module.css'
import { cellsIn, type CellRange } from './selection'

export function GridBar({
  rows,
  final,
  columns,
  range,
  said,
  finder,
  extra,
  onCopy,
}: {
  readonly rows: number
  readonly final: boolean
  readonly columns: number
  readonly range: CellRange | null
  /** What was done last, e.g. that cells were copied. */
  readonly said: string
  readonly finder: ReactNode
  readonly extra: ReactNode
  onCopy(format: CopyFormat): void
}) {
  return (
    <div className={classes.bar}>
      <span className={classes.barText}>
        <span className={classes.barStrong}>{formatCount(rows, 'row')}</span>
        {!final && ' so far'} · {formatCount(columns, 'column')}
      </span>
      {range !== null && cellsIn(range) > 1 && (
        <span className={classes.barText}>
          {formatNumber(range.bottom - range.top + 1)} × {formatNumber(range.right - range.left + 1)} selected
        </span>
      )}
      <span className={classes.barText} role="status">
        {said}
      </span>
      <span className={classes.barSpace} />
      {extra}
      {finder}
      <Menu position="top-end" withinPortal>
        <Menu.Target>
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconCopy size={14} stroke={1.6} />}
            disabled={range === null}
          >
            Copy
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <CopyItems onCopy={onCopy} />
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
