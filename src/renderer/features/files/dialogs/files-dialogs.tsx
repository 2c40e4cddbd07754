/** The dialog of the files feature that is open, if any. */
import { Modal } from '@mantine/core'
import { useEffect } from 'react'
import { useSession } from '../../../session'
import { showDialog, useFilesState, type FilesDialog } from '../state'
import { ConflictsForm } from './conflicts-form'
import { DeleteForm } from './delete-form'
import { ExportForm } from './export-form'
import { MoveForm } from './move-form'
import { LinkForm, NewFolderForm } from './name-form'
import { ReadingForm } from '../reading/reading-form'
import { RecipeForm } from './recipe-form'
import { TextChangedForm } from './text-changed-form'

const TITLES: Readonly<Record<FilesDialog['kind'], string>> = {
  'new-folder': 'New folder',
  link: 'New link',
  move: 'Move to',
  delete: 'Delete',
  export: 'Export to a folder',
  conflicts: 'Some files are already there',
  'text-changed': 'Somebody else has changed this text',
  reading: 'How this file is read',
  recipe: 'Make this a recipe',
}

const WIDTHS: Partial<Readonly<Record<FilesDialog['kind'], number>>> = {
  export: 620,
  recipe: 620,
  conflicts: 620,
  'text-changed': 960,
  reading: 1120,
}

export function FilesDialogs() {
  const dialog = useFilesState((s) => s.dialog)
  const request = useSession((s) => s.recipeRequest)
  useEffect(() => {
    if (request === null) return
    useSession.getState().makeRecipe(null)
    showDialog({ kind: 'recipe', request })
  }, [request])
  const close = (): void => {
    if (dialog?.kind === 'conflicts') dialog.answer(null)
    else showDialog(null)
  }
  return (
    <Modal
      opened={dialog !== null}
      onClose={close}
      title={dialog === null ? '' : TITLES[dialog.kind]}
      size={(dialog === null ? undefined : WIDTHS[dialog.kind]) ?? 460}
    >
      {dialog !== null && <Form dialog={dialog} />}
    </Modal>
  )
}

function Form({ dialog }: { readonly dialog: FilesDialog }) {
  switch (dialog.kind) {
    case 'new-folder':
      return <NewFolderForm parent={dialog.parent} />
    case 'link':
      return <LinkForm parent={dialog.parent} target={dialog.target} />
    case 'move':
      return <MoveForm paths={dialog.paths} />
    case 'delete':
      return <DeleteForm entries={dialog.entries} />
    case 'export':
      return <ExportForm paths={dialog.paths} />
    case 'text-changed':
      return <TextChangedForm path={dialog.path} text={dialog.text} found={dialog.found} />
    case 'reading':
      return <ReadingForm path={dialog.path} />
    case 'recipe':
      return <RecipeForm request={dialog.request} />
    case 'conflicts':
      return <ConflictsForm plan={dialog.plan} answer={dialog.answer} />
  }
}
