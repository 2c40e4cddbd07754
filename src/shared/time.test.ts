import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { parseTime, toExactTime, toIsoTime } from './time'

const before = process.env['TZ']
afterAll(() => {
  if (before === undefined) delete process.env['TZ']
  else process.env['TZ'] = before
})

const formats = new Map<string, Intl.DateTimeFormat>()

/** The clock on a wall there, to the second, by another implementation. */
function wallClock(timeMs: number, zone: string): { readonly date: string; readonly time: string } {
  const format =
    formats.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  formats.set(zone, format)
  const [date, time] = format.format(timeMs).split(' ') as [string, string]
  return { date, time }
}

/** Clocks that go forward and back by an hour, by half an hour, at midnight, and not at all. */
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Havana',
  'Asia/Beirut',
  'UTC',
] as const
const zone = fc.constantFrom(...ZONES)
/** Seconds of 2015 to 2035, many of them near a change of the clock. */
const instant = fc.integer({ min: 1_420_070_400, max: 2_051_222_400 }).map((seconds) => seconds * 1000)

describe('a timestamp', () => {
  it('without a zone is what the clock on the wall showed; the first time where it showed that twice', () => {
    fc.assert(
      fc.property(zone, instant, (tz, timeMs) => {
        process.env['TZ'] = tz
        const { date, time } = wallClock(timeMs, tz)
        const parsed = parseTime(`${date}T${time}`)!
        expect(wallClock(parsed / 1000, tz)).toEqual({ date, time })
        expect(parsed).toBeLessThanOrEqual(timeMs * 1000)
        expect(timeMs * 1000 - parsed).toBeLessThanOrEqual(3_600_000_000)
      }),
      { numRuns: 600 },
    )
  })

  it.each([
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    ['Europe/Berlin', '2026-10-25T02:30+01:00', '2026-10-25T01:30:00.000Z'],
    // Never shown: as far after the gap as it is written after its beginning.
    ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:30:00.000Z'],
    ['America/New_York', '2026-03-08T02:30', '2026-03-08T07:30:00.000Z'],
    ['Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:45:00.000Z'],
  ])('in %s, %s is %s where the clock changes', (tz, text, iso) => {
    process.env['TZ'] = tz
    expect(toIsoTime(parseTime(text)!)).toBe(iso)
  })

  it('of a date alone is the last microsecond of that day, however long the day was', () => {
    fc.assert(
      fc.property(zone, instant, (tz, timeMs) => {
        process.env['TZ'] = tz
        const { date } = wallClock(timeMs, tz)
        const end = parseTime(date)!
        expect(wallClock(Math.floor(end / 1000), tz).date).toBe(date)
        expect(wallClock((end + 1) / 1000, tz).date > date).toBe(true)
      }),
      { numRuns: 600 },
    )
  })

  it('with a zone is exact to the microsecond, and is read back as it is written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), (time) => {
        expect(parseTime(toExactTime(time))).toBe(time)
        expect(parseTime(toExactTime(time).replace('T', ' ').replace('Z', '+00:00'))).toBe(time)
      }),
    )
    expect(parseTime('2026-03-01T10:00:00.1234567Z')).toBe(parseTime('2026-03-01T10:00:00.123456Z'))
    expect(parseTime('2026-03-01T10:00+05:30')).toBe(parseTime('2026-03-01T04:30Z'))
    expect(parseTime('2026-03-01t10:00-0800')).toBe(parseTime('2026-03-01T18:00Z'))
  })

  it.each([
    '',
    'yesterday',
    '2026',
    '2026-13-01',
    '2026-02-29',
    '2026-02-30T10:00Z',
    '2026-00-10',
    '2026-00-10T10:00',
    '2026-13-01T10:00Z',
    '2026-03-01T24:00',
    '2026-03-01T10:60',
    '2026-03-01T10:00:61Z',
    '2026-03-01T10:00+25:00',
    '2026-03-01T10:00+01:75',
    '2026-03-01T10',
    '26-03-01',
    '2026-03-01T10:00:00.Z',
    '2026-03-01 10:00 Berlin',
  ])('is not %j', (text) => {
    expect(parseTime(text)).toBeNull()
  })
})
