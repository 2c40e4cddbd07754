/** The history of one entry as commands, there from the start: the History tab itself is drawn only once it is opened. */
import { useCommand, useSession } from '../../session'
import { displayName, shellQuote } from '../../ui'

export function EntryHistoryCommands() {
  const selected = useSession((s) => s.selected)
  const { showHistory } = useSession.getState()
  const none = selected === null || selected === '/'
  useCommand(
    {
      id: 'history.of-entry',
      title: none ? 'Show only versions of the selected entry' : `Show only versions of ${displayName(selected)}`,
      group: 'History',
      key: null,
      cli: none ? null : `pond log ${shellQuote(selected)}`,
      disabled: none ? 'nothing is selected' : null,
      run: () => showHistory(selected),
    },
    {
      id: 'history.of-pond',
      title: 'Show all versions',
      group: 'History',
      key: null,
      cli: 'pond log',
      disabled: null,
      run: () => showHistory(null),
    },
  )
  return null
}
