/**
 * Where in the editor's text an error is, and what a fix replaces. A query may have been a part of the
 * text; DuckDB counts lines and characters (code points) from 1 in what it was given.
 */

export interface Span {
  /** UTF-16 offsets in the editor's text. */
  readonly from: number
  readonly to: number
}

/** The name or quoted text at a place; never empty unless the text is, so that there is something to mark. */
export function spanAt(text: string, line: number, column: number): Span {
  const start = offsetOf(text, line, column)
  const rest = text.slice(start, start + 1_000)
  const token = /^("(?:[^"]|"")*"|'(?:[^']|'')*'|[\p{L}\p{N}_$]+)/u.exec(rest)?.[0]
  if (token !== undefined) return { from: start, to: start + token.length }
  const one = [...rest][0]
  if (one !== undefined && one !== '\n') return { from: start, to: start + one.length }
  const from = Math.max(0, start - 1)
  return { from, to: Math.min(text.length, from + 1) }
}

export function offsetOf(text: string, line: number, column: number): number {
  let start = 0
  for (let n = 1; n < line; n++) {
    const end = text.indexOf('\n', start)
    if (end < 0) return text.length
    start = end + 1
  }
  const end = text.indexOf('\n', start)
  const whole = text.slice(start, end < 0 ? undefined : end)
  return start + [...whole].slice(0, column - 1).join('').length
}

/**
 * The name that a candidate stands for: what is at the error's place if it is a name, else the name in
 * the message, wherever the statement says it first after that place.
 */
export function fixSpan(text: string, place: Span): Span {
  const words = text.slice(place.from, place.to)
  if (/^["'\p{L}_]/u.test(words)) return place
  const next = /["'\p{L}_]/u.exec(text.slice(place.from))
  if (next === null) return place
  const from = place.from + next.index
  const before = text.slice(0, from)
  const line = before.split('\n').length
  return spanAt(text, line, [...before.slice(before.lastIndexOf('\n') + 1)].length + 1)
}

/** A candidate as it is written in SQL: quoted unless it is a plain lower-case name or already quoted. */
export function asName(candidate: string): string {
  if (/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$/.test(candidate) || /^['"]/.test(candidate)) return candidate
  if (candidate.startsWith('/')) return `'${candidate.replaceAll("'", "''")}'`
  return `"${candidate.replaceAll('"', '""')}"`
}
