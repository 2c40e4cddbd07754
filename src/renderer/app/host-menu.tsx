/** A host with a menu of its own shows the page's commands there, and sends back what was chosen. */
import { useEffect } from 'react'
import type { HostCommand } from '../../shared/contract'
import { runCommand, useCommands, useConnection, type Command } from '../session'
import { usePondActions } from './welcome/opening'

export function HostMenu() {
  const connection = useConnection()
  const { open } = usePondActions()
  const commands = useCommands((s) => s.commands)
  const shown = JSON.stringify([...commands.values()].map(faceOf))

  useEffect(() => {
    if (connection.kind === 'electron') {
      // Without its menu the app works as before: the palette has the same commands.
      connection.api.host.showCommands({ commands: JSON.parse(shown) as HostCommand[] }).catch(() => {})
    }
  }, [connection, shown])

  useEffect(
    () =>
      connection.follow(
        (api, signal) => api.host.events(undefined, { signal }),
        (event) => {
          if (event.kind === 'command') runCommand(event.id)
          else void open(event.path)
        },
      ),
    // `open` is made anew with each drawing and does the same each time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [connection],
  )
  return null
}

function faceOf(command: Command): HostCommand {
  const { id, title, group, key, disabled } = command
  return { id, title, group, key, enabled: disabled === null }
}
