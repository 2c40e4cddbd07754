/**
 * Which columns of an input come into a recipe, and under which names: those that patterns name, in the order of the
 * input; each by the first rule of `rename` that meets it.
 */
import { PondError } from '../../../shared/errors'
import { nearest } from '../../../shared/nearest'
import { compileName } from '../../tinyfs'
import type { InputFields } from '../spec/fields'
import type { Column, Compute } from './compute'
import { list, name, text } from './sql-text'

/** Each as it stands in a SELECT; undefined where the input is taken as it is. */
export async function selected(
  { columns, rename = [] }: Pick<InputFields, 'columns' | 'rename'>,
  keep: readonly string[],
  read: () => Promise<readonly Column[]>,
  compute: Compute,
): Promise<readonly string[] | undefined> {
  if (columns === undefined && rename.length === 0) return undefined
  const found = await read()
  const patterns = columns === undefined ? ['*'] : [columns].flat()
  const chosen = chosenBy([...patterns, ...keep.map(literally)], found)
  const renamed = await renamedBy(rename, chosen, compute)
  mustDiffer(renamed.map(({ to }) => to))
  return chosen.map((column, i) => {
    const { to, cast } = renamed[i]!
    const value = cast === undefined ? name(column.name) : `CAST(${name(column.name)} AS ${cast})`
    return to === column.name && cast === undefined ? value : `${value} AS ${name(to)}`
  })
}

/**
 * Patterns as those of names of files, in the order of the columns. Not by DuckDB's GLOB, which takes for ever for some:
 * six stars in one pattern took 10 s. @throws tinyfs.bad-pattern
 */
export function chosenBy(patterns: readonly string[], columns: readonly Column[]): readonly Column[] {
  if (patterns.includes('*')) return columns
  const compiled = patterns.map((pattern) => compileName(pattern))
  return columns.filter(({ name: column }) => compiled.some((pattern) => pattern.match(column, true) !== undefined))
}

/** DuckDB does not tell names apart by case, and would call the second one something else. @throws recipes.bad-spec */
export function mustDiffer(names: readonly string[]): void {
  const taken = new Map<string, string>()
  for (const column of names) {
    const other = taken.get(column.toLowerCase())
    if (other !== undefined) {
      const message =
        other === column ? `two columns are called ${column}` : `${other} and ${column} differ by case only`
      throw new PondError('recipes.bad-spec', message, { column, other })
    }
    taken.set(column.toLowerCase(), column)
  }
}

/** The error that says that no column meets any of the patterns. */
export function noColumns(path: string, patterns: readonly string[], columns: readonly Column[]): PondError {
  const names = columns.map((column) => column.name)
  const close = patterns.flatMap((pattern) => nearest(pattern, names, 1))[0]
  const has = names.length === 0 ? '' : `; it has ${names.join(', ')}`
  const hint = close === undefined ? has : `; did you mean ${close}?`
  const message = `${path}: no column of it is called ${patterns.join(' or ')}${hint}`
  return new PondError('recipes.bad-spec', message, {
    columns: patterns,
    path,
    ...(close !== undefined && { nearest: close }),
  })
}

interface Renamed {
  readonly to: string
  readonly cast: string | undefined
}

async function renamedBy(
  rules: NonNullable<InputFields['rename']>,
  columns: readonly Column[],
  compute: Compute,
): Promise<readonly Renamed[]> {
  const matching = rules.flatMap((rule) => ('match' in rule ? [rule] : []))
  // RE2, which takes time in proportion to what it reads: a pattern that comes with a pond cannot stall it.
  const answers = new Map<string, (string | null)[]>()
  if (matching.length > 0 && columns.length > 0) {
    const answer = matching.map(
      ({ match, to }) =>
        `CASE WHEN regexp_matches(n, ${text(match)}) THEN regexp_replace(n, ${text(match)}, ${text(replacement(to))}) END`,
    )
    const rows = await compute.texts(
      `SELECT n, ${answer.join(', ')} FROM unnest(${list(columns.map((column) => column.name))}) t(n)`,
    )
    for (const [column, ...all] of rows) answers.set(column!, all)
  }
  return columns.map((column) => {
    for (const rule of rules) {
      if ('from' in rule && rule.from === column.name) return { to: rule.to ?? column.name, cast: rule.cast }
      const to = 'match' in rule ? answers.get(column.name)?.[matching.indexOf(rule)] : undefined
      if (to != null) return { to, cast: undefined }
    }
    return { to: column.name, cast: undefined }
  })
}

/** `$1` is the first group, `$$` a dollar; RE2 writes them with a backslash. */
function replacement(to: string): string {
  return to.replaceAll('\\', '\\\\').replaceAll(/\$(\$|\d)/g, (_, what: string) => (what === '$' ? '$' : `\\${what}`))
}

/** A name as a pattern that meets it alone. */
function literally(column: string): string {
  return column.replaceAll(/[*?[\]{},\\]/g, (char) => `\\${char}`)
}
