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
