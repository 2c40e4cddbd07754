/** Nested types of Arrow, and those whose values are kept elsewhere, as DuckDB's: the rest of ipc-values.ts. */
import type { DuckDBValue } from '@duckdb/node-api'
import type { Api } from '../engine/engine'
import { placeOf, runEnd, type Dictionary, type IpcColumn } from './ipc-columns'
import type { IpcField, IpcType } from './ipc-schema'
import { integerReader, isBitSet, plainReader, Unfit, type ColumnReader } from './ipc-values'
import { quoteName } from '../engine/quote'

/** DuckDB takes no longer ones; they are lists then. */
const LONGEST_ARRAY = 100_000
const MOST_MEMBERS = 256

/** The values of rows `from` to `to`, NULL where a row has none. @throws Unfit, with its row */
export function valuesOf(reader: ColumnReader, column: IpcColumn, from: number, to: number): DuckDBValue[] {
  const values = new Array<DuckDBValue>(to - from)
  let row = from
  try {
    for (; row < to; row++) values[row - from] = valueOf(reader, column, row)
  } catch (error) {
    if (!(error instanceof Unfit)) throw error
    throw new Unfit(error.message, row)
  }
  return values
}

/** Null for a type that DuckDB cannot hold, such as decimals of more than 38 digits. */
export function columnReader(api: Api, field: IpcField): ColumnReader | null {
  if (field.dictionary !== null) return dictionaryReader(api, field, field.dictionary.index)
  const { type, children } = field
  switch (type.kind) {
    case 'list':
    case 'list-view':
      return listReader(api, children[0]!, type)
    case 'fixed-list':
      return arrayReader(api, children[0]!, type.size)
    case 'struct':
      return structReader(api, children)
    case 'map':
      return mapReader(api, children[0]!.children)
    case 'union':
      return unionReader(api, children, type)
    case 'runs':
      return runsReader(api, children)
    default:
      return plainReader(api, field)
  }
}

function valueOf(reader: ColumnReader, column: IpcColumn, row: number): DuckDBValue {
  return column.validity !== null && !isBitSet(column.validity, row) ? null : reader.read(column, row)
}

function items(reader: ColumnReader, column: IpcColumn, from: number, to: number): DuckDBValue[] {
  if (!(from >= 0 && from <= to && to <= column.length)) throw new Unfit('it lies outside of its column')
  const values = new Array<DuckDBValue>(to - from)
  for (let row = from; row < to; row++) values[row - from] = valueOf(reader, column, row)
  return values
}

function listReader(
  api: Api,
  child: IpcField,
  { kind, offsetBytes }: Extract<IpcType, { readonly kind: 'list' | 'list-view' }>,
): ColumnReader | null {
  const item = columnReader(api, child)
  if (item === null) return null
  return {
    sqlType: `${item.sqlType}[]`,
    read: ({ offsets, sizes, children, isLittle }, row) => {
      const from = placeOf(offsets, row, offsetBytes, isLittle)
      const to =
        kind === 'list'
          ? placeOf(offsets, row + 1, offsetBytes, isLittle)
          : from + placeOf(sizes, row, offsetBytes, isLittle)
      return new api.DuckDBListValue(items(item, children[0]!, from, to))
    },
  }
}

function arrayReader(api: Api, child: IpcField, size: number): ColumnReader | null {
  const item = columnReader(api, child)
  if (item === null) return null
  const isArray = size > 0 && size <= LONGEST_ARRAY
  return {
    sqlType: isArray ? `${item.sqlType}[${size}]` : `${item.sqlType}[]`,
    read: ({ children }, row) => {
      const values = items(item, children[0]!, row * size, (row + 1) * size)
      return isArray ? new api.DuckDBArrayValue(values) : new api.DuckDBListValue(values)
    },
  }
}

function structReader(api: Api, children: readonly IpcField[]): ColumnReader | null {
  const fields = membersOf(api, children)
  if (fields === null) return null
  return {
    sqlType: `STRUCT(${fields.map(declared).join(', ')})`,
    read: (column, row) =>
      new api.DuckDBStructValue(
        Object.fromEntries(fields.map(({ name, reader }, i) => [name, valueOf(reader, column.children[i]!, row)])),
      ),
  }
}

interface Member {
  readonly name: string
  readonly reader: ColumnReader
}

/** Null where a type is not known, or names are none that SQL can tell apart. */
function membersOf(api: Api, children: readonly IpcField[]): readonly Member[] | null {
  const taken = new Set<string>()
  const members: Member[] = []
  for (const child of children) {
    const reader = columnReader(api, child)
    if (reader === null || child.name === '' || taken.has(child.name.toLowerCase())) return null
    taken.add(child.name.toLowerCase())
    members.push({ name: child.name, reader })
  }
  return members.length === 0 ? null : members
}

function declared({ name, reader }: Member): string {
  return `${quoteName(name)} ${reader.sqlType}`
}

function mapReader(api: Api, fields: readonly IpcField[]): ColumnReader | null {
  const [key, value] = fields.map((field) => columnReader(api, field))
  if (key == null || value == null) return null
  return {
    sqlType: `MAP(${key.sqlType}, ${value.sqlType})`,
    read: ({ offsets, children, isLittle }, row) => {
      const [from, to] = [placeOf(offsets, row, 4, isLittle), placeOf(offsets, row + 1, 4, isLittle)]
      const entries = children[0]!
      if (to > entries.length) throw new Unfit('it lies outside of its column')
      const keys = items(key, entries.children[0]!, from, to)
      const values = items(value, entries.children[1]!, from, to)
      mustBeKeys(keys)
      return new api.DuckDBMapValue(keys.map((each, i) => ({ key: each, value: values[i]! })))
    },
  }
}

/** DuckDB would take them unseen, and show a map that is none. */
function mustBeKeys(keys: readonly DuckDBValue[]): void {
  const known = new Set<unknown>()
  for (const key of keys) {
    if (key === null) throw new Unfit('it has a key that is NULL')
    const plain = typeof key === 'object' ? String(key) : key
    if (known.has(plain)) throw new Unfit(`it has the key ${String(key)} twice`)
    known.add(plain)
  }
}

function unionReader(
  api: Api,
  children: readonly IpcField[],
  { isDense, ids }: Extract<IpcType, { readonly kind: 'union' }>,
): ColumnReader | null {
  const members = membersOf(api, children)
  if (members === null || members.length > MOST_MEMBERS) return null
  return {
    sqlType: `UNION(${members.map(declared).join(', ')})`,
    read: (column, row) => {
      const index = ids.indexOf(column.values.getInt8(row))
      const [member, values] = [members[index], column.children[index]]
      const place = isDense ? column.offsets.getInt32(row * 4, column.isLittle) : row
      if (member === undefined || values === undefined || place < 0 || place >= values.length)
        throw new Unfit('it lies outside of its column')
      return new api.DuckDBUnionValue(member.name, valueOf(member.reader, values, place))
    },
  }
}

function runsReader(api: Api, [ends, values]: readonly IpcField[]): ColumnReader | null {
  const reader = columnReader(api, values!)
  const bits = ends!.type.kind === 'int' ? ends!.type.bits : 0
  if (reader === null) return null
  return {
    sqlType: reader.sqlType,
    read: ({ children, isLittle }, row) => {
      const [endsOf, valuesOfRuns] = children as [IpcColumn, IpcColumn]
      let [low, high] = [0, endsOf.length - 1]
      while (low < high) {
        const middle = (low + high) >> 1
        if (runEnd(endsOf.values, middle, bits, isLittle) > row) high = middle
        else low = middle + 1
      }
      if (low >= valuesOfRuns.length) throw new Unfit('it lies outside of its column')
      return valueOf(reader, valuesOfRuns, low)
    },
  }
}

/** The values of a dictionary are read once: batches share it. */
function dictionaryReader(
  api: Api,
  field: IpcField,
  index: Extract<IpcType, { readonly kind: 'int' }>,
): ColumnReader | null {
  const inner = columnReader(api, { ...field, dictionary: null })
  if (inner === null) return null
  const indexOf = integerReader(index)
  const known = new WeakMap<Dictionary, { readonly values: DuckDBValue[]; parts: number }>()
  return {
    sqlType: inner.sqlType,
    read: (column, row) => {
      const dictionary = column.dictionary!
      const read = known.get(dictionary) ?? { values: [], parts: 0 }
      known.set(dictionary, read)
      for (; read.parts < dictionary.parts.length; read.parts++) {
        const part = dictionary.parts[read.parts]!
        for (let each = 0; each < part.length; each++) read.values.push(valueOf(inner, part, each))
      }
      const value = read.values[Number(indexOf(column, row))]
      if (value === undefined) throw new Unfit('its dictionary has no such value')
      return value
    },
  }
}
