/** What a verification found: the figures, and every damaged file by name. */
import { IconCircleCheck, IconAlertTriangle } from '@tabler/icons-react'
import type { VerifyReport } from '../../shared/model'
import { displayName, formatBytes, formatCount } from '../ui'
import classes from './verify-result.module.css'

export function VerifyResult({ report }: { readonly report: VerifyReport }) {
  const { checked, problems } = report
  return (
    <div>
      <p className={classes.verdict} data-ok={report.ok || undefined}>
        {report.ok ? (
          <IconCircleCheck size={20} stroke={1.6} aria-hidden />
        ) : (
          <IconAlertTriangle size={20} stroke={1.6} aria-hidden />
        )}
        {report.ok ? 'Everything is as it was written.' : `${formatCount(problems.length, 'problem')} found.`}
      </p>
      <p className={classes.figures}>
        Checked {formatCount(checked.dataFiles, 'data file')}, {formatCount(checked.rows, 'row')},{' '}
        {formatCount(checked.blobs, 'large file')}, {formatBytes(checked.bytes)}.
      </p>
      {problems.length > 0 && (
        <ul className={classes.problems}>
          {problems.map((problem, i) => (
            <li key={i}>
              <b>{displayName(problem.file)}</b> {problem.message} <code>{problem.kind}</code>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
