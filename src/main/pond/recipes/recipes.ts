/** The recipes of an opened pond, with what they compute by. */
import { Recipes, Templates, type Link, type Plan } from '../../recipes'
import type { World } from '../../platform'
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
  readonly #templates: Templates

  constructor(world: World, context: PondRecipesContext) {
    this.#context = context
    this.#templates = new Templates(world)
    this.#recipes = new Recipes(this.#templates.render)
  }

  /** Ends what fills templates in. Idempotent. */
  close(): Promise<void> {
    return this.#templates.close()
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
}
