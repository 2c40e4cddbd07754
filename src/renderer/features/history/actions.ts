/**
 * What can be done with versions: look at one, bring one back, copy its number. Restoring stages the
 * way back as pending changes; nothing that was committed is ever taken away.
 */
import { modals } from '@mantine/modals'
import { createElement } from 'react'
import { baseName } from '../../../shared/path'
import type { Version } from '../../../shared/model'
import { failureOf, isInterrupted, runCommand, useApi, usePendingCount, useSession, type Moment } from '../../session'
import { displayName, formatCount, notifyDone, notifyFailure } from '../../ui'

export interface HistoryActions {
  /** Shows the whole window at this moment. */
  look(at: Moment): void
  /** Opens an entry as it was at a moment. */
  open(path: string, at: Moment): void
  /** Stages the way back of the whole pond; asks first where something pending would go. */
  restorePond(version: Version): void
  /** Stages the way back of one entry. `to` as the API takes it. */
  restoreEntry(path: string, to: string): Promise<void>
  discardAll(): Promise<void>
  copyNumber(version: Version): void
}

export function useHistoryActions(): HistoryActions {
  const api = useApi()
  const pending = usePendingCount()
  const { setAt, setTab, select } = useSession.getState()

  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (isInterrupted(error)) return
      const failure = failureOf(error)
      if (failure.code === 'steward.locked' || failure.code === 'platform.locked')
        useSession.getState().setLockedBy(failure)
      notifyFailure(what, failure)
    }
  }

  const restore = (path: string | null, to: string): Promise<void> => {
    const what = path === null ? 'The pond' : `"${displayName(baseName(path))}"`
    return attempt(`${what} was not restored`, async () => {
      const { staged, target } = await api.changes.restore({ path, to })
      if (staged === 0) return notifyDone(`${what} is as it was at ${target} already`)
      setAt('pending')
      notifyDone(`${what} is back at ${target}, as ${formatCount(staged, 'pending change')}`, {
        label: 'Show changes',
        run: () => setTab('changes'),
      })
    })
  }

  return {
    look: setAt,
    open: (path, at) => {
      setAt(at)
      select(path)
      setTab('files')
    },
    restorePond: (version) => {
      if (pending === 0) return void restore(null, String(version))
      modals.openConfirmModal({
        title: `Restore version ${version}?`,
        children: createElement(
          'p',
          { style: { margin: 0 } },
          `What is pending (${formatCount(pending, 'change')}) will give way to what brings version ${version} back. Commit it first to keep it in the history.`,
        ),
        labels: { confirm: 'Restore', cancel: 'Cancel' },
        onConfirm: () => void restore(null, String(version)),
      })
    },
    restoreEntry: restore,
    discardAll: () =>
      attempt('The pending changes were not discarded', async () => {
        const { discarded } = await api.changes.discard({ paths: [] })
        notifyDone(`Discarded ${formatCount(discarded, 'pending change')}`, {
          label: 'Undo',
          run: () => runCommand('changes.undo'),
        })
      }),
    copyNumber: (version) =>
      void navigator.clipboard.writeText(String(version)).then(() => notifyDone(`Copied ${version}`)),
  }
}

/** Why nothing can be restored, as a sentence; null when it can. The moment does not matter: restoring goes back to now. */
export function useCannotRestore(): string | null {
  return useSession((s) => {
    if (s.wire !== 'connected') return 'DuckPond is not connected'
    return s.pond?.readOnly?.message ?? null
  })
}
