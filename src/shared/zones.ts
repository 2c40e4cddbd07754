/**
 * Time zones as the periods in which their clocks ran alike: what the calendar of this machine's Intl says of the years
 * 1900 to 2100, as DuckDB here has no calendar of its own. Before and after, the first and the last period go on. A local
 * time is microseconds from 1970-01-01 on the zone's clock, as if that clock were UTC.
 */
import type { Micros } from './model'
import { parseTime } from './time'

export interface Period {
  /** Instants; the first begins at -Infinity, the last ends at Infinity. */
  readonly from: Micros
  readonly until: Micros
  /** What the clock is ahead of UTC. */
  readonly offset: Micros
}

const FIRST_MS = Date.UTC(1900, 0, 1)
const LAST_MS = Date.UTC(2100, 0, 1)
/** Shorter than any two changes of a clock that stand by themselves: summer time is interrupted for a month in places. */
const STEP_MS = 14 * 86_400_000
const LOCAL_TIME = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)?$/

const known = new Map<string, Zone>()

export class Zone {
  readonly name: string
  readonly periods: readonly Period[]

  private constructor(name: string, periods: readonly Period[]) {
    this.name = name
    this.periods = periods
  }

  /** Undefined for a name that is none of a zone. */
  static of(name: string): Zone | undefined {
    let zone = known.get(name)
    if (zone === undefined) {
      const offsetAt = offsets(name)
      if (offsetAt === undefined) return undefined
      known.set(name, (zone = new Zone(name, periodsOf(offsetAt))))
    }
    return zone
  }

  /** Whether its clock is UTC all the time. */
  get isUtc(): boolean {
    return this.periods.length === 1 && this.periods[0]!.offset === 0
  }

  localOf(instant: Micros): Micros {
    return instant + this.periods.find(({ until }) => instant < until)!.offset
  }

  /** The first instant at which the clock shows this time or, where it leaves the time out, a later one. */
  firstOf(local: Micros): Micros {
    const { from, offset } = this.periods.find(({ until, offset: ahead }) => local < until + ahead)!
    return Math.max(from, local - offset)
  }

  /** The instant from which on the clock shows this time or later ones, and never again earlier ones. */
  lastOf(local: Micros): Micros {
    const { from, offset } = this.periods.findLast((period) => local >= period.from + period.offset) ?? this.periods[0]!
    const within = local - offset
    const next = this.periods.find((period) => period.from > from)
    // It leaves the time out: the next period begins later already.
    return next !== undefined && within > next.from ? next.from : within
  }

  /** Whether the clock goes on without ever showing this time. */
  isSkipped(local: Micros): boolean {
    return this.localOf(this.firstOf(local)) !== local
  }
}

/** A time as recipes write it, without a zone: `2026-03-29`, `2026-03-29 02:30`. Undefined for what is none. */
export function readLocalTime(text: string): Micros | undefined {
  const match = LOCAL_TIME.exec(text)
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0))
  const ms = Date.UTC(year!, month! - 1, day, hour, minute, second)
  const date = new Date(ms)
  // What does not exist would come back as another time.
  const isReal = date.getUTCMonth() === month! - 1 && date.getUTCDate() === day && date.getUTCHours() === hour
  if (!isReal || minute! > 59 || second! > 59) return undefined
  return ms * 1_000 + Number((match[7] ?? '').padEnd(6, '0'))
}

/**
 * What buckets are counted from, on the clock of the zone; one with an offset is an instant. Undefined for what is no time,
 * and for one that the clock leaves out.
 */
export function readOrigin(text: string, zone: Zone): Micros | undefined {
  if (text === 'epoch') return 0
  if (/(z|[+-]\d{2}:\d{2})$/i.test(text)) {
    const instant = parseTime(text)
    return instant === null ? undefined : zone.localOf(instant)
  }
  const local = readLocalTime(text)
  return local === undefined || zone.isSkipped(local) ? undefined : local
}

/** Undefined where Intl knows no such zone. In microseconds, for an instant in milliseconds. */
function offsets(name: string): ((ms: number) => Micros) | undefined {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    })
  } catch {
    return undefined
  }
  return (ms) => {
    const [month, day, year, hour, minute, second] = format.format(ms).match(/\d+/g)!.map(Number)
    return (Date.UTC(year!, month! - 1, day, hour, minute, second) - ms) * 1_000
  }
}

function periodsOf(offsetAt: (ms: number) => Micros): Period[] {
  const changes: { readonly at: Micros; readonly offset: Micros }[] = []
  const first = offsetAt(FIRST_MS)
  let offset = first
  for (let ms = FIRST_MS; ms < LAST_MS; ms += STEP_MS) {
    const next = offsetAt(ms + STEP_MS)
    if (next === offset) continue
    changes.push({ at: changeWithin(ms, ms + STEP_MS, offsetAt) * 1_000, offset: next })
    offset = next
  }
  return [{ at: -Infinity, offset: first }, ...changes].map(({ at, offset: ahead }, i) => ({
    from: at,
    until: changes[i]?.at ?? Infinity,
    offset: ahead,
  }))
}

/** The first whole second at which the clock is no longer what it was at `before`. */
function changeWithin(before: number, after: number, offsetAt: (ms: number) => Micros): number {
  const was = offsetAt(before)
  let [low, high] = [before / 1_000, after / 1_000]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle * 1_000) === was) low = middle
    else high = middle
  }
  return high * 1_000
}
