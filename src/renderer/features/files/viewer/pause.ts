/** Waits for a pause in what comes in quick succession, such as typing, and then does the last of it once. */

export interface Pause {
  /** Does this once nothing else has come for a while; what waited before is forgotten. */
  after(work: () => void): void
  /** Does at once what waits. */
  cutShort(): void
  /** Forgets what waits. */
  drop(): void
}

export function createPause(milliseconds: number): Pause {
  let timer: ReturnType<typeof setTimeout> | undefined
  let waiting: (() => void) | null = null
  const take = (): (() => void) | null => {
    clearTimeout(timer)
    const work = waiting
    waiting = null
    return work
  }
  const cutShort = (): void => take()?.()
  return {
    after: (work) => {
      take()
      waiting = work
      timer = setTimeout(cutShort, milliseconds)
    },
    cutShort,
    drop: () => void take(),
  }
}
