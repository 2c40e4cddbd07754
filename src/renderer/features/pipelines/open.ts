/** From a pipeline to what it is about. */
import type { RecipeState } from '../../../shared/model'
import { useSession } from '../../session'

export function openEntry(path: string): void {
  const { select, setTab } = useSession.getState()
  select(path)
  setTab('files')
}

/** Where it is wrong, or where it begins. */
export function openRecipe({ path, problem }: RecipeState): void {
  useSession.getState().openAt({ path, line: problem?.line ?? 1, column: problem?.column ?? 1 })
}
