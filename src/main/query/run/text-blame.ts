/**
 * Explains why a statement failed on a column that is text because of one value among many: the error names that
 * value.
 */
import { PondError } from '../../../shared/errors'
import type { PondFiles } from '../files/pond-files'

/** @param texts columns that are text because of a few values */
export function withTextColumns(failure: PondError, sql: string, texts: PondFiles['texts']): PondError {
  if (
    failure.code !== 'query.failed' ||
    !/VARCHAR|Conversion/.test(`${failure.message} ${String(failure.detail['kind'])}`)
  )
    return failure
  const found = texts.filter(({ column }) => sql.toLowerCase().includes(column.toLowerCase()))
  if (found.length === 0) return failure
  const why = found.slice(0, 3).map(({ path, message }) => `${path}: ${message}`)
  return new PondError(
    failure.code,
    `${failure.message}; ${why.join('; ')}`,
    { ...failure.detail, notes: found },
    failure.cause,
  )
}
