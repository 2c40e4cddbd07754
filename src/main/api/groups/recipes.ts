/** Recipes: what an editor of one needs. */
import { recipeSchema } from '../../pond'
import type { Group } from '../connection/handlers'
import type { Session } from '../connection/session'

export function recipesHandlers(session: Session): Group<'recipes'> {
  return {
    list: ({ at }, { signal }) => session.mustWorkspace().pond.recipes(at, signal),
    explain: async ({ path, at }) => ({ explanation: await session.mustWorkspace().pond.explain(path, at) }),
    schema: async () => recipeSchema(),
    preview: ({ path, at, text }, { signal }) => session.mustWorkspace().pond.previewRecipe({ path, text, signal }, at),
  }
}
