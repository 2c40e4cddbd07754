/**
 * What the page and its host tell each other besides ponds: the commands there are now, for a menu of
 * the host's own, and what such a menu or the system asks for.
 */
import { useEffect, useRef } from 'react'
import { runCommand, useCommands, useConnection, useSession } from '../session'
import { usePondActions } from './welcome/opening'

/** Commands come and go in bursts when the view changes. */
const SETTLE_MS = 100

export function HostBridge() {
  const connection = useConnection()
  const wire = useSession((s) => s.wire)
  const commands = useCommands((s) => s.commands)
  const actions = usePondActions()
  const open = useRef(actions.open)
  open.current = actions.open

  useEffect(
    () =>
      connection.follow(
        (api, signal) => api.host.events(undefined, { signal }),
        (event) => {
          if (event.kind === 'command') runCommand(event.id)
          else void open.current(event.path)
        },
      ),
    [connection],
  )

  useEffect(() => {
    if (connection.kind !== 'electron' || wire !== 'connected') return
    const timer = setTimeout(() => {
      const shown = [...commands.values()].map(({ id, title, group, key, disabled }) => ({
        id,
        title,
        group,
        key,
        enabled: disabled === null,
      }))
      // A menu that is late by one change is no failure worth telling.
      connection.api.host.showCommands({ commands: shown }).catch(() => {})
    }, SETTLE_MS)
    return () => clearTimeout(timer)
  }, [connection, wire, commands])

  return null
}
