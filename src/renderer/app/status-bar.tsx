/** The bottom line: where, which version, how much is pending, what is running, and the line to the host. */
import { Progress, UnstyledButton } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useHead, usePendingCount, usePond, useSession, useTasks, type Task } from '../session'
import { displayName, formatBytes, formatCount, formatNumber, IconButton } from '../ui'
import classes from './status-bar.module.css'

export function StatusBar() {
  const pond = usePond()
  const at = useSession((s) => s.at)
  const wire = useSession((s) => s.wire)
  const setTab = useSession((s) => s.setTab)
  const head = useHead()
  const pending = usePendingCount()
  const tasks = useTasks((s) => s.tasks)
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
        {pending === 0 ? 'Nothing pending' : formatCount(pending, 'pending operation')}
      </UnstyledButton>
      <span className={classes.spacer} />
      <span className={classes.tasks} role="status" aria-label="Running work">
        {tasks.map((task) => (
          <TaskLine key={task.id} task={task} />
        ))}
      </span>
      {pond.readOnly !== null && <span className={classes.flag}>Read only</span>}
      <span className={classes.wire} data-wire={wire}>
        {wire === 'connected' ? 'Connected' : wire === 'reconnecting' ? 'Reconnecting' : 'Not connected'}
      </span>
    </footer>
  )
}

function TaskLine({ task }: { readonly task: Task }) {
  const { progress } = task
  const percent =
    progress === null || progress.total === null || progress.total === 0 ? null : (100 * progress.done) / progress.total
  return (
    <span className={classes.task}>
      <span className={classes.taskTitle}>{task.title}</span>
      <Progress
        className={classes.progress}
        size={4}
        value={percent ?? 100}
        animated={percent === null}
        striped={percent === null}
        transitionDuration={100}
        aria-label={task.title}
      />
      <span className={classes.figure}>
        {progress === null ? '' : figure(progress.done, progress.total, progress.unit)}
      </span>
      {task.cancel !== null && (
        <IconButton size={20} label={`Cancel: ${task.title}`} icon={<IconX size={12} />} onClick={task.cancel} />
      )}
    </span>
  )
}

function figure(done: number, total: number | null, unit: string): string {
  if (unit === 'percent') return `${Math.round(done)} %`
  const show = unit === 'bytes' ? formatBytes : formatNumber
  const end = unit === 'bytes' ? '' : ` ${unit}`
  return total === null ? `${show(done)}${end}` : `${show(done)} of ${show(total)}${end}`
}
