/** One commit from the press of a button to its outcome. */
import { useRef, useState } from 'react'
import type { CommitOutcome, Progress, WireError } from '../../../shared/model'
import { failureOf, followSteps, isInterrupted, runTask, useApi } from '../../session'
import { formatCount, notifyDone } from '../../ui'

export type CommitState =
  | { readonly step: 'asking' }
  | { readonly step: 'running'; readonly progress: Progress | null }
  | { readonly step: 'conflict'; readonly outcome: Extract<CommitOutcome, { readonly outcome: 'conflict' }> }
  | { readonly step: 'failed'; readonly failure: WireError }

export interface CommitWork {
  readonly state: CommitState
  /** Resolves with what came of it; null when it failed, was cancelled or met a conflict, which `state` tells. */
  commit(message: string, author: string | null): Promise<CommitOutcome | null>
  cancel(): void
  /** Throws away what does not fit, so that the rest can be committed. */
  discardConflicts(): Promise<void>
  reset(): void
}

export function useCommit(): CommitWork {
  const api = useApi()
  const [state, setState] = useState<CommitState>({ step: 'asking' })
  const abort = useRef<AbortController | null>(null)

  const commit: CommitWork['commit'] = async (message, author) => {
    const controller = new AbortController()
    abort.current = controller
    setState({ step: 'running', progress: null })
    try {
      const outcome = await runTask('Committing', async (task) => {
        const signal = AbortSignal.any([task.signal, controller.signal])
        return followSteps(await api.changes.commit({ message, author }, { signal }), (progress) => {
          task.progress(progress)
          setState({ step: 'running', progress })
        })
      })
      if (outcome.outcome === 'conflict') {
        setState({ step: 'conflict', outcome })
        return null
      }
      setState({ step: 'asking' })
      return outcome
    } catch (error) {
      setState(isInterrupted(error) ? { step: 'asking' } : { step: 'failed', failure: failureOf(error) })
      return null
    }
  }
  const discardConflicts = async (): Promise<void> => {
    if (state.step !== 'conflict') return
    const paths = [...new Set(state.outcome.conflicts.map((conflict) => conflict.path))]
    try {
      const { discarded } = await api.changes.discard({ paths })
      setState({ step: 'asking' })
      notifyDone(`Discarded ${formatCount(discarded, 'operation')}`)
    } catch (error) {
      setState({ step: 'failed', failure: failureOf(error) })
    }
  }
  return {
    state,
    commit,
    discardConflicts,
    cancel: () => abort.current?.abort(),
    reset: () => setState({ step: 'asking' }),
  }
}
