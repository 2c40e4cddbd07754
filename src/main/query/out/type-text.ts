/**
 * The text of a value, by its type: the one place that decides how a list, a UNION, a VARIANT or a FLOAT inside of
 * one is spelt, so that the grid, CSV, JSON, Arrow and Parquet say the same. Plain values are those of values.ts.
 */
import type { DuckDBType, DuckDBUnionType } from '@duckdb/node-api'
import { TypeId } from '../engine/duckdb-types'
import { partsOf } from './arrow-types'
import { shortFloat, toJson, toText } from '../engine/values'

interface Tagged {
  readonly tag: string
  readonly value: unknown
}

interface Typed {
  readonly value: unknown
  readonly type: DuckDBType
}

/** What a UNION holds, with its type; any other value as it is. */
export function heldValue(value: unknown, type: DuckDBType): Typed {
  if (value === null || (type.typeId as number) !== TypeId.UNION) return { value, type }
  const { memberTags, memberTypes } = type as DuckDBUnionType
  const { tag, value: inner } = value as Tagged
  return heldValue(inner, memberTypes[memberTags.indexOf(tag)]!)
}

/** JSON, in which a number keeps its digits and its sign. */
export function jsonText(outer: unknown, outerType: DuckDBType): string {
  const { value, type } = heldValue(outer, outerType)
  if (value === null || value === undefined) return 'null'
  switch (type.typeId as number) {
    case TypeId.FLOAT:
    case TypeId.DOUBLE:
      return Object.is(value, -0) ? '-0.0' : JSON.stringify(toJson(value, type.toString()))
    case TypeId.VARIANT: {
      const inner = value as Typed
      return jsonText(inner.value, inner.type)
    }
  }
  const parts = partsOf(type)
  switch (parts?.kind) {
    case 'list':
    case 'array':
      return `[${(value as { items: readonly unknown[] }).items.map((item) => jsonText(item, parts.item)).join(',')}]`
    case 'struct': {
      const { entries } = value as { entries: Readonly<Record<string, unknown>> }
      const fields = parts.fields.map(({ name, type: inner }) => [name, jsonText(entries[name], inner)] as const)
      return `{${fields.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`
    }
    case 'map': {
      const { entries } = value as { entries: readonly { key: unknown; value: unknown }[] }
      const texts = entries.map(
        (entry) => `{"key":${jsonText(entry.key, parts.key)},"value":${jsonText(entry.value, parts.value)}}`,
      )
      return `[${texts.join(',')}]`
    }
    default:
      return JSON.stringify(toJson(value, type.toString()))
  }
}

/** A value as a person reads it, and as CSV holds it; null where there is none. */
export function typeText(outer: unknown, outerType: DuckDBType): string | null {
  const { value, type } = heldValue(outer, outerType)
  if (value === null || value === undefined) return null
  const typeId = type.typeId as number
  if (typeId === TypeId.FLOAT && typeof value === 'number' && Number.isFinite(value)) return toText(shortFloat(value))
  const parts = partsOf(type)
  if (typeId !== TypeId.VARIANT && (parts === undefined || parts.kind === 'decimal')) return toText(value)
  // A VARIANT that is a text has its quotes, by which it differs from a number.
  return jsonText(value, type)
}

/** Types whose text is decided here, and by no cast of DuckDB's. */
export function isTextType(type: DuckDBType): boolean {
  const typeId = type.typeId as number
  return typeId === TypeId.UNION || typeId === TypeId.VARIANT || typeId === TypeId.GEOMETRY
}

export function hasTextType(type: DuckDBType): boolean {
  const parts = partsOf(type)
  switch (parts?.kind) {
    case 'list':
    case 'array':
      return hasTextType(parts.item)
    case 'struct':
      return parts.fields.some(({ type: inner }) => hasTextType(inner))
    case 'map':
      return hasTextType(parts.key) || hasTextType(parts.value)
    default:
      return isTextType(type)
  }
}
