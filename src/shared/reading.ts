/**
 * What somebody says of how a text file is read, checked: the same for the command line, the bridge, the library
 * and the attribute of an entry.
 */
import { z } from 'zod'
import { PondError } from './errors'
import { BAD_LINES, TEXT_FORMATS, type ReadingOptions } from './model'

const character = z.string().regex(/^[\x01-\x7f]$/, 'expected one ASCII character')
const label = z.string().refine(isEncoding, 'expected an encoding such as utf-8, windows-1252 or utf-16le')
const zone = z.string().refine(isZone, 'expected a time zone such as Europe/Berlin, UTC or +01:00')
const type = z
  .string()
  .max(200)
  .regex(
    /^[A-Za-z][A-Za-z0-9_ ]*(\(\s*\d+\s*(,\s*\d+\s*)?\))?(\[\])*$/,
    'expected a type such as BIGINT, VARCHAR or DECIMAL(10,2)',
  )

const timestampFormat = z
  .string()
  .max(200)
  .regex(
    /^epoch(_ms|_us|_ns)?$|%-?[Yymdjb]/,
    'expected a format as strptime has it, such as %d/%m/%Y %H:%M, or epoch, epoch_ms, epoch_us, epoch_ns',
  )

export const readingOptions = z.object({
  format: z.enum(TEXT_FORMATS).optional(),
  encoding: label.optional(),
  delimiter: character.optional(),
  quote: z.union([character, z.literal('')]).optional(),
  escape: character.optional(),
  header: z.boolean().optional(),
  skip: z.int().min(0).max(100_000).optional(),
  comment: z.union([character, z.literal('')]).optional(),
  nulls: z.array(z.string().max(1_000)).max(100).readonly().optional(),
  decimal: z.enum(['.', ',']).optional(),
  timestampFormats: z.array(timestampFormat).min(1).max(20).readonly().optional(),
  timezone: zone.optional(),
  types: z.record(z.string(), type).optional(),
  badLines: z.enum(BAD_LINES).optional(),
  sheet: z.string().min(1).max(255).optional(),
  range: z.string().min(1).max(40).optional(),
})

/** @throws query.bad-reading naming what cannot be */
export function parseReading(value: unknown): ReadingOptions {
  const parsed = readingOptions.safeParse(value)
  if (parsed.success) return withoutUndefined(parsed.data)
  const [issue] = parsed.error.issues
  const where = issue!.path.join('.')
  throw new PondError('query.bad-reading', `how a text is read cannot be so: ${where}: ${issue!.message}`, {
    option: where,
  })
}

/** The attribute of an entry; what another program left there that is none is not gone by. */
export function readingOf(attributes: Readonly<Record<string, unknown>>): ReadingOptions | undefined {
  const value = attributes['reading']
  return value === undefined || value === null ? undefined : parseReading(value)
}

function withoutUndefined(options: z.infer<typeof readingOptions>): ReadingOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function isEncoding(text: string): boolean {
  try {
    return new TextDecoder(text).encoding !== 'replacement'
  } catch {
    return false
  }
}

function isZone(text: string): boolean {
  if (/^[+-](0\d|1[0-5]):?([0-5]\d)?$/.test(text)) return true
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(text)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
