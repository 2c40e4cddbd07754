/** Saves a text as a pending change of its file: in place of the content it was made from, and of no other. */
import { useQueryClient } from '@tanstack/react-query'
import { importUrl } from '../../../../shared/bytes'
import { baseName } from '../../../../shared/path'
import { failureOf, followSteps, sha256Of, useConnection, usePond } from '../../../session'
import { displayName, notifyDone } from '../../../ui'
import { tellFailure } from '../actions'
import { bodyOf } from '../import/plan'
import { contentKey } from './content'

export type SaveOutcome =
  | 'saved'
  /** It has been told why. */
  | 'failed'
  /** Something else is there by now, with this hash (null: nothing). */
  | { readonly found: string | null }
  /** A new file was to be made where one is already. */
  | 'taken'

/** @param base hash of the content that it replaces; null makes a new file */
export type SaveText = (path: string, text: string, base: string | null) => Promise<SaveOutcome>

/** @param quiet the caller tells of what was saved */
export function useSaveText({ quiet = false } = {}): SaveText {
  const { api, upload } = useConnection()
  const { pondId } = usePond()
  const client = useQueryClient()
  return async (path, text, base) => {
    const what = `"${displayName(baseName(path))}"`
    const bytes = new TextEncoder().encode(text)
    try {
      const sha256 = await sha256Of(bytes)
      const { importId } = await api.files.beginImport()
      try {
        await upload(importUrl(pondId, importId), bodyOf([{ path, file: new File([bytes], baseName(path)), sha256 }]))
        const onExisting = base === null ? 'refuse' : 'replace'
        const expected = [{ path, sha256: base }]
        await followSteps(await api.files.finishImport({ importId, onExisting, expected }), () => {})
      } catch (error) {
        await api.files.cancelImport({ importId }).catch(() => {})
        throw error
      }
      // What has this hash is known here: it need not travel back.
      client.setQueryData(contentKey(pondId, sha256, 0, bytes.length), bytes)
      if (!quiet) notifyDone(`Saved ${what}, pending until you commit`)
      return 'saved'
    } catch (error) {
      const { code, detail } = failureOf(error)
      if (code === 'api.changed') {
        const found = typeof detail['found'] === 'string' ? detail['found'] : null
        return base === null ? 'taken' : { found }
      }
      tellFailure(`${what} was not saved`, error)
      return 'failed'
    }
  }
}
