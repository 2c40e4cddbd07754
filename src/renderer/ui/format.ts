/**
 * Numbers, sizes and instants for people. Every function is pure; the exact value goes into the
 * `title` beside what these return.
 */
const grouped = new Intl.NumberFormat('en-US')
const oneDigit = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })

/** `1,461`. */
export function formatNumber(value: number): string {
  return grouped.format(value)
}

/** `1 row`, `1,461 rows`. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped.format(count)} ${count === 1 ? noun : plural}`
}

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

/** `0 bytes`, `812 bytes`, `12.9 MB`: powers of 1000. */
export function formatBytes(bytes: number): string {
  if (Math.abs(bytes) < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`
  let value = bytes
  let unit = 0
  // 999.95 would be written "1,000.0": it belongs to the next unit.
  while (Math.abs(value) >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${oneDigit.format(value)} ${UNITS[unit]}`
}

/** `12,915,388 bytes`, for a hover. */
export function exactBytes(bytes: number): string {
  return formatCount(bytes, 'byte')
}

/** `+1.2 MB`, `-3 bytes`, `no change in size`. */
export function formatBytesDelta(delta: number): string {
  if (delta === 0) return 'no change in size'
  return `${delta > 0 ? '+' : '−'}${formatBytes(Math.abs(delta))}`
}

const STEPS: readonly [limit: number, size: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 1, 'second'],
  [3_600, 60, 'minute'],
  [86_400, 3_600, 'hour'],
  [7 * 86_400, 86_400, 'day'],
  [30 * 86_400, 7 * 86_400, 'week'],
  [365 * 86_400, 30 * 86_400, 'month'],
  [Infinity, 365 * 86_400, 'year'],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' })

/** `just now`, `3 minutes ago`. Both in microseconds since 1970. */
export function formatAgo(instant: number, now: number): string {
  const seconds = Math.round((now - instant) / 1e6)
  if (Math.abs(seconds) < 10) return 'just now'
  for (const [limit, size, unit] of STEPS) {
    if (Math.abs(seconds) < limit) return relative.format(-Math.trunc(seconds / size), unit)
  }
  return formatInstant(instant)
}

const two = (n: number): string => String(n).padStart(2, '0')

/** `2026-03-01 10:04:09` in local time. */
export function formatInstant(instant: number): string {
  const d = new Date(instant / 1000)
  const day = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`
  return `${day} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`
}

/** With microseconds and zone, for a hover. */
export function exactInstant(instant: number): string {
  const micros = String(((instant % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0')
  const minutes = -new Date(instant / 1000).getTimezoneOffset()
  const zone = `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`
  return `${formatInstant(instant)}.${micros} ${zone}`
}

/** `340 ms`, `2.4 s`, `3 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${oneDigit.format(ms / 1000)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** The first characters of a hash; the whole belongs on hover. */
export function shortHash(sha256: string): string {
  return sha256.slice(0, 12)
}

const VISIBLE: Readonly<Record<string, string>> = { '\n': '⏎', '\t': '⇥', '\r': '␍', '\u007f': '␡' }

/**
 * A name or path as one safe line: control characters become visible symbols and direction marks,
 * which could make a name read as another, become `�`.
 */
export function displayName(name: string): string {
  return name.replace(MISLEADING, (c) => VISIBLE[c] ?? signOf(c))
}

/** As `displayName`, for text of several lines: line ends and tabs stay. */
export function displayText(text: string): string {
  return text.replace(MISLEADING, (c) => (/[\n\r\t]/.test(c) ? c : signOf(c)))
}

const MISLEADING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

function signOf(c: string): string {
  const code = c.charCodeAt(0)
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : (VISIBLE[c] ?? '\ufffd')
}

/** A word as a POSIX shell takes it: bare where that is safe, else in single quotes. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
