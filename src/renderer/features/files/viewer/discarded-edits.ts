/** Edits that were discarded can be brought back for as long as the news of it is shown. */
import { baseName } from '../../../../shared/path'
import { draftOf, keepDraft, type Draft } from '../../../session'
import { displayName, notifyDone } from '../../../ui'

export function tellDiscardedEdits(pondId: string, path: string, draft: Draft): void {
  const name = `"${displayName(baseName(path))}"`
  notifyDone(`The edits of ${name} were discarded`, {
    label: 'Undo',
    run: () => {
      if (draftOf(pondId, path) === undefined) keepDraft(pondId, path, draft)
      else notifyDone(`${name} has newer edits, which stay`)
    },
  })
}
