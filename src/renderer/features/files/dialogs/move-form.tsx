/** Chooses a directory of the pond to move entries to. */
import { TextInput } from '@mantine/core'
import { IconArrowUp, IconFolder } from '@tabler/icons-react'
import { useState } from 'react'
import { isWithin, parentPath, type PondPath } from '../../../../shared/path'
import { failureOf, useRead } from '../../../session'
import { displayName, ErrorState, formatCount } from '../../../ui'
import { useFileActions } from '../actions'
import { DialogForm } from './dialog-form'
import classes from './dialogs.module.css'

export function MoveForm({ paths }: { readonly paths: readonly string[] }) {
  const actions = useFileActions()
  const [directory, setDirectory] = useState<string>(() => parentPath((paths[0] ?? '/') as PondPath))
  const listing = useRead(['folders-of', directory], (api, at) =>
    api.files.list({ path: directory, at, limit: 10_000 }),
  )
  const folders =
    listing.data?.entries.filter((e) => e.fileType === 'directory' && !paths.some((path) => isWithin(e.path, path))) ??
    []
  const unmoved = paths.every((path) => parentPath(path as PondPath) === directory)
  return (
    <DialogForm
      submit="Move here"
      disabled={unmoved || listing.error !== null}
      onSubmit={() => actions.move(paths, directory)}
    >
      <TextInput
        label={`Folder for ${paths.length === 1 ? displayName(paths[0] ?? '') : formatCount(paths.length, 'entry', 'entries')}`}
        spellCheck={false}
        data-autofocus
        value={directory}
        onChange={(event) => setDirectory(event.currentTarget.value || '/')}
      />
      <div className={classes.browser} role="group" aria-label="Folders">
        {listing.error !== null ? (
          <ErrorState compact failure={failureOf(listing.error)} />
        ) : (
          <>
            {directory !== '/' && (
              <button
                type="button"
                className={classes.line}
                onClick={() => setDirectory(parentPath(directory as PondPath))}
              >
                <IconArrowUp size={16} stroke={1.6} aria-hidden /> Parent folder
              </button>
            )}
            {folders.map((entry) => (
              <button key={entry.path} type="button" className={classes.line} onClick={() => setDirectory(entry.path)}>
                <IconFolder size={16} stroke={1.6} aria-hidden />
                <span className={classes.path}>{displayName(entry.name)}</span>
              </button>
            ))}
          </>
        )}
      </div>
    </DialogForm>
  )
}
