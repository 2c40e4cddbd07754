/**
 * What the page and its host tell each other besides ponds: the commands there are now, for a menu of
 * the host's own, the work that is under way, and what such a menu or the system asks for.
 */
import { notifications } from '@mantine/notifications'
import { useEffect, useRef, useState } from 'react'
import type { HostEvent } from '../../shared/contract'
import { runCommand, useCommands, useConnection, useSession, useUnsavedCount } from '../session'
import { displayName, formatCount, notifyDone, notifyFailure } from '../ui'
import { CloseQuestion } from './close-question'
import { usePondActions } from './welcome/opening'
import { useWorkNews } from './work-news'

/** Commands come and go in bursts when the view changes. */
const SETTLE_MS = 100

export function HostBridge() {
  const connection = useConnection()
  const wire = useSession((s) => s.wire)
  const commands = useCommands((s) => s.commands)
  const actions = usePondActions()
  const host = useSession((s) => s.host)
  const unsaved = useUnsavedCount()
  const [closing, setClosing] = useState(false)
  useWorkNews()

  const hear = (event: HostEvent): void => {
    switch (event.kind) {
      case 'command':
        return runCommand(event.id)
      case 'open-pond':
        return void actions.open(event.path)
      case 'close-wanted':
        return setClosing(true)
      case 'saved':
        return notifyDone(`Saved ${displayName(nameAt(event.path))}`, {
          label: 'Show in folder',
          run: () => void connection.api.host.showInFolder({ path: event.path }).catch(() => {}),
        })
      case 'not-saved':
        return notifyFailure(`${displayName(event.name)} was not saved`, {
          code: 'host.unreadable',
          message: 'writing it broke off, and what was written of it was removed',
          detail: {},
        })
    }
  }
  const latest = useRef(hear)
  latest.current = hear

  useEffect(
    () =>
      connection.follow(
        (api, signal) => api.host.events(undefined, { signal }),
        (event) => latest.current(event),
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

  const wasCrash = host?.afterCrash === true
  const kept = useRef(unsaved)
  useEffect(() => {
    if (!wasCrash) return
    const edits =
      kept.current === 0 ? '' : ` ${formatCount(kept.current, 'file has its', 'files have their')} unsaved edits back.`
    notifications.show({
      color: 'yellow',
      withBorder: true,
      // It was not looked for: it waits until it was read.
      autoClose: false,
      title: 'The window crashed and was loaded again',
      closeButtonProps: { 'aria-label': 'Dismiss' },
      message: `What is in the pond is safe; work that was under way was stopped.${edits}`,
    })
  }, [wasCrash])

  return <CloseQuestion asked={closing} onAnswer={() => setClosing(false)} />
}

/** The last name of a path of this machine, in its own spelling. */
const nameAt = (path: string): string => path.split(/[/\\]/).at(-1) ?? path
