/** A result as a file: the formats, what each carries, and the download. */
import { Button, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ExportFormat } from '../../../shared/model'
import { exportUrl } from '../../../shared/bytes'
import { failureOf, followSteps, isInterrupted, runTask, useConnection, usePond, type Connection } from '../../session'
import { formatBytes, formatCount, notifyDone, notifyFailure } from '../../ui'
import classes from './sql.module.css'

const FORMATS: readonly { readonly format: ExportFormat; readonly name: string; readonly carries: string }[] = [
  {
    format: 'parquet',
    name: 'Parquet',
    carries: 'Typed and compressed. Says which pond, version and SQL it came from.',
  },
  { format: 'csv', name: 'CSV', carries: 'Plain text with a header line. Types are lost; NULL is an empty field.' },
  { format: 'jsonl', name: 'JSON lines', carries: 'One object for each row. Keeps nesting; 64-bit numbers in full.' },
  {
    format: 'arrow',
    name: 'Arrow',
    carries: 'Arrow IPC for pandas, Polars, R. Keeps every type and where it came from.',
  },
]

export function ExportMenu({
  queryId,
  label,
  disabledReason,
}: {
  readonly queryId: string
  readonly label: string
  readonly disabledReason: string | null
}) {
  const connection = useConnection()
  const { pondId } = usePond()
  return (
    <Menu position="bottom-end" width={340}>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={14} stroke={1.6} />}
          disabled={disabledReason !== null}
          title={disabledReason ?? undefined}
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown aria-label="Export as">
        <Menu.Label>All rows, in DuckDB's own order, read again from {label}</Menu.Label>
        {FORMATS.map(({ format, name, carries }) => (
          <Menu.Item
            key={format}
            aria-label={name}
            aria-description={carries}
            onClick={() => void exportResult(connection, pondId, queryId, format, name)}
          >
            {name}
            <span className={classes.formatFacts}>{carries}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

async function exportResult(
  connection: Connection,
  pondId: string,
  queryId: string,
  format: ExportFormat,
  name: string,
): Promise<void> {
  try {
    const file = await runTask(`Exporting ${name}`, async (task) => {
      const steps = await connection.api.queries.export({ queryId, format }, { signal: task.signal })
      return followSteps(steps, (progress) => task.progress(progress))
    })
    const link = document.createElement('a')
    link.href = connection.bytesBase + exportUrl(pondId, file.exportId)
    link.download = file.fileName
    link.click()
    notifyDone(`${file.fileName}: ${formatCount(file.rows, 'row')}, ${formatBytes(file.bytes)}`)
  } catch (error) {
    if (isInterrupted(error)) notifyDone(`The export as ${name} was cancelled. No file was written.`)
    else notifyFailure(`Nothing was exported as ${name}`, failureOf(error))
  }
}
