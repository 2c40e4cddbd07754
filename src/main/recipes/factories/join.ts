/** Recipes that put tables side by side on their times: `join` by scopes that are named, `pivot` by what a pattern captured. */
import type { Input, InputFields, SpecOf } from '../spec/fields'
import type { Compute } from './compute'
import { fieldsOf, inputSql, literally } from './input'
import type { TimeRange } from './reduce-state'
import { mustDiffer, noColumns } from './columns'
import { lines, name } from './sql-text'
import { mustHaveTime } from './time-column'

interface Scope {
  readonly name: string
  readonly inputs: readonly InputFields[]
}

interface Side {
  readonly cte: string
  readonly sql: string
  readonly columns: readonly string[]
}

type Joining = SpecOf<'join'> | SpecOf<'pivot'>

/** @param within only rows of this time count */
export async function joinSql(spec: Joining, compute: Compute, within?: TimeRange): Promise<string> {
  const patterns = spec.recipe === 'pivot' ? [spec.columns].flat() : undefined
  const kind = spec.recipe === 'join' ? spec.kind : 'full'
  return joined(await scopesOf(spec, compute), { time: spec.time, kind, within, patterns }, compute)
}

/** Each input as a query: a row of the result is of rows of one time. */
export async function inputsOf(spec: Joining, compute: Compute): Promise<readonly string[]> {
  const scopes = await scopesOf(spec, compute)
  const inputs = scopes.flatMap((scope) => scope.inputs)
  return Promise.all(inputs.map((input) => inputSql(input, compute, { time: spec.time })))
}

async function scopesOf(spec: Joining, compute: Compute): Promise<Scope[]> {
  if (spec.recipe === 'pivot') return scopesByCapture(spec.input, spec.columns, compute)
  const scopes = new Map<string, InputFields[]>()
  for (const { scope, ...input } of spec.inputs) scopes.set(scope, [...(scopes.get(scope) ?? []), input])
  return [...scopes].map(([scope, fields]) => ({ name: scope, inputs: fields }))
}

async function scopesByCapture(input: Input, columns: string | readonly string[], compute: Compute): Promise<Scope[]> {
  const { glob, exclude, ...fields } = fieldsOf(input)
  const scopes = new Map<string, InputFields[]>()
  for (const { path, captures } of await compute.matches(glob, [exclude ?? []].flat(), fields.at)) {
    const scope = captures[0] ?? path
    const one: InputFields = { ...fields, glob: literally(path), columns: [columns].flat() }
    scopes.set(scope, [...(scopes.get(scope) ?? []), one])
  }
  return [...scopes].map(([scope, inputs]) => ({ name: scope, inputs }))
}

async function joined(
  scopes: readonly Scope[],
  {
    time,
    kind,
    within,
    patterns,
  }: {
    readonly time: string
    readonly kind: 'full' | 'left'
    readonly within: TimeRange | undefined
    readonly patterns: readonly string[] | undefined
  },
  compute: Compute,
): Promise<string> {
  const sides: Side[] = []
  for (const [i, scope] of scopes.entries()) sides.push(await side(scope, `s${i}`, { time, within }, compute))
  const [first, ...rest] = sides
  if (first === undefined) return `SELECT NULL::TIMESTAMP AS ${name(time)} WHERE false`
  if (patterns !== undefined && sides.every((each) => each.columns.length === 0))
    throw noColumns(scopes.flatMap(({ inputs }) => inputs.map(({ glob }) => glob)).join(', '), patterns, [])
  const ctes = sides.map(({ cte, sql }) => `${cte} AS (\n${indented(sql)}\n)`)
  const columns = sides.flatMap(({ cte, columns: own }, i) =>
    own.map((column) => `${cte}.${name(column)} AS ${name(`${scopes[i]!.name}.${column}`)}`),
  )
  mustDiffer([time, ...sides.flatMap((each, i) => each.columns.map((column) => `${scopes[i]!.name}.${column}`))])
  const verb = kind === 'full' ? 'FULL JOIN' : 'LEFT JOIN'
  const joins = rest.map(({ cte }) => `\n${verb} ${cte} USING (${name(time)})`)
  return `WITH ${ctes.join(', ')}
SELECT
${lines([name(time), ...columns])}
FROM ${first.cte}${joins.join('')}
ORDER BY ${name(time)}`
}

/**
 * The rows of a scope, one for each time: of several, that of the newest part, and in it the last one. Told by the greatest
 * number, and not by `row_number() = 1`, over whose elimination DuckDB 1.5.6 stumbles where a condition on the time is below.
 */
async function side(
  { inputs }: Scope,
  cte: string,
  { time, within }: { readonly time: string; readonly within: TimeRange | undefined },
  compute: Compute,
): Promise<Side> {
  const queries: string[] = []
  for (const input of inputs) queries.push(await inputSql(input, compute, { time, within }))
  const all = queries.length === 1 ? queries[0]! : queries.map((query) => `(${query})`).join('\nUNION ALL BY NAME\n')
  const found = await compute.columns(all)
  mustHaveTime(found, time, inputs.map(({ glob }) => glob).join(', '))
  const columns = found.map((column) => column.name).filter((column) => column !== time)
  const sql = `SELECT * EXCLUDE ("$row") FROM (
  SELECT *, row_number() OVER () AS "$row" FROM (
${indented(all, '    ')}
  )
)
WHERE ${name(time)} IS NOT NULL
QUALIFY "$row" = max("$row") OVER (PARTITION BY ${name(time)})`
  return { cte, sql, columns }
}

function indented(sql: string, by = '  '): string {
  return sql.replaceAll(/^/gm, by)
}
