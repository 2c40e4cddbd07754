/** A file as a table: its rows in the grid, or why it cannot be read as one and how it might. */
import { Button, Progress } from '@mantine/core'
import { IconAdjustments } from '@tabler/icons-react'
import { useMemo, useRef, useState } from 'react'
import type { Description } from '../../../../shared/model'
import { exportResult, useAt, useConnection, usePond, useQueryRun } from '../../../session'
import { ErrorState } from '../../../ui'
import { ExportMenu, ResultGrid, type ShownColumns } from '../../../ui/grid'
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
  const connection = useConnection()
  const { pondId } = usePond()
  const shown = useRef<ShownColumns | null>(null)
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
            onShown={(columns) => (shown.current = columns)}
            extra={
              <>
                {state !== null && (
                  <ExportMenu
                    variant="subtle"
                    moment={
                      state.at.kind === 'pending'
                        ? `version ${state.at.version} + pending`
                        : `version ${state.at.version}`
                    }
                    waits={running}
                    disabledReason={state.state === 'done' || running ? null : 'Not all of its rows could be read'}
                    onExport={(format, title) =>
                      exportResult(connection, {
                        pondId,
                        queryId: state.queryId,
                        name: tableName(entry.name),
                        format,
                        title,
                        shown: shown.current,
                      })
                    }
                  />
                )}
                {isCsv && (
                  <Button
                    variant="subtle"
                    color="gray"
                    leftSection={<IconAdjustments size={16} stroke={1.6} />}
                    aria-expanded={choosing}
                    onClick={() => setChoosing((was) => !was)}
                  >
                    {isAutomatic(options) ? 'Reading options' : 'Reading options (changed)'}
                  </Button>
                )}
              </>
            }
          />
        </div>
      )}
    </>
  )
}

/** `daily.csv` is the table `daily`. */
function tableName(name: string): string {
  return name.replace(/(\.[a-z]+)(\.(gz|gzip|zst|zstd))?$/i, '') || name
}
