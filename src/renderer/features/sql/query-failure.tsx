/** A statement that went wrong: what, where, and what DuckDB thinks was meant, one press from being fixed. */
import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { QueryError } from '../../../shared/model'
import { adviceFor, sentence } from '../../ui'
import { asName } from './place'
import classes from './sql.module.css'

export function QueryFailure({
  error,
  onGoTo,
  onFix,
}: {
  readonly error: QueryError
  /** Null when the text it was in is gone. */
  readonly onGoTo: (() => void) | null
  readonly onFix: ((replacement: string) => void) | null
}) {
  const advice = adviceFor(error.code)
  const hints = Array.isArray(error.detail['hints']) ? (error.detail['hints'] as readonly unknown[]).map(String) : []
  return (
    <div className={classes.failure} role="alert">
      <span className={classes.failureIcon} aria-hidden>
        <IconAlertTriangle size={18} stroke={1.6} />
      </span>
      <div className={classes.failureBody}>
        <p className={classes.failureTitle}>
          {error.line === null ? 'The query failed' : `Line ${error.line}, column ${error.column ?? 1}`}
          {error.line !== null && onGoTo !== null && (
            <Button variant="subtle" onClick={onGoTo}>
              Go to
            </Button>
          )}
        </p>
        <pre className={classes.failureText}>{sentence(error.message)}</pre>
        {advice !== null && <p className={classes.failureAdvice}>{advice}</p>}
        {hints.length > 0 && (
          <ul className={classes.failureHints}>
            {hints.map((hint) => (
              <li key={hint}>{hint}</li>
            ))}
          </ul>
        )}
        {error.candidates.length > 0 && onFix !== null && (
          <p className={classes.fixes}>
            Did you mean{' '}
            {error.candidates.slice(0, 6).map((candidate) => (
              <Button key={candidate} variant="default" onClick={() => onFix(asName(candidate))}>
                {candidate}
              </Button>
            ))}
          </p>
        )}
        <code className="pond-dim">{error.code}</code>
      </div>
    </div>
  )
}
