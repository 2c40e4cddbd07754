/** Rows of a batch by when they happened: microseconds compared exactly with whatever unit the column has. */
import { DataType, makeData, RecordBatch, Schema, Struct, TimeUnit } from 'apache-arrow'
import type { Micros } from '../../shared/model'

/** From the first microsecond on, up to and without the last; either end may be open. */
export interface TimeRange {
  readonly from?: Micros | undefined
  readonly to?: Micros | undefined
}

/** Whether a part whose rows happened between `min` and `max` may hold rows of a range; one without times holds none. */
export function overlaps({ from, to }: TimeRange, min: Micros | null, max: Micros | null): boolean {
  if (from === undefined && to === undefined) return true
  if (min === null || max === null) return false
  return (from === undefined || max >= from) && (to === undefined || min < to)
}

/** The rows in the range, in their order, as slices of the batch; a row without a time is in none. */
export function* rowsInRange(batch: RecordBatch, column: string, { from, to }: TimeRange): Generator<RecordBatch> {
  if (from === undefined && to === undefined) {
    yield batch
    return
  }
  const index = batch.schema.fields.findIndex(({ name }) => name === column)
  const data = batch.data.children[index]
  if (data === undefined) return
  const unit = microsIn(data.type as DataType)
  const low = from === undefined ? null : firstAtOrAfter(from, unit)
  const high = to === undefined ? null : firstAtOrAfter(to, unit)
  const values = data.values as { readonly [row: number]: bigint | number }
  const isIn = (row: number): boolean => {
    if (data.nullCount > 0 && !data.getValid(row)) return false
    const value = values[row]!
    return (low === null || value >= low) && (high === null || value < high)
  }
  for (let row = 0; row < batch.numRows;) {
    while (row < batch.numRows && !isIn(row)) row++
    const start = row
    while (row < batch.numRows && isIn(row)) row++
    if (row > start) yield start === 0 && row === batch.numRows ? batch : batch.slice(start, row)
  }
}

/** A batch with these of its columns, in this order. */
export function chooseColumns(batch: RecordBatch, names: readonly string[]): RecordBatch {
  const indexes = names.map((name) => batch.schema.fields.findIndex((field) => field.name === name))
  const fields = indexes.map((index) => batch.schema.fields[index]!)
  const children = indexes.map((index) => batch.data.children[index]!)
  const data = makeData({ type: new Struct(fields), length: batch.numRows, nullCount: 0, children })
  return new RecordBatch(new Schema(fields, batch.schema.metadata), data)
}

/** Microseconds of one unit, as a fraction. */
function microsIn(type: DataType): { readonly micros: bigint; readonly per: bigint } {
  if (DataType.isDate(type)) return { micros: 86_400_000_000n, per: 1n }
  if (!DataType.isTimestamp(type)) throw new TypeError(`expected instants, found ${type.toString()}`)
  switch (type.unit) {
    case TimeUnit.SECOND:
      return { micros: 1_000_000n, per: 1n }
    case TimeUnit.MILLISECOND:
      return { micros: 1_000n, per: 1n }
    case TimeUnit.MICROSECOND:
      return { micros: 1n, per: 1n }
    case TimeUnit.NANOSECOND:
      return { micros: 1n, per: 1_000n }
  }
}

/** The least value of a unit that is not before an instant. */
function firstAtOrAfter(at: Micros, { micros, per }: { readonly micros: bigint; readonly per: bigint }): bigint {
  const scaled = BigInt(at) * per
  const down = scaled / micros
  return scaled > 0n && down * micros !== scaled ? down + 1n : down
}
