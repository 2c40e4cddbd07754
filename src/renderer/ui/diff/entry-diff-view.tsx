/**
 * One entry at two moments, drawn by what it is: lines for text, columns and rows for tables, facts for
 * everything else. Both sides are always named. How content is read is the caller's.
 */
import { Loader } from '@mantine/core'
import { lazy, Suspense, useEffect, useState, type ComponentType } from 'react'
import type { DiffSide, EntryDiff } from '../../../shared/contract'
import type { WireError } from '../../../shared/model'
import { ErrorState } from '../error-state'
import { formatBytes, formatNumber } from '../format'
import { wireOf } from '../grid/wire-of'
import { Tabs, useTabs, type TabItem } from '../tabs'
import { ColumnDiff } from './column-diff'
import { compareColumns, countColumnChanges } from './compare-columns'
import classes from './diff.module.css'
import { Facts, type DiffNames } from './facts'

const TextDiff = lazy(() => import('./text-diff'))

/** Beyond this, comparing in a page would take longer than anybody looks. */
const MOST_TEXT_BYTES = 4_000_000
const LINES = /\.(csv|tsv|json|jsonl|ndjson)$/i

export interface EntryDiffViewProps {
  /** Null while it is on its way. */
  readonly diff: EntryDiff | null
  readonly failure: WireError | null
  readonly names: DiffNames
  loadText(side: DiffSide, signal: AbortSignal): Promise<string>
  /** Draws the rows of one side. */
  readonly Rows: ComponentType<{ readonly side: DiffSide }>
}

type View = 'lines' | 'columns' | 'before' | 'after' | 'facts'

export function EntryDiffView({ diff, failure, ...rest }: EntryDiffViewProps) {
  if (failure !== null) return <ErrorState title="The two sides cannot be compared" failure={failure} />
  if (diff === null) return <Waiting />
  return <Drawn diff={diff} {...rest} />
}

type DrawnProps = Omit<EntryDiffViewProps, 'diff' | 'failure'> & { readonly diff: EntryDiff }

function Drawn(props: DrawnProps) {
  const { diff, names } = props
  const views = viewsOf(props)
  const [chosen, setChosen] = useState<View | null>(null)
  const tabs = useTabs()
  const [first] = views
  const summary = summaryOf(diff)
  const view = views.find((one) => one.key === chosen)?.key ?? first?.key ?? 'facts'
  return (
    <div className={classes.diff}>
      <div className={classes.head} data-empty={(views.length < 2 && summary === '') || undefined}>
        {views.length > 1 && (
          <Tabs id={tabs.id} label="Ways to compare" items={views} value={view} onChange={setChosen} />
        )}
        <span className={classes.summary}>{summary}</span>
      </div>
      <div className={classes.body} {...(views.length > 1 ? tabs.panelProps(view) : {})}>
        <Body key={view} {...props} view={view} names={names} />
      </div>
    </div>
  )
}

function Body({ diff, names, loadText, Rows, view }: DrawnProps & { readonly view: View }) {
  const { before, after } = diff
  switch (view) {
    case 'lines':
      return <Lines diff={diff} names={names} loadText={loadText} />
    case 'columns':
      return <ColumnDiff before={before?.columns ?? []} after={after?.columns ?? []} names={names} />
    case 'before':
      return before === null ? null : <Rows side={before} />
    case 'after':
      return after === null ? null : <Rows side={after} />
    case 'facts':
      return diff.kind === 'directory' ? (
        <DirectoryFacts diff={diff} names={names} />
      ) : (
        <Facts before={before} after={after} names={names} />
      )
  }
}

function DirectoryFacts({ diff, names }: { readonly diff: EntryDiff; readonly names: DiffNames }) {
  const side =
    diff.before === null
      ? `exists only in ${names.after}`
      : diff.after === null
        ? `exists only in ${names.before}`
        : 'exists on both sides'
  return <p className={classes.same}>This directory {side}. What is in it is listed as changes of its own.</p>
}

function viewsOf({ diff, names }: DrawnProps): readonly TabItem<View>[] {
  const { before, after } = diff
  const small = Math.max(before?.size ?? 0, after?.size ?? 0) <= MOST_TEXT_BYTES
  const facts: TabItem<View> = { key: 'facts', label: 'Facts' }
  // The same content under another name has nothing to compare but its facts.
  if (before !== null && after !== null && before.sha256 !== null && before.sha256 === after.sha256) return [facts]
  if (diff.kind === 'text') return small ? [{ key: 'lines', label: 'Lines' }, facts] : [facts]
  if (diff.kind !== 'table') return [facts]
  const lines = small && LINES.test((after ?? before)?.path ?? '')
  const text: readonly TabItem<View>[] = lines ? [{ key: 'lines', label: 'Lines' }] : []
  const columns: TabItem<View> = { key: 'columns', label: 'Columns' }
  const rows: readonly TabItem<View>[] = [
    ...(after === null ? [] : [{ key: 'after', label: `Rows in ${names.after}` } as const]),
    ...(before === null ? [] : [{ key: 'before', label: `Rows in ${names.before}` } as const]),
  ]
  // What is there on one side only is shown as what it is; what is on both, as what changed.
  return rows.length < 2 ? [...rows, columns, ...text, facts] : [...text, columns, ...rows, facts]
}

/** What matters in a few words, e.g. `1,461 → 1,471 rows, 1 column added`. */
function summaryOf({ before, after, kind }: EntryDiff): string {
  const parts: string[] = []
  if (before?.rows != null && after?.rows != null && before.rows !== after.rows) {
    parts.push(`${formatNumber(before.rows)} → ${formatNumber(after.rows)} rows`)
  }
  if (kind === 'table' && before?.columns != null && after?.columns != null) {
    const counts = countColumnChanges(compareColumns(before.columns, after.columns))
    const words = (['added', 'removed', 'changed'] as const)
      .filter((c) => counts[c] > 0)
      .map((c) => `${counts[c]} ${c}`)
    parts.push(words.length === 0 ? 'same columns' : `columns: ${words.join(', ')}`)
  }
  const side = after ?? before
  if (before?.size != null && after?.size != null) {
    parts.push(
      before.size === after.size ? formatBytes(after.size) : `${formatBytes(before.size)} → ${formatBytes(after.size)}`,
    )
  } else if (side?.size != null) parts.push(formatBytes(side.size))
  return parts.join(' · ')
}

type Loaded = { readonly before: string | null; readonly after: string | null } | { readonly failure: WireError } | null

function Lines({ diff, names, loadText }: Pick<DrawnProps, 'diff' | 'names' | 'loadText'>) {
  const { before, after } = diff
  const [loaded, setLoaded] = useState<Loaded>(null)
  useEffect(() => {
    const abort = new AbortController()
    const load = (side: DiffSide | null) => (side === null ? null : loadText(side, abort.signal))
    Promise.all([load(before), load(after)]).then(
      ([left, right]) => !abort.signal.aborted && setLoaded({ before: left, after: right }),
      (error: unknown) => !abort.signal.aborted && setLoaded({ failure: wireOf(error) }),
    )
    return () => abort.abort()
  }, [before, after, loadText])
  if (loaded === null) return <Waiting />
  if ('failure' in loaded) return <ErrorState title="The text cannot be read" failure={loaded.failure} />
  return (
    <Suspense fallback={<Waiting />}>
      <TextDiff before={loaded.before} after={loaded.after} names={names} />
    </Suspense>
  )
}

const Waiting = () => (
  <div className={classes.waiting} role="status" aria-label="Loading">
    <Loader size="xs" aria-hidden />
  </div>
)
