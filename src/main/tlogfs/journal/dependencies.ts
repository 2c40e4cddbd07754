/**
 * Which pending operations need which: an operation depends on every earlier one on its node, on its
 * places, on the creation of the directories it happens in, and, when it deletes a directory, on what
 * happened inside. Operations name nodes by id, so a moved directory is no reason to drop what is in it.
 */
import type { Pace } from '../../platform'
import type { Operation, Place } from '../content/operation'

/**
 * The given operations and all later ones that depend on any of them. An append does not mind that an
 * earlier one goes; whoever commits it takes the earlier ones along (`dependencies`), so that order stays.
 */
export async function dependents(
  operations: Iterable<Operation>,
  given: ReadonlySet<number>,
  pace: Pace,
): Promise<Set<number>> {
  const taken = new Set<number>()
  const nodes = new Set<string>()
  const appended = new Set<string>()
  const places = new Set<string>()
  const insides = new Set<string>()
  const births = new Set<string>()
  for (const operation of operations) {
    if (pace.due) await pace.rest()
    const { seq, nodeId, fileType, kind } = operation
    const own = placesOf(operation)
    const depends =
      nodes.has(nodeId) ||
      (kind !== 'append' && appended.has(nodeId)) ||
      own.some((place) => places.has(placeKey(place)) || births.has(place.directoryId)) ||
      (kind === 'delete' && fileType === 'directory' && insides.has(nodeId))
    if (!given.has(seq) && !depends) continue
    taken.add(seq)
    if (kind === 'append') {
      appended.add(nodeId)
      continue
    }
    nodes.add(nodeId)
    if (kind === 'create' && fileType === 'directory') births.add(nodeId)
    for (const place of own) {
      places.add(placeKey(place))
      insides.add(place.directoryId)
    }
  }
  return taken
}

/** The given operations and all earlier ones that any of them depends on. */
export async function dependencies(
  operations: readonly Operation[],
  given: ReadonlySet<number>,
  pace: Pace,
): Promise<Set<number>> {
  const taken = new Set<number>()
  const nodes = new Set<string>()
  const places = new Set<string>()
  const needed = new Set<string>()
  const emptied = new Set<string>()
  for (const operation of operations.toReversed()) {
    if (pace.due) await pace.rest()
    const { seq, nodeId, fileType, kind } = operation
    const own = placesOf(operation)
    const depends =
      nodes.has(nodeId) ||
      own.some((place) => places.has(placeKey(place)) || emptied.has(place.directoryId)) ||
      (kind === 'create' && fileType === 'directory' && needed.has(nodeId))
    if (!given.has(seq) && !depends) continue
    taken.add(seq)
    nodes.add(nodeId)
    if (kind === 'delete' && fileType === 'directory') emptied.add(nodeId)
    for (const place of own) {
      places.add(placeKey(place))
      needed.add(place.directoryId)
    }
  }
  return taken
}

/** Where an operation happens: where a node that comes back was before does not matter. */
function placesOf({ kind, place, from }: Operation): readonly Place[] {
  return from === null || kind === 'create' ? [place] : [place, from]
}

function placeKey({ directoryId, name }: Place): string {
  return `${directoryId}/${name.normalize('NFC')}`
}
