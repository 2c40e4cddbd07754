/** Chooses a folder of this machine to copy entries to, where the host has no chooser of its own. */
import { Checkbox } from '@mantine/core'
import { useState } from 'react'
import type { HostFolder } from '../../../../shared/contract'
import { displayName } from '../../../ui'
import { useFileActions } from '../actions'
import { FolderBrowser } from '../folder-browser'
import { DialogForm } from './dialog-form'
import classes from './dialogs.module.css'

export function ExportForm({ paths }: { readonly paths: readonly string[] }) {
  const actions = useFileActions()
  const [path, setPath] = useState<string | null>(null)
  const [folder, setFolder] = useState<HostFolder | null>(null)
  const [replace, setReplace] = useState(false)
  return (
    <DialogForm
      submit="Export here"
      disabled={folder === null || !folder.writable}
      onSubmit={async () => {
        // The work goes on in the status bar; the dialog need not wait for it.
        if (folder !== null) void actions.exportTo(paths, folder.path, replace)
      }}
    >
      <p className={classes.note}>
        {paths.length === 1
          ? `Copies ${displayName(paths[0] ?? '')} out of the pond.`
          : `Copies ${paths.length} entries out of the pond.`}
      </p>
      <FolderBrowser path={path} onPath={setPath} onListed={setFolder} />
      <Checkbox
        label="Replace files that are already there"
        checked={replace}
        onChange={(event) => setReplace(event.currentTarget.checked)}
      />
    </DialogForm>
  )
}
