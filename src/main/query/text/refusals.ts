/** Why a text is no table, each with the line and the options that help. */
import { PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import type { CsvFacts } from './read-csv'
import { MOST_COLUMNS } from './plan'
import type { Typed } from './typing'

/** The line of a row, where it is known. */
export type At = (row: number) => { readonly line?: number }

export function refuseShape({ name, shape, found, said }: CsvFacts): void {
  const { width, headerLine } = found
  if (width > MOST_COLUMNS) {
    const where = `line ${found.skip + (headerLine === null ? 1 : 0)}`
    throw unreadable(
      name,
      `${where} has ${width} columns, and at most ${MOST_COLUMNS} are read (--delim and --skip say how and where the table is)`,
      { expected: MOST_COLUMNS, found: width, options: ['delim', 'skip'] },
    )
  }
  const odd = found.names?.find((column) => column.includes('\0'))
  if (odd !== undefined) {
    const where = headerLine === null ? 'the header' : `line ${headerLine}`
    const reason = `${where} has a NUL byte in the name of a column: it is no text, or damaged (--skip leaves it out)`
    throw unreadable(name, reason, {
      ...(headerLine === null ? {} : { line: headerLine }),
      options: ['skip', 'header'],
    })
  }
  if (shape.unclosedLine !== null) {
    throw unreadable(
      name,
      `line ${shape.unclosedLine}: a quote opens a value and none closes it (--quote '' if nothing is quoted)`,
      {
        line: shape.unclosedLine,
        options: ['quote'],
      },
    )
  }
  if (shape.misquotedLine !== null) {
    throw unreadable(
      name,
      `line ${shape.misquotedLine}: something stands behind a closing quote (--quote '' if nothing is quoted)`,
      {
        line: shape.misquotedLine,
        options: ['quote', 'escape'],
      },
    )
  }
  const { count, first } = shape.misfits
  const bad = said.badLines ?? 'refuse'
  const refused = bad === 'refuse' ? first[0] : bad === 'fill' ? shape.longer : null
  if (count === 0 || refused == null) return
  if (refused.hasNul) {
    throw unreadable(
      name,
      `line ${refused.line} has a NUL byte: it is no text, or damaged (--bad-lines skip leaves such lines out)`,
      {
        line: refused.line,
        count,
        options: ['bad-lines', 'encoding'],
      },
    )
  }
  const where = headerLine === null ? 'the first line' : 'the header'
  const values = refused.values === 1 ? '1 value' : `${refused.values} values`
  const others = count > 1 ? `, and ${count - 1} other line${count > 2 ? 's do' : ' does'} not fit either` : ''
  const help =
    bad === 'fill'
      ? '--bad-lines skip leaves such lines out'
      : `--bad-lines skip leaves such lines out, ${refused.values < width ? 'fill takes them with empty values, ' : ''}--skip and --delim say where and how the table is`
  throw unreadable(name, `line ${refused.line} has ${values} where ${where} has ${width}${others} (${help})`, {
    line: refused.line,
    expected: width,
    found: refused.values,
    lines: first.map(({ line }) => line),
    count,
    options: ['bad-lines', 'skip', 'delim'],
  })
}

export function misfitOf(name: string, column: string, { kind, misfit }: Typed, at: At): PondError {
  const { row, text } = misfit!
  const { line } = at(row)
  const what =
    kind.is === 'formatted'
      ? `a time of the format ${kind.formats.map(quote).join(' or ')}`
      : kind.is === 'said'
        ? kind.type
        : kind.is
  const reason = `${line === undefined ? `row ${row}` : `line ${line}`}: ${column} is ${quote(text)}, which is no ${what.replace(/^a /, '')} (--null ${quote(text)} reads it as no value)`
  return unreadable(name, reason, {
    row,
    ...(line === undefined ? {} : { line }),
    column,
    value: text,
    options: ['null', 'types'],
  })
}

export function unreadable(name: string, reason: string, detail: Readonly<Record<string, unknown>> = {}): PondError {
  return new PondError('query.unreadable-file', `${quote(name)} cannot be read as a table: ${reason}`, {
    path: name,
    ...detail,
    candidates: [],
  })
}

export function noColumn(name: string, column: string, names: readonly string[]): PondError {
  const message = `${quote(name)} has no column ${quote(column)}: it has ${names.map(quote).join(', ')}`
  return new PondError('query.bad-reading', message, { path: name, column, candidates: names })
}
