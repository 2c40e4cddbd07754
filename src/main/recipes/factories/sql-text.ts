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
