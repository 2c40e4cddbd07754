/** What is wrong with a recipe, at its place in the text: what an editor marks and an error names. */
import { PondError } from '../../../shared/errors'
import type { RecipeProblem } from '../../../shared/model'

/** Counted from 1, columns in UTF-16 units, as editors count. */
export interface Place {
  readonly line: number
  readonly column: number
}

export interface Problem extends Place {
  /** One sentence without its place. */
  readonly message: string
  /** What would have been right. */
  readonly expected?: string
  /** The known name that was perhaps meant. */
  readonly nearest?: string
}

/** One of the problems as an error, one with a remedy if there is any; all of them in its detail. */
export function badSpec(path: string | undefined, problems: readonly Problem[]): PondError {
  const first = problems.find(({ nearest }) => nearest !== undefined) ?? problems[0]
  const { line = 1, column = 1, message = 'it cannot be read' } = first ?? {}
  const where = path === undefined ? `line ${line}, column ${column}` : `${path}, line ${line}, column ${column}`
  return new PondError('recipes.bad-spec', `${where}: ${sentence({ message, ...first })}`, {
    ...(path !== undefined && { path }),
    ...first,
    problems,
  })
}

function sentence({ message, expected, nearest }: Pick<Problem, 'message' | 'expected' | 'nearest'>): string {
  const hints = [expected && `expected ${expected}`, nearest && `did you mean ${nearest}?`].filter(Boolean)
  return [message, ...hints].join('; ')
}

/** What an error says of a recipe, a problem each, that which the error names first. */
export function problemsOf({ code, message, detail }: PondError): readonly RecipeProblem[] {
  const problems = detail['problems']
  if (code !== 'recipes.bad-spec' || !Array.isArray(problems)) {
    const { line = null, column = null } = (detail['recipe'] ?? {}) as Partial<Place>
    return [{ code, message, line, column, nearest: null }]
  }
  const wire = (problems as readonly Problem[]).map((problem) => ({
    code,
    message: sentence(problem),
    line: problem.line,
    column: problem.column,
    nearest: problem.nearest ?? null,
  }))
  const isNamed = ({ line, column }: RecipeProblem): boolean => line === detail['line'] && column === detail['column']
  return [...wire.filter(isNamed), ...wire.filter((problem) => !isNamed(problem))]
}
