/** How to read a CSV file: every choice starts as "find out", and a change reads the file again at once. */
import { Button, Checkbox, NativeSelect, NumberInput } from '@mantine/core'
import classes from './csv-options.module.css'
import { AUTOMATIC, isAutomatic, type CsvOptions } from './sql-text'

const AUTO = 'auto'
const DELIMITERS = [
  { value: AUTO, label: 'Find out' },
  { value: ',', label: 'Comma  ,' },
  { value: ';', label: 'Semicolon  ;' },
  { value: '\t', label: 'Tab' },
  { value: '|', label: 'Bar  |' },
  { value: ' ', label: 'Space' },
]
const QUOTES = [
  { value: AUTO, label: 'Find out' },
  { value: '"', label: 'Double  "' },
  { value: "'", label: "Single  '" },
  { value: '', label: 'None' },
]
const DECIMALS = [
  { value: AUTO, label: 'Find out' },
  { value: '.', label: 'Point  3.14' },
  { value: ',', label: 'Comma  3,14' },
]
const ENCODINGS = [
  { value: AUTO, label: 'UTF-8' },
  { value: 'latin-1', label: 'Latin-1' },
  { value: 'utf-16', label: 'UTF-16' },
]
const HEADERS = [
  { value: AUTO, label: 'Find out' },
  { value: 'true', label: 'First line has names' },
  { value: 'false', label: 'No names' },
]

export function CsvOptionsForm({
  options,
  onChange,
}: {
  readonly options: CsvOptions
  readonly onChange: (options: CsvOptions) => void
}) {
  const text = (value: string): string | null => (value === AUTO ? null : value)
  return (
    <div className={classes.form} role="group" aria-label="Reading options">
      <NativeSelect
        label="Delimiter"
        data={DELIMITERS}
        value={options.delimiter ?? AUTO}
        onChange={(e) => onChange({ ...options, delimiter: text(e.currentTarget.value) })}
      />
      <NativeSelect
        label="Header"
        data={HEADERS}
        value={options.header === null ? AUTO : String(options.header)}
        onChange={(e) =>
          onChange({ ...options, header: e.currentTarget.value === AUTO ? null : e.currentTarget.value === 'true' })
        }
      />
      <NativeSelect
        label="Decimal separator"
        data={DECIMALS}
        value={options.decimal ?? AUTO}
        onChange={(e) => onChange({ ...options, decimal: text(e.currentTarget.value) })}
      />
      <NativeSelect
        label="Quote"
        data={QUOTES}
        value={options.quote ?? AUTO}
        onChange={(e) => onChange({ ...options, quote: text(e.currentTarget.value) })}
      />
      <NativeSelect
        label="Encoding"
        data={ENCODINGS}
        value={options.encoding ?? AUTO}
        onChange={(e) => onChange({ ...options, encoding: text(e.currentTarget.value) })}
      />
      <NumberInput
        label="Lines to skip"
        className={classes.skip}
        min={0}
        allowDecimal={false}
        placeholder="0"
        value={options.skip ?? ''}
        onChange={(value) => onChange({ ...options, skip: typeof value === 'number' && value > 0 ? value : null })}
      />
      <div className={classes.checks}>
        <Checkbox
          label="All columns as text"
          checked={options.allText}
          onChange={(e) => onChange({ ...options, allText: e.currentTarget.checked })}
        />
        <Checkbox
          label="Fill short lines with NULL"
          checked={options.pad}
          onChange={(e) => onChange({ ...options, pad: e.currentTarget.checked })}
        />
        <Checkbox
          label="Leave out lines that do not fit"
          checked={options.ignoreErrors}
          onChange={(e) => onChange({ ...options, ignoreErrors: e.currentTarget.checked })}
        />
      </div>
      {!isAutomatic(options) && (
        <Button variant="default" size="xs" className={classes.reset} onClick={() => onChange(AUTOMATIC)}>
          Find out everything
        </Button>
      )}
    </div>
  )
}
