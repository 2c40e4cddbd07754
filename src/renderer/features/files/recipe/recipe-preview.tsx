/** Beside a recipe's text: what it would make, or what is wrong and where. It follows the text and the moment. */
import { Button, Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconAlertTriangle, IconArrowRight } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import type { RecipePreview, RecipeProblem } from '../../../../shared/model'
import { failureOf, isInterrupted, readKey, useApi, useAt, usePond, useSession, useTick } from '../../../session'
import {
  displayName,
  EmptyState,
  EntryIcon,
  ErrorState,
  formatCount,
  PaneTitle,
  sentence,
  Spacer,
  Toolbar,
} from '../../../ui'
import classes from './recipe-preview.module.css'

export interface RecipePreviewProps {
  /** Of the recipe. */
  readonly path: string
  readonly text: string
  onProblems(problems: readonly RecipeProblem[]): void
  onGoTo(problem: RecipeProblem): void
}

export function RecipePreviewPane({ path, text, onProblems, onGoTo }: RecipePreviewProps) {
  const api = useApi()
  const at = useAt()
  const tick = useTick()
  const { pondId } = usePond()
  const { data, error, isFetching } = useQuery<RecipePreview>({
    queryKey: readKey(pondId, at, tick, ['recipe-preview', path, text]),
    queryFn: ({ signal }) => api.recipes.preview({ path, text, at: String(at) }, { signal }),
    gcTime: 30_000,
  })
  // While the next is on its way the last one stands, dimmed.
  const last = useRef<RecipePreview | null>(null)
  if (data !== undefined) last.current = data
  const preview = data ?? last.current
  const made = preview?.made ?? null
  const problems = data?.problems
  const tell = useRef(onProblems)
  tell.current = onProblems
  useEffect(() => {
    if (problems !== undefined) tell.current(problems)
  }, [problems])
  const output = path.replace(/\.recipe\.yaml$/, '')
  const failed = error !== null && !isInterrupted(error)
  return (
    <section className={classes.pane} aria-label="Preview" aria-busy={isFetching}>
      <Toolbar>
        <PaneTitle>Preview</PaneTitle>
        <span className={classes.moment}>{at === 'pending' ? 'now' : `version ${at}`}</span>
        {isFetching && <Loader size={12} aria-label="Computing the preview" />}
        <Spacer />
        <span className="pond-dim pond-numbers" role="status">
          {made === null || failed ? '' : sizeOf(made)}
        </span>
        <Button
          variant="subtle"
          color="gray"
          rightSection={<IconArrowRight size={14} stroke={1.6} />}
          title={`Open ${displayName(output)} as it is saved`}
          onClick={() => useSession.getState().select(output)}
        >
          Open
        </Button>
      </Toolbar>
      {preview !== null && preview.problems.length > 0 && (
        <ul className={classes.problems} aria-label="Problems">
          {preview.problems.map((problem) => (
            <li key={`${problem.line} ${problem.column} ${problem.message}`}>
              <IconAlertTriangle size={14} stroke={1.6} aria-hidden />
              <span className={classes.message}>{sentence(problem.message)}</span>
              {problem.line !== null && (
                <button type="button" className={classes.place} onClick={() => onGoTo(problem)}>
                  Line {problem.line}, column {problem.column}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      <div className={classes.body} data-stale={(isFetching && data === undefined) || undefined}>
        {failed ? (
          <ErrorState compact title="The preview could not be made" failure={failureOf(error)} />
        ) : preview === null ? null : !preview.isRecipe ? (
          <EmptyState>A recipe begins with its factory: recipe: sql</EmptyState>
        ) : made === null ? null : (
          <Made made={made} />
        )}
      </div>
    </section>
  )
}

type MadeOf = NonNullable<RecipePreview['made']>

function sizeOf(made: MadeOf): string {
  const first = made.isWhole ? '' : 'first '
  if (made.kind === 'table')
    return `${first}${formatCount(made.preview.rows.length, 'row')}, ${formatCount(made.preview.columns.length, 'column')}`
  if (made.kind === 'text') return `${first}${formatCount(made.text.length, 'character')}`
  return `${first}${formatCount(made.entries.length, 'entry', 'entries')}`
}

function Made({ made }: { readonly made: MadeOf }) {
  if (made.kind === 'text')
    return (
      <pre className={classes.text} tabIndex={0} role="region" aria-label="Text">
        {made.text}
      </pre>
    )
  if (made.kind === 'directory') {
    if (made.entries.length === 0) return <EmptyState>It is a directory, and nothing is in it.</EmptyState>
    return (
      <ul className={classes.names} tabIndex={0} aria-label="Entries">
        {made.entries.map(({ path, fileType }) => {
          const names = path.split('/')
          return (
            <li key={path} style={{ paddingLeft: 12 + (names.length - 1) * 16 }}>
              <EntryIcon fileType={fileType} name={names.at(-1) ?? ''} open />
              {displayName(names.at(-1) ?? '')}
            </li>
          )
        })}
      </ul>
    )
  }
  const { columns, rows } = made.preview
  const isNumber = columns.map(({ type }) => /INT|DOUBLE|FLOAT|DECIMAL/.test(type))
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label="Rows">
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map(({ name, type }, i) => (
              <th key={i} scope="col" data-number={isNumber[i] || undefined}>
                {displayName(name)}
                <span className={classes.type}>{type.toLowerCase()}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((value, i) => (
                <td key={i} data-number={isNumber[i] || undefined} title={value ?? undefined}>
                  {value === null ? <span className={classes.none}>NULL</span> : displayName(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p className={classes.empty}>No rows.</p>}
    </div>
  )
}
