/** The factory `sql`: a query over named inputs, and over paths of the pond that stand in it. */
import type { QueryInput, SpecOf } from '../spec/fields'
import type { Compute } from './compute'
import { emptyInput, fieldsOf, inputSql } from './input'
import { name, withoutEnd } from './sql-text'

/** @throws query.*, recipes.bad-spec */
export async function sqlSql({ inputs = {}, query, series }: SpecOf<'sql'>, compute: Compute): Promise<string> {
  const ctes: string[] = []
  for (const [alias, input] of Object.entries(inputs)) {
    const sql = (await isMissing(input, compute))
      ? emptyInput(fieldsOf(input))
      : await inputSql(fieldsOf(input), compute, series === undefined ? {} : { time: series })
    ctes.push(`${name(alias)} AS (\n${sql.replaceAll(/^/gm, '  ')}\n)`)
  }
  const [only] = Object.keys(inputs)
  const body = query === undefined ? `SELECT * FROM ${name(only!)}` : withoutEnd(query)
  if (ctes.length === 0) return body
  // A query may begin with WITH itself.
  return /^\s*(--.*\n\s*)*WITH\b/i.test(body)
    ? `WITH ${ctes.join(', ')}\nSELECT * FROM (\n${body}\n)`
    : `WITH ${ctes.join(', ')}\n${body}`
}

async function isMissing(input: QueryInput, compute: Compute): Promise<boolean> {
  if (typeof input === 'string' || input.optional !== true) return false
  return (await compute.matches(input.glob, [input.exclude ?? []].flat(), input.at)).length === 0
}
