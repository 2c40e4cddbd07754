/** Saves a text as a pending change of its file. */
import { importUrl } from '../../../../shared/bytes'
import { baseName } from '../../../../shared/path'
import { followSteps, useConnection, usePond } from '../../../session'
import { displayName, notifyDone } from '../../../ui'
import { tellFailure } from '../actions'
import { bodyOf } from '../import/plan'

/** Resolves to false when it failed, which has been told then. */
export function useSaveText(): (path: string, text: string) => Promise<boolean> {
  const { api, upload } = useConnection()
  const { pondId } = usePond()
  return async (path, text) => {
    const what = `"${displayName(baseName(path))}"`
    try {
      const { importId } = await api.files.beginImport()
      try {
        await upload(importUrl(pondId, importId), bodyOf([{ path, file: new File([text], baseName(path)) }]))
        await followSteps(await api.files.finishImport({ importId, onExisting: 'replace' }), () => {})
      } catch (error) {
        await api.files.cancelImport({ importId }).catch(() => {})
        throw error
      }
      notifyDone(`Saved ${what}, pending until you commit`)
      return true
    } catch (error) {
      tellFailure(`${what} was not saved`, error)
      return false
    }
  }
}
