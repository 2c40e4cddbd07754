/** What checks of recipes found: those that do not hold, each with its first rows and a way to where it stands. */
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import type { CheckResult } from '../../shared/model'
import classes from './check-list.module.css'
import { displayName, formatCount } from './format'
import { sentence } from './error-state'

const ICONS = { error: IconCircleX, warn: IconAlertTriangle } as const

export function CheckList({
  results,
  onOpen,
}: {
  readonly results: readonly CheckResult[]
  /** Opens the recipe at the check. */
  onOpen(result: CheckResult): void
}) {
  return (
    <ul className={classes.list} aria-label="Checks that do not hold" tabIndex={0}>
      {results.filter(isWrong).map((result) => {
        const Icon = ICONS[result.severity]
        return (
          <li
            key={`${result.path} ${result.line} ${result.check}`}
            className={classes.item}
            data-severity={result.severity}
          >
            <Icon size={15} stroke={1.8} aria-label={result.severity === 'error' ? 'Failed' : 'Warning'} />
            <div className={classes.words}>
              <button type="button" className={classes.link} onClick={() => onOpen(result)}>
                <strong>{displayName(result.path)}</strong> <code>{result.check ?? 'cannot be made'}</code>
              </button>
              <p className={classes.reason}>
                {result.problem === null
                  ? formatCount(result.failures, 'row breaks it', 'rows break it')
                  : sentence(result.problem.message)}
              </p>
              {result.examples !== null && <Examples examples={result.examples} />}
            </div>
          </li>
        )
      })}
    </ul>
  )
}

function Examples({ examples }: { readonly examples: NonNullable<CheckResult['examples']> }) {
  return (
    <div className={classes.examples}>
      <table>
        <thead>
          <tr>
            {examples.columns.map(({ name }) => (
              <th key={name} scope="col">
                {displayName(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {examples.rows.map((row, i) => (
            <tr key={i}>
              {row.map((value, column) => (
                <td key={column}>{value ?? <em>NULL</em>}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** In a sentence: `All 5 checks hold`, `1 of 5 checks does not hold`. */
export function CheckSummary({ results }: { readonly results: readonly CheckResult[] }) {
  const wrong = results.filter(isWrong)
  const failed = wrong.some(({ severity }) => severity === 'error')
  const Icon = wrong.length === 0 ? IconCircleCheck : failed ? IconCircleX : IconAlertTriangle
  const severity = wrong.length === 0 ? 'none' : failed ? 'error' : 'warn'
  return (
    <span className={classes.summary} data-severity={severity}>
      <Icon size={15} stroke={1.8} aria-hidden />
      {wrong.length === 0
        ? `${formatCount(results.length, 'check holds', 'checks hold')}`
        : `${wrong.length} of ${formatCount(results.length, 'check')} ${wrong.length === 1 ? 'does' : 'do'} not hold`}
    </span>
  )
}

function isWrong({ outcome }: CheckResult): boolean {
  return outcome !== 'passed'
}
