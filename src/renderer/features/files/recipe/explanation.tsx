/** How a computed entry is made: what it reads, by which SQL, and whether it is in the cache. */
import { failureOf, useRead, useSession } from '../../../session'
import { displayName, ErrorState, formatBytes } from '../../../ui'
import { revealInTree } from '../state'
import classes from './explanation.module.css'

export function Explanation({ path }: { readonly path: string }) {
  const { data, error } = useRead(['explain', path], (api, at, signal) => api.recipes.explain({ path, at }, { signal }))
  if (error !== null) return <ErrorState compact title="How it is made cannot be told" failure={failureOf(error)} />
  const explanation = data?.explanation ?? null
  if (explanation === null) return null
  const open = (input: string): void => {
    useSession.getState().select(input)
    revealInTree(input)
  }
  return (
    <section className={classes.section} aria-label="How it is made">
      <h2 className={classes.heading}>How it is made</h2>
      <dl className={classes.facts}>
        <dt>Reads</dt>
        <dd>
          {explanation.inputs.length === 0 && 'nothing'}
          {explanation.inputs.map((input) => (
            <button key={input} type="button" className={classes.input} onClick={() => open(input)}>
              {displayName(input)}
            </button>
          ))}
        </dd>
        <dt>In the cache</dt>
        <dd>{explanation.cachedBytes === null ? 'no' : formatBytes(explanation.cachedBytes)}</dd>
        <dt>Key</dt>
        <dd>
          <code>{explanation.key}</code>
        </dd>
      </dl>
      {explanation.sql !== null && (
        <pre className={classes.sql} tabIndex={0} role="region" aria-label="SQL">
          {explanation.sql}
        </pre>
      )}
    </section>
  )
}
