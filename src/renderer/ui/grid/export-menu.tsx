/** A result as a file: the formats, what each carries, and what came of it. How it is written is the caller's. */
import { Button, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ExportFormat } from '../../../shared/model'
import { formatBytes, formatCount } from '../format'
import { notifyDone, notifyFailure, notifyReady } from '../notify'
import classes from './result-grid.module.css'
import { wireOf } from './wire-of'

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

/** Codes of work that the user stopped. */
const STOPPED: readonly string[] = ['api.interrupted', 'query.cancelled']

export interface ExportMenuProps {
  /** Of which moment the rows are. */
  readonly moment: string
  /** The rows are not all there yet: the export waits for them. */
  readonly waits: boolean
  readonly disabledReason: string | null
  readonly variant?: 'default' | 'subtle'
  onExport(format: ExportFormat, title: string): Promise<Exported>
}

export interface Exported {
  readonly fileName: string
  readonly rows: number
  readonly bytes: number
  /** Where the file waits to be saved by whoever wants it; null when it was. */
  readonly save: (() => void) | null
}

export function ExportMenu({ moment, waits, disabledReason, variant = 'default', onExport }: ExportMenuProps) {
  const exporting = async (format: ExportFormat, name: string): Promise<void> => {
    try {
      const { fileName, rows, bytes, save } = await onExport(format, name)
      const facts = `${formatCount(rows, 'row')}, ${formatBytes(bytes)}`
      if (save === null) notifyDone(`${fileName}: ${facts}`)
      else notifyReady('Your export is ready', `${fileName}: ${facts}`, { label: 'Save', run: save })
    } catch (error) {
      const failure = wireOf(error)
      if (STOPPED.includes(failure.code)) notifyDone(`The export as ${name} was cancelled. No file was written.`)
      else notifyFailure(`Nothing was exported as ${name}`, failure)
    }
  }
  return (
    <Menu position="bottom-end" width={340}>
      <Menu.Target>
        <Button
          variant={variant}
          {...(variant === 'subtle' ? { color: 'gray' } : {})}
          leftSection={<IconDownload size={14} stroke={1.6} />}
          disabled={disabledReason !== null}
          title={disabledReason ?? undefined}
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown aria-label="Export as">
        <Menu.Label>
          All rows of {moment}, with the columns and in the order that you see
          {waits && '. The query still runs: the export waits for its last row'}
        </Menu.Label>
        {FORMATS.map(({ format, name, carries }) => (
          <Menu.Item
            key={format}
            aria-label={name}
            aria-description={carries}
            onClick={() => void exporting(format, name)}
          >
            {name}
            <span className={classes.formatFacts}>{carries}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
