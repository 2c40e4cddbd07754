/** What is told of a column: what it is read as, and what is remarkable about it. */
import type { ReadingColumn, ReadingNote } from '../../../shared/model'
import { quote } from '../../../shared/path'
import type { Decided } from './column-kind'
import { columnSql } from './column-sql'
import type { At } from './refusals'
import { spelling } from './times'

export function shownColumn(name: string, { kind, nulls }: Decided, zone: string): ReadingColumn {
  const { type } = columnSql(kind, 'x', zone)
  const format =
    kind.is === 'times'
      ? kind.forms.map(spelling).join(' or ')
      : kind.is === 'formatted'
        ? kind.formats.join(' or ')
        : undefined
  const words = nulls.filter((word) => word.trim() !== '')
  return { name, type, ...(format === undefined ? {} : { format }), ...(words.length === 0 ? {} : { nulls: words }) }
}

export function columnNotes(
  column: string,
  { kind, nulls, why, remarks }: Decided,
  { at, rows }: { readonly at: At; readonly rows: number },
): readonly ReadingNote[] {
  const notes: ReadingNote[] = []
  const where = (row: number): string => (at(row).line === undefined ? `row ${row}` : `line ${at(row).line!}`)
  if (why !== null) {
    const help = why.option === null ? '' : ` (${why.option} says otherwise)`
    notes.push({
      message: `${column} is text: ${where(why.seen.row)}: ${quote(why.seen.text)} ${why.reason}${help}`,
      column,
      ...at(why.seen.row),
    })
  }
  const words = nulls.filter((word) => word.trim() !== '')
  if (words.length > 0) notes.push({ message: `${column}: ${words.map(quote).join(', ')} read as no value`, column })
  for (const { seen, text } of remarks)
    notes.push({ message: `${column}: ${where(seen.row)}: ${quote(seen.text)} ${text}`, column, ...at(seen.row) })
  if (kind.is === 'nothing' && rows > 0) notes.push({ message: `${column} has no values`, column })
  if ((kind.is === 'times' || kind.is === 'formatted') && kind.namedZone !== undefined) {
    const message = `${column}: its times are of ${kind.namedZone}, as its name says (--timezone says otherwise)`
    notes.push({ message, column })
  }
  if (kind.is === 'times') {
    if (kind.zones === 'some') notes.push({ message: `${column} has times with and without a zone`, column })
    const isDays = kind.forms.every(({ time }) => time === null)
    if (!isDays && kind.hasNanos && kind.zones !== 'none')
      notes.push({ message: `${column} is kept in UTC, as times finer than microseconds have no zone`, column })
  }
  return notes
}
