/** What the recipes of a moment make, by path. */
import { SUFFIX } from '../../recipes'
import type { Moment } from '../../steward'
import type { ComputedNode } from '../../tinyfs'

export interface RecipeOutput {
  /** Where the recipe is stored. */
  readonly recipe: string
  readonly output: string
  readonly node: ComputedNode
}

/**
 * In the order of the paths. What is stored in place of what a recipe would make counts: that recipe makes nothing.
 * @param paths of files that may be recipes
 */
export async function recipeOutputs(moment: Moment, paths: readonly string[]): Promise<readonly RecipeOutput[]> {
  const found: RecipeOutput[] = []
  for (const recipe of paths) {
    const output = recipe.slice(0, -SUFFIX.length)
    if (!(await moment.fs.exists(output))) continue
    const node = moment.computed((await moment.fs.find(output)).node)
    if (node !== undefined) found.push({ recipe, output, node })
  }
  return found
}

/** The files that something computed is or holds, with their paths. @throws recipes.* of a directory that cannot be listed */
export async function* filesOf(
  node: ComputedNode,
  path: string,
): AsyncGenerator<{ readonly path: string; readonly node: ComputedNode }, void, void> {
  if (node.entries === undefined) yield { path, node }
  else for (const { name, computed } of await node.entries()) yield* filesOf(computed, `${path}/${name}`)
}
