/**
 * The recipes of one pond: found by their names where they are stored, read once for each content, and turned into what they
 * make at a moment. Nothing is computed before somebody reads it.
 */
import type { ComputedNode, Maker, Metadata, NodeId, NodeRef, ReadBackend } from '../../tinyfs'
import { checksOf } from '../factories/checks'
import type { Column, Compute } from '../factories/compute'
import { inputsOf, joinSql } from '../factories/join'
import { sqlSql } from '../factories/sql'
import { syntheticSql } from '../factories/synthetic'
import { mustHaveTime } from '../factories/time-column'
import type { Spec } from '../spec/fields'
import { MAX_BYTES } from '../spec/yaml'
import { outputName, readRecipe, SUFFIX, type Checked, type Recipe } from '../spec/recipe'
import type { Render } from '../templates/rendering'
import { outputId } from './key'
import { DirectoryOutput, type DirectoryContext } from './directory-output'
import { CircularOutput, DeepOutput, FailedOutput, MOST_DEEP, type Link, type Source } from './output'
import { ReduceOutput } from './reduce-output'
import { TableOutput, type Plan, type TableRecipe } from './table-output'
import { TextDirectory, TextOutput, type TextPlan } from './text-output'

/** Texts of recipes that are kept, read. */
const KEPT_TEXTS = 4_096

/** One moment of a pond, as recipes see it. */
export interface RecipeMoment {
  /** What is stored. */
  readonly stored: ReadBackend
  /** What to ask with while these recipes are being resolved, the outermost first. */
  compute(above: readonly Link[]): Compute
}

type TableSpec = Extract<Spec, { recipe: 'sql' | 'join' | 'pivot' | 'synthetic' }>

function tableRecipe(spec: TableSpec, compute: Compute): TableRecipe {
  const isSeries = spec.recipe === 'sql' && spec.series !== undefined
  return {
    factory: spec.recipe,
    fileType: isSeries ? 'file:series' : 'file:table',
    isInlined: true,
    ...(isSeries && { timeColumn: spec.series }),
    sql: async () => {
      switch (spec.recipe) {
        case 'sql':
          return sqlSql(spec, compute)
        case 'join':
        case 'pivot':
          return joinSql(spec, compute)
        case 'synthetic':
          return syntheticSql(spec)
      }
    },
    ...(spec.recipe === 'sql' &&
      spec.series !== undefined && {
        check: async (sql) => void mustHaveTime(await compute.columns(sql), spec.series!, 'what its query gives'),
      }),
    ...timesOf(spec, compute),
  }
}

/** How the times of the inputs tell which rows of a table are of a range. */
function timesOf(spec: TableSpec, compute: Compute): Pick<TableRecipe, 'timed' | 'sqlWithin'> {
  switch (spec.recipe) {
    case 'sql':
      return {
        timed: async (column) => compute.timed(await sqlSql(spec, compute), column),
        sqlWithin: () => sqlSql(spec, compute),
      }
    case 'join':
    case 'pivot':
      return {
        timed: async (column) => {
          if (column.toLowerCase() !== spec.time.toLowerCase()) return undefined
          const inputs = await inputsOf(spec, compute)
          const parts = await Promise.all(inputs.map((input) => compute.timed(input, spec.time)))
          if (!parts.every((part) => part !== undefined)) return undefined
          return {
            parts: parts.flatMap((each) => each.parts),
            through: parts.flatMap(({ through }) => through),
            // Rows of one time become one.
            rows: null,
          }
        },
        sqlWithin: (range) => joinSql(spec, compute, range),
      }
    case 'synthetic':
      return {}
  }
}

interface OutputContext {
  readonly compute: Compute
  readonly plans: Plans
}

/** What is known of the outputs of one moment. */
export interface Plans {
  readonly tables: Map<NodeId, Plan>
  readonly texts: Map<NodeId, TextPlan>
}

export function noPlans(): Plans {
  return { tables: new Map(), texts: new Map() }
}

function fileTypeOf({ spec }: Recipe): ComputedNode['fileType'] {
  if (spec.recipe === 'directory' || spec.recipe === 'reduce') return 'directory'
  if (spec.recipe === 'text') return spec.input === undefined ? 'file:data' : 'directory'
  return 'file:table'
}

export class Recipes {
  readonly #render: Render
  /** Of tables of which more was checked than that their query can be asked. */
  readonly #checkedKeys = new Set<string>()
  readonly #types = new Map<string, readonly Column[]>()
  /** By the hash of the text. */
  readonly #read = new Map<string, Promise<Checked>>()

  constructor(render: Render) {
    this.#render = render
  }

  /** @param above recipes that are being resolved, and whose results nobody may ask for */
  at(moment: RecipeMoment, above: readonly Link[] = [], plans: Plans = noPlans()): Maker {
    return {
      outputName,
      sourceName: (output) => output + SUFFIX,
      make: async (node, name) => {
        const metadata = await moment.stored.metadata(node)
        const checked = await this.#checked(moment.stored, node, metadata)
        if (checked === undefined) return undefined
        const description = 'recipe' in checked ? checked.recipe.spec.description : undefined
        const source: Source = { id: node.id, name: outputName(name)!, metadata, description }
        const id = outputId(node.id)
        const met = above.findIndex((link) => link.id === id)
        if (met >= 0 && 'recipe' in checked) {
          return new CircularOutput(source, fileTypeOf(checked.recipe), above.slice(met))
        }
        if (above.length >= MOST_DEEP && 'recipe' in checked)
          return new DeepOutput(source, fileTypeOf(checked.recipe), above)
        const compute = moment.compute([...above, { id, name: source.name }])
        return this.#output(source, checked, '', { compute, plans })
      },
    }
  }

  /**
   * What a text would make, were it what stands in a file of this name; undefined for one that is no recipe.
   * @param moment as it is without it
   */
  async of(text: string, source: Source, moment: RecipeMoment): Promise<ComputedNode | undefined> {
    const checked = await readRecipe(text, this.#render)
    if (checked === undefined) return undefined
    const link = { id: outputId(source.id), name: source.name }
    return this.#output(source, checked, '', { compute: moment.compute([link]), plans: noPlans() })
  }

  #output(file: Source, read: NonNullable<Checked>, subPath: string, at: OutputContext): ComputedNode {
    if ('problems' in read) return new FailedOutput(file, read.problems, subPath)
    const { recipe } = read
    const source = { ...file, yaml: recipe.yaml }
    const { spec, variables } = recipe
    const { compute, plans } = at
    const [checked, types] = [this.#checkedKeys, this.#types]
    for (const kept of [checked, types]) if (kept.size > KEPT_TEXTS) kept.clear()
    const context = {
      compute,
      checked,
      types,
      plans: plans.tables,
      texts: plans.texts,
      variables,
      render: this.#render,
      subPath,
      checks: checksOf(recipe),
    }
    switch (spec.recipe) {
      case 'text':
        return spec.input === undefined
          ? new TextOutput(source, spec, context)
          : new TextDirectory(source, spec, context)
      case 'directory': {
        const nested: DirectoryContext['nested'] = (inner, below) => this.#output(source, inner, below, at)
        return new DirectoryOutput(source, spec, { ...context, recipe, nested })
      }
      case 'reduce':
        return new ReduceOutput(source, spec, context)
      default:
        return new TableOutput(source, tableRecipe(spec, at.compute), context)
    }
  }

  #checked(stored: ReadBackend, node: NodeRef, { sha256, size }: Metadata): Promise<Checked> {
    if (sha256 === null || size === null || size > MAX_BYTES) return this.#readText(stored, node)
    let read = this.#read.get(sha256)
    if (read === undefined) {
      this.#read.set(sha256, (read = this.#readText(stored, node)))
      read.catch(() => this.#read.delete(sha256))
      const [oldest] = this.#read.keys()
      if (this.#read.size > KEPT_TEXTS && oldest !== undefined) this.#read.delete(oldest)
    }
    return read
  }

  async #readText(stored: ReadBackend, node: NodeRef): Promise<Checked> {
    const reader = await stored.open(node)
    try {
      // One byte more than may be: what is too large is refused by its text, if it says that it is a recipe.
      const bytes = await reader.read(0, Math.min(reader.size, MAX_BYTES + 1))
      return await readRecipe(new TextDecoder().decode(bytes), this.#render)
    } finally {
      await reader.close()
    }
  }
}
