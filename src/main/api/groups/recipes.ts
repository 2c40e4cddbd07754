/** Recipes: what an editor of one needs. */
import { recipeSchema } from '../../pond'
import type { Group } from '../connection/handlers'
import type { Session } from '../connection/session'
import { steps } from '../connection/steps'

export function recipesHandlers(session: Session): Group<'recipes'> {
  return {
    list: ({ at }, { signal }) => session.mustWorkspace().pond.recipes(at, signal),
    explain: async ({ path, at }) => ({ explanation: await session.mustWorkspace().pond.explain(path, at) }),
    changes: ({ from, to }, { signal }) => session.mustWorkspace().pond.computedChanges(from, to, signal),
    check: ({ at, path }, call) =>
      steps(call, (onProgress, signal) => session.mustWorkspace().pond.checkRecipes(at, { path, signal, onProgress })),
    freeze: ({ path, to }, call) =>
      steps(call, async (_report, signal) => {
        const { result } = await session.mustWorkspace().pond.freeze(path, to ?? path, { signal, undoable: true })
        return { path: result }
      }),
    schema: async () => recipeSchema(),
    preview: ({ path, at, text }, { signal }) => session.mustWorkspace().pond.previewRecipe({ path, text, signal }, at),
  }
}
