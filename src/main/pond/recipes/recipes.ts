/** The recipes of an opened pond, with what they compute by. */
import { Recipes, Renderer, type Link, type Plan, type Render } from '../../recipes'
import type { Queries } from '../../query'
import type { MakerAt, Moment, Steward } from '../../steward'
import type { Maker, NodeId } from '../../tinyfs'
import { PondCompute } from './compute'

export interface PondRecipesContext {
  /** Asked once there is something to compute: the pond is open by then. */
  readonly steward: () => Steward
  readonly queries: () => Queries
}

export class PondRecipes {
  readonly #context: PondRecipesContext
  readonly #recipes: Recipes
  #renderer: Promise<Renderer> | undefined

  constructor(context: PondRecipesContext) {
    this.#context = context
    this.#recipes = new Recipes(this.#render)
  }

  readonly makerAt: MakerAt = (at, backend) => {
    // Of one moment, whoever is above.
    const plans = new Map<NodeId, Plan>()
    const makerFor = (above: readonly Link[]): Maker =>
      this.#recipes.at(
        {
          stored: backend,
          compute: (links) => {
            const { steward, queries } = this.#context
            const moment = async (): Promise<Moment> =>
              (await steward().moments.of(at, backend)).computedBy(makerFor(links))
            return new PondCompute({ steward: steward, queries, moment })
          },
        },
        above,
        plans,
      )
    return makerFor([])
  }

  readonly #render: Render = async (work) => {
    let renderer = await (this.#renderer ??= Renderer.open())
    const rendered = []
    for (const one of work) {
      if (renderer.isBroken) renderer = await (this.#renderer = Renderer.open())
      rendered.push(renderer.render(one))
    }
    return rendered
  }
}
