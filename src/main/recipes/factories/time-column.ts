/** The column that says when rows happened. */
import { PondError } from '../../../shared/errors'
import type { Column } from './compute'

const TIME = /^(TIMESTAMP|DATE)/

/** @param path what has the columns, for the error @throws recipes.bad-spec */
export function mustHaveTime(columns: readonly Column[], time: string, path: string): Column {
  const found = columns.find((column) => column.name === time)
  if (found !== undefined && TIME.test(found.type)) return found
  const times = columns.filter(({ type }) => TIME.test(type)).map((column) => column.name)
  const what = found === undefined ? 'is not there' : `is ${found.type}, which says no time`
  const hint = times.length === 0 ? '' : `; those that say one: ${times.join(', ')}`
  throw new PondError('recipes.bad-spec', `${path}: its column ${time} ${what}${hint}`, { path, column: time, times })
}
