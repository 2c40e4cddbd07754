/** What of all that is computed differs between two moments, told by keys: nothing is computed for it. */
import { mustGoOn } from '../../../shared/cancellation'
import { isPondError } from '../../../shared/errors'
import type { ComputedChange } from '../../../shared/model'
import { compareUtf8, type PondPath } from '../../../shared/path'
import { keyOf, TableOutput, TextOutput } from '../../recipes'
import type { Moment } from '../../steward'
import type { ComputedNode } from '../../tinyfs'
import { filesOf, recipeOutputs } from './outputs'

/** Of a directory so many files are compared. */
const MOST_FILES = 10_000
/** Inputs that are named. */
const MOST_INPUTS = 100

/** A moment, with the paths of what may be recipes in it. */
export interface Side {
  readonly moment: Moment
  readonly recipes: readonly string[]
}

interface Computed {
  readonly recipe: string
  /** Of the recipe's text. */
  readonly text: string
  /** Null where nothing can be made. */
  readonly key: string | null
  /** By path: hashes; of what is computed, keys. */
  readonly inputs: ReadonlyMap<string, string>
}

/** Ordered by path. */
export async function computedChanges(from: Side, to: Side, signal?: AbortSignal): Promise<readonly ComputedChange[]> {
  const [before, after] = [await computedFiles(from, signal), await computedFiles(to, signal)]
  const changes: ComputedChange[] = []
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const change = changeOf(path, before.get(path), after.get(path))
    if (change !== undefined) changes.push(change)
  }
  return changes.sort((a, b) => compareUtf8(a.path, b.path))
}

/** What determines all that is computed at a path and below it; undefined where nothing is computed there. */
export async function keyAt(moment: Moment, path: PondPath, signal?: AbortSignal): Promise<string | undefined> {
  if (!(await moment.fs.exists(path))) return undefined
  const node = moment.computed((await moment.fs.find(path)).node)
  if (node === undefined) return undefined
  const keys: string[] = []
  try {
    for await (const { path: at, node: file } of filesOf(node, path)) {
      mustGoOn(signal)
      keys.push(`${at} ${String((await plannedOf(file)).key)}`)
    }
  } catch (error) {
    mustGoOn(signal)
    if (!isPondError(error)) throw error
  }
  return keyOf(keys)
}

/** What two keys say of it; undefined where it is the same. */
export function changeBetween(
  before: string | undefined,
  after: string | undefined,
): ComputedChange['change'] | undefined {
  if (before === after) return undefined
  return before === undefined ? 'added' : after === undefined ? 'deleted' : 'modified'
}

function changeOf(path: string, before: Computed | undefined, after: Computed | undefined): ComputedChange | undefined {
  const { recipe } = (after ?? before)!
  if (before === undefined || after === undefined)
    return { path, recipe, change: before === undefined ? 'added' : 'deleted', isRecipeChanged: true, inputs: [] }
  if (before.key === after.key && before.key !== null) return undefined
  const inputs = [...new Set([...before.inputs.keys(), ...after.inputs.keys()])]
    .filter((input) => before.inputs.get(input) !== after.inputs.get(input))
    .sort(compareUtf8)
    .slice(0, MOST_INPUTS)
  const isRecipeChanged = before.text !== after.text
  // What failed before and fails now, of the same, is no change.
  if (before.key === after.key && !isRecipeChanged) return undefined
  return { path, recipe, change: 'modified', isRecipeChanged, inputs }
}

async function computedFiles(
  { moment, recipes }: Side,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Computed>> {
  const found = new Map<string, Computed>()
  for (const { recipe, output, node } of await recipeOutputs(moment, recipes)) {
    const text = (await moment.entry(recipe)).sha256 ?? ''
    try {
      let files = 0
      for await (const { path, node: file } of filesOf(node, output)) {
        mustGoOn(signal)
        if (++files > MOST_FILES) break
        found.set(path, { recipe, text, ...(await plannedOf(file)) })
      }
    } catch (error) {
      mustGoOn(signal)
      if (!isPondError(error)) throw error
      // A directory that cannot be listed stands for all that would be in it.
      found.set(output, { recipe, text, key: null, inputs: new Map() })
    }
  }
  return found
}

async function plannedOf(file: ComputedNode): Promise<Pick<Computed, 'key' | 'inputs'>> {
  const nothing = { key: null, inputs: new Map<string, string>() }
  if (!(file instanceof TableOutput || file instanceof TextOutput)) return nothing
  try {
    const { key, reads } = await file.plan()
    return { key, inputs: new Map(reads.map(({ path, hash }) => [path, hash])) }
  } catch (error) {
    if (!isPondError(error) || error.code === 'platform.cancelled') throw error
    return nothing
  }
}
