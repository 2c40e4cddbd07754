/** What is said where the query of a computed table fails in somebody's statement. */
import { PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import type { TableFile } from '../source'
import type { Place } from '../sql/scan'

/** Line and column are those of what was asked; of the query that computes it, they have another name. */
export async function notComputed(file: TableFile, error: PondError, place: Place | null): Promise<PondError> {
  const { code, message, detail } =
    (await file.told?.({ code: error.code, message: error.message, detail: error.detail })) ?? error
  const { line: queryLine, column: queryColumn, ...others } = detail
  const about = { ...others, path: file.path, queryLine, queryColumn, ...place }
  return new PondError(code, `${quote(file.path)} cannot be computed: ${message}`, about, error)
}
