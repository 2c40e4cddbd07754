/**
 * Asks before the window closes while work is under way: names it, shows how far it is, and lets one wait for it. When
 * nothing is under way any more, the window goes.
 */
import { Button, Group, Modal } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect, useState } from 'react'
import { useApi, useTasks } from '../session'
import { formatCount } from '../ui'
import { TaskPanel } from './task-list'

const WAITING = 'closing-when-done'

export interface CloseQuestionProps {
  /** The window is to close. */
  readonly asked: boolean
  /** The answer was given, either way. */
  readonly onAnswer: () => void
}

export function CloseQuestion({ asked, onAnswer }: CloseQuestionProps) {
  const api = useApi()
  const tasks = useTasks((s) => s.tasks)
  const failed = useTasks((s) => s.failed)
  /** How many had failed when waiting began; null while the question is up. */
  const [waitingSince, setWaitingSince] = useState<number | null>(null)

  const answer = (close: boolean): void => {
    notifications.hide(WAITING)
    setWaitingSince(null)
    onAnswer()
    // A host that is gone has closed the window already.
    api.host.answerClose({ close }).catch(() => {})
  }
  useEffect(() => {
    if (!asked) return
    // A failure is for somebody to read.
    if (waitingSince !== null && failed > waitingSince) answer(false)
    else if (tasks.length === 0) answer(true)
  })

  const stop = (): void => {
    for (const { cancel } of tasks) cancel?.()
  }
  const wait = (): void => {
    setWaitingSince(failed)
    notifications.show({
      id: WAITING,
      autoClose: false,
      withBorder: true,
      withCloseButton: false,
      message: (
        <Group justify="space-between" wrap="nowrap">
          <span>The window closes when the work is done.</span>
          <Button variant="subtle" onClick={() => answer(false)}>
            Keep it open
          </Button>
        </Group>
      ),
    })
  }

  const it = tasks.length === 1 ? 'it' : 'all'
  return (
    <Modal
      opened={asked && waitingSince === null && tasks.length > 0}
      onClose={() => answer(false)}
      title="Close while work is under way?"
      size={480}
      zIndex={500}
    >
      <p style={{ marginTop: 0 }}>
        {formatCount(tasks.length, 'task is', 'tasks are')} not done yet. What is stopped leaves nothing behind.
      </p>
      {tasks.map((task) => (
        <TaskPanel key={task.id} task={task} />
      ))}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={() => answer(false)} data-autofocus>
          Keep working
        </Button>
        <Button variant="default" onClick={stop}>
          Stop {it} and close
        </Button>
        <Button onClick={wait}>Close when {tasks.length === 1 ? 'it is' : 'all are'} done</Button>
      </Group>
    </Modal>
  )
}
