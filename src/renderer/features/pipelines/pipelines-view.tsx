/** The recipes of the pond: what each reads, and how far what it makes is made, as a graph or as a table. */
import { Button, Loader, SegmentedControl } from '@mantine/core'
import { IconFileCode } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { RecipeState } from '../../../shared/model'
import { failureOf, useRead, useReadOnlyReason, useSession } from '../../session'
import { ErrorState, formatCount, Pane, PaneBody, PaneTitle, Spacer, Toolbar } from '../../ui'
import { CheckButton, Checks, useChecks } from './checks'
import { EXAMPLE } from './example'
import { GraphView } from './graph-view'
import classes from './pipelines.module.css'
import { RecipeTable } from './recipe-table'
import { STATE_WORDS } from './state-badge'

/** A graph of more is a carpet. */
const MOST_IN_GRAPH = 150

export function PipelinesView() {
  const { data, error, isFetching, refetch } = useRead(['recipes'], (api, at, signal) =>
    api.recipes.list({ at }, { signal }),
  )
  const front = useSession((s) => s.tab === 'pipelines')
  // What has been read meanwhile is made by now, which is no news of the pond.
  useEffect(() => {
    if (front) void refetch()
  }, [front, refetch])
  const [wanted, setWanted] = useState<'graph' | 'table' | null>(null)
  const checks = useChecks()
  if (error !== null) return <ErrorState title="The recipes cannot be listed" failure={failureOf(error)} />
  if (data === undefined) {
    return (
      <div className={classes.waiting}>
        <Loader size="xs" aria-label="Looking for recipes" />
      </div>
    )
  }
  const shown = wanted ?? (data.length > MOST_IN_GRAPH ? 'table' : 'graph')
  return (
    <Pane aria-busy={isFetching}>
      <Toolbar label="Pipelines">
        <PaneTitle>Pipelines</PaneTitle>
        <span className="pond-dim pond-numbers" role="status">
          {wordsOf(data)}
        </span>
        <Spacer />
        {data.length > 0 && (
          <SegmentedControl
            size="xs"
            aria-label="Show as"
            value={shown}
            onChange={(value) => setWanted(value as 'graph' | 'table')}
            data={[
              { value: 'graph', label: 'Graph' },
              { value: 'table', label: 'Table' },
            ]}
          />
        )}
        {data.length > 0 && <CheckButton checks={checks} />}
        <MakeExample />
      </Toolbar>
      <Checks checks={checks} />
      <PaneBody fill>
        {data.length === 0 ? (
          <Lesson />
        ) : shown === 'graph' ? (
          <GraphView recipes={data} />
        ) : (
          <RecipeTable recipes={data} />
        )}
      </PaneBody>
    </Pane>
  )
}

function wordsOf(recipes: readonly RecipeState[]): string {
  if (recipes.length === 0) return ''
  const counts = (['failing', 'made', 'inlined', 'not-made'] as const).flatMap((state) => {
    const count = recipes.filter((recipe) => recipe.state === state).length
    return count === 0 ? [] : [`${count} ${STATE_WORDS[state].word.toLowerCase()}`]
  })
  return `${formatCount(recipes.length, 'recipe')}: ${counts.join(', ')}`
}

function MakeExample({ primary = false }: { readonly primary?: boolean }) {
  const readOnly = useReadOnlyReason()
  return (
    <Button
      variant={primary ? 'filled' : 'default'}
      leftSection={<IconFileCode size={15} stroke={1.6} />}
      disabled={readOnly !== null}
      title={readOnly ?? undefined}
      onClick={() => useSession.getState().makeRecipe(EXAMPLE)}
    >
      {primary ? 'Make one from an example' : 'New recipe'}
    </Button>
  )
}

/** What a recipe is, for whoever has none. */
function Lesson() {
  return (
    <div className={classes.lesson}>
      <h3>A recipe is a file that says what its neighbour is computed of</h3>
      <p>
        The file <code>warm.recipe.yaml</code> makes the entry <code>warm</code> beside it: a table, a series, a text or
        a folder. It is read, queried, exported and looked at in the past like any other entry, and is never out of
        date.
      </p>
      <pre>{`recipe: sql
description: Days above ten degrees
inputs: { r: /readings.csv }
query: SELECT * FROM r WHERE t > 10 ORDER BY day`}</pre>
      <p>
        Write one in any folder, or run a query in the SQL console and choose <em>Make this a recipe</em>.
      </p>
      <MakeExample primary />
    </div>
  )
}
