/** Something failed: what happened, to which thing, what to do, and the code to quote. */
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { WireError } from '../../shared/model'
import { adviceFor } from './advice'
import { withFieldNames } from './option-words'
import classes from './state.module.css'

export function ErrorState({
  failure,
  title,
  action,
  compact = false,
}: {
  readonly failure: WireError
  /** What was being attempted, e.g. "The directory cannot be listed". */
  readonly title?: string
  readonly action?: ReactNode
  /** One block at the top of a pane instead of its whole middle. */
  readonly compact?: boolean
}) {
  const advice = adviceFor(failure.code)
  return (
    <div className={compact ? classes.notice : classes.state} role="alert">
      <span className={classes.alarm} aria-hidden>
        <IconAlertTriangle size={compact ? 16 : 24} stroke={1.6} />
      </span>
      <div className={classes.words}>
        {title !== undefined && <p className={classes.title}>{title}</p>}
        <Message text={sentence(withFieldNames(failure.message))} />
        {advice !== null && <p className={classes.advice}>{advice}</p>}
        <code className={classes.code}>{failure.code}</code>
        {action !== undefined && <div className={classes.action}>{action}</div>}
      </div>
    </div>
  )
}

/** A parser may have a page to say: the first of it stands there, the rest on demand. */
const LONG = 260

function Message({ text }: { readonly text: string }) {
  if (text.length <= LONG) return <p className={classes.sentence}>{text}</p>
  const stop = text.lastIndexOf('. ', LONG)
  const cut = stop > 60 ? stop + 1 : text.lastIndexOf(' ', LONG)
  return (
    <>
      <p className={classes.sentence}>{text.slice(0, cut)}</p>
      <details className={classes.more}>
        <summary>All of it</summary>
        <p className={classes.sentence}>{text.slice(cut)}</p>
      </details>
    </>
  )
}

/** Engine messages start in lower case, to follow a colon; alone they are a sentence. */
export function sentence(message: string): string {
  const text = message.trim()
  if (text === '') return 'Something went wrong.'
  const first = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(first) ? first : `${first}.`
}
