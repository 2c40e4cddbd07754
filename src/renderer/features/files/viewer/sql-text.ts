/** SQL that names files of the pond. */

/** A text literal: `'it''s'`. */
export function quoteSql(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A path as a table that is this file alone, even if its name looks like a pattern. */
export function tableOf(path: string): string {
  return quoteSql(/[*?[{]/.test(path) ? path.replace(/[*?[\]{},\\]/g, '\\$&') : path)
}

/** How a CSV file is to be read; null leaves it to DuckDB to find out. */
export interface CsvOptions {
  readonly delimiter: string | null
  readonly quote: string | null
  readonly header: boolean | null
  readonly decimal: string | null
  readonly skip: number | null
  readonly encoding: string | null
  /** Short lines are filled with NULL. */
  readonly pad: boolean
  readonly allText: boolean
  readonly ignoreErrors: boolean
}

export const AUTOMATIC: CsvOptions = {
  delimiter: null,
  quote: null,
  header: null,
  decimal: null,
  skip: null,
  encoding: null,
  pad: false,
  allText: false,
  ignoreErrors: false,
}

export function isAutomatic(options: CsvOptions): boolean {
  return csvArguments(options).length === 0
}

/** The statement that shows a file, as somebody would type it. */
export function selectFrom(path: string, csv: CsvOptions | null): string {
  const options = csv === null ? [] : csvArguments(csv)
  if (options.length === 0) return `SELECT * FROM ${tableOf(path)}`
  return `SELECT * FROM read_csv(${[tableOf(path), ...options].join(', ')})`
}

function csvArguments(options: CsvOptions): string[] {
  const list: string[] = []
  if (options.delimiter !== null) list.push(`delim=${quoteSql(options.delimiter)}`)
  if (options.quote !== null) list.push(`quote=${quoteSql(options.quote)}`)
  if (options.header !== null) list.push(`header=${options.header}`)
  if (options.decimal !== null) list.push(`decimal_separator=${quoteSql(options.decimal)}`)
  if (options.skip !== null) list.push(`skip=${options.skip}`)
  if (options.encoding !== null) list.push(`encoding=${quoteSql(options.encoding)}`)
  if (options.pad) list.push('null_padding=true')
  if (options.allText) list.push('all_varchar=true')
  if (options.ignoreErrors) list.push('ignore_errors=true')
  return list
}
