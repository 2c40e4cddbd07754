/** What all recipes of a moment read and how far what they make is made, told without making anything. */
import { mustGoOn } from '../../../shared/cancellation'
import { isPondError } from '../../../shared/errors'
import type { RecipeExplanation, RecipeState } from '../../../shared/model'
import { FailedOutput, problemsOf, TableOutput, TextOutput } from '../../recipes'
import type { Moment, Steward } from '../../steward'
import type { ComputedNode } from '../../tinyfs'
import { filesOf, recipeOutputs } from './outputs'

/** Of a directory so many of the files in it are looked at. */
const MOST_FILES = 100

/** Ordered by the path of the recipe. @param recipes paths of files that may be recipes */
export async function surveyRecipes(
  moment: Moment,
  recipes: readonly string[],
  derived: Steward['derived'],
  signal?: AbortSignal,
): Promise<readonly RecipeState[]> {
  const states: RecipeState[] = []
  for (const { recipe: path, output, node } of await recipeOutputs(moment, recipes)) {
    mustGoOn(signal)
    const entry = await moment.entry(output)
    if (entry.recipe === undefined) continue
    const { change } = await moment.entry(path)
    const base = { ...entry.recipe, output, fileType: entry.fileType, change }
    try {
      states.push({ ...base, ...(await stateOf(node, derived, signal)) })
    } catch (error) {
      mustGoOn(signal)
      if (!isPondError(error)) throw error
      states.push({ ...base, problem: problemsOf(error)[0]!, state: 'failing', inputs: [], cachedBytes: 0 })
    }
  }
  return states
}

/** What a computed file is made of and by; null for what is stored, and for a directory. @throws recipes.*, query.* */
export async function explainComputed(
  moment: Moment,
  path: string,
  derived: Steward['derived'],
): Promise<RecipeExplanation | null> {
  const node = moment.computed((await moment.fs.find(path)).node)
  if (node instanceof FailedOutput) throw node.error()
  if (!(node instanceof TableOutput || node instanceof TextOutput)) return null
  const { key, reads } = await node.plan()
  const inputs = [...new Set(reads.map((read) => read.path))].sort()
  const sql = node instanceof TableOutput ? (await node.plan()).sql : null
  const isInlined = node instanceof TableOutput && node.isInlined
  return { sql, inputs, key, isInlined, cachedBytes: (await derived.sizeOf(key)) ?? null }
}

async function stateOf(
  node: ComputedNode,
  derived: Steward['derived'],
  signal: AbortSignal | undefined,
): Promise<Pick<RecipeState, 'state' | 'inputs' | 'cachedBytes'>> {
  const inputs = new Set<string>()
  let [files, made, inlined, cachedBytes] = [0, 0, 0, 0]
  for await (const { node: file } of filesOf(node, '')) {
    mustGoOn(signal)
    if (++files > MOST_FILES) break
    if (file instanceof FailedOutput) throw file.error()
    if (!(file instanceof TableOutput || file instanceof TextOutput)) {
      // What is made of itself says so.
      await file.open?.(undefined, signal)
      continue
    }
    const { key, reads } = await file.plan()
    for (const { path } of reads) inputs.add(path)
    const size = await derived.sizeOf(key)
    if (size !== undefined) {
      made++
      cachedBytes += size
    } else if (file instanceof TableOutput && file.isInlined) inlined++
  }
  const state = files === made ? 'made' : files === made + inlined ? 'inlined' : 'not-made'
  return { state, inputs: [...inputs].sort(), cachedBytes }
}
