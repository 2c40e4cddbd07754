/** The bottom line: where, which version, how much is pending, what is running, and the line to the host. */
import { UnstyledButton } from '@mantine/core'
import { useHead, usePendingCount, usePond, useSession } from '../session'
import { displayName, formatCount } from '../ui'
import classes from './status-bar.module.css'
import { TaskList } from './task-list'

export function StatusBar() {
  const pond = usePond()
  const at = useSession((s) => s.at)
  const wire = useSession((s) => s.wire)
  const setTab = useSession((s) => s.setTab)
  const head = useHead()
  const pending = usePendingCount()
  return (
    <footer className={classes.bar} aria-label="Status">
      <span className={classes.path} title={pond.path}>
        {displayName(pond.path)}
      </span>
      <UnstyledButton className={classes.item} onClick={() => setTab('history')} title="Show the history">
        {typeof at === 'number' ? `Version ${at} of ${head}` : `Version ${head}`}
      </UnstyledButton>
      <UnstyledButton
        className={classes.item}
        data-pending={pending > 0 || undefined}
        onClick={() => setTab('changes')}
        title="Show the pending changes"
      >
        {pending === 0 ? 'Nothing pending' : formatCount(pending, 'pending change')}
      </UnstyledButton>
      <span className={classes.spacer} />
      <TaskList />
      {pond.readOnly !== null && <span className={classes.flag}>Read only</span>}
      <span className={classes.wire} data-wire={wire}>
        {wire === 'connected' ? 'Connected' : wire === 'reconnecting' ? 'Reconnecting' : 'Not connected'}
      </span>
    </footer>
  )
}
