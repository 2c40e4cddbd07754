/**
 * Time cut into slices, each of which depends on the parts alone whose rows may have happened in it. How wide they are
 * follows from the widths that are asked for, and never from the data: what is appended moves no slice.
 */
import type { Micros } from '../../../shared/model'
import { readDuration } from '../spec/durations'
import type { Zone } from '../../../shared/zones'
import type { TimeRange } from './reduce-state'

/** A part of a series: rows between two instants, both included. */
export interface TimedPart {
  /** Of its content, and of how it is read. */
  readonly hash: string
  readonly min: Micros
  readonly max: Micros
}

/** What rows come from, one by one. */
export interface Timed {
  readonly parts: readonly TimedPart[]
  /** The queries on the way. */
  readonly through: readonly string[]
  /** Of all parts; null where some of them are left out, or nobody counted. */
  readonly rows: number | null
}

export interface Slice extends TimeRange {
  /** What the clock of the zone shows at its beginning. */
  readonly local: Micros
  /** Hashes of the parts that rows of it may be in, in their order. */
  readonly parts: readonly string[]
}

export interface Slicing {
  readonly width: Micros
  readonly origin: Micros
  readonly zone: Zone
}

/** So many buckets of the shortest width at least, and so long: a slice costs a file, and is computed as a whole. */
const LEAST_BUCKETS = 256
const LEAST_WIDTH: Micros = 4 * 86_400_000_000
/** A wrong clock makes times that are centuries apart. */
const MOST_SLICES = 10_000

/** A multiple of the longest width. */
export function sliceWidth(every: readonly string[]): Micros {
  const widths = every.map((text) => readDuration(text)!.micros)
  const longest = Math.max(...widths)
  const least = Math.max(LEAST_WIDTH, LEAST_BUCKETS * Math.min(...widths))
  return Math.ceil(least / longest) * longest
}

/** The shortest of several widths. */
export function shortest(every: readonly string[]): string {
  const [least] = [...every].sort((a, b) => readDuration(a)!.micros - readDuration(b)!.micros)
  return least!
}

/** Those that may have rows, in the order of time; undefined where they are too many. */
export function slicesOf(parts: readonly TimedPart[], slicing: Slicing): readonly Slice[] | undefined {
  const slices = new Map<Micros, string[]>()
  let entries = 0
  for (const { hash, min, max } of parts) {
    for (let local = firstSlice(min, slicing); rangeOf(local, slicing).from <= max; local += slicing.width) {
      const there = slices.get(local)
      if (there === undefined) slices.set(local, [hash])
      else there.push(hash)
      if (slices.size > MOST_SLICES || ++entries > 100 * MOST_SLICES) return undefined
    }
  }
  return [...slices]
    .sort(([a], [b]) => a - b)
    .map(([local, hashes]) => ({ ...rangeOf(local, slicing), local, parts: hashes }))
}

/** Where the clock goes back, a time may belong to the slice before that of a time before it. */
function firstSlice(instant: Micros, slicing: Slicing): Micros {
  const { width, origin, zone } = slicing
  const local = zone.localOf(instant)
  const into = (((local - origin) % width) + width) % width
  const start = local - into
  return rangeOf(start - width, slicing).to > instant ? start - width : start
}

function rangeOf(local: Micros, { width, zone }: Slicing): TimeRange {
  return { from: zone.firstOf(local), to: zone.lastOf(local + width) }
}

/** Ranges that touch or overlap as one. */
export function joined(ranges: readonly TimeRange[]): readonly TimeRange[] {
  const found: { from: Micros; to: Micros }[] = []
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = found.at(-1)
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to)
    else found.push({ from, to })
  }
  return found
}
