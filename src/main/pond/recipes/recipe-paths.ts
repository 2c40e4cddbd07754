/** Where a pond's recipes stand, carried from one moment to another by what changed between them. */
import type { Change } from '../../../shared/model'
import { compareUtf8, isWithin, parentPath, type PondPath } from '../../../shared/path'
import { SUFFIX } from '../../recipes'

/**
 * The paths of files that are called as recipes, after changes. A directory that moved is one change, and takes along what
 * is in it; of a file that moved itself, and of directories in each other, the nearest counts.
 * @param before in any order
 * @returns by their bytes
 */
export function recipePathsAfter(before: readonly string[], changes: readonly Change[]): string[] {
  const gone = new Map<string, Change>()
  const after = new Set<string>()
  for (const change of changes) {
    const { path, oldPath } = change
    if (change.change !== 'added' && (oldPath !== null || change.change === 'deleted'))
      gone.set(oldPath ?? path, change)
    if (change.change !== 'deleted' && isNamedAsRecipe(change)) after.add(path)
  }
  for (const path of before) {
    const moved = movedBy(path, gone)
    if (moved === undefined) after.add(path)
    else if (moved.change !== 'deleted') after.add(moved.path)
  }
  return [...after].filter((path) => path.endsWith(SUFFIX)).sort(compareUtf8)
}

function isNamedAsRecipe({ path, fileType }: Change): boolean {
  return path.endsWith(SUFFIX) && fileType !== 'directory'
}

function movedBy(path: string, gone: ReadonlyMap<string, Change>): Pick<Change, 'path' | 'change'> | undefined {
  for (let at = path; ; at = parentPath(at as PondPath)) {
    const change = gone.get(at)
    if (change !== undefined) return { change: change.change, path: change.path + path.slice(at.length) }
    if (at === '/' || !isWithin(path, '/')) return undefined
  }
}
