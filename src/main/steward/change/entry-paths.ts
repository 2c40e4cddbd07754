/** Finds an entry by its path at one moment, and its path at another. Costs as much as that entry has changes. */
import { isPondError } from '../../../shared/errors'
import { parsePath } from '../../../shared/path'
import { ReadFileSystem } from '../../tinyfs'
import { pathsOf, type NodeState } from '../../tlogfs'
import type { Moment } from '../read/moment'

export interface EntryPaths {
  /** Null where it is not there. */
  readonly before: string | null
  readonly after: string | null
}

/**
 * Through moves of the entry and of directories above it. An entry that came in the place of one that is gone is
 * compared with that one. Both are null where nothing is at the path at either moment.
 */
export async function entryPaths(given: string, from: Moment, to: Moment): Promise<EntryPaths> {
  const path = parsePath(given)
  const [was, is] = [await stateAt(from, path), await stateAt(to, path)]
  const found = is ?? was
  if (found === undefined) return { before: null, after: null }
  const paths = await pathsOf(from.backend, to.backend, found)
  if (paths.before !== null || was === undefined) return paths
  const gave = await pathsOf(from.backend, to.backend, was)
  return gave.after === null ? { ...paths, before: gave.before } : paths
}

/** Views are left out: what they show is computed, and changes where what it is of does. */
async function stateAt({ backend }: Moment, path: string): Promise<NodeState | undefined> {
  try {
    const { node } = await new ReadFileSystem(backend).find(path, { follow: false })
    return await backend.mustState(node)
  } catch (error) {
    if (isPondError(error, 'tinyfs.not-found') || isPondError(error, 'tinyfs.not-a-directory')) return undefined
    throw error
  }
}
