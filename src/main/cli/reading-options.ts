/** How a text file is read, as it is said on the command line: the same options for every verb. */
import { BAD_LINES, type Reading, type ReadingOptions } from '../../shared/model'
import { parseReading } from '../../shared/reading'
import type { Output } from './output'
import { oneLine, visible } from './display'
import { usage, type Invocation } from './invocation'

const WORDS: Readonly<Record<string, string>> = {
  tab: '\t',
  '\\t': '\t',
  space: ' ',
  comma: ',',
  semicolon: ';',
  pipe: '|',
  none: '',
}

/** @throws cli.usage, query.bad-reading */
export function readingOptionsOf(invocation: Invocation): ReadingOptions {
  const character = (name: string): string | undefined => {
    const value = invocation.text(name)
    return value === undefined ? undefined : (WORDS[value.toLowerCase()] ?? value)
  }
  const header = invocation.flag('header') ? true : invocation.isDenied('header') ? false : undefined
  const list = (name: string): readonly string[] | undefined => {
    const values = invocation.texts(name)
    return values.length === 0 ? undefined : values
  }
  return parseReading({
    delimiter: character('delim'),
    quote: character('quote'),
    escape: character('escape'),
    header,
    skip: invocation.number('skip', { min: 0, max: 100_000 }),
    comment: character('comment'),
    nulls: list('null'),
    encoding: invocation.text('encoding'),
    decimal: invocation.choice('decimal', ['.', ',']),
    timestampFormats: list('timestampFormat'),
    timezone: invocation.text('timezone'),
    types: typesOf(invocation),
    badLines: invocation.choice('badLines', BAD_LINES),
    sheet: invocation.text('sheet'),
    range: invocation.text('range'),
  })
}

/** `name=TYPE`, each in an option of its own. */
function typesOf(invocation: Invocation): Readonly<Record<string, string>> | undefined {
  const given = invocation.texts('types')
  if (given.length === 0) return undefined
  return Object.fromEntries(
    given.map((each) => {
      const at = each.lastIndexOf('=')
      if (at <= 0) throw usage(`--types: expected a column and a type such as id=VARCHAR, found ${each}`)
      return [each.slice(0, at), each.slice(at + 1).trim()]
    }),
  )
}

/** What people should know, on stderr: a line for each note. */
export async function noteReading(out: Output, name: string, reading: Reading | null): Promise<void> {
  if (out.isJson || reading === null) return
  for (const { message } of reading.notes) await out.note(`${visible(name)}: ${oneLine(message)}`)
}

/** Facts of a reading, as `describe` lists them. */
export function readingFacts(reading: Reading): readonly (readonly [string, string | null])[] {
  const {
    encoding,
    hasByteOrderMark,
    delimiter,
    quote,
    hasHeader,
    skipped,
    comment,
    decimal,
    lineEnds,
    timezone,
    leftOut,
    sheet,
  } = reading
  const shown = (character: string): string => WORD_OF[character] ?? character
  return [
    ['sheet', sheet === undefined ? null : `${sheet.name}, ${sheet.range}`],
    ['encoding', sheet !== undefined ? null : `${encoding}${hasByteOrderMark ? ' with a byte order mark' : ''}`],
    ['delimiter', delimiter === null || sheet !== undefined ? null : shown(delimiter)],
    ['quote', quote === null || quote === '"' ? null : quote === '' ? 'none' : quote],
    ['header', hasHeader === null ? null : hasHeader ? 'yes' : 'no'],
    ['lines skipped', skipped === null || skipped === 0 ? null : String(skipped)],
    ['comments', comment],
    ['decimal mark', decimal === ',' ? ',' : null],
    ['line ends', sheet !== undefined || lineEnds === null || lineEnds.length === 0 ? null : lineEnds.join(', ')],
    ['time zone', timezone === 'UTC' ? null : timezone],
    ['lines left out', leftOut.count === 0 ? null : `${leftOut.count}: ${leftOut.lines.join(', ')}`],
  ]
}

const WORD_OF: Readonly<Record<string, string>> = { '\t': 'tab', ' ': 'space', '\u0001': 'none' }
