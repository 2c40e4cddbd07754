/** Asks before deleting what would be work to bring back, and says what can be brought back. */
import { isWithin } from '../../../../shared/path'
import { useUnsaved } from '../../../session'
import { formatCount, displayName } from '../../../ui'
import { useFileActions } from '../actions'
import type { TreeEntry } from '../navigator/tree-model'
import { DialogForm } from './dialog-form'
import classes from './dialogs.module.css'

export function DeleteForm({ entries }: { readonly entries: readonly TreeEntry[] }) {
  const actions = useFileActions()
  const [only] = entries
  const folders = entries.some((e) => e.fileType === 'directory')
  const uncommitted = entries.some((e) => e.change === 'added' || e.change === 'modified' || e.pendingBelow > 0)
  const unsaved = useUnsaved().filter((path) => entries.some((e) => isWithin(path, e.path))).length
  const what =
    entries.length === 1 && only !== undefined
      ? `"${displayName(only.name)}"`
      : formatCount(entries.length, 'entry', 'entries')
  return (
    <DialogForm submit="Delete" danger onSubmit={() => actions.removeNow(entries)}>
      <p className={classes.lead}>
        Delete {what}
        {folders ? ' and everything inside' : ''}?
      </p>
      <p className={classes.note}>
        {uncommitted
          ? 'Undo brings back what was never committed, until the next commit. What was committed stays in earlier versions.'
          : 'The deletion is pending until you commit: discard it to bring everything back. Earlier versions keep it in any case.'}
      </p>
      {unsaved > 0 && (
        <p className={classes.note}>
          {formatCount(unsaved, 'file')} with unsaved edits: these go too, and come back with Undo.
        </p>
      )}
    </DialogForm>
  )
}
