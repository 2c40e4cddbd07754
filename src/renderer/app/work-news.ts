/** Tells the host what is under way in the page: for its task bar, and so that it asks before it closes the window. */
import { useEffect } from 'react'
import type { PageWork } from '../../shared/contract'
import { fractionOf, useConnection, useSession, useTasks, useUnsavedCount } from '../session'

/** Progress comes many times a second; the beginning and the end of work are told at once. */
const PACE_MS = 200
const MOST_TASKS = 100

export function useWorkNews(): void {
  const connection = useConnection()
  const wire = useSession((s) => s.wire)
  const tasks = useTasks((s) => s.tasks)
  const unsaved = useUnsavedCount()
  const count = tasks.length

  useEffect(() => {
    if (connection.kind !== 'electron' || wire !== 'connected') return
    const tell = (): void => {
      const now = useTasks.getState().tasks.slice(0, MOST_TASKS)
      const work: PageWork = {
        tasks: now.map((task) => ({ title: task.title.slice(0, 200), fraction: fractionOf(task) })),
        unsaved,
      }
      connection.api.host.showWork(work).catch(() => {})
    }
    tell()
    if (count === 0) return
    const timer = setInterval(tell, PACE_MS)
    return () => clearInterval(timer)
  }, [connection, wire, count, unsaved])
}
