/**
 * Checks whether a file of rows can have these columns before parquet-wasm is asked, which crashes on some types
 * and silently writes nothing for others. Promises that a schema which passes can be written and read back.
 */
import { DataType, type Field, type Schema } from 'apache-arrow'
import { PondError } from '../../shared/errors'
import { arrowSchema } from './arrow-schema'
import { COLUMN_TYPES, type TableType } from './table-type'

/** A declaration of our own, or Arrow's schema, as Arrow's. @throws tables.bad-schema naming the column */
export function checkedSchema(wanted: TableType | Schema): Schema {
  // What a script declares is checked by nobody before.
  const given = wanted as Partial<TableType & Schema> | null | undefined
  if (!Array.isArray(given?.columns) && !Array.isArray(given?.fields))
    throw new PondError('tables.bad-schema', 'expected a schema with columns, found none')
  if (!('columns' in wanted)) return checked(wanted)
  for (const { name, type } of wanted.columns) {
    const found = type as unknown
    if (typeof found === 'string' ? COLUMN_TYPES.has(found) : typeof found === 'object' && found !== null) continue
    const known = [...COLUMN_TYPES].join(', ')
    throw bad(String(name), `its type is ${String(found)}, expected ${known} or a decimal as { precision, scale }`)
  }
  return checked(arrowSchema(wanted))
}

function checked(schema: Schema): Schema {
  if (schema.fields.length === 0) throw new PondError('tables.bad-schema', 'expected at least one column, found none')
  checkFields(schema.fields, '')
  return schema
}

function checkFields(fields: readonly Field[], above: string): void {
  const names = new Set<string>()
  for (const { name, type } of fields) {
    if (typeof name !== 'string' || !name.isWellFormed()) throw bad(`${above}${String(name)}`, 'its name is no text')
    const column = `${above}${name}`
    if (names.has(name)) throw bad(column, 'there are two of that name')
    names.add(name)
    checkType(type as DataType, column)
  }
}

function checkType(type: DataType, column: string): void {
  if (DataType.isDecimal(type)) checkDecimal(type, column)
  else if (DataType.isDictionary(type)) checkType(type.dictionary as DataType, column)
  else if (DataType.isMap(type))
    checkFields((type.children[0]!.type as unknown as { children: Field[] }).children, `${column}.`)
  else if (DataType.isList(type) || DataType.isFixedSizeList(type))
    checkType(type.children[0]!.type as DataType, `${column}[]`)
  else if (DataType.isStruct(type)) {
    if (type.children.length === 0) throw bad(column, 'Parquet has no structs without fields')
    checkFields(type.children as Field[], `${column}.`)
  } else if (!isPlain(type)) throw bad(column, `Parquet files of rows have no ${String(type)}`)
}

function isPlain(type: DataType): boolean {
  return (
    DataType.isNull(type) ||
    DataType.isBool(type) ||
    DataType.isInt(type) ||
    DataType.isFloat(type) ||
    DataType.isUtf8(type) ||
    DataType.isLargeUtf8(type) ||
    DataType.isBinary(type) ||
    DataType.isLargeBinary(type) ||
    DataType.isFixedSizeBinary(type) ||
    DataType.isDate(type) ||
    DataType.isTime(type) ||
    DataType.isTimestamp(type) ||
    DataType.isDuration(type)
  )
}

/** Digits that an integer of so many bits always holds. */
const DIGITS: Readonly<Record<number, number>> = { 128: 38, 256: 76 }

function checkDecimal(
  { precision, scale, bitWidth }: { readonly precision: number; readonly scale: number; readonly bitWidth: number },
  column: string,
): void {
  const digits = DIGITS[bitWidth]
  if (digits === undefined) throw bad(column, `a decimal has 128 or 256 bits, found ${bitWidth}`)
  if (!Number.isInteger(precision) || precision < 1 || precision > digits)
    throw bad(column, `a decimal has 1 to ${digits} digits, found ${precision}`)
  if (!Number.isInteger(scale) || scale < 0 || scale > precision)
    throw bad(column, `of ${precision} digits 0 to ${precision} follow the point, found ${scale}`)
}

function bad(column: string, reason: string): PondError {
  return new PondError('tables.bad-schema', `column ${column} cannot be written: ${reason}`, { column, reason })
}
