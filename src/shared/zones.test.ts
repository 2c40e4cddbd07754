import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLocalTime, Zone } from './zones'

const at = (text: string): number => Date.parse(text) * 1_000
const local = (text: string): number => readLocalTime(text)!
const HOUR = 3_600_000_000
const berlin = Zone.of('Europe/Berlin')!

describe('A zone', () => {
  it('has the days of 23 and of 25 hours where its clock is changed', () => {
    const hours = (day: string, next: string): number =>
      (berlin.firstOf(local(next)) - berlin.firstOf(local(day))) / HOUR
    expect(hours('2026-03-28', '2026-03-29')).toBe(24)
    expect(hours('2026-03-29', '2026-03-30')).toBe(23)
    expect(hours('2026-10-25', '2026-10-26')).toBe(25)
    expect(berlin.firstOf(local('2026-01-01'))).toBe(at('2025-12-31T23:00:00Z'))
  })

  it('shows a time twice, or leaves it out', () => {
    expect(berlin.firstOf(local('2026-10-25 02:30'))).toBe(at('2026-10-25T00:30:00Z'))
    expect(berlin.lastOf(local('2026-10-25 02:30'))).toBe(at('2026-10-25T01:30:00Z'))
    expect(berlin.isSkipped(local('2026-03-29 02:30'))).toBe(true)
    expect(berlin.isSkipped(local('2026-03-29 03:00'))).toBe(false)
    expect(berlin.firstOf(local('2026-03-29 02:30'))).toBe(at('2026-03-29T01:00:00Z'))
    expect(berlin.lastOf(local('2026-03-29 02:30'))).toBe(at('2026-03-29T01:00:00Z'))
    // The clock of Goose Bay went back at one minute past midnight: the day before came again.
    const goose = Zone.of('America/Goose_Bay')!
    expect(goose.lastOf(local('2010-11-07')) - goose.firstOf(local('2010-11-07'))).toBe(HOUR)
  })

  it('is UTC, or has one offset, or is none', () => {
    expect(Zone.of('UTC')!.isUtc).toBe(true)
    expect(Zone.of('Etc/GMT+5')!.periods).toEqual([{ from: -Infinity, until: Infinity, offset: -5 * HOUR }])
    expect(Zone.of('Europe/Nowhere')).toBeUndefined()
  })

  it('says of every instant what Intl says of it', () => {
    const zones = ['Europe/Berlin', 'America/Havana', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Africa/Casablanca']
    const instant = fc.integer({ min: Date.UTC(1901, 0, 1) / 1_000, max: Date.UTC(2099, 0, 1) / 1_000 })
    fc.assert(
      fc.property(fc.constantFrom(...zones), instant, (name, second) => {
        const shown = new Intl.DateTimeFormat('sv-SE', {
          timeZone: name,
          dateStyle: 'short',
          timeStyle: 'medium',
        }).format(second * 1_000)
        const zone = Zone.of(name)!
        const micros = zone.localOf(second * 1_000_000)
        expect(new Date(micros / 1_000).toISOString().slice(0, 19).replace('T', ' ')).toBe(shown)
        expect(zone.firstOf(micros)).toBeLessThanOrEqual(second * 1_000_000)
        expect(zone.lastOf(micros)).toBeGreaterThanOrEqual(second * 1_000_000)
      }),
      { numRuns: 300 },
    )
  })
})

describe('A local time', () => {
  it.each(['2026-02-30', '2026-1-1', '2026-01-01 24:00', '2026-01-01 10:60', '2026-01-01T10', 'yesterday', ''])(
    'is not read from %j',
    (text) => {
      expect(readLocalTime(text)).toBeUndefined()
    },
  )
  it('is read with as many digits as it has', () => {
    expect(local('1970-01-01 00:00:01.25')).toBe(1_250_000)
    expect(local('1970-01-02')).toBe(24 * HOUR)
  })
})
