/** Running work: a line each in the status bar, and a panel above it that says more. */
import { Button, Popover, Progress, UnstyledButton } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { fractionOf, useTasks, type Task } from '../session'
import { formatBytes, formatCount, formatNumber, IconButton } from '../ui'
import classes from './task-list.module.css'

/** More lines than these do not fit; the panel has them all. */
const LINES = 2

export function TaskList() {
  const tasks = useTasks((s) => s.tasks)
  const more = tasks.length - LINES
  return (
    <span className={classes.tasks} role="status" aria-label="Running work">
      {tasks.slice(0, LINES).map((task) => (
        <span key={task.id} className={classes.line}>
          <Popover position="top-end" width={340} withinPortal>
            <Popover.Target>
              <UnstyledButton className={classes.open} aria-label={`Details: ${task.title}`}>
                <span className={classes.title}>{task.title}</span>
                <Bar task={task} className={classes.short} />
                <span className={classes.figure}>{figureOf(task)}</span>
              </UnstyledButton>
            </Popover.Target>
            <Popover.Dropdown className={classes.panel}>
              {tasks.map((each) => (
                <TaskPanel key={each.id} task={each} />
              ))}
            </Popover.Dropdown>
          </Popover>
          {task.cancel !== null && (
            <IconButton size={20} label={`Cancel: ${task.title}`} icon={<IconX size={12} />} onClick={task.cancel} />
          )}
        </span>
      ))}
      {more > 0 && <span className={classes.figure}>and {formatNumber(more)} more</span>}
    </span>
  )
}

export function TaskPanel({ task }: { readonly task: Task }) {
  return (
    <div className={classes.task}>
      <div className={classes.row}>
        <span className={classes.name}>{task.title}</span>
        {task.cancel === null ? (
          <span className="pond-dim">finishing</span>
        ) : (
          <Button variant="default" onClick={task.cancel}>
            Cancel
          </Button>
        )}
      </div>
      <Bar task={task} />
      <div className={classes.row}>
        <span className="pond-dim pond-ellipsis">{task.progress?.note ?? ''}</span>
        <span className={classes.figure}>{figureOf(task)}</span>
      </div>
    </div>
  )
}

function Bar({ task, className }: { readonly task: Task; readonly className?: string | undefined }) {
  const fraction = fractionOf(task)
  return (
    <Progress
      className={className}
      size={4}
      value={100 * (fraction ?? 1)}
      animated={fraction === null}
      striped={fraction === null}
      transitionDuration={100}
      aria-label={task.title}
    />
  )
}

function figureOf({ progress }: Task): string {
  if (progress === null) return ''
  const { done, total, unit } = progress
  switch (unit) {
    case 'percent':
      return `${Math.round(done)} %`
    case 'bytes':
      return total === null ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`
    case 'files':
      return total === null ? formatCount(done, 'file') : `${formatNumber(done)} of ${formatCount(total, 'file')}`
    case 'rows':
      return total === null ? formatCount(done, 'row') : `${formatNumber(done)} of ${formatCount(total, 'row')}`
  }
}
