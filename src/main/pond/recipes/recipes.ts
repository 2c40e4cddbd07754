/** The recipes of an opened pond, with what they compute by. */
import type { CheckResult, RecipePreview, ResolvedAt } from '../../../shared/model'
import { parsePath } from '../../../shared/path'
import { Recipes, Templates, type Link, type Plan, type RecipeMoment } from '../../recipes'
import type { World } from '../../platform'
import type { Queries, RowStream } from '../../query'
import type { MakerAt, Moment, Steward } from '../../steward'
import type { Maker, NodeId } from '../../tinyfs'
import { querySource } from '../sql/source'
import { checkRecipes, type CheckOptions } from './check'
import { PondCompute } from './compute'
import { previewOf, sourceAt, type PreviewRequest } from './preview'

export interface PondRecipesContext {
  /** Asked once there is something to compute: the pond is open by then. */
  readonly steward: () => Steward
  readonly queries: () => Queries
}

export class PondRecipes {
  readonly #context: PondRecipesContext
  readonly #recipes: Recipes
  readonly #templates: Templates
  readonly #clock: World['clock']

  constructor(world: World, context: PondRecipesContext) {
    this.#context = context
    this.#clock = world.clock
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
      this.#recipes.at(this.#momentOf(at, backend, makerFor), above, plans)
    return makerFor([])
  }

  /** The first of what a text would make at a moment, were it the recipe at a path. Nothing is staged. */
  async preview(moment: Moment, { path, text, signal }: PreviewRequest): Promise<RecipePreview> {
    const { at, backend } = moment
    const makerFor = (above: readonly Link[]): Maker =>
      this.#recipes.at(this.#momentOf(at, backend, makerFor), above, new Map())
    const here = this.#momentOf(at, backend, makerFor)
    const source = await sourceAt(moment, parsePath(path))
    const stream = async (sql: string, links: readonly Link[]): Promise<RowStream> => {
      const { steward, queries } = this.#context
      const seen = (await steward().moments.of(at, backend)).computedBy(makerFor(links))
      return queries().stream(querySource(steward(), seen), sql, signal)
    }
    return previewOf(await this.#recipes.of(text, source, here), { stream, signal })
  }

  /** What recipes say that has to hold of their tables at a moment, looked at. @param isNow whether that is the head or what is pending */
  async check(moment: Moment, isNow: boolean, options: CheckOptions): Promise<readonly CheckResult[]> {
    const { steward, queries } = this.#context
    const compute = new PondCompute({ steward, queries, moment: async () => moment })
    const stream = (sql: string): Promise<RowStream> =>
      queries().stream(querySource(steward(), moment, {}), sql, options.signal)
    return checkRecipes({ moment, compute, stream, clock: this.#clock, isNow }, options)
  }

  #momentOf(at: ResolvedAt, backend: Moment['backend'], makerFor: (above: readonly Link[]) => Maker): RecipeMoment {
    return {
      stored: backend,
      compute: (links) => {
        const { steward, queries } = this.#context
        const moment = async (): Promise<Moment> =>
          (await steward().moments.of(at, backend)).computedBy(makerFor(links))
        return new PondCompute({ steward: steward, queries, moment })
      },
    }
  }
}
