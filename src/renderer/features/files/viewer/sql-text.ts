/** SQL that names files of the pond. */

/** A text literal: `'it''s'`. */
export function quoteSql(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A path as a table that is this file alone, even if its name looks like a pattern. */
export function tableOf(path: string): string {
  return quoteSql(/[*?[{]/.test(path) ? path.replace(/[*?[\]{},\\]/g, '\\$&') : path)
}

/** The statement that shows a file, as somebody would type it. */
export function selectFrom(path: string): string {
  return `SELECT * FROM ${tableOf(path)}`
}
