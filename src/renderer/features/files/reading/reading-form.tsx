/** How a text file or a workbook is read as a table: what was found out, what may be said instead, and what comes of it at once. */
import { Button, Group, Loader, NativeSelect, NumberInput, TagsInput, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { Description, Reading, ReadingOptions } from '../../../../shared/model'
import { baseName } from '../../../../shared/path'
import { failureOf, useApi, useRead, useReadOnlyReason } from '../../../session'
import { displayName, EmptyState, ErrorState, formatCount, notifyDone, withFieldNames } from '../../../ui'
import { tellFailure } from '../actions'
import { showDialog } from '../state'
import {
  choicesOf,
  FIELDS,
  foundOut,
  isSaid,
  sameSaid,
  saidOf,
  sheetChoices,
  sheetSaid,
  sheetsOf,
  sheetValue,
  withField,
  withSaid,
  type Field,
} from './choices'
import { PreviewTable } from './preview-table'
import classes from './reading.module.css'

const PREVIEW_ROWS = 50
/** A field that is typed in is asked about when typing pauses. */
const PAUSE_MS = 300

export function ReadingForm({ path }: { readonly path: string }) {
  const { data, error } = useRead(['reading-of', path], (api, at, signal) =>
    api.files.describe({ path, at }, { signal }),
  )
  if (error !== null) return <ErrorState title="This file cannot be described" failure={failureOf(error)} />
  if (data === undefined) return <Waiting />
  const { entry, readingOptions, tableFormat } = data
  return <Form key={entry.sha256} path={path} before={readingOptions ?? {}} isWorkbook={tableFormat === 'xlsx'} />
}

function Form({
  path,
  before,
  isWorkbook,
}: {
  readonly path: string
  readonly before: ReadingOptions
  readonly isWorkbook: boolean
}) {
  const api = useApi()
  const readOnly = useReadOnlyReason()
  const [said, setSaid] = useState(before)
  const asked = usePaused(said)
  const [saving, setSaving] = useState(false)
  const { data, error, isFetching } = useRead(['reading', path, asked], (client, at, signal) =>
    client.files.describe({ path, at, reading: asked, previewRows: PREVIEW_ROWS }, { signal }),
  )
  const failure = error === null ? (data?.problem ?? null) : failureOf(error)
  const reading = data?.reading ?? null
  const isText = !isWorkbook && (reading?.format ?? data?.tableFormat ?? 'csv') === 'csv'
  // What is refused for another reason says nothing of the sheets there are.
  const named = sheetsOf(reading, failure)
  const [known, setKnown] = useState(named)
  useEffect(() => {
    if (named !== null) setKnown(named)
  }, [named])
  const sheets = named ?? known
  const isSame = sameSaid(said, before)

  const save = async (): Promise<void> => {
    setSaving(true)
    const stage = (options: ReadingOptions) =>
      api.files.setReading({ path, reading: isSaid(options) ? { ...options } : null })
    const name = `"${displayName(baseName(path))}"`
    try {
      await stage(said)
      showDialog(null)
      const undo = async (): Promise<void> => {
        try {
          await stage(before)
        } catch (failed) {
          tellFailure(`How ${name} is read was not changed back`, failed)
        }
      }
      notifyDone(`${name} is read like this from now on, pending until you commit`, {
        label: 'Undo',
        run: () => void undo(),
      })
    } catch (failed) {
      tellFailure(`How ${name} is read was not saved`, failed)
    } finally {
      setSaving(false)
    }
  }

  const field = (name: Field) => {
    const own = saidOf(name, said)
    return (
      <NativeSelect
        key={name}
        label={FIELDS[name].label}
        data={choicesOf(name, reading, own).map((choice) => ({ ...choice }))}
        value={own ?? 'auto'}
        onChange={(event) => setSaid(withField(said, name, event.currentTarget.value))}
      />
    )
  }
  const text = (name: 'timezone' | 'range', label: string, placeholder: string) => (
    <TextInput
      label={label}
      placeholder={placeholder}
      spellCheck={false}
      value={said[name] ?? ''}
      onChange={(event) => setSaid(withSaid(said, name, event.currentTarget.value || undefined))}
    />
  )

  return (
    <div className={classes.dialog}>
      <div
        className={classes.fields}
        role="group"
        aria-label={isWorkbook ? 'What is said of the workbook' : 'What is said of the text'}
      >
        {isWorkbook && (
          <NativeSelect
            label="Sheet"
            data={sheetChoices(sheets ?? [], reading, said.sheet).map((choice) => ({ ...choice }))}
            value={sheetValue(said.sheet)}
            onChange={(event) => setSaid(withSaid(said, 'sheet', sheetSaid(event.currentTarget.value)))}
          />
        )}
        {isWorkbook && text('range', 'Range of cells', rangeHint(said, reading))}
        {isText && field('delimiter')}
        {(isText || isWorkbook) && field('header')}
        {(isText || isWorkbook) && (
          <NumberInput
            label={isWorkbook ? 'Rows above the table' : 'Lines above the table'}
            min={0}
            max={100_000}
            allowDecimal={false}
            placeholder={
              said.skip === undefined && reading?.skipped != null ? `Found out: ${reading.skipped}` : 'Find out'
            }
            value={said.skip ?? ''}
            onChange={(value) => setSaid(withSaid(said, 'skip', typeof value === 'number' ? value : undefined))}
          />
        )}
        {isText && field('quote')}
        {isText && field('decimal')}
        {!isWorkbook && field('encoding')}
        <TagsInput
          label="Texts that mean no value"
          placeholder={said.nulls === undefined ? 'such as NA, -999' : ''}
          value={[...(said.nulls ?? [])]}
          onChange={(nulls) => setSaid(withSaid(said, 'nulls', nulls.length === 0 ? undefined : nulls))}
        />
        <TagsInput
          label="Formats of times"
          placeholder={said.timestampFormats === undefined ? 'such as %d/%m/%Y %H:%M, or epoch_ms' : ''}
          value={[...(said.timestampFormats ?? [])]}
          onChange={(formats) =>
            setSaid(withSaid(said, 'timestampFormats', formats.length === 0 ? undefined : formats))
          }
        />
        {text('timezone', 'Zone of times that have none', reading?.timezone ?? 'UTC')}
        {isText && field('badLines')}
      </div>
      <div className={classes.result} aria-busy={isFetching}>
        {failure !== null ? (
          <ErrorState compact title="Read like this it is no table" failure={failure} />
        ) : (
          <Facts description={data} />
        )}
        <div className={classes.preview} role="region" aria-label="What comes of it" tabIndex={0}>
          {data === undefined && failure === null ? (
            <Waiting />
          ) : data?.preview == null ? (
            <EmptyState>Nothing to show: say how {isWorkbook ? 'the workbook' : 'the text'} is read.</EmptyState>
          ) : data.preview.rows.length === 0 ? (
            <EmptyState>The table has no rows.</EmptyState>
          ) : (
            <PreviewTable preview={data.preview} reading={reading} said={said} onSaid={setSaid} />
          )}
        </div>
      </div>
      <Group className={classes.foot} justify="flex-end" gap={8}>
        {isSaid(said) && (
          <Button variant="subtle" color="gray" className={classes.reset} onClick={() => setSaid({})}>
            Find out everything
          </Button>
        )}
        <Button variant="default" onClick={() => showDialog(null)}>
          Cancel
        </Button>
        <Button
          loading={saving}
          disabled={readOnly !== null || isSame || failure?.code === 'query.bad-reading'}
          title={readOnly ?? (isSame ? 'Nothing was changed' : undefined)}
          onClick={() => void save()}
        >
          Read it like this
        </Button>
      </Group>
    </div>
  )
}

/** What is read, or how a range is written. */
function rangeHint({ range }: ReadingOptions, reading: Reading | null): string {
  return range === undefined && reading?.sheet !== undefined
    ? foundOut(undefined, reading.sheet.range)
    : 'such as B2:F100, B:F or B2'
}

/** What was decided in a line, what is remarkable, and what is not in the table. */
function Facts({ description }: { readonly description: Description | undefined }) {
  const reading = description?.reading
  if (reading == null) return null
  const { notes, leftOut } = reading
  const facts = [
    displayName(description!.entry.name),
    formatCount(reading.rows, 'row'),
    formatCount(reading.columns.length, 'column'),
    ...(reading.sheet === undefined
      ? [reading.encoding + (reading.hasByteOrderMark ? ' with a byte order mark' : '')]
      : [`cells ${reading.sheet.range} of ${displayName(reading.sheet.name)}`]),
    ...(reading.sheet !== undefined || reading.lineEnds === null || reading.lineEnds.length === 0
      ? []
      : [`lines end in ${reading.lineEnds.join(' and ')}`]),
  ]
  return (
    <>
      <p className={classes.facts} role="status">
        {facts.join(' · ')}
      </p>
      {(notes.length > 0 || leftOut.count > 0) && (
        <ul className={classes.notes} aria-label="What is remarkable">
          {leftOut.count > 0 && (
            <li data-loss>
              {formatCount(leftOut.count, 'line')} {leftOut.count === 1 ? 'does' : 'do'} not fit and{' '}
              {leftOut.count === 1 ? 'is' : 'are'} not in the table: {leftOut.lines.join(', ')}
              {leftOut.lines.length < leftOut.count && ' …'}
            </li>
          )}
          {notes.map((note) => (
            <li key={`${note.line ?? ''} ${note.column ?? ''} ${note.message}`} data-loss={note.isLoss}>
              {withFieldNames(note.message)}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

const Waiting = () => (
  <div className={classes.waiting}>
    <Loader size="xs" aria-label="Reading" />
  </div>
)

function usePaused<T>(value: T): T {
  const [paused, setPaused] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return paused
}
