/** Names and texts in SQL, and lists of them. */

export function name(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

export function list(values: readonly string[]): string {
  return `[${values.map(text).join(', ')}]`
}

/** What a recipe may write where SQL has a value. */
export type Value =
  string | number | boolean | readonly (string | number | boolean)[] | Readonly<Record<string, string>>

/** Text takes the type of what it is compared with: a date, a time. */
export function literal(value: Value): string {
  if (typeof value === 'string') return text(value)
  if (typeof value !== 'object') return String(value)
  if (isList(value)) return `[${value.map(literal).join(', ')}]`
  const fields = Object.entries(value).map(([key, item]) => `${text(key)}: ${text(item)}`)
  return `{${fields.join(', ')}}`
}

function isList(value: object): value is readonly (string | number | boolean)[] {
  return Array.isArray(value)
}

/** One field a line: the SQL of a recipe is read by people. */
export function lines(items: readonly string[], indent = '  '): string {
  return items.map((item) => `${indent}${item}`).join(',\n')
}

/** Without semicolons and spaces at its end. Not by a pattern: of many spaces elsewhere it would look from each to the last. */
export function withoutEnd(query: string): string {
  let end = query.length
  while (end > 0 && (query[end - 1] === ';' || query[end - 1]!.trim() === '')) end--
  return query.slice(0, end)
}
