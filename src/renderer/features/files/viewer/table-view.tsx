/** A file as a table: its rows in the grid, or why it cannot be read as one and how it might. */
import { Button, Progress } from '@mantine/core'
import { IconAdjustments } from '@tabler/icons-react'
import { useMemo, useRef } from 'react'
import type { Description } from '../../../../shared/model'
import { exportResult, useAt, useConnection, usePond, useQueryRun } from '../../../session'
import { ErrorState, withFieldNames } from '../../../ui'
import { ExportMenu, ResultGrid, type ShownColumns } from '../../../ui/grid'
import { showDialog } from '../state'
import { TABLE_FORMAT_NAMES } from './format-names'
import { selectFrom } from './sql-text'
import classes from './viewer.module.css'

export function TableView({ description }: { readonly description: Description }) {
  const { entry, tableFormat, problem } = description
  const at = String(useAt())
  const { reading, readingOptions } = description
  // Also text that is no table yet: it may be told how it is one.
  const isText = tableFormat !== 'parquet' && tableFormat !== 'arrow'
  const losses = reading?.notes.filter((note) => note.isLoss === true) ?? []
  const open = (): void => showDialog({ kind: 'reading', path: entry.path })
  const connection = useConnection()
  const { pondId } = usePond()
  const shown = useRef<ShownColumns | null>(null)
  const sql = selectFrom(entry.path)
  // What is said of the text makes another table of the same content.
  const content = `${entry.sha256 ?? at} ${JSON.stringify(readingOptions)}`
  // The same content gives the same rows at every moment: going to another where it did not change runs nothing.
  // oxlint-disable-next-line react/exhaustive-deps -- the same content gives the same rows
  const moment = useMemo(() => at, [content])
  const { state, failure, source, running } = useQueryRun(problem !== null ? null : { sql, at: moment }, content)
  const error = problem !== null ? problem : (failure ?? (state?.state === 'failed' ? state.error : null))

  return (
    <>
      {error !== null && (
        <ErrorState
          compact
          title={`This ${tableFormat === null ? '' : `${TABLE_FORMAT_NAMES[tableFormat]} `}file cannot be read as a table`}
          failure={error}
          action={
            isText ? (
              <Button variant="default" leftSection={<IconAdjustments size={16} stroke={1.6} />} onClick={open}>
                How this file is read
              </Button>
            ) : undefined
          }
        />
      )}
      {losses.length > 0 && error === null && (
        <div className={classes.note}>
          <span>
            {withFieldNames(losses[0]!.message)}
            {losses.length > 1 && ` (and ${losses.length - 1} more)`}
          </span>
          <Button variant="default" size="compact-xs" onClick={open}>
            How this file is read
          </Button>
        </div>
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
                {isText && (
                  <Button
                    variant="subtle"
                    color="gray"
                    leftSection={<IconAdjustments size={16} stroke={1.6} />}
                    onClick={open}
                  >
                    {readingOptions === null ? 'How it is read' : 'How it is read (as said)'}
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
