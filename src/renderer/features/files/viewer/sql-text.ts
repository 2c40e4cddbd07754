/** SQL that names files of the pond. */

/** A text literal: `'it''s'`. */
export function quoteSql(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
