/** Nothing here yet: one sentence and at most one action. */
import type { ReactNode } from 'react'
import classes from './state.module.css'

export function EmptyState({
  icon,
  children,
  action,
}: {
  readonly icon?: ReactNode
  /** One sentence. */
  readonly children: ReactNode
  readonly action?: ReactNode
}) {
  return (
    <div className={classes.state}>
      {icon !== undefined && (
        <span className={classes.icon} aria-hidden>
          {icon}
        </span>
      )}
      <p className={classes.sentence}>{children}</p>
      {action}
    </div>
  )
}
