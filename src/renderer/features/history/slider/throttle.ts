/**
 * Limits how often something is asked: the first request at once, then at most one in each gap, and always the
 * last. Keeps a drag across a thousand versions from asking for each of them.
 */
export interface Throttle<T> {
  ask(value: T): void
  /** Runs what is waiting now. */
  flush(): void
  /** Forgets what is waiting. */
  cancel(): void
  waiting(): boolean
}

export function throttle<T>(run: (value: T) => void, gapMs: number): Throttle<T> {
  let next: { readonly value: T } | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  const tick = (): void => {
    timer = null
    if (next === null) return
    const { value } = next
    next = null
    timer = setTimeout(tick, gapMs)
    run(value)
  }
  return {
    ask: (value) => {
      next = { value }
      if (timer === null) tick()
    },
    flush: () => {
      if (next === null) return
      if (timer !== null) clearTimeout(timer)
      tick()
    },
    cancel: () => {
      next = null
    },
    waiting: () => next !== null,
  }
}
