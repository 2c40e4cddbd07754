/** All of one cell, beside it: value, type, size; copied with one press. */
import { Button, CloseButton, Popover } from '@mantine/core'
import { useState } from 'react'
import { displayName, displayText } from '../format'
import type { GridColumn } from './grid-table'
import { indent } from './indent-json'
import { Page } from './page'
import type { RowState } from './pages'
import classes from './result-grid.module.css'
import { TypeIcon } from './type-icon'
import { writeClipboard } from './use-copy'

/** More than this in a page helps nobody; copying gives all of it. */
const MOST_CHARS = 200_000

export interface InspectorProps {
  readonly x: number
  readonly y: number
  readonly row: number
  readonly column: GridColumn
  readonly state: RowState
  onClose(): void
}

export function Inspector({ x, y, row, column, state, onClose }: InspectorProps) {
  const [copied, setCopied] = useState(false)
  const page = state instanceof Page ? state : null
  const value = page === null ? null : fullText(page, row, column)
  const size = page?.size(row, column.index) ?? null
  return (
    <Popover
      opened
      onChange={(opened) => !opened && onClose()}
      position="bottom-start"
      withinPortal
      trapFocus
      withRoles={false}
      returnFocus={false}
    >
      <Popover.Target>
        <span className={classes.anchor} style={{ left: x, top: y }} />
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={`Value of ${column.name}, row ${row + 1}`}>
        <div className={classes.inspector}>
          <div className={classes.inspectorHead}>
            <TypeIcon kind={column.kind} />
            <span className={classes.inspectorName}>{displayName(column.name)}</span>
            <span className="pond-dim pond-ellipsis" title={column.type}>
              {column.type}
            </span>
            <span className={classes.barSpace} />
            <CloseButton size="sm" aria-label="Close" onClick={onClose} />
          </div>
          <pre className={classes.inspectorValue} tabIndex={0} aria-label="Value" data-autofocus>
            {page === null ? (
              'These rows are on their way.'
            ) : value === null ? (
              <span className={classes.null}>NULL</span>
            ) : (
              displayText(value.slice(0, MOST_CHARS))
            )}
          </pre>
          <div className={classes.inspectorHead}>
            <span className="pond-dim">
              Row {(row + 1).toLocaleString('en-US')}
              {size !== null && `, ${size}`}
              {value !== null && value.length > MOST_CHARS && `, the first ${MOST_CHARS.toLocaleString('en-US')} shown`}
            </span>
            <span className={classes.barSpace} />
            <Button
              variant="default"
              disabled={value === null}
              onClick={() => {
                void writeClipboard(value ?? '').then(() => setCopied(true))
              }}
            >
              {copied ? 'Copied' : 'Copy value'}
            </Button>
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

/** Nested values and JSON with a line for each member, everything else as it is. */
function fullText(page: Page, row: number, column: GridColumn): string | null {
  const text = page.text(row, column.index)
  if (text === null) return null
  if (column.kind === 'json') return indent(text)
  if (column.kind === 'struct' || column.kind === 'list' || column.kind === 'map')
    return indent(page.json(row, column.index))
  return text
}
