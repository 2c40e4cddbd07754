/** Text and names as SQL writes them. */
import { PondError } from '../../../shared/errors'

/** @throws query.failed for NUL, at which DuckDB takes the statement for ended */
export function quoteText(text: string): string {
  refuseNul(text)
  return `'${text.replaceAll("'", "''")}'`
}

/** @throws query.failed for NUL, at which DuckDB takes the statement for ended */
export function quoteName(name: string): string {
  refuseNul(name)
  return `"${name.replaceAll('"', '""')}"`
}

function refuseNul(text: string): void {
  if (!text.includes('\0')) return
  const message = `${JSON.stringify(text)} has a NUL character, which can stand in no SQL`
  throw new PondError('query.failed', message, { kind: 'Invalid Input', candidates: [] })
}
