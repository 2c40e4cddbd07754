/** What can be done with the opened entry, at the right of its path. */
import { Button, Menu } from '@mantine/core'
import { IconDots, IconDownload, IconFileCode, IconGitCompare, IconTerminal2 } from '@tabler/icons-react'
import type { Description } from '../../../../shared/model'
import { useCommand, useSession } from '../../../session'
import { displayName, IconButton, shellQuote } from '../../../ui'
import { useFileActions } from '../actions'
import { EntryMenu } from '../navigator/entry-menu'
import { openAt } from '../state'
import { selectFrom } from './sql-text'

export function ViewerActions({ description }: { readonly description: Description }) {
  const { entry, tableFormat } = description
  const { recipe } = entry
  const actions = useFileActions()
  const { openSql, compare } = useSession.getState()
  const isFile = entry.fileType.startsWith('file:')
  const query = (): void => openSql(selectFrom(entry.path), true)
  useCommand(
    {
      id: 'files.download',
      title: 'Download this file',
      group: 'Files',
      key: null,
      cli: `pond cat ${shellQuote(entry.path)}`,
      disabled: isFile ? null : 'this is not a file',
      run: () => actions.download(entry.path),
    },
    {
      id: 'files.query',
      title: 'Query this file in SQL',
      group: 'Files',
      key: null,
      cli: `pond query ${shellQuote(selectFrom(entry.path))}`,
      disabled: tableFormat === null ? 'this file is not a table' : null,
      run: query,
    },
  )
  return (
    <>
      {recipe !== undefined && (
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconFileCode size={16} stroke={1.6} />}
          title={`Computed by ${displayName(recipe.path)}`}
          onClick={() => openAt({ path: recipe.path, line: 1, column: 1 })}
        >
          Recipe
        </Button>
      )}
      {entry.change !== null && entry.fileType !== 'directory' && (
        <IconButton
          label="Show the change"
          icon={<IconGitCompare size={16} stroke={1.6} />}
          onClick={() => compare({ path: entry.path, from: 'head', to: 'pending' })}
        />
      )}
      {tableFormat !== null && (
        <IconButton label="Query in SQL" icon={<IconTerminal2 size={16} stroke={1.6} />} onClick={query} />
      )}
      {isFile && (
        <IconButton
          label="Download"
          icon={<IconDownload size={16} stroke={1.6} />}
          onClick={() => actions.download(entry.path)}
        />
      )}
      {entry.path !== '/' && (
        <Menu position="bottom-end" width={240}>
          <Menu.Target>
            <IconButton label="More actions" icon={<IconDots size={16} stroke={1.6} />} />
          </Menu.Target>
          <Menu.Dropdown>
            <EntryMenu entries={[entry]} />
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  )
}
