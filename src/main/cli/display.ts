/**
 * How values look to people on a terminal: names that cannot play tricks, sizes, counts and times,
 * and the number of columns a text takes. Pure text.
 */
import type { ChangeKind, Micros } from '../../shared/model'
import { quote } from '../../shared/path'
import { toExactTime } from '../../shared/time'

/** A name as it is, or quoted and escaped where it holds control characters (newlines, terminal codes). */
export function visible(text: string): string {
  if (isPlain(text)) return text
  return /[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text.replaceAll('\u200d', ''))
    ? quote(text).replaceAll(/\p{Cf}/gu, escaped)
    : text
}

const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)

const escaped = (c: string): string => `\\u{${c.codePointAt(0)!.toString(16)}}`

/**
 * What a terminal obeys, or what makes text read as another: control characters of both sets (escape sequences
 * begin with them), direction marks, separators, marks without width, tags.
 */
const HARMFUL =
  /[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu

/** One line, whatever the text holds: for messages that quote what they found. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n\u2028\u2029]+\s*/g, ' ').replaceAll(HARMFUL, escaped)
}

/** Text of several lines that somebody wrote: line ends and tabs stay, nothing else is obeyed. */
export function prose(text: string): string {
  if (isPlain(text)) return text
  return text.replaceAll('\r\n', '\n').replaceAll(HARMFUL, (c) => (c === '\n' || c === '\t' ? c : escaped(c)))
}

/** As `prose`, but for the colours that we give a line ourselves. */
export function obeyingColours(text: string): string {
  if (isPlain(text)) return text
  return text
    .split(/(\u001b\[[\d;]{1,20}m)/)
    .map((part, i) => (i % 2 === 1 ? part : prose(part)))
    .join('')
}

/** A JSON document that says the same and that no terminal obeys. */
export function jsonText(value: unknown): string {
  return safeJson(JSON.stringify(value))
}

function safeJson(text: string): string {
  return isPlain(text) ? text : text.replaceAll(HARMFUL, (c) => (c === '\n' || c === '\t' ? c : jsonEscaped(c)))
}

function jsonEscaped(c: string): string {
  return Array.from({ length: c.length }, (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')
}

/** Bytes as a terminal may have them: what is no UTF-8 is replaced, what would be obeyed is spelled out. */
export async function* forTerminal(
  chunks: AsyncIterable<Uint8Array>,
  kind: 'text' | 'json' = 'text',
): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  const safe = kind === 'json' ? safeJson : prose
  for await (const chunk of chunks) yield safe(decoder.decode(chunk, { stream: true }))
  yield safe(decoder.decode())
}

let segmenter: Intl.Segmenter | undefined

/** The clusters of marks that a text is made of. Made when first needed: it takes longer than most commands do. */
function segmentsOf(text: string): Iterable<Intl.SegmentData> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return segmenter.segment(text)
}

const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u

/** Columns a text takes on a terminal: two for wide and emoji characters, one for a cluster of marks. */
export function widthOf(text: string): number {
  if (isPlain(text)) return text.length
  let width = 0
  for (const { segment } of segmentsOf(text)) width += WIDE.test(segment) ? 2 : 1
  return width
}

/** Cut to at most `columns`, with an ellipsis where something was cut. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let kept = ''
  let width = 0
  for (const { segment } of segmentsOf(text)) {
    width += WIDE.test(segment) ? 2 : 1
    if (width > columns - 1) break
    kept += segment
  }
  return `${kept}…`
}

/** `1,461`. By hand: loading a locale takes longer than most commands do. @param n whole */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1,461 rows`, `1 file`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(n)} ${n === 1 ? noun : plural}`
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Decimal units, three significant digits: `12.9 MB`. */
export function size(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toPrecision(value >= 9.995 ? 3 : 2)} ${UNITS[unit]}`
}

/** Local clock time to the second. */
export function clockTime(micros: Micros): string {
  const date = new Date(micros / 1000)
  const two = (n: number): string => String(n).padStart(2, '0')
  return (
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  )
}

/** Greatest number of microseconds that an event time is kept as, either way from 1970. */
const FURTHEST = Number.MAX_SAFE_INTEGER

/** When events were, in UTC wherever it is read: `2024-01-13 00:00:00 to 2024-01-14 06:30:00.25 UTC`. */
export function eventSpan(min: Micros, max: Micros): string {
  const text = (micros: Micros): string =>
    isoTime(micros)
      .slice(0, -1)
      .replace('T', ' ')
      .replace(/\.(\d*?)0+$/, (_, digits: string) => (digits === '' ? '' : `.${digits}`))
  const from = min <= -FURTHEST ? `before ${text(-FURTHEST)}` : text(min)
  return `${from} to ${max >= FURTHEST ? `after ${text(FURTHEST)}` : text(max)} UTC`
}

/** Exact, for programs: ISO 8601 in UTC with microseconds. */
export const isoTime: (micros: Micros) => string = toExactTime

export const GLYPHS: Readonly<Record<ChangeKind, string>> = { added: '+', modified: '~', deleted: '-', renamed: '>' }
