/** What a column holds, read from DuckDB's spelling of its type: decides icon, alignment and width. */

export const COLUMN_KINDS = [
  'boolean',
  'number',
  'text',
  'date',
  'time',
  'timestamp',
  'interval',
  'binary',
  'list',
  'struct',
  'map',
  'uuid',
  'json',
  'enum',
  'other',
] as const
export type ColumnKind = (typeof COLUMN_KINDS)[number]

const NUMBERS =
  /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|UHUGEINT|BIGNUM|VARINT|FLOAT|DOUBLE|DECIMAL)\b/

export function kindOf(type: string): ColumnKind {
  const t = type.trim().toUpperCase()
  if (/\[\d*\]$/.test(t)) return 'list'
  if (t.startsWith('STRUCT') || t.startsWith('UNION')) return 'struct'
  if (t.startsWith('MAP')) return 'map'
  if (t.startsWith('ENUM')) return 'enum'
  if (NUMBERS.test(t)) return 'number'
  if (t.startsWith('TIMESTAMP')) return 'timestamp'
  if (t.startsWith('TIME')) return 'time'
  switch (t) {
    case 'BOOLEAN':
      return 'boolean'
    case 'VARCHAR':
      return 'text'
    case 'DATE':
      return 'date'
    case 'INTERVAL':
      return 'interval'
    case 'BLOB':
    case 'BIT':
      return 'binary'
    case 'UUID':
      return 'uuid'
    case 'JSON':
      return 'json'
    default:
      return 'other'
  }
}

export const alignsRight = (kind: ColumnKind): boolean => kind === 'number'

const SHORT: Readonly<Record<string, string>> = {
  'TIMESTAMP WITH TIME ZONE': 'TIMESTAMPTZ',
  'TIME WITH TIME ZONE': 'TIMETZ',
}

/** The type as a header has room for it; the whole belongs on hover. */
export function shortType(type: string): string {
  const known = SHORT[type.toUpperCase()]
  if (known !== undefined) return known
  const kind = kindOf(type)
  if (kind === 'struct' || kind === 'map' || kind === 'enum')
    return type.slice(0, type.indexOf('(') < 0 ? undefined : type.indexOf('('))
  return type
}
