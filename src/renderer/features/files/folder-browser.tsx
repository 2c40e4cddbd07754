/**
 * Chooses a folder of this machine inside the window, for hosts without a dialog of their own: an
 * address to type, a list to walk with keys or mouse, and a way to make a folder.
 */
import { Button, Loader, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { IconArrowUp, IconFolder, IconFolderPlus } from '@tabler/icons-react'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import type { HostFolder } from '../../../shared/contract'
import { failureOf, useApi } from '../../session'
import { clsx, displayName, ErrorState, IconButton, Mark } from '../../ui'
import classes from './folder-browser.module.css'

export function FolderBrowser({
  path,
  onPath,
  onListed,
  onChoose,
  canMakeFolder = true,
}: {
  /** Null: where the host starts. */
  readonly path: string | null
  readonly onPath: (path: string) => void
  /** The folder that is shown now, or null while it is not readable. */
  readonly onListed?: (folder: HostFolder | null) => void
  /** A pond was double-clicked. */
  readonly onChoose?: (path: string) => void
  readonly canMakeFolder?: boolean
}) {
  const api = useApi()
  const queries = useQueryClient()
  const { data, error, isFetching } = useQuery({
    queryKey: ['host-folders', path],
    queryFn: () => api.host.folders({ path }),
    staleTime: 0,
    retry: false,
  })
  const [address, setAddress] = useState(path ?? '')
  const [naming, setNaming] = useState(false)
  const list = useRef<HTMLDivElement>(null)

  useEffect(() => {
    if (data !== undefined) setAddress(data.path)
    onListed?.(data ?? null)
    // Only what is shown matters, not which function hears of it.
    // oxlint-disable-next-line react/exhaustive-deps -- only what is shown matters
  }, [data])

  const makeFolder = async (name: string): Promise<void> => {
    setNaming(false)
    if (data === undefined || name === '') return
    const made = await api.host.makeFolder({ parent: data.path, name })
    await queries.invalidateQueries({ queryKey: ['host-folders'] })
    onPath(made.path)
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
    const index = rows.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1 }[event.key]
    if (to !== undefined) {
      event.preventDefault()
      rows[Math.max(0, Math.min(rows.length - 1, to))]?.focus()
    } else if (event.key === 'Backspace' && data?.parent != null) {
      event.preventDefault()
      onPath(data.parent)
    }
  }

  return (
    <div className={classes.browser}>
      <div className={classes.address}>
        <IconButton
          label="Parent folder"
          icon={<IconArrowUp size={16} stroke={1.6} />}
          disabledReason={data?.parent == null ? 'this is the top' : null}
          onClick={() => data?.parent != null && onPath(data.parent)}
        />
        <TextInput
          className={classes.field}
          aria-label="Folder"
          spellCheck={false}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            // The browser may stand in a form, which is not finished by going to a folder.
            event.preventDefault()
            if (address !== '') onPath(address)
          }}
          rightSection={isFetching ? <Loader size={12} /> : null}
        />
        {canMakeFolder && (
          <IconButton
            label="New folder"
            icon={<IconFolderPlus size={16} stroke={1.6} />}
            disabledReason={data?.writable === false ? 'you may not write here' : null}
            onClick={() => setNaming(true)}
          />
        )}
      </div>
      <div ref={list} className={classes.list} role="group" aria-label="Folders" onKeyDown={onKeyDown}>
        {naming && <NewFolder onDone={(name) => void makeFolder(name)} />}
        {error !== null ? (
          <ErrorState compact title="This folder cannot be listed" failure={failureOf(error)} />
        ) : data !== undefined && data.folders.length === 0 && !naming ? (
          <p className={classes.empty}>There are no folders in here.</p>
        ) : (
          data?.folders.map((folder) => (
            <button
              key={folder.path}
              type="button"
              data-row
              className={clsx(classes.row, folder.isPond && classes.pond)}
              onClick={() => (folder.isPond && onChoose !== undefined ? onChoose(folder.path) : onPath(folder.path))}
            >
              {folder.isPond ? <Mark size={16} /> : <IconFolder size={16} stroke={1.6} aria-hidden />}
              <span className="pond-ellipsis">{displayName(folder.name)}</span>
              {folder.isPond && <span className={classes.tag}>pond</span>}
            </button>
          ))
        )}
      </div>
    </div>
  )
}

function NewFolder({ onDone }: { readonly onDone: (name: string) => void }) {
  const [name, setName] = useState('New folder')
  return (
    <div className={classes.naming}>
      <TextInput
        className={classes.field}
        aria-label="Name of the new folder"
        autoFocus
        value={name}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' && event.key !== 'Enter') return
          event.preventDefault()
          event.stopPropagation()
          onDone(event.key === 'Enter' ? name : '')
        }}
      />
      <Button variant="default" onClick={() => onDone(name)}>
        Make folder
      </Button>
    </div>
  )
}
