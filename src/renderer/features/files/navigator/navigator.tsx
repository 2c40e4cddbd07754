/** The left pane: the pond's tree with its tools. */
import { Button, Menu } from '@mantine/core'
import {
  IconFilter,
  IconFilterFilled,
  IconFilePlus,
  IconFolderPlus,
  IconFolderUp,
  IconPlus,
  IconUpload,
} from '@tabler/icons-react'
import { useCallback } from 'react'
import { parentPath, type PondPath } from '../../../../shared/path'
import { useAt, useCommand, useReadOnlyReason, useSession } from '../../../session'
import { IconButton, Pane, PaneBody, Spacer, Toolbar } from '../../../ui'
import { DropZone } from '../import/drop-zone'
import { useImport } from '../import/use-import'
import { FilesDialogs } from '../dialogs/files-dialogs'
import { showDialog, useFilesState } from '../state'
import { Tree } from './tree'
import type { TreeModel } from './tree-model'
import { useTree } from './use-tree'

export function Navigator() {
  const at = useAt()
  const model = useTree()
  const importer = useImport()
  const readOnly = useReadOnlyReason()
  const pendingOnly = useFilesState((s) => s.pendingOnly)
  const here = useHere(model)
  const togglePendingOnly = (): void => useFilesState.setState((s) => ({ pendingOnly: !s.pendingOnly }))

  useCommand(
    {
      id: 'files.import',
      title: 'Import files',
      group: 'Files',
      key: 'alt+I',
      cli: 'pond copy host:FILE... DEST',
      disabled: readOnly,
      run: () => importer.chooseFiles(here()),
    },
    {
      id: 'files.import-folder',
      title: 'Import a folder',
      group: 'Files',
      key: null,
      cli: 'pond copy host:FOLDER DEST',
      disabled: readOnly,
      run: () => importer.chooseFolder(here()),
    },
    {
      id: 'files.new-folder',
      title: 'New folder',
      group: 'Files',
      key: 'alt+N',
      cli: 'pond mkdir PATH',
      disabled: readOnly,
      run: () => showDialog({ kind: 'new-folder', parent: here() }),
    },
    {
      id: 'files.link',
      title: 'New link',
      group: 'Files',
      key: null,
      cli: 'pond ln -s TARGET LINK',
      disabled: readOnly,
      run: () => showDialog({ kind: 'link', parent: here(), target: useSession.getState().selected ?? '' }),
    },
    {
      id: 'files.pending-only',
      title: 'Show only what is pending',
      group: 'Files',
      key: 'alt+P',
      cli: 'pond status',
      disabled: at === 'pending' ? null : 'nothing is pending in the past',
      run: togglePendingOnly,
    },
  )

  return (
    <Pane style={{ background: 'transparent' }}>
      <Toolbar label="Navigator tools">
        <Menu position="bottom-start" disabled={readOnly !== null}>
          <Menu.Target>
            <Button
              variant="subtle"
              color="pond"
              leftSection={<IconPlus size={16} stroke={1.8} />}
              aria-disabled={readOnly !== null}
              title={readOnly ?? undefined}
              data-disabled-look={readOnly !== null || undefined}
            >
              Add
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconUpload size={16} stroke={1.6} />} onClick={() => importer.chooseFiles(here())}>
              Import files…
            </Menu.Item>
            <Menu.Item
              leftSection={<IconFolderUp size={16} stroke={1.6} />}
              onClick={() => importer.chooseFolder(here())}
            >
              Import a folder…
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item
              leftSection={<IconFolderPlus size={16} stroke={1.6} />}
              onClick={() => showDialog({ kind: 'new-folder', parent: here() })}
            >
              New folder…
            </Menu.Item>
            <Menu.Item
              leftSection={<IconFilePlus size={16} stroke={1.6} />}
              onClick={() => showDialog({ kind: 'link', parent: here(), target: useSession.getState().selected ?? '' })}
            >
              New link…
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Spacer />
        <IconButton
          label="New folder"
          hotkey="alt+N"
          icon={<IconFolderPlus size={16} stroke={1.6} />}
          disabledReason={readOnly}
          onClick={() => showDialog({ kind: 'new-folder', parent: here() })}
        />
        <IconButton
          label="Import files"
          hotkey="alt+I"
          icon={<IconUpload size={16} stroke={1.6} />}
          disabledReason={readOnly}
          onClick={() => importer.chooseFiles(here())}
        />
        <IconButton
          label="Show only what is pending"
          hotkey="alt+P"
          pressed={pendingOnly && at === 'pending'}
          icon={
            pendingOnly && at === 'pending' ? <IconFilterFilled size={16} /> : <IconFilter size={16} stroke={1.6} />
          }
          disabledReason={at === 'pending' ? null : 'nothing is pending in the past'}
          onClick={togglePendingOnly}
        />
      </Toolbar>
      <PaneBody fill>
        <Tree model={model} pendingOnly={pendingOnly && at === 'pending'} />
      </PaneBody>
      <DropZone directory={here} />
      <FilesDialogs />
    </Pane>
  )
}

/** The directory that new things go to: the selected one, or the one that holds the selection. */
function useHere(model: TreeModel): () => string {
  return useCallback(() => {
    const { selected } = useSession.getState()
    if (selected === null || selected === '/') return '/'
    const index = model.indexOf(selected)
    const row = index < 0 ? null : model.rowAt(index)
    if (row?.kind === 'entry' && row.entry.fileType === 'directory' && row.entry.change !== 'deleted') return selected
    return parentPath(selected as PondPath)
  }, [model])
}
