/**
 * Running work, for the status bar: every import, export, query or commit that takes a while is a task
 * with a title, how far it has come, and a way to cancel it. A task removes itself when it ends.
 */
import { create } from 'zustand'
import type { Progress, Step } from '../../shared/model'

export interface Task {
  readonly id: number
  readonly title: string
  readonly progress: Progress | null
  /** Null when the work cannot be stopped any more. */
  readonly cancel: (() => void) | null
}

interface Tasks {
  readonly tasks: readonly Task[]
  /** How many have failed so far, for whoever waits for their end and must not hide it. */
  readonly failed: number
}

export const useTasks = create<Tasks>()(() => ({ tasks: [], failed: 0 }))

let lastId = 0

const change = (id: number, part: Partial<Task>): void =>
  useTasks.setState((s) => ({ tasks: s.tasks.map((t) => (t.id === id ? { ...t, ...part } : t)) }))

export interface TaskHandle {
  /** Aborted by the user's cancel. */
  readonly signal: AbortSignal
  progress(progress: Progress): void
  /** From now on it cannot be cancelled. */
  settle(): void
}

/** Runs work as a task; the task is drawn until the promise settles. Failures pass through. */
export async function runTask<T>(title: string, work: (task: TaskHandle) => Promise<T>): Promise<T> {
  const id = ++lastId
  const controller = new AbortController()
  const task: Task = { id, title, progress: null, cancel: () => controller.abort() }
  useTasks.setState((s) => ({ tasks: [...s.tasks, task] }))
  try {
    return await work({
      signal: controller.signal,
      progress: (progress) => change(id, { progress }),
      settle: () => change(id, { cancel: null }),
    })
  } catch (error) {
    if (!controller.signal.aborted) useTasks.setState((s) => ({ failed: s.failed + 1 }))
    throw error
  } finally {
    useTasks.setState((s) => ({ tasks: s.tasks.filter((t) => t.id !== id) }))
  }
}

/** How far it has come, 0 to 1; null while nobody knows. */
export function fractionOf({ progress }: Task): number | null {
  if (progress === null) return null
  const whole = progress.unit === 'percent' ? 100 : progress.total
  return whole === null || whole <= 0 ? null : Math.min(1, Math.max(0, progress.done / whole))
}

/** Follows a long call to its result. A stream that ends without one was cut off. */
export async function followSteps<T>(
  steps: AsyncIterable<Step<T>>,
  onProgress: (progress: Progress) => void,
): Promise<T> {
  for await (const step of steps) {
    if (step.kind === 'done') return step.result
    onProgress(step)
  }
  throw new DOMException('The work ended before it was done', 'AbortError')
}
