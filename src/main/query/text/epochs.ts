/**
 * Times as numbers since 1970 in UTC, by four formats that strptime does not have. Any number may be one, so a
 * column has to be meant: by its type or by its name.
 */
import { EVENT_TIME_COLUMNS } from '../../tables'

/** As formats of times call them. A fraction goes to the microsecond. */
export type Epoch = 'epoch' | 'epoch_ms' | 'epoch_us' | 'epoch_ns'

interface Unit {
  /** Of whole units, at most. */
  readonly digits: number
  /** Behind the point. */
  readonly places: number
  /** Of the smallest step that is kept, in one unit. */
  readonly steps: number
}

const UNITS: Readonly<Record<Epoch, Unit>> = {
  epoch: { digits: 12, places: 6, steps: 1_000_000 },
  epoch_ms: { digits: 15, places: 3, steps: 1_000 },
  epoch_us: { digits: 18, places: 0, steps: 1 },
  epoch_ns: { digits: 19, places: 0, steps: 1 },
}
/** Years 1 to 9999: what is beyond is a number of another unit. In microseconds. */
const RANGE = '-62135596800000000 AND 253402300799999999'
/** What TIMESTAMP_NS holds, without its infinities: in nanoseconds, and in whole microseconds. */
const NANOS = '-9223286400000000000 AND 9223286399999999999'
const NANOS_AS_MICROS = '-9223286400000000 AND 9223286399999999'

const NAMES: ReadonlySet<string> = new Set(EVENT_TIME_COLUMNS.map((name) => name.toLowerCase()))

export function isEpoch(format: string): format is Epoch {
  return Object.hasOwn(UNITS, format)
}

/** Whether a column is called so that its numbers are meant where nobody said of which column they are. */
export function isNamedForTimes(column: string): boolean {
  return NAMES.has(column.toLowerCase())
}

export function epochPattern(format: Epoch): string {
  const { digits, places } = UNITS[format]
  return `[+-]?[0-9]{1,${digits}}(?:[.][0-9]{0,${places}}0*)?`
}

/** Of a text that has the pattern; NULL where it is out of range. */
export function epochSql(format: Epoch, x: string, type: 'TIMESTAMP_NS' | 'TIMESTAMP WITH TIME ZONE'): string {
  const { places, steps } = UNITS[format]
  const number =
    format === 'epoch_ns'
      ? `TRY_CAST(regexp_replace(${x}, '[.]0*$', '') AS BIGINT)`
      : `TRY_CAST(TRY_CAST(${x} AS DECIMAL(24, ${places})) * ${steps} AS BIGINT)`
  if (format === 'epoch_ns') return `CASE WHEN ${number} BETWEEN ${NANOS} THEN make_timestamp_ns(${number}) END`
  return type === 'TIMESTAMP_NS'
    ? `CASE WHEN ${number} BETWEEN ${NANOS_AS_MICROS} THEN make_timestamp_ns(${number} * 1000) END`
    : `CASE WHEN ${number} BETWEEN ${RANGE} THEN timezone('UTC', make_timestamp(${number})) END`
}
