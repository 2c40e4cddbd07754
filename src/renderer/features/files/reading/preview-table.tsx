/** The first rows of a table as it would be read, with a type to choose above each column. */
import { NativeSelect } from '@mantine/core'
import type { Reading, ReadingOptions, TablePreview } from '../../../../shared/model'
import { displayName } from '../../../ui'
import { TYPES, withType } from './choices'
import classes from './reading.module.css'

const AS_FOUND = ''

export function PreviewTable({
  preview: { columns, rows },
  reading,
  said,
  onSaid,
}: {
  readonly preview: TablePreview
  readonly reading: Reading | null
  readonly said: ReadingOptions
  onSaid(said: ReadingOptions): void
}) {
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          {columns.map(({ name, type }, index) => {
            const own = said.types?.[name]
            const format = reading?.columns[index]?.format
            const others = own === undefined || (TYPES as readonly string[]).includes(own) ? [] : [own]
            return (
              <th key={index} scope="col">
                <span className={classes.name} title={displayName(name)}>
                  {displayName(name)}
                </span>
                <NativeSelect
                  size="xs"
                  aria-label={`Type of ${displayName(name)}`}
                  data={[
                    { value: AS_FOUND, label: own === undefined ? type : 'As found' },
                    ...[...TYPES, ...others].map((value) => ({ value, label: value })),
                  ]}
                  value={own ?? AS_FOUND}
                  onChange={(event) => onSaid(withType(said, name, event.currentTarget.value || null))}
                />
                <span className={classes.format}>{format ?? ''}</span>
              </th>
            )
          })}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <tr key={at}>
            {row.map((value, index) => (
              <td key={index} title={value ?? undefined}>
                {value === null ? <span className={classes.none}>NULL</span> : displayName(value)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
