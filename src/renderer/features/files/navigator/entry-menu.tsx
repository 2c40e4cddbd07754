/** What can be done with one entry, or with several that are marked. */
import { Menu } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowMoveRight,
  IconCopy,
  IconDownload,
  IconEye,
  IconFileCode,
  IconFolderPlus,
  IconFolderShare,
  IconLink,
  IconPencil,
  IconSnowflake,
  IconTable,
  IconTrash,
  IconUpload,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { parentPath, type PondPath } from '../../../../shared/path'
import { useReadOnlyReason, useSession } from '../../../session'
import { computedBy, KeyHint, notifyDone } from '../../../ui'
import { useFileActions } from '../actions'
import { useImport } from '../import/use-import'
import { selectFrom } from '../viewer/sql-text'
import { openAt, showDialog, startRename } from '../state'
import type { TreeEntry } from './tree-model'

export function EntryMenu({ entries }: { readonly entries: readonly TreeEntry[] }) {
  const actions = useFileActions()
  const importer = useImport()
  const readOnly = useReadOnlyReason()
  const { select, setTab, openSql, compare } = useSession.getState()
  const [entry] = entries
  if (entry === undefined) return null
  const several = entries.length > 1
  const paths = entries.map((e) => e.path)
  const isFile = entry.fileType.startsWith('file:')
  const isDirectory = entry.fileType === 'directory'
  const gone = entry.change === 'deleted'
  const write = { disabled: readOnly !== null, title: readOnly ?? undefined }
  const { recipe } = entry
  const computed = entries.find((e) => e.recipe !== undefined)?.recipe
  // What is computed can only be read: its recipe can be changed.
  const why = readOnly ?? (computed === undefined ? null : `It is ${computedBy(computed)}: change that instead`)
  const rewrite = { disabled: why !== null, title: why ?? undefined }
  const here = isDirectory && !gone ? entry.path : parentPath(entry.path as PondPath)

  if (gone && !several) {
    return (
      <>
        <Item
          icon={<IconArrowBackUp size={16} stroke={1.6} />}
          {...write}
          onClick={() => void actions.discard([entry.path])}
        >
          Bring back
        </Item>
        <Item
          icon={<IconEye size={16} stroke={1.6} />}
          onClick={() => compare({ path: entry.path, from: 'head', to: 'pending' })}
        >
          Show what was deleted
        </Item>
      </>
    )
  }
  return (
    <>
      {!several && (
        <>
          <Item
            icon={<IconEye size={16} stroke={1.6} />}
            hotkey="Enter"
            onClick={() => {
              select(entry.path)
              setTab('files')
            }}
          >
            Open
          </Item>
          {mayBeTable(entry) && (
            <Item icon={<IconTable size={16} stroke={1.6} />} onClick={() => openSql(selectFrom(entry.path), true)}>
              Query in SQL
            </Item>
          )}
          {recipe !== undefined && (
            <Item
              icon={<IconFileCode size={16} stroke={1.6} />}
              onClick={() =>
                openAt({ path: recipe.path, line: recipe.problem?.line ?? 1, column: recipe.problem?.column ?? 1 })
              }
            >
              Go to recipe
            </Item>
          )}
          {recipe !== undefined && isFile && recipe.problem === null && (
            <Item
              icon={<IconSnowflake size={16} stroke={1.6} />}
              {...write}
              onClick={() => void actions.freeze(entry.path)}
            >
              Freeze what it is now
            </Item>
          )}
          {entry.change !== null && (
            <Item
              icon={<IconEye size={16} stroke={1.6} />}
              onClick={() => compare({ path: entry.path, from: 'head', to: 'pending' })}
            >
              Show the change
            </Item>
          )}
          <Menu.Divider />
        </>
      )}
      {isDirectory && !several && recipe === undefined && (
        <>
          <Item icon={<IconUpload size={16} stroke={1.6} />} {...write} onClick={() => importer.chooseFiles(here)}>
            Import files here…
          </Item>
          <Item
            icon={<IconFolderPlus size={16} stroke={1.6} />}
            {...write}
            onClick={() => showDialog({ kind: 'new-folder', parent: here })}
          >
            New folder here…
          </Item>
        </>
      )}
      {!several && (
        <>
          <Item
            icon={<IconLink size={16} stroke={1.6} />}
            {...write}
            onClick={() => showDialog({ kind: 'link', parent: parentPath(entry.path as PondPath), target: entry.path })}
          >
            Link to this…
          </Item>
          <Item
            icon={<IconPencil size={16} stroke={1.6} />}
            hotkey="F2"
            {...rewrite}
            onClick={() => setTimeout(() => startRename(entry.path))}
          >
            Rename
          </Item>
        </>
      )}
      <Item
        icon={<IconArrowMoveRight size={16} stroke={1.6} />}
        {...rewrite}
        onClick={() => showDialog({ kind: 'move', paths })}
      >
        Move to…
      </Item>
      <Menu.Divider />
      {isFile && !several && (
        <Item icon={<IconDownload size={16} stroke={1.6} />} onClick={() => actions.download(entry.path)}>
          Download
        </Item>
      )}
      <Item icon={<IconFolderShare size={16} stroke={1.6} />} onClick={() => void actions.exportEntries(paths)}>
        Export to a folder…
      </Item>
      <Item
        icon={<IconCopy size={16} stroke={1.6} />}
        onClick={() =>
          void navigator.clipboard
            .writeText(paths.join('\n'))
            .then(() => notifyDone(several ? 'Paths copied' : 'Path copied'))
        }
      >
        {several ? 'Copy paths' : 'Copy path'}
      </Item>
      <Menu.Divider />
      {entries.some((e) => e.change !== null || e.pendingBelow > 0) && (
        <Item icon={<IconArrowBackUp size={16} stroke={1.6} />} {...write} onClick={() => void actions.discard(paths)}>
          Discard changes
        </Item>
      )}
      <Item
        icon={<IconTrash size={16} stroke={1.6} />}
        hotkey="Delete"
        {...rewrite}
        danger
        onClick={() => void actions.remove(entries.filter((e) => e.change !== 'deleted'))}
      >
        Delete
      </Item>
    </>
  )
}

/** Whether its name or type promises rows; the viewer knows for certain, but it has to look inside. */
function mayBeTable({ fileType, name }: TreeEntry): boolean {
  if (fileType === 'file:table' || fileType === 'file:series') return true
  return fileType === 'file:data' && /\.(csv|tsv|json|jsonl|ndjson|parquet)$/i.test(name)
}

function Item({
  icon,
  hotkey,
  danger = false,
  children,
  ...rest
}: {
  readonly icon: ReactNode
  readonly hotkey?: string
  readonly children: ReactNode
  readonly disabled?: boolean
  readonly title?: string | undefined
  readonly danger?: boolean
  readonly onClick: () => void
}) {
  return (
    <Menu.Item
      leftSection={icon}
      rightSection={hotkey === undefined ? null : <KeyHint hotkey={hotkey} />}
      {...rest}
      {...(danger && { style: { color: 'var(--pond-error)' } })}
    >
      {children}
    </Menu.Item>
  )
}
