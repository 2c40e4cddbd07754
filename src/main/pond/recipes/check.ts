/** What recipes say that has to hold of their tables, looked at: each check once for the same content. */
import { mustGoOn } from '../../../shared/cancellation'
import { isPondError } from '../../../shared/errors'
import type { CheckResult, Progress, TablePreview } from '../../../shared/model'
import { isWithin } from '../../../shared/path'
import type { Clock } from '../../platform'
import type { RowStream } from '../../query'
import { FailedOutput, keyOf, problemsOf, TableOutput, TextOutput, type Compute, type PlacedCheck } from '../../recipes'
import type { Moment } from '../../steward'
import type { ComputedNode } from '../../tinyfs'
import { firstRows } from './first-rows'
import { filesOf, recipeOutputs, type RecipeOutput } from './outputs'

/** Rows of those that break a check, as examples. */
const EXAMPLES = 5
/** Part of every key of a result. */
const CODE_VERSION = 1

export interface CheckOptions {
  /** A recipe, what it makes, or what is above or below that; everything unless said. */
  readonly path?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

export interface CheckParts {
  readonly moment: Moment
  /** Paths of files that may be recipes. */
  readonly recipes: readonly string[]
  /** At that moment. */
  readonly compute: Compute
  readonly stream: (sql: string) => Promise<RowStream>
  readonly clock: Pick<Clock, 'now'>
  /** Whether the moment is now: the head, or what is pending. */
  readonly isNow: boolean
}

/** What a check found, as it is kept. */
interface Found {
  readonly failures: number
  readonly examples: TablePreview | null
}

/** Ordered by the path of the recipe, then as they are written. What cannot be made is `broken`. */
export async function checkRecipes(parts: CheckParts, options: CheckOptions): Promise<readonly CheckResult[]> {
  const { path: asked = '/', signal, onProgress } = options
  const results: CheckResult[] = []
  const outputs = await recipeOutputs(parts.moment, parts.recipes)
  for (const [done, made] of outputs.entries()) {
    mustGoOn(signal)
    onProgress?.({ kind: 'progress', done, total: outputs.length, unit: 'files', note: made.output })
    const isWhole = isWithin(made.recipe, asked)
    if (isWhole || isWithin(made.output, asked) || isWithin(asked, made.output))
      for await (const result of resultsOf(made, isWhole ? '/' : asked, parts, signal)) results.push(result)
  }
  return results
}

async function* resultsOf(
  { recipe, output, node }: RecipeOutput,
  asked: string,
  parts: CheckParts,
  signal: AbortSignal | undefined,
): AsyncGenerator<CheckResult> {
  let at = output
  try {
    for await (const { path, node: file } of filesOf(node, output)) {
      at = path
      if (!isWithin(path, asked)) continue
      yield* ofFile(file, { path, recipe }, parts, signal)
    }
  } catch (error) {
    mustGoOn(signal)
    yield brokenBy(error, { path: at, recipe })
  }
}

interface Checked {
  readonly path: string
  readonly recipe: string
}

async function* ofFile(
  file: ComputedNode,
  of: Checked,
  parts: CheckParts,
  signal: AbortSignal | undefined,
): AsyncGenerator<CheckResult> {
  try {
    if (file instanceof FailedOutput) throw file.error()
    if (file instanceof TableOutput || file instanceof TextOutput) await file.plan()
    // What is made of itself says so.
    else await file.open?.(undefined, signal)
  } catch (error) {
    mustGoOn(signal)
    yield brokenBy(error, of)
    return
  }
  if (!(file instanceof TableOutput)) return
  for (const check of file.checks) {
    if (check.isOfNow && !parts.isNow) continue
    mustGoOn(signal)
    yield await resultOf(check, of, parts, signal)
  }
}

async function resultOf(
  check: PlacedCheck,
  of: Checked,
  parts: CheckParts,
  signal: AbortSignal | undefined,
): Promise<CheckResult> {
  const { words, severity, line, column } = check
  const about = { ...of, check: words, severity, line, column }
  try {
    const found = await foundBy(check, of.path, parts, signal)
    return { ...about, outcome: found.failures === 0 ? 'passed' : 'failed', ...found, problem: null }
  } catch (error) {
    mustGoOn(signal)
    return { ...brokenBy(error, of), ...about }
  }
}

function brokenBy(error: unknown, of: Checked): CheckResult {
  if (!isPondError(error) || error.code === 'internal') throw error
  const problem = problemsOf(error)[0]!
  const about = { ...of, check: null, severity: 'error', line: problem.line, column: problem.column } as const
  return { ...about, outcome: 'broken', failures: 0, examples: null, problem }
}

async function foundBy(
  check: PlacedCheck,
  path: string,
  { compute, stream, clock }: CheckParts,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const sql = check.sql(path, clock.now())
  const ask = async (): Promise<Found> => {
    const all = await firstRows(await stream(`SELECT *, count(*) OVER () FROM (\n${sql}\n) LIMIT ${EXAMPLES}`))
    const failures = Number(all.rows[0]?.at(-1) ?? 0)
    const rows = all.rows.map((row) => row.slice(0, -1))
    return { failures, examples: failures === 0 ? null : { columns: all.columns.slice(0, -1), rows } }
  }
  const { files, engineVersion } = await compute.reads(sql)
  if (check.isOfNow) return ask()
  const key = keyOf({ check: CODE_VERSION, engine: engineVersion, sql, files })
  const kept = await compute.bytes(key, async () => Buffer.from(JSON.stringify(await ask())), signal)
  const reader = await kept.open()
  try {
    return JSON.parse(Buffer.from(await reader.read(0, reader.size)).toString()) as Found
  } finally {
    await reader.close()
  }
}
