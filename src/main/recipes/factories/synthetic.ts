/** Test series: sums of waves and lines over the seconds since 1970. */
import { readDuration } from '../spec/durations'
import type { SpecOf } from '../spec/fields'
import { lines, name, text } from './sql-text'

type Component = SpecOf<'synthetic'>['points'][number]['components'][number]

/** Rows from `start` up to and with `end`. Periods and phases are in seconds of the curve, a slope is per second. */
export function syntheticSql({ start, end, interval, points }: SpecOf<'synthetic'>): string {
  const step = `to_microseconds(${readDuration(interval)!.micros})`
  const columns = points.map(({ name: column, components }) => {
    const sum = components.map(curve).join(' + ')
    return `${sum} AS ${name(column)}`
  })
  return `SELECT
${lines(['t AS timestamp', ...columns])}
FROM (SELECT t, epoch_us(t) AS us, us / 1e6 AS x FROM range(${instant(start)}, ${instant(end)} + to_microseconds(1), ${step}) r(t))`
}

function instant(written: string): string {
  return `TIMESTAMP ${text(written)}`
}

/**
 * A DOUBLE, however its numbers are written. `turns` counts from 0 to 1 within each period, from the rest of a division of
 * whole numbers: of seconds since 1970, a sine would have lost five of its sixteen digits.
 */
function curve({ type, amplitude, period, offset, phase, slope }: Component): string {
  if (type === 'line') return `(${double(offset)} + ${double(slope)} * x)`
  const { micros } = readDuration(period ?? '1d')!
  const passed = `(us % ${micros})::DOUBLE / ${micros}`
  const turns = phase === 0 ? passed : `(${passed} + ${double((phase / (micros / 1e6)) % 1)})`
  if (type === 'sine') return `(${double(offset)} + ${double(amplitude)} * sin(2 * pi() * ${turns}))`
  if (type === 'square')
    return `(${double(offset)} + ${double(amplitude)} * CASE WHEN ${turns} - floor(${turns}) < 0.5 THEN 1 ELSE -1 END)`
  // From 0 up to 1, down to -1 and back, as a sine.
  return `(${double(offset)} + ${double(amplitude)} * (1 - 4 * abs((${turns} + 0.25) - floor(${turns} + 0.25) - 0.5)))`
}

/** Of a number without a fraction, and of one with a few places, DuckDB makes another type. */
function double(value: number): string {
  return `${value}::DOUBLE`
}
