/**
 * Rows with those of their values as text whose text is decided here (type-text.ts), wherever they stand, in a table
 * of the same instance: what DuckDB then writes is what the other formats have.
 */
import type { DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { partsOf } from './arrow-types'
import type { Sandbox } from '../engine/engine'
import { aroundQuery } from './parquet-types'
import { quoteName } from '../engine/quote'
import { isTextType, typeText } from './type-text'

interface NamedColumn {
  readonly name: string
  readonly type: DuckDBType
}

/** Returns the query that reads them, for Parquet. */
export async function tableOfTexts(
  sandbox: Sandbox,
  columns: readonly NamedColumn[],
  chunks: AsyncIterable<DuckDBDataChunk>,
): Promise<string> {
  const writer = await sandbox.connect()
  const declared = columns.map(({ type }, index) => `c${index} ${textDeclaration(type)}`).join(', ')
  await writer.run(`CREATE SCHEMA "$run"; CREATE TABLE "$run".result (${declared})`)
  const types = (await writer.run('FROM "$run".result LIMIT 0')).columnTypes()
  const appender = await writer.createAppender('result', '$run')
  try {
    for await (const chunk of chunks) {
      const texts = sandbox.api.DuckDBDataChunk.create(types, chunk.rowCount)
      for (const [index, { type }] of columns.entries()) {
        const values = chunk.getColumnValues(index).map((value) => withTexts(sandbox, value, type))
        texts.setColumnValues(index, values)
      }
      appender.appendDataChunk(texts)
    }
  } finally {
    appender.closeSync()
  }
  const { head, tail } = aroundQuery(types.map((type, index) => ({ name: columns[index]!.name, type })))
  const names = columns.map(({ name }, index) => `c${index} AS ${quoteName(name)}`).join(', ')
  return head === '' ? `SELECT ${names} FROM "$run".result` : `${head}FROM "$run".result${tail}`
}

/** The type as SQL writes it, with VARCHAR for what is text. */
function textDeclaration(type: DuckDBType): string {
  if (isTextType(type)) return 'VARCHAR'
  const parts = partsOf(type)
  switch (parts?.kind) {
    case 'list':
      return `${textDeclaration(parts.item)}[]`
    case 'array':
      return `${textDeclaration(parts.item)}[${parts.length}]`
    case 'struct':
      return `STRUCT(${parts.fields.map(({ name, type: inner }) => `${quoteName(name)} ${textDeclaration(inner)}`).join(', ')})`
    case 'map':
      return `MAP(${textDeclaration(parts.key)}, ${textDeclaration(parts.value)})`
    default:
      return type.toString()
  }
}

function withTexts(sandbox: Sandbox, value: DuckDBValue, type: DuckDBType): DuckDBValue {
  const { api } = sandbox
  if (value === null) return null
  if (isTextType(type)) return typeText(value, type)
  const parts = partsOf(type)
  const inner = (each: DuckDBValue | undefined, of: DuckDBType): DuckDBValue => withTexts(sandbox, each ?? null, of)
  const items = (of: DuckDBType): DuckDBValue[] =>
    (value as { items: readonly DuckDBValue[] }).items.map((item) => inner(item, of))
  switch (parts?.kind) {
    case 'list':
      return new api.DuckDBListValue(items(parts.item))
    case 'array':
      return new api.DuckDBArrayValue(items(parts.item))
    case 'struct': {
      const { entries } = value as { entries: Readonly<Record<string, DuckDBValue>> }
      const fields = parts.fields.map(({ name, type: of }) => [name, inner(entries[name], of)] as const)
      return new api.DuckDBStructValue(Object.fromEntries(fields))
    }
    case 'map': {
      const { entries } = value as { entries: readonly { key: DuckDBValue; value: DuckDBValue }[] }
      return new api.DuckDBMapValue(
        entries.map((entry) => ({ key: inner(entry.key, parts.key), value: inner(entry.value, parts.value) })),
      )
    }
    default:
      return value
  }
}
