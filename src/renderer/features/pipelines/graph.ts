/** Recipes and what they read as a graph from left to right. Knows nothing of drawing. */
import { graphlib, layout } from '@dagrejs/dagre'
import type { RecipeState } from '../../../shared/model'
import { parentPath, type PondPath } from '../../../shared/path'

export const NODE = { width: 208, height: 52 }
const GAP = { between: 20, along: 64 }
/** Files of one folder that one recipe reads are one node beyond these. */
const MOST_OF_FOLDER = 3

export interface GraphNode {
  /** A path; of several files that of their folder, with a slash at its end. */
  readonly id: string
  /** Null for what is stored. */
  readonly recipe: RecipeState | null
  /** Of several files of a folder. */
  readonly files: number
  /** Of its middle. */
  readonly x: number
  readonly y: number
}

export interface GraphEdge {
  readonly from: string
  readonly to: string
  readonly points: readonly { readonly x: number; readonly y: number }[]
}

export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  readonly width: number
  readonly height: number
}

export function graphOf(recipes: readonly RecipeState[]): Graph {
  const outputs = new Map(recipes.map((recipe) => [recipe.output, recipe]))
  const made = new graphlib.Graph()
  made.setGraph({ rankdir: 'LR', nodesep: GAP.between, ranksep: GAP.along, marginx: 24, marginy: 24 })
  made.setDefaultEdgeLabel(() => ({}))
  const files = new Map<string, number>()
  for (const { output } of recipes) made.setNode(output, { ...NODE })
  for (const { output, inputs } of recipes) {
    for (const [id, count] of sources(inputs, outputs)) {
      // What fails for being made of itself has no arrow to itself.
      if (id === output) continue
      if (!made.hasNode(id)) made.setNode(id, { ...NODE })
      files.set(id, Math.max(files.get(id) ?? 1, count))
      made.setEdge(id, output)
    }
  }
  layout(made)
  const { width = 0, height = 0 } = made.graph()
  return {
    nodes: made
      .nodes()
      .map((id) => {
        const { x = 0, y = 0 } = made.node(id)
        return { id, recipe: outputs.get(id) ?? null, files: files.get(id) ?? 1, x, y }
      })
      // As one reads: from left to right, then down.
      .sort((a, b) => a.x - b.x || a.y - b.y),
    edges: made.edges().map(({ v, w }) => ({ from: v, to: w, points: made.edge(v, w).points ?? [] })),
    width,
    height,
  }
}

/** What a recipe reads as nodes: a recipe for what it makes and all below, a folder for many files of it. */
function sources(inputs: readonly string[], outputs: ReadonlyMap<string, RecipeState>): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  const stored = new Map<string, string[]>()
  for (const path of inputs) {
    const output = outputOf(path, outputs)
    if (output !== undefined) {
      found.set(output, 1)
      continue
    }
    const folder = parentPath(path as PondPath)
    stored.set(folder, [...(stored.get(folder) ?? []), path])
  }
  for (const [folder, paths] of stored) {
    if (paths.length > MOST_OF_FOLDER) found.set(folder === '/' ? '/' : `${folder}/`, paths.length)
    else for (const path of paths) found.set(path, 1)
  }
  return found
}

function outputOf(path: string, outputs: ReadonlyMap<string, RecipeState>): string | undefined {
  for (let at = path; at !== '' && at !== '/'; at = at.slice(0, at.lastIndexOf('/'))) if (outputs.has(at)) return at
  return undefined
}
