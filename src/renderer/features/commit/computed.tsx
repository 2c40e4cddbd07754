/** What recipes make of what is about to be committed: what becomes another, and what of it does not hold. */
import { followSteps, failureOf, useRead, useSession } from '../../session'
import { ChangeBadge, CheckList, CheckSummary, displayName, ErrorState, formatCount } from '../../ui'
import classes from './commit.module.css'

const SHOWN = 50

export function Computed({ onShow }: { onShow(): void }) {
  const changes = useRead(
    ['commit-computed'],
    (api, to, signal) => api.recipes.changes({ from: 'head', to }, { signal }),
    { at: 'pending' },
  )
  const checks = useRead(
    ['commit-checks'],
    async (api, at, signal) => followSteps(await api.recipes.check({ at }, { signal }), () => {}),
    { at: 'pending' },
  )
  const computed = changes.data ?? []
  const results = checks.data ?? []
  const error = checks.error ?? changes.error
  if (error !== null)
    return <ErrorState compact title="What is computed cannot be looked at" failure={failureOf(error)} />
  if (computed.length === 0 && results.length === 0) return null
  return (
    <section className={classes.summary} aria-label="What is computed">
      <div className={classes.summaryHead} role="status">
        {computed.length > 0 && (
          <strong>
            {formatCount(computed.length, 'computed file gets other content', 'computed files get other content')}
          </strong>
        )}
        <span className={classes.delta}>
          {checks.isFetching ? 'Checking…' : results.length > 0 && <CheckSummary results={results} />}
        </span>
      </div>
      {results.some(({ outcome }) => outcome !== 'passed') && (
        <CheckList
          results={results}
          onOpen={({ recipe, line, column }) => {
            const { setAt, openAt } = useSession.getState()
            setAt('pending')
            openAt({ path: recipe, line: line ?? 1, column: column ?? 1 })
            onShow()
          }}
        />
      )}
      {computed.length > 0 && (
        <ul className={classes.list} tabIndex={0} aria-label="Computed files">
          {computed.slice(0, SHOWN).map(({ path, change, inputs, isRecipeChanged }) => (
            <li key={path} className={classes.item}>
              <ChangeBadge change={change} oldPath={null} />
              <span className="pond-ellipsis" title={displayName(path)}>
                {displayName(path)}
              </span>
              <span className={classes.itemSize}>
                {isRecipeChanged ? 'its recipe' : inputs.slice(0, 2).map(displayName).join(', ')}
                {inputs.length > 2 && ` and ${inputs.length - 2} more`}
              </span>
            </li>
          ))}
          {computed.length > SHOWN && <li className={classes.item}>and {computed.length - SHOWN} more</li>}
        </ul>
      )}
    </section>
  )
}
