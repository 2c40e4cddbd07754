/** Lengths of time as recipes write them: `15m`, `1h`, `1d`. */

const UNITS_US = { ms: 1_000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000, d: 86_400_000_000, w: 604_800_000_000 }
const SHAPE = /^(\d{1,9})(ms|s|m|h|d|w)$/

export interface Duration {
  /** As it was written. */
  readonly text: string
  readonly micros: number
}

/** Undefined for what is none, and for nothing at all. */
export function readDuration(text: string): Duration | undefined {
  const [, count, unit] = SHAPE.exec(text) ?? []
  const micros = Number(count) * UNITS_US[unit as keyof typeof UNITS_US]
  return micros > 0 && Number.isSafeInteger(micros) ? { text, micros } : undefined
}
