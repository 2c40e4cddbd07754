/** The commands of the SQL tab, for the palette, the menu and keys. */
import { useCommand } from '../../session'
import type { RunPart } from './sql-editor'

export interface ConsoleCommands {
  /** Whether the tab is in front. */
  readonly front: boolean
  /** Whether the query runs whose result is shown. */
  readonly running: boolean
  readonly canReopen: boolean
  readonly run: (which?: RunPart) => void
  readonly cancel: () => void
  readonly addTab: () => void
  readonly reopen: () => void
}

export function useConsoleCommands({ front, running, canReopen, run, cancel, addTab, reopen }: ConsoleCommands): void {
  const notFront = front ? null : 'The SQL tab is not in front'
  useCommand(
    {
      id: 'sql.run',
      title: 'Run the query',
      group: 'SQL',
      key: null,
      cli: 'pond query SQL',
      disabled: notFront,
      run: () => run(),
    },
    {
      id: 'sql.run-statement',
      title: 'Run the statement at the cursor',
      group: 'SQL',
      key: null,
      cli: null,
      disabled: notFront,
      run: () => run('statement'),
    },
    {
      id: 'sql.cancel',
      title: 'Stop the running query',
      group: 'SQL',
      key: null,
      cli: null,
      disabled: running ? null : 'No query is running',
      run: cancel,
    },
    {
      id: 'sql.new-tab',
      title: 'New query tab',
      group: 'SQL',
      key: null,
      cli: null,
      disabled: notFront,
      run: addTab,
    },
    {
      id: 'sql.reopen-tab',
      title: 'Open the query tab that was closed last',
      group: 'SQL',
      key: 'mod+shift+T',
      cli: null,
      inFields: true,
      disabled: canReopen ? notFront : (notFront ?? 'No query tab was closed'),
      run: reopen,
    },
  )
}
