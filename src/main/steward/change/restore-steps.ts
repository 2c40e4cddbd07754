/**
 * The steps of a restore, in an order that works: each may need another to go first, and names may wait
 * for each other in a ring. Knows nothing of what a step does but whether it was refused.
 */
import { isPondError, PondError } from '../../../shared/errors'
import { compareUtf8 } from '../../../shared/path'

export interface Step {
  readonly path: string
  /** Lower ranks go first; within a rank by path. From `BOTTOM_UP` on, what is below goes before what is above. */
  readonly rank: number
  perform(): Promise<void>
  /** Gets out of the way of others, where that is possible. */
  stepAside?(): Promise<void>
}

const BOTTOM_UP = 5
/** Refusals that may be gone once other steps are done. */
const MAY_PASS = ['tinyfs.exists', 'tinyfs.not-found', 'tinyfs.not-empty', 'tinyfs.into-itself'] as const

/** Tries the steps in order and again, as long as some succeed. @throws steward.conflict where none does any more */
export async function performAll(steps: readonly Step[]): Promise<void> {
  let waiting = steps.toSorted((a, b) => a.rank - b.rank || direction(a) * compareUtf8(a.path, b.path))
  const asides = new Set<Step>()
  while (waiting.length > 0) {
    const next: Step[] = []
    let refused: { readonly step: Step; readonly error: PondError } | undefined
    for (const step of waiting) {
      try {
        await step.perform()
      } catch (error) {
        if (!isPondError(error) || !MAY_PASS.some((code) => error.code === code)) throw error
        refused = { step, error }
        next.push(step)
      }
    }
    if (refused !== undefined && next.length === waiting.length) {
      // Names that wait for each other in a ring: one goes out of the way.
      const blocked = next.find((step) => step.stepAside !== undefined && !asides.has(step))
      if (blocked?.stepAside === undefined) throw inTheWay(refused.step, refused.error)
      asides.add(blocked)
      await blocked.stepAside()
    }
    waiting = next
  }
}

function direction({ rank }: Step): 1 | -1 {
  return rank >= BOTTOM_UP ? -1 : 1
}

function inTheWay({ path }: Step, error: PondError): PondError {
  const message = `cannot restore ${path}: ${error.message}`
  return new PondError('steward.conflict', message, { path, code: error.code }, error)
}
