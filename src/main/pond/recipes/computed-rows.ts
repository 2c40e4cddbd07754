/** All that is computed at a moment, with what it reads, as SQL tells of it: `pond.recipes` and `pond.lineage`. */
import { isPondError } from '../../../shared/errors'
import { TableOutput, TextOutput } from '../../recipes'
import type { ComputedRows, LineageRow, RecipeRow } from '../../query'
import type { Moment, Steward } from '../../steward'
import { filesOf, recipeOutputs } from './outputs'
import { surveyRecipes } from './survey'

/** Of a directory so many files are told of. */
const MOST_FILES = 10_000

/** @param recipes paths of files that may be recipes */
export async function computedRows(
  moment: Moment,
  recipes: readonly string[],
  derived: Steward['derived'],
): Promise<ComputedRows> {
  const keys = new Map<string, string>()
  const lineage: LineageRow[] = []
  for (const { recipe, output, node } of await recipeOutputs(moment, recipes)) {
    try {
      let files = 0
      for await (const { path, node: file } of filesOf(node, output)) {
        if (++files > MOST_FILES) break
        if (!(file instanceof TableOutput || file instanceof TextOutput)) continue
        const { key, reads } = await file.plan()
        if (path === output) keys.set(output, key)
        for (const { path: input, hash } of reads)
          lineage.push({ output: path, input, hash, nodeVersion: await versionOf(moment, input), via: recipe })
      }
    } catch (error) {
      // `pond.recipes` says why.
      if (!isPondError(error) || error.code === 'platform.cancelled') throw error
    }
  }
  const states = await surveyRecipes(moment, recipes, derived)
  return {
    lineage,
    recipes: states.map((state): RecipeRow => {
      const { path, output, factory, fileType, description, problem, cachedBytes } = state
      const { message = null, line = null, column = null } = problem ?? {}
      const about = { path, output, factory, kind: 'computed', fileType, description, state: state.state }
      return { ...about, problem: message, line, column, key: keys.get(output) ?? null, cachedBytes }
    }),
  }
}

async function versionOf(moment: Moment, path: string): Promise<number | null> {
  if (!(await moment.fs.exists(path))) return null
  const { recipe, nodeVersion } = await moment.entry(path)
  return recipe === undefined ? nodeVersion : null
}
