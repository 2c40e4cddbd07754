/** Lengths of time as people write them. */
import { quote } from '../../shared/path'
import { usage, type Invocation } from './invocation'

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** `90m` as milliseconds; undefined where the option is not given. @throws cli.usage */
export function durationMs(invocation: Invocation, name: string): number | undefined {
  const value = invocation.text(name)
  if (value === undefined) return undefined
  const [, number, unit] = /^(\d{1,9})([smhdw])$/.exec(value === '0' ? '0s' : value) ?? []
  if (number === undefined || unit === undefined) {
    throw usage(`--${name}: expected a time such as 30s, 90m, 12h, 7d or 2w, found ${quote(value)}`, {
      option: name,
      value,
    })
  }
  return Number(number) * UNITS_MS[unit]!
}
