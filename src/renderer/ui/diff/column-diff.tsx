/** The columns of a table at two moments: added, removed, of another type. */
import type { Column } from '../../../shared/model'
import { kindOf } from '../grid/column-kind'
import { TypeIcon } from '../grid/type-icon'
import { compareColumns, type ColumnChange } from './compare-columns'
import classes from './diff.module.css'
import type { DiffNames } from './facts'

const GLYPHS: Readonly<Record<ColumnChange['change'], string>> = { same: '', added: '+', removed: '−', changed: '~' }

export function ColumnDiff({
  before,
  after,
  names,
}: {
  readonly before: readonly Column[]
  readonly after: readonly Column[]
  readonly names: DiffNames
}) {
  return (
    <table className={classes.columns}>
      <thead>
        <tr>
          <th scope="col">Column</th>
          <th scope="col">{names.before}</th>
          <th scope="col">{names.after}</th>
        </tr>
      </thead>
      <tbody>
        {compareColumns(before, after).map((column, i) => (
          <tr key={`${column.name} ${i}`} data-change={column.change}>
            <th scope="row">
              <span className={classes.glyph} role="img" aria-label={column.change}>
                {GLYPHS[column.change]}
              </span>
              <TypeIcon kind={kindOf(column.after ?? column.before ?? '')} />
              {column.name}
            </th>
            <td>{column.before ?? <span className="pond-dim">none</span>}</td>
            <td>{column.after ?? <span className="pond-dim">none</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
