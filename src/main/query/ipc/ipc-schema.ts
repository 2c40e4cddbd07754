/**
 * The schema of Arrow data, out of its FlatBuffers (github.com/apache/arrow, format/Schema.fbs), all the types
 * of format version 1.5. Throws `Damaged` for what is no possible schema.
 */
import { Damaged, type Table } from './flatbuffer'

export type TimeUnit = 's' | 'ms' | 'us' | 'ns'
export type IntType = { readonly kind: 'int'; readonly bits: 8 | 16 | 32 | 64; readonly isSigned: boolean }
export type IpcType =
  | { readonly kind: 'null' | 'bool' | 'struct' | 'map' | 'runs' }
  | IntType
  | { readonly kind: 'float'; readonly bits: 16 | 32 | 64 }
  | { readonly kind: 'decimal'; readonly bits: 32 | 64 | 128 | 256; readonly precision: number; readonly scale: number }
  | { readonly kind: 'date'; readonly bits: 32 | 64 }
  | { readonly kind: 'time'; readonly bits: 32 | 64; readonly unit: TimeUnit }
  | { readonly kind: 'timestamp'; readonly unit: TimeUnit; readonly zone: string | null }
  | { readonly kind: 'duration'; readonly unit: TimeUnit }
  | { readonly kind: 'interval'; readonly parts: 'months' | 'days and milliseconds' | 'months, days and nanoseconds' }
  | { readonly kind: 'text' | 'bytes'; readonly offsetBytes: 4 | 8 }
  | { readonly kind: 'text-view' | 'bytes-view' }
  | { readonly kind: 'fixed-bytes'; readonly width: number }
  | { readonly kind: 'list' | 'list-view'; readonly offsetBytes: 4 | 8 }
  | { readonly kind: 'fixed-list'; readonly size: number }
  /** `ids` are those of the children, in their order. */
  | { readonly kind: 'union'; readonly isDense: boolean; readonly ids: readonly number[] }

export interface IpcField {
  readonly name: string
  /** Of the values; those of a dictionary when the field refers to one. */
  readonly type: IpcType
  readonly children: readonly IpcField[]
  readonly dictionary: { readonly id: bigint; readonly index: IntType } | null
  /** The name of its extension type, whose storage `type` is. */
  readonly extension: string | null
}

export interface IpcSchema {
  readonly isBigEndian: boolean
  readonly fields: readonly IpcField[]
}

const UNITS: readonly TimeUnit[] = ['s', 'ms', 'us', 'ns']
const MILLISECOND = 1
const INTERVALS = ['months', 'days and milliseconds', 'months, days and nanoseconds'] as const
const EXTENSION_NAME = 'ARROW:extension:name'

export function readSchema(schema: Table): IpcSchema {
  return { isBigEndian: schema.short(0) === 1, fields: schema.tables(1).map(readField) }
}

function readField(field: Table): IpcField {
  // Some writers leave an empty one out.
  const name = field.text(0) ?? ''
  if (name.includes('\0')) throw new Damaged('the name of a column has a NUL byte')
  const table = field.table(3)
  if (table === null) throw new Damaged('a column has no type')
  const children = field.tables(5).map(readField)
  const type = readType(field.byte(2), table, children)
  const extension = field.tables(6).find((pair) => pair.text(0) === EXTENSION_NAME)
  return { name, type, children, dictionary: readDictionary(field.table(4)), extension: extension?.text(1) ?? null }
}

function readDictionary(encoding: Table | null): IpcField['dictionary'] {
  if (encoding === null) return null
  const index = encoding.table(1)
  return { id: encoding.long(0), index: index === null ? { kind: 'int', bits: 32, isSigned: true } : readInt(index) }
}

function readType(kind: number, table: Table, children: readonly IpcField[]): IpcType {
  const of = (count: number): void => {
    if (children.length !== count) throw new Damaged('a type has other parts than it should')
  }
  switch (kind) {
    case 12:
    case 21:
      of(1)
      return { kind: 'list', offsetBytes: kind === 12 ? 4 : 8 }
    case 13:
      return { kind: 'struct' }
    case 14:
      return readUnion(table, children)
    case 16:
      of(1)
      return { kind: 'fixed-list', size: mustSize(table.int(0)) }
    case 17:
      of(1)
      if (children[0]!.type.kind !== 'struct' || children[0]!.children.length !== 2)
        throw new Damaged('a type has other parts than it should')
      return { kind: 'map' }
    case 22:
      of(2)
      return { kind: 'runs' }
    case 25:
    case 26:
      of(1)
      return { kind: 'list-view', offsetBytes: kind === 25 ? 4 : 8 }
    default:
      of(0)
      return readPlain(kind, table)
  }
}

function readPlain(kind: number, table: Table): IpcType {
  switch (kind) {
    case 1:
      return { kind: 'null' }
    case 2:
      return readInt(table)
    case 3: {
      const bits = ([16, 32, 64] as const)[table.short(0)]
      if (bits === undefined) throw new Damaged('a type is of no possible width')
      return { kind: 'float', bits }
    }
    case 4:
    case 19:
      return { kind: 'bytes', offsetBytes: kind === 4 ? 4 : 8 }
    case 5:
    case 20:
      return { kind: 'text', offsetBytes: kind === 5 ? 4 : 8 }
    case 6:
      return { kind: 'bool' }
    case 7:
      return readDecimal(table)
    case 8:
      return { kind: 'date', bits: table.short(0, MILLISECOND) === 0 ? 32 : 64 }
    case 9:
      return { kind: 'time', bits: oneOf([32, 64], table.int(1, 32)), unit: unitOf(table.short(0, MILLISECOND)) }
    case 10:
      return { kind: 'timestamp', unit: unitOf(table.short(0)), zone: table.text(1) }
    case 11: {
      const parts = INTERVALS[table.short(0)]
      if (parts === undefined) throw new Damaged('a type has a unit that is none')
      return { kind: 'interval', parts }
    }
    case 15:
      return { kind: 'fixed-bytes', width: mustSize(table.int(0)) }
    case 18:
      return { kind: 'duration', unit: unitOf(table.short(0, MILLISECOND)) }
    case 23:
      return { kind: 'bytes-view' }
    case 24:
      return { kind: 'text-view' }
    default:
      throw new Damaged(`it has a type (${kind}) that is not known`)
  }
}

function readInt(table: Table): IntType {
  return { kind: 'int', bits: oneOf([8, 16, 32, 64], table.int(0)), isSigned: table.byte(1) !== 0 }
}

function readDecimal(table: Table): IpcType {
  const [precision, scale] = [table.int(0), table.int(1)]
  if (precision < 1) throw new Damaged('a decimal has no digits')
  return { kind: 'decimal', bits: oneOf([32, 64, 128, 256], table.int(2, 128)), precision, scale }
}

function readUnion(table: Table, children: readonly IpcField[]): IpcType {
  const { from, count } = table.vector(1, 4)
  // Left out, they are the places of the children.
  const ids = count === 0 ? children.map((_, index) => index) : table.ints(from, count)
  if (ids.length !== children.length) throw new Damaged('a type has other parts than it should')
  return { kind: 'union', isDense: table.short(0) === 1, ids }
}

function unitOf(number: number): TimeUnit {
  const unit = UNITS[number]
  if (unit === undefined) throw new Damaged('a type has a unit that is none')
  return unit
}

function mustSize(size: number): number {
  if (size < 0) throw new Damaged('a type has a size below nothing')
  return size
}

function oneOf<T extends number>(widths: readonly T[], found: number): T {
  const width = widths.find((each) => each === found)
  if (width === undefined) throw new Damaged('a type is of no possible width')
  return width
}
