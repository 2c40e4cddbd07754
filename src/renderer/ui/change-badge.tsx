/** How an entry changed: a glyph in its colour, with the word for whoever cannot see either. */
import type { ChangeKind } from '../../shared/model'
import classes from './change-badge.module.css'

const CHANGE_GLYPHS: Readonly<Record<ChangeKind, string>> = {
  added: '+',
  modified: '~',
  deleted: '-',
  renamed: '>',
}

/** `-` is drawn as a true minus, as wide as `+`. */
const DRAWN: Readonly<Record<ChangeKind, string>> = { ...CHANGE_GLYPHS, deleted: '−' }

export function ChangeBadge({ change, oldPath }: { readonly change: ChangeKind; readonly oldPath?: string | null }) {
  const label = change === 'renamed' && oldPath ? `renamed from ${oldPath}` : change
  return (
    <span className={classes.badge} data-change={change} role="img" aria-label={label} title={label}>
      {DRAWN[change]}
    </span>
  )
}

/** Several counts in a row: `+3 ~1`. Kinds without any are left out. */
export function ChangeCountsBadge({ counts }: { readonly counts: Readonly<Record<ChangeKind, number>> }) {
  const shown = (Object.keys(DRAWN) as ChangeKind[]).filter((kind) => counts[kind] > 0)
  if (shown.length === 0) return null
  return (
    <span className={classes.counts} role="img" aria-label={shown.map((kind) => `${counts[kind]} ${kind}`).join(', ')}>
      {shown.map((kind) => (
        <span key={kind} className={classes.count} data-change={kind}>
          {DRAWN[kind]}
          {counts[kind].toLocaleString('en-US')}
        </span>
      ))}
    </span>
  )
}
