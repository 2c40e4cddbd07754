/** A file as a table: its rows in the grid, or why it cannot be read as one and how it might. */
import { Button, Progress } from '@mantine/core'
import { IconAdjustments } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { Description } from '../../../../shared/model'
import { useAt, useQueryRun } from '../../../session'
import { ErrorState } from '../../../ui'
import { ResultGrid } from '../../../ui/grid'
import { TABLE_FORMAT_NAMES } from './format-names'
import { rememberCsvOptions, useCsvOptions } from './csv-memory'
import { CsvOptionsForm } from './csv-options'
import { isAutomatic, selectFrom } from './sql-text'
import classes from './viewer.module.css'

export function TableView({ description }: { readonly description: Description }) {
  const { entry, tableFormat, problem } = description
  const at = String(useAt())
  const options = useCsvOptions(entry.path)
  const isCsv = tableFormat === 'csv'
  const unread = problem !== null && isAutomatic(options)
  const [choosing, setChoosing] = useState(false)
  const sql = selectFrom(entry.path, isCsv ? options : null)
  // The same content gives the same rows at every moment: going to another where it did not change runs nothing.
  // oxlint-disable-next-line react/exhaustive-deps -- the same content gives the same rows
  const moment = useMemo(() => at, [entry.sha256 ?? at])
  const { state, failure, source, running } = useQueryRun(unread ? null : { sql, at: moment }, entry.sha256)
  const error = unread ? problem : (failure ?? (state?.state === 'failed' ? state.error : null))

  return (
    <>
      {error !== null && (
        <ErrorState
          compact
          title={`This ${tableFormat === null ? '' : `${TABLE_FORMAT_NAMES[tableFormat]} `}file cannot be read as a table`}
          failure={error}
        />
      )}
      {isCsv && (choosing || error !== null) && (
        <CsvOptionsForm
          options={options}
          onChange={(next) => {
            // What one is working with stays, also when it has helped.
            setChoosing(true)
            rememberCsvOptions(entry.path, next)
          }}
        />
      )}
      {running && source === null && <Progress size={2} value={state?.percent ?? 100} animated aria-label="Reading" />}
      {source !== null && (
        <div className={classes.grid}>
          <ResultGrid
            source={source}
            extra={
              isCsv && (
                <Button
                  variant="subtle"
                  color="gray"
                  leftSection={<IconAdjustments size={16} stroke={1.6} />}
                  aria-expanded={choosing}
                  onClick={() => setChoosing((was) => !was)}
                >
                  {isAutomatic(options) ? 'Reading options' : 'Reading options (changed)'}
                </Button>
              )
            }
          />
        </div>
      )}
    </>
  )
}
