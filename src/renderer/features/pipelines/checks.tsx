/** Asking what recipes say that has to hold, of the moment that is shown. */
import { Button } from '@mantine/core'
import { IconChecklist, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { CheckResult, WireError } from '../../../shared/model'
import { failureOf, followSteps, isInterrupted, runTask, useApi, useAt, useSession } from '../../session'
import { CheckList, CheckSummary, ErrorState, IconButton } from '../../ui'
import classes from './pipelines.module.css'

type State =
  | { readonly step: 'idle' | 'running' }
  | { readonly step: 'failed'; readonly failure: WireError }
  | { readonly step: 'done'; readonly at: string; readonly results: readonly CheckResult[] }

export interface ChecksWork {
  readonly state: State
  run(): Promise<void>
  close(): void
}

export function useChecks(): ChecksWork {
  const api = useApi()
  const at = String(useAt())
  const [state, setState] = useState<State>({ step: 'idle' })
  const run = async (): Promise<void> => {
    setState({ step: 'running' })
    try {
      const results = await runTask('Checking recipes', async (task) =>
        followSteps(await api.recipes.check({ at }, { signal: task.signal }), task.progress),
      )
      setState({ step: 'done', at, results })
    } catch (error) {
      setState(isInterrupted(error) ? { step: 'idle' } : { step: 'failed', failure: failureOf(error) })
    }
  }
  // What was found at another moment says nothing of this one.
  const shown = state.step === 'done' && state.at !== at ? { step: 'idle' as const } : state
  return { state: shown, run, close: () => setState({ step: 'idle' }) }
}

export function CheckButton({ checks: { state, run } }: { readonly checks: ChecksWork }) {
  return (
    <Button
      variant="default"
      leftSection={<IconChecklist size={15} stroke={1.6} />}
      loading={state.step === 'running'}
      onClick={() => void run()}
    >
      Check all
    </Button>
  )
}

export function Checks({ checks: { state, close } }: { readonly checks: ChecksWork }) {
  if (state.step === 'failed')
    return <ErrorState compact title="The recipes cannot be checked" failure={state.failure} />
  if (state.step !== 'done') return null
  const { results } = state
  const isWrong = results.some(({ outcome }) => outcome !== 'passed')
  return (
    <section className={classes.checks} aria-label="Checks">
      <div className={classes.checksHead} role="status">
        {results.length === 0 ? (
          <span className="pond-dim">No recipe says what has to hold: that stands in its field checks</span>
        ) : (
          <CheckSummary results={results} />
        )}
        <IconButton label="Close the checks" icon={<IconX size={15} stroke={1.6} />} onClick={close} />
      </div>
      {isWrong && (
        <CheckList
          results={results}
          onOpen={({ recipe, line, column }) =>
            useSession.getState().openAt({ path: recipe, line: line ?? 1, column: column ?? 1 })
          }
        />
      )}
    </section>
  )
}
