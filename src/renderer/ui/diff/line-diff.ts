/**
 * The difference of two texts, first by whole lines, then by characters within the lines that changed:
 * so a thousand edited lines of a table stay a thousand small changes instead of one large one.
 */
import { Change, diff } from '@codemirror/merge'

/** Distinct lines become characters; there are this many that are not halves of others. */
const MOST_LINES = 0xd800 - 1
/** Work on lines: far more than the library allows itself for characters. */
const LINES = { scanLimit: 4_000, timeout: 600 }
const CHARACTERS = { scanLimit: 300, timeout: 50 }
const LONGEST_BLOCK = 20_000

/** Changes in order; outside of them the texts are the same. */
export function lineDiff(a: string, b: string): readonly Change[] {
  const linesA = splitLines(a)
  const linesB = splitLines(b)
  const codes = encode(linesA, linesB)
  if (codes === null) return diff(a, b, { scanLimit: 500, timeout: 600 })
  const startsA = startsOf(linesA)
  const startsB = startsOf(linesB)
  return diff(codes.a, codes.b, LINES).flatMap(({ fromA, toA, fromB, toB }) => {
    // As many lines before as after: most likely each became its counterpart.
    const pairs =
      toA - fromA === toB - fromB
        ? Array.from({ length: toA - fromA }, (_, i) => [fromA + i, fromA + i + 1, fromB + i, fromB + i + 1] as const)
        : [[fromA, toA, fromB, toB] as const]
    return pairs.flatMap(([lineA, endA, lineB, endB]) =>
      withinLines(
        a,
        b,
        startsA[lineA] as number,
        startsA[endA] as number,
        startsB[lineB] as number,
        startsB[endB] as number,
      ),
    )
  })
}

function withinLines(a: string, b: string, fromA: number, toA: number, fromB: number, toB: number): readonly Change[] {
  const whole = new Change(fromA, toA, fromB, toB)
  if (fromA === toA || fromB === toB || toA - fromA + toB - fromB > LONGEST_BLOCK) return [whole]
  return diff(a.slice(fromA, toA), b.slice(fromB, toB), CHARACTERS).map(
    (change) => new Change(change.fromA + fromA, change.toA + fromA, change.fromB + fromB, change.toB + fromB),
  )
}

/** Lines with their ends; the last one may have none. */
const splitLines = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

/** Where each line begins, and where the text ends. */
function startsOf(lines: readonly string[]): readonly number[] {
  const starts = [0]
  for (const line of lines) starts.push((starts.at(-1) as number) + line.length)
  return starts
}

/** Texts of one character for each line, the same character for the same line; null when there are too many. */
function encode(a: readonly string[], b: readonly string[]): { readonly a: string; readonly b: string } | null {
  const known = new Map<string, string>()
  const write = (lines: readonly string[]): string => {
    const parts: string[] = []
    for (const line of lines) {
      let code = known.get(line)
      if (code === undefined) {
        code = String.fromCharCode(known.size + 1)
        known.set(line, code)
      }
      parts.push(code)
    }
    return parts.join('')
  }
  const codes = { a: write(a), b: write(b) }
  return known.size > MOST_LINES ? null : codes
}
