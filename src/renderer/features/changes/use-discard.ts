/** Throws pending changes away, so that they can be brought back. */
import { failureOf, runCommand, useApi } from '../../session'
import { displayName, formatCount, notifyDone, notifyFailure } from '../../ui'

/** `paths` empty: everything that is pending. */
export function useDiscard(): (paths: readonly string[]) => Promise<void> {
  const api = useApi()
  return async (paths) => {
    const [only] = paths
    const what =
      paths.length === 1 && only !== undefined
        ? `the change of ${displayName(only)}`
        : paths.length === 0
          ? 'all pending changes'
          : formatCount(paths.length, 'change')
    try {
      await api.changes.discard({ paths: [...paths] })
      notifyDone(`Discarded ${what}`, { label: 'Undo', run: () => runCommand('changes.undo') })
    } catch (error) {
      notifyFailure(`${what.charAt(0).toUpperCase()}${what.slice(1)} could not be discarded`, failureOf(error))
    }
  }
}
