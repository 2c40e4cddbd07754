/**
 * One value of an Arrow column as text, exactly: 64-bit integers, decimals and instants are read from
 * their raw words and never become a floating-point number. Two spellings: as DuckDB prints a value,
 * and as JSON.
 */
import {
  IntervalUnit,
  Precision,
  TimeUnit as ArrowTimeUnit,
  Type,
  type Data,
  type Decimal,
  type Dictionary,
  type Float,
  type Interval,
  type Struct,
  type Timestamp,
  type Union,
} from 'apache-arrow'
import { dateText, intervalText, timestampText, timeText, type TimeUnit } from './moment-text'

const UNITS: Readonly<Record<number, TimeUnit>> = {
  [ArrowTimeUnit.SECOND]: 's',
  [ArrowTimeUnit.MILLISECOND]: 'ms',
  [ArrowTimeUnit.MICROSECOND]: 'us',
  [ArrowTimeUnit.NANOSECOND]: 'ns',
}

/** As DuckDB prints it; null for NULL. */
export function valueText(data: Data, index: number): string | null {
  if (!isValid(data, index)) return null
  const { type } = data
  switch (type.typeId as Type) {
    case Type.Binary:
    case Type.LargeBinary:
    case Type.BinaryView:
    case Type.FixedSizeBinary:
      return blobText(bytesAt(data, index))
    case Type.List:
    case Type.LargeList:
    case Type.FixedSizeList:
      return `[${items(data, index)
        .map(([child, i]) => nested(child, i))
        .join(', ')}]`
    case Type.Struct:
      return `{${fields(data, index)
        .map(([name, child, i]) => `'${name}': ${nested(child, i)}`)
        .join(', ')}}`
    case Type.Map:
      return `{${entries(data, index)
        .map(([k, v, i]) => `${nested(k, i)}=${nested(v, i)}`)
        .join(', ')}}`
    case Type.Union: {
      const [child, i] = member(data, index)
      return valueText(child, i)
    }
    case Type.Dictionary: {
      const [values, i] = dictionaryEntry(data, index)
      return values === null ? null : valueText(values, i)
    }
    default:
      return leafText(data, index)
  }
}

/** As JSON: numbers with all their digits, everything without a JSON form as a string. */
export function valueJson(data: Data, index: number): string {
  if (!isValid(data, index)) return 'null'
  switch (data.type.typeId as Type) {
    case Type.Bool:
    case Type.Int:
    case Type.Decimal:
      return leafText(data, index)
    case Type.Float: {
      const text = leafText(data, index)
      return /^-?(nan|inf)$/.test(text) ? JSON.stringify(text) : text
    }
    case Type.List:
    case Type.LargeList:
    case Type.FixedSizeList:
      return `[${items(data, index)
        .map(([child, i]) => valueJson(child, i))
        .join(',')}]`
    case Type.Struct:
      return `{${fields(data, index)
        .map(([name, child, i]) => `${JSON.stringify(name)}:${valueJson(child, i)}`)
        .join(',')}}`
    case Type.Map:
      return `{${entries(data, index)
        .map(([k, v, i]) => `${JSON.stringify(valueText(k, i) ?? 'null')}:${valueJson(v, i)}`)
        .join(',')}}`
    case Type.Union: {
      const [child, i] = member(data, index)
      return valueJson(child, i)
    }
    case Type.Dictionary: {
      const [values, i] = dictionaryEntry(data, index)
      return values === null ? 'null' : valueJson(values, i)
    }
    default:
      return JSON.stringify(valueText(data, index))
  }
}

/** How many bytes or characters a value has, where that says something; null for other types. */
export function valueSize(data: Data, index: number): string | null {
  if (!isValid(data, index)) return null
  switch (data.type.typeId as Type) {
    case Type.Binary:
    case Type.LargeBinary:
    case Type.BinaryView:
    case Type.FixedSizeBinary:
      return count(bytesAt(data, index).length, 'byte')
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return count([...leafText(data, index)].length, 'character')
    case Type.List:
    case Type.LargeList:
    case Type.FixedSizeList:
      return count(items(data, index).length, 'element')
    default:
      return null
  }
}

const count = (n: number, noun: string): string => `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`
const nested = (data: Data, index: number): string => valueText(data, index) ?? 'NULL'

function isValid(data: Data, index: number): boolean {
  return (data.type.typeId as Type) !== Type.Null && data.getValid(index)
}

const decoder = new TextDecoder()

/** A value that is neither nested nor bytes. */
function leafText(data: Data, index: number): string {
  const { type } = data
  const values = data.values
  switch (type.typeId as Type) {
    case Type.Bool: {
      const at = data.offset + index
      return ((values[at >> 3] >> (at & 7)) & 1) === 1 ? 'true' : 'false'
    }
    case Type.Int:
      return String(values[index])
    case Type.Float:
      return floatText(data as Data<Float>, index)
    case Type.Decimal:
      return decimalText(data as Data<Decimal>, index)
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return decoder.decode(bytesAt(data, index))
    case Type.Date:
      // Milliseconds are always of whole days here.
      return typeof values[index] === 'bigint' ? dateText(Number(values[index] / 86_400_000n)) : dateText(values[index])
    case Type.Timestamp:
      return timestampText(
        big(values[index]),
        UNITS[(type as Timestamp).unit] ?? 'us',
        Boolean((type as Timestamp).timezone),
      )
    case Type.Time:
      return timeText(big(values[index]), UNITS[(type as Timestamp).unit] ?? 'us')
    case Type.Duration:
      return intervalText(0, 0, big(values[index]), UNITS[(type as Timestamp).unit] ?? 'us')
    case Type.Interval:
      return arrowInterval(data as Data<Interval>, index)
    default:
      return String(values?.[index] ?? '')
  }
}

const big = (value: number | bigint): bigint => (typeof value === 'bigint' ? value : BigInt(value))

function arrowInterval(data: Data<Interval>, index: number): string {
  const values = data.values as Int32Array
  switch (data.type.unit) {
    case IntervalUnit.YEAR_MONTH:
      return intervalText(values[index] ?? 0, 0, 0n, 'ns')
    case IntervalUnit.DAY_TIME:
      return intervalText(0, values[2 * index] ?? 0, BigInt(values[2 * index + 1] ?? 0), 'ms')
    default: {
      const at = 4 * index
      const low = BigInt((values[at + 2] ?? 0) >>> 0)
      return intervalText(values[at] ?? 0, values[at + 1] ?? 0, (BigInt(values[at + 3] ?? 0) << 32n) | low, 'ns')
    }
  }
}

function floatText(data: Data<Float>, index: number): string {
  const raw = data.values[index]
  const value = data.type.precision === Precision.HALF ? halfToNumber(raw ?? 0) : (raw ?? NaN)
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  if (Object.is(value, -0)) return '-0.0'
  const text = data.type.precision === Precision.DOUBLE ? String(value) : shortestSingle(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

/** The fewest digits that read back as the same 32-bit float. */
function shortestSingle(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits)
    if (Math.fround(Number(text)) === value) return String(Number(text))
  }
  return String(Number(value.toPrecision(9)))
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const part = bits & 1023
  if (exponent === 31) return part === 0 ? sign * Infinity : NaN
  return sign * (exponent === 0 ? part * 2 ** -24 : (1 + part / 1024) * 2 ** (exponent - 15))
}

function decimalText(data: Data<Decimal>, index: number): string {
  const words = data.values.subarray(data.stride * index, data.stride * (index + 1))
  let value = 0n
  for (let i = words.length - 1; i >= 0; i--) value = (value << 32n) | BigInt((words[i] ?? 0) >>> 0)
  return scaled(BigInt.asIntN(32 * words.length, value), data.type.scale)
}

/** An integer with its decimal point `scale` places from the right. */
export function scaled(value: bigint, scale: number): string {
  if (scale <= 0) return String(value)
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function bytesAt(data: Data, index: number): Uint8Array {
  const { values, valueOffsets, stride } = data
  switch (data.type.typeId as Type) {
    case Type.FixedSizeBinary:
      return values.subarray(stride * index, stride * (index + 1))
    case Type.BinaryView:
    case Type.Utf8View:
      return viewBytes(data, index)
    default:
      return values.subarray(Number(valueOffsets[index]), Number(valueOffsets[index + 1]))
  }
}

/** A view is its length, then either up to 12 bytes or prefix, buffer number and offset (Arrow columnar format). */
function viewBytes(data: Data, index: number): Uint8Array {
  const views = data.values as Uint8Array
  const view = new DataView(views.buffer, views.byteOffset + 16 * index, 16)
  const length = view.getInt32(0, true)
  if (length <= 12) return views.subarray(16 * index + 4, 16 * index + 4 + length)
  const start = view.getInt32(12, true)
  return data.variadicBuffers[view.getInt32(8, true)]?.subarray(start, start + length) ?? new Uint8Array()
}

/** Printable ASCII as itself, everything else as `\xAB`, as DuckDB writes blobs. */
function blobText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x5c
    text += plain ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return text
}

function items(data: Data, index: number): readonly (readonly [Data, number])[] {
  const child = data.children[0] as Data
  const fixed = (data.type.typeId as Type) === Type.FixedSizeList
  const begin = fixed ? index * data.stride : Number(data.valueOffsets[index])
  const end = fixed ? begin + data.stride : Number(data.valueOffsets[index + 1])
  return Array.from({ length: end - begin }, (_, i) => [child, begin + i] as const)
}

function fields(data: Data, index: number): readonly (readonly [string, Data, number])[] {
  return (data.type as Struct).children.map((field, i) => [field.name, data.children[i] as Data, index] as const)
}

function entries(data: Data, index: number): readonly (readonly [Data, Data, number])[] {
  const [key, value] = (data.children[0] as Data).children as [Data, Data]
  const begin = data.valueOffsets[index] as number
  const end = data.valueOffsets[index + 1] as number
  return Array.from({ length: end - begin }, (_, i) => [key, value, begin + i] as const)
}

function member(data: Data, index: number): readonly [Data, number] {
  const type = data.type as Union
  const child = data.children[type.typeIdToChildIndex[data.typeIds[index] as number] as number] as Data
  // A dense union keeps offsets into its members, a sparse one has members of its own length.
  return [child, data.valueOffsets?.length > 0 ? Number(data.valueOffsets[index]) : index]
}

function dictionaryEntry(data: Data, index: number): readonly [Data | null, number] {
  let at = Number((data as Data<Dictionary>).values[index])
  for (const chunk of data.dictionary?.data ?? []) {
    if (at < chunk.length) return [chunk, at]
    at -= chunk.length
  }
  return [null, 0]
}
