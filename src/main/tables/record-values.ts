/**
 * What a value of each Arrow type is in JavaScript, without rounding: 64-bit integers, timestamps and times
 * finer than milliseconds are bigint (in the unit of their type), decimals are text, days are numbers,
 * maps are lists of pairs, bytes are Uint8Array. `docs/engine.md` lists them.
 */
import { DataType, TimeUnit, type Decimal } from 'apache-arrow'

export type RecordValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly RecordValue[]
  | { readonly [name: string]: RecordValue }
export type TableRecord = { readonly [column: string]: RecordValue }

/** How a fixed-size type is kept, and what its values are outside. */
export interface FixedLayout {
  readonly array: FixedArray
  /** To what the array holds. @throws RangeError for what it cannot hold */
  toRaw(value: unknown): number | bigint
  fromRaw(raw: number | bigint): number | bigint
}

type FixedArray = (new (length: number) => { [index: number]: number | bigint } & ArrayBufferView) & {
  readonly BYTES_PER_ELEMENT: number
}

/** Null for types that are no array of numbers. */
export function fixedLayout(type: DataType): FixedLayout | null {
  if (DataType.isInt(type)) return type.bitWidth === 64 ? wide(type.isSigned) : narrow(type.bitWidth, type.isSigned)
  if (DataType.isFloat(type) && type.ArrayType !== Uint16Array) return float(type.ArrayType as unknown as FixedArray)
  if (DataType.isDate(type)) return type.unit === 0 ? days : instants(1n)
  if (DataType.isTimestamp(type)) return instants(PER_MILLI[type.unit])
  if (DataType.isTime(type)) return type.bitWidth === 64 ? wide(true) : narrow(32, true)
  if (DataType.isDuration(type)) return wide(true)
  return null
}

/** Units of a timestamp in a millisecond; null where a millisecond is less than one. */
const PER_MILLI: Readonly<Record<TimeUnit, bigint | null>> = {
  [TimeUnit.SECOND]: null,
  [TimeUnit.MILLISECOND]: 1n,
  [TimeUnit.MICROSECOND]: 1_000n,
  [TimeUnit.NANOSECOND]: 1_000_000n,
}

const MILLIS_PER_DAY = 86_400_000
const same = (raw: number | bigint): number | bigint => raw

function narrow(bits: number, signed: boolean): FixedLayout {
  const arrays: Readonly<Record<string, FixedArray>> = {
    i8: Int8Array,
    i16: Int16Array,
    i32: Int32Array,
    u8: Uint8Array,
    u16: Uint16Array,
    u32: Uint32Array,
  }
  const low = signed ? -(2 ** (bits - 1)) : 0
  const high = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1
  const toRaw = (value: unknown): number => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value
    throw new RangeError(`expected an integer from ${low} to ${high}`)
  }
  return { array: arrays[`${signed ? 'i' : 'u'}${bits}`]!, toRaw, fromRaw: same }
}

function wide(signed: boolean): FixedLayout {
  return {
    array: (signed ? BigInt64Array : BigUint64Array) as unknown as FixedArray,
    toRaw: toWide(signed),
    fromRaw: same,
  }
}

function toWide(signed: boolean): (value: unknown) => bigint {
  const low = signed ? -(2n ** 63n) : 0n
  const high = signed ? 2n ** 63n - 1n : 2n ** 64n - 1n
  return (value) => {
    const integer = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
    if (typeof integer === 'bigint' && integer >= low && integer <= high) return integer
    throw new RangeError(`expected a bigint from ${low} to ${high}`)
  }
}

const Float32: FixedArray = Float32Array

function float(array: FixedArray): FixedLayout {
  const toRaw = (value: unknown): number => {
    if (typeof value !== 'number') throw new RangeError('expected a number')
    // Digits beyond 32 bits are rounded, as everywhere; what is too large would become infinite.
    if (array === Float32 && Number.isFinite(value) && !Number.isFinite(Math.fround(value)))
      throw new RangeError('expected a number that 32 bits hold')
    return value
  }
  return { array, toRaw, fromRaw: same }
}

/** A Date is taken too, where its milliseconds are exact in the unit. */
function instants(perMilli: bigint | null): FixedLayout {
  const plain = toWide(true)
  const toRaw = (value: unknown): bigint => {
    if (!(value instanceof Date)) return plain(value)
    const millis = BigInt(value.getTime())
    if (perMilli !== null) return plain(millis * perMilli)
    if (millis % 1_000n !== 0n) throw new RangeError('expected whole seconds')
    return millis / 1_000n
  }
  return { array: BigInt64Array as unknown as FixedArray, toRaw, fromRaw: same }
}

const wholeDays = narrow(32, true)
const days: FixedLayout = {
  ...wholeDays,
  toRaw: (value) => wholeDays.toRaw(value instanceof Date ? value.getTime() / MILLIS_PER_DAY : value),
}

/** Text of a decimal as the integer it is kept as. @throws RangeError where a digit would be lost */
export function decimalToRaw(text: unknown, { precision, scale }: Decimal): bigint {
  const match = typeof text === 'string' ? /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text) : null
  const [, sign = '', whole = '', fraction = ''] = match ?? []
  if (match === null || whole + fraction === '') throw new RangeError('expected a decimal as text')
  const digits = fraction.replace(/0+$/, '')
  if (digits.length > scale) throw new RangeError(`expected at most ${scale} digits after the point`)
  const value = BigInt(whole + digits.padEnd(scale, '0'))
  if (value >= 10n ** BigInt(precision)) throw new RangeError(`expected at most ${precision} digits`)
  return sign === '-' ? -value : value
}

export function rawToDecimal(value: bigint, { scale }: Decimal): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  return value < 0n ? `-${text}` : text
}
