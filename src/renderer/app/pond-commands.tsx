/** The window's own commands while a pond is open, and the dialogs that some of them show. */
import { Modal, useMantineColorScheme } from '@mantine/core'
import { useState } from 'react'
import {
  failureOf,
  followSteps,
  isInterrupted,
  runTask,
  useApi,
  useCommand,
  useCommands,
  usePond,
  useReadOnlyReason,
  useSession,
  TABS,
  type Command,
  type Tab,
} from '../session'
import { formatCount, KeyHint, notifyDone, notifyFailure } from '../ui'
import classes from './pond-commands.module.css'
import { VerifyResult } from './verify-result'
import { showDialog, usePondActions } from './welcome/opening'
import { PondDialogs } from './welcome/pond-dialogs'
import type { VerifyReport } from '../../shared/model'

const TAB_TITLES: Readonly<Record<Tab, string>> = {
  files: 'files',
  changes: 'changes',
  history: 'history',
  sql: 'SQL console',
  pipelines: 'pipelines',
}

export function PondCommands() {
  const api = useApi()
  const pond = usePond()
  const host = useSession((s) => s.host)
  const actions = usePondActions()
  const readOnly = useReadOnlyReason()
  const at = useSession((s) => s.at)
  const { setTab, setAt } = useSession.getState()
  const { setColorScheme } = useMantineColorScheme()
  const [keysShown, setKeysShown] = useState(false)
  const [report, setReport] = useState<VerifyReport | null>(null)

  const verify = async (): Promise<void> => {
    try {
      setReport(
        await runTask('Verifying every hash', async (task) =>
          followSteps(await api.pond.verify({}, { signal: task.signal }), task.progress),
        ),
      )
    } catch (error) {
      if (!isInterrupted(error)) notifyFailure('The pond was not verified', failureOf(error))
    }
  }

  const undo = async (): Promise<void> => {
    try {
      const { restored, takenBack } = await api.changes.undo()
      notifyDone(
        takenBack === true
          ? 'Undone: what was pending before is pending again'
          : `Brought back ${formatCount(restored, 'pending operation')}`,
      )
    } catch (error) {
      const failure = failureOf(error)
      if (failure.code === 'steward.nothing-to-undo') notifyDone('There is nothing to undo')
      else notifyFailure('Nothing was undone', failure)
    }
  }

  useCommand(
    ...TABS.map((tab, i): Command => ({
      id: `view.${tab}`,
      title: `Show the ${TAB_TITLES[tab]}`,
      group: 'View',
      key: `alt+${i + 1}`,
      cli: null,
      disabled: null,
      inFields: true,
      run: () => setTab(tab),
    })),
    {
      id: 'view.now',
      title: 'Back to now',
      group: 'View',
      key: null,
      cli: null,
      disabled: at === 'pending' ? 'This is now' : null,
      run: () => setAt('pending'),
    },
    {
      id: 'view.light',
      title: 'Use the light theme',
      group: 'View',
      key: null,
      cli: null,
      disabled: null,
      run: () => setColorScheme('light'),
    },
    {
      id: 'view.dark',
      title: 'Use the dark theme',
      group: 'View',
      key: null,
      cli: null,
      disabled: null,
      run: () => setColorScheme('dark'),
    },
    {
      id: 'view.system',
      title: 'Use the system theme',
      group: 'View',
      key: null,
      cli: null,
      disabled: null,
      run: () => setColorScheme('auto'),
    },
    {
      id: 'changes.undo',
      title: 'Undo the last discard, restore or replacement',
      group: 'Changes',
      key: 'mod+Z',
      cli: 'pond undo',
      disabled: readOnly,
      run: () => void undo(),
    },
    {
      id: 'pond.open',
      title: 'Open another pond',
      group: 'Pond',
      key: 'mod+O',
      cli: null,
      disabled: null,
      run: () => void actions.choose(),
    },
    {
      id: 'pond.create',
      title: 'Create a pond',
      group: 'Pond',
      key: null,
      cli: 'pond init DIR',
      disabled: null,
      run: () => showDialog('create'),
    },
    {
      id: 'pond.verify',
      title: 'Verify every hash',
      group: 'Pond',
      key: null,
      cli: 'pond verify',
      disabled: null,
      run: () => void verify(),
    },
    {
      id: 'pond.close',
      title: 'Close this pond',
      group: 'Pond',
      key: null,
      cli: null,
      disabled: null,
      run: () => void actions.close(),
    },
    {
      id: 'pond.copy-path',
      title: 'Copy the path of this pond',
      group: 'Pond',
      key: null,
      cli: null,
      disabled: null,
      run: () => void navigator.clipboard.writeText(pond.path).then(() => notifyDone('Path copied')),
    },
    ...(host?.kind === 'electron'
      ? [
          {
            id: 'pond.show-folder',
            title: 'Show this pond in its folder',
            group: 'Pond',
            key: null,
            cli: null,
            disabled: null,
            run: () => void api.host.showInFolder({ path: pond.path }),
          } satisfies Command,
        ]
      : []),
    {
      id: 'help.keys',
      title: 'Keyboard shortcuts',
      group: 'Help',
      key: 'shift+?',
      cli: null,
      disabled: null,
      run: () => setKeysShown(true),
    },
  )

  return (
    <>
      <PondDialogs />
      <Modal opened={keysShown} onClose={() => setKeysShown(false)} title="Keyboard shortcuts" size={560}>
        <KeyList />
      </Modal>
      <Modal opened={report !== null} onClose={() => setReport(null)} title="Verified" size={620}>
        {report !== null && <VerifyResult report={report} />}
      </Modal>
    </>
  )
}

/** Keys that belong to a widget rather than to a command. */
const WIDGET_KEYS: readonly { readonly title: string; readonly keys: readonly string[] }[] = [
  { title: 'Move in the navigator', keys: ['ArrowUp', 'ArrowDown'] },
  { title: 'Open or close a folder', keys: ['ArrowRight', 'ArrowLeft'] },
  { title: 'Jump by typing a name', keys: ['A…Z'] },
  { title: 'Rename the selected entry', keys: ['F2'] },
  { title: 'Delete the selected entry', keys: ['Delete'] },
  { title: 'Menu of the selected entry', keys: ['shift+F10'] },
]

function KeyList() {
  const commands = [...useCommands((s) => s.commands).values()].filter((c) => c.key !== null)
  return (
    <dl className={classes.keys}>
      {commands.map((command) => (
        <div key={command.id} className={classes.key}>
          <dt>{command.title}</dt>
          <dd>
            <KeyHint hotkey={command.key ?? ''} />
          </dd>
        </div>
      ))}
      {WIDGET_KEYS.map((item) => (
        <div key={item.title} className={classes.key}>
          <dt>{item.title}</dt>
          <dd>
            {item.keys.map((key) => (
              <KeyHint key={key} hotkey={key} />
            ))}
          </dd>
        </div>
      ))}
    </dl>
  )
}
