/**
 * Checks arguments of scripts that no type checker has seen. A wrong one is refused by name before anything
 * happens; one that passes is what its declaration says.
 */
import { PondError } from '../../shared/errors'
import type { Micros } from '../../shared/model'
import { timeOf } from '../pond'

/** @throws library.bad-argument */
export function text(name: string, value: unknown): string {
  if (typeof value !== 'string') throw badArgument(name, 'text', value)
  return value
}

/** A whole number that is at least so much, or nothing. @throws library.bad-argument */
export function optionalCount(name: string, value: unknown, least = 0): void {
  if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= least)) return
  throw badArgument(name, `a whole number from ${least} on`, value)
}

/** @throws library.bad-argument */
export function oneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value)
  if (found === undefined) throw badArgument(name, `one of ${allowed.join(', ')}`, value)
  return found
}

/** Options, of which a message is the shortest form. @throws library.bad-argument */
export function withMessage<T extends object>(options: string | T): T | { readonly message: string } {
  if (typeof options === 'string') return { message: options }
  if (typeof options !== 'object' || options === null) throw badArgument('options', 'a message or an object', options)
  return options
}

/** A list of paths, or one. @throws library.bad-argument */
export function paths(value: string | readonly string[]): readonly string[] {
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) throw badArgument('paths', 'a list of paths', value)
  return value.map((path) => text('path', path))
}

const BARE_DATE = /^\d{4}-\d{2}-\d{2}$/

/** An end of a range, in microseconds; a bare date is its beginning here. @throws library.bad-argument, steward.bad-time */
export function rangeEnd(name: string, time: Date | Micros | string | undefined): Micros | undefined {
  if (time === undefined) return undefined
  if (typeof time === 'string') return timeOf(BARE_DATE.test(time.trim()) ? `${time.trim()}T00:00` : time)
  const micros = time instanceof Date ? time.getTime() * 1_000 : time
  if (!Number.isSafeInteger(micros)) throw badArgument(name, 'a valid Date, microseconds or a timestamp', time)
  return micros
}

export function badArgument(name: string, expected: string, found: unknown): PondError {
  const kind = typeof found === 'object' && found !== null ? `an object (${found.constructor?.name ?? 'null'})` : null
  const shown = kind ?? (typeof found === 'string' ? JSON.stringify(found) : String(found))
  return new PondError('library.bad-argument', `${name}: expected ${expected}, found ${shown}`, { name, expected })
}
