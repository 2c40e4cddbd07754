/**
 * The recipes of one pond: found by their names where they are stored, read once for each content, and turned into what they
 * make at a moment. Nothing is computed before somebody reads it.
 */
import type { Maker, Metadata, NodeId, NodeRef, ReadBackend } from '../../tinyfs'
import type { Compute } from '../factories/compute'
import { MAX_BYTES } from '../spec/yaml'
import { outputName, readRecipe, SUFFIX, type Checked } from '../spec/recipe'
import type { Render } from '../templates/rendering'
import { outputId } from './key'
import { CircularOutput, FailedOutput, TableOutput, type Link, type Plan, type Source } from './output'

/** Texts of recipes that are kept, read. */
const KEPT_TEXTS = 4_096

/** One moment of a pond, as recipes see it. */
export interface RecipeMoment {
  /** What is stored. */
  readonly stored: ReadBackend
  /** What to ask with while these recipes are being resolved, the outermost first. */
  compute(above: readonly Link[]): Compute
}

export class Recipes {
  readonly #render: Render
  /** By the hash of the text. */
  readonly #read = new Map<string, Promise<Checked>>()

  constructor(render: Render) {
    this.#render = render
  }

  /** @param above recipes that are being resolved, and whose results nobody may ask for */
  at(moment: RecipeMoment, above: readonly Link[] = [], plans: Map<NodeId, Plan> = new Map()): Maker {
    return {
      outputName,
      sourceName: (output) => output + SUFFIX,
      make: async (node, name) => {
        const metadata = await moment.stored.metadata(node)
        const checked = await this.#checked(moment.stored, node, metadata)
        if (checked === undefined) return undefined
        const source: Source = { id: node.id, name: outputName(name)!, metadata }
        if ('problems' in checked) return new FailedOutput(source, checked.problems)
        const { spec } = checked.recipe
        const id = outputId(node.id)
        const met = above.findIndex((link) => link.id === id)
        if (spec.recipe === 'reduce' || spec.recipe === 'text' || spec.recipe === 'directory') return undefined
        if (met >= 0) return new CircularOutput(source, 'file:table', above.slice(met))
        return new TableOutput(source, spec, moment.compute([...above, { id, name: source.name }]), plans)
      },
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
