/** Pending operations applied to an overlay, with those that do not hold any more as values that name them. */
import { PondError } from '../../../shared/errors'
import type { Conflict } from '../../../shared/model'
import type { Operation, Overlay } from '../../tlogfs'

/** From this many operations on, what they need of the head is read ahead. */
const PREFETCH = 4

/** Replays operations; those that do not hold are returned and leave no trace. */
export async function replay(overlay: Overlay, operations: readonly Operation[]): Promise<Conflict[]> {
  if (operations.length >= PREFETCH) await overlay.prefetch(operations)
  const conflicts: Conflict[] = []
  for (const operation of operations) {
    const refusal = await overlay.apply(operation)
    if (refusal === null) continue
    const { seq, kind, place } = operation
    conflicts.push({ seq, operation: kind, path: await placePath(overlay, place), reason: refusal.reason })
  }
  return conflicts
}

async function placePath(overlay: Overlay, place: Operation['place']): Promise<string> {
  try {
    const directory = await overlay.directoryPath(place.directoryId)
    return directory === '/' ? `/${place.name}` : `${directory}/${place.name}`
  } catch {
    return place.name
  }
}

/**
 * Whether these operations could be pending alone, but for those that do not hold as it is.
 * @throws steward.conflict with the reasons
 */
export async function mustReplay(
  overlay: Overlay,
  operations: readonly Operation[],
  { refused, known = [] }: { readonly refused: string; readonly known?: readonly { readonly seq: number }[] },
): Promise<void> {
  const accepted = new Set(known.map(({ seq }) => seq))
  const conflicts = (await replay(overlay, operations)).filter(({ seq }) => !accepted.has(seq))
  const [first] = conflicts
  if (first === undefined) return
  const message = `${refused}: ${first.operation} ${first.path} would not hold, ${first.reason}`
  throw new PondError('steward.conflict', message, { conflicts })
}
