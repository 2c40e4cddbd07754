/**
 * What can be done with versions: look at one, bring one back, copy its number. Restoring stages the
 * way back as pending changes; nothing that was committed is ever taken away.
 */
import { baseName } from '../../../shared/path'
import type { Change, Version } from '../../../shared/model'
import { failureOf, isInterrupted, restoreTo, runCommand, useApi, useSession, type Moment } from '../../session'
import { askToDisplace, displayName, formatCount, notifyDone, notifyFailure } from '../../ui'

export interface HistoryActions {
  /** Shows the whole window at this moment. */
  look(at: Moment): void
  /** Opens an entry as it was at a moment. */
  open(path: string, at: Moment): void
  /** Stages the way back of the whole pond; asks first where something pending would go. */
  restorePond(version: Version): void
  /** Stages the way back of one entry; asks first where something pending would go. */
  restoreEntry(path: string, version: Version): Promise<void>
  discardAll(): Promise<void>
  copyNumber(version: Version): void
}

export function useHistoryActions(): HistoryActions {
  const api = useApi()
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

  const restore = (path: string | null, version: Version): Promise<void> => {
    const what = path === null ? 'The pond' : `"${displayName(baseName(path))}"`
    return attempt(`${what} was not restored`, async () => {
      const outcome = await restoreTo(api, { path, version, ask: (changes) => askAbout(path, version, changes) })
      if (outcome === null) return
      const { staged, target, displaced } = outcome
      if (staged === 0) return notifyDone(`${what} is as it was at ${target} already`)
      setAt('pending')
      notifyDone(
        `${what} is back at ${target}, as ${formatCount(staged, 'pending change')}`,
        displaced.length > 0
          ? { label: 'Undo', run: () => runCommand('changes.undo') }
          : { label: 'Show changes', run: () => setTab('changes') },
      )
    })
  }

  return {
    look: setAt,
    open: (path, at) => {
      setAt(at)
      select(path)
      setTab('files')
    },
    restorePond: (version) => void restore(null, version),
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

const askAbout = (
  path: string | null,
  version: Version,
  changes: readonly Change[],
): ReturnType<typeof askToDisplace> => {
  const what = path === null ? 'the pond' : displayName(baseName(path))
  return askToDisplace({
    title: path === null ? `Restore version ${version}?` : `Restore ${what} as of version ${version}?`,
    aim: `${what} is as it was in version ${version}`,
    message: `Before going back to version ${version}`,
    changes,
  })
}

/** Why nothing can be restored, as a sentence; null when it can. The moment does not matter: restoring goes back to now. */
export function useCannotRestore(): string | null {
  return useSession((s) => {
    if (s.wire !== 'connected') return 'DuckPond is not connected'
    return s.pond?.readOnly?.message ?? null
  })
}
