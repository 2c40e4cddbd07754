/** The recipes of an opened pond, with what they compute by. */
import type {
  CheckResult,
  ComputedChange,
  RecipePreview,
  RecipeState,
  ResolvedAt,
  Version,
} from '../../../shared/model'
import { parsePath, type PondPath } from '../../../shared/path'
import {
  noPlans,
  Recipes,
  Templates,
  type Link,
  type RecipeDocument,
  type RecipeMoment,
  type Variables,
} from '../../recipes'
import type { World } from '../../platform'
import type { Queries, RowStream } from '../../query'
import type { MakerAt, Moment, Steward } from '../../steward'
import type { Maker } from '../../tinyfs'
import { querySource, type Survey } from '../sql/source'
import { recipesIn, type RecipeText } from './apply'
import { checkRecipes, type CheckOptions } from './check'
import { PondCompute } from './compute'
import { changeBetween, computedChanges, keyAt, type Side } from './computed-changes'
import { previewOf, sourceAt, type PreviewRequest } from './preview'
import { RecipeIndex } from './recipe-index'
import { computedRows } from './computed-rows'
import { surveyRecipes } from './survey'

/** Versions that are compared for one history. */
const MOST_VERSIONS = 1_000

export interface ComputedVersion {
  readonly version: Version
  readonly change: ComputedChange['change']
}

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
  readonly index: RecipeIndex

  constructor(world: World, context: PondRecipesContext) {
    this.#context = context
    this.#clock = world.clock
    this.index = new RecipeIndex(context.steward)
    this.#templates = new Templates(world)
    this.#recipes = new Recipes(this.#templates.render)
  }

  /** Ends what fills templates in. Idempotent. */
  close(): Promise<void> {
    return this.#templates.close()
  }

  readonly makerAt: MakerAt = (at, backend) => this.#makersOf(at, backend)([])

  /** What makes what is computed at a moment, while those above are being resolved. */
  #makersOf(at: ResolvedAt, backend: Moment['backend']): (above: readonly Link[]) => Maker {
    // Of one moment, whoever is above.
    const plans = noPlans()
    const makerFor = (above: readonly Link[]): Maker =>
      this.#recipes.at(this.#momentOf(at, backend, makerFor), above, plans)
    return makerFor
  }

  /** The first of what a text would make at a moment, were it the recipe at a path. Nothing is staged. */
  async preview(moment: Moment, { path, text, signal }: PreviewRequest): Promise<RecipePreview> {
    const { at, backend } = moment
    const makerFor = this.#makersOf(at, backend)
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
    const recipes = await this.index.paths(moment, options.signal)
    const momentAt = (version: Version): Promise<Moment> => steward().moments.at({ kind: 'version', version })
    const compute = new PondCompute({ steward, queries, moment: async () => moment, momentAt })
    const stream = (sql: string): Promise<RowStream> =>
      queries().stream(querySource(steward(), moment, { reading: {} }), sql, options.signal)
    return checkRecipes({ moment, recipes, compute, stream, clock: this.#clock, isNow }, options)
  }

  /** @throws recipes.bad-spec */
  read(texts: readonly RecipeText[], given: Variables): Promise<readonly RecipeDocument[]> {
    return recipesIn(texts, given, this.#templates.render)
  }

  /** Every recipe with what it reads and how far that is made. Nothing is computed. */
  async states(moment: Moment, signal?: AbortSignal): Promise<readonly RecipeState[]> {
    return surveyRecipes(moment, await this.index.paths(moment, signal), this.#context.steward().derived, signal)
  }

  /** The same, with what each file reads, as SQL tells of it. */
  readonly survey: Survey = async (moment) => {
    const { derived } = this.#context.steward()
    return computedRows(moment, await this.index.paths(moment), derived)
  }

  /** What of all that is computed differs. Nothing is computed. */
  async changes(from: Moment, to: Moment, signal?: AbortSignal): Promise<readonly ComputedChange[]> {
    const side = async (moment: Moment): Promise<Side> => ({ moment, recipes: await this.index.paths(moment, signal) })
    return computedChanges(await side(from), await side(to), signal)
  }

  /**
   * Versions in which what is computed at a path became another, newest first, among the last thousand.
   * @param range.before only earlier ones @param at gives a version's moment
   */
  async versions(
    path: PondPath,
    { before, limit }: { readonly before: Version; readonly limit: number },
    at: (version: Version) => Promise<Moment>,
  ): Promise<readonly ComputedVersion[]> {
    const found: ComputedVersion[] = []
    const last = before - 1
    let key = await keyAt(await at(last), path)
    for (let version = last; version > Math.max(0, last - MOST_VERSIONS) && found.length < limit; version--) {
      const earlier = await keyAt(await at(version - 1), path)
      const change = changeBetween(earlier, key)
      if (change !== undefined) found.push({ version, change })
      key = earlier
    }
    return found
  }

  async changeAt(from: Moment, to: Moment, path: PondPath): Promise<ComputedChange['change'] | undefined> {
    return changeBetween(await keyAt(from, path), await keyAt(to, path))
  }

  #momentOf(at: ResolvedAt, backend: Moment['backend'], makerFor: (above: readonly Link[]) => Maker): RecipeMoment {
    return {
      stored: backend,
      compute: (links) => {
        const { steward, queries } = this.#context
        const moment = async (): Promise<Moment> =>
          (await steward().moments.of(at, backend)).computedBy(makerFor(links))
        const momentAt = async (version: Version): Promise<Moment> => {
          const other = await steward().moments.at({ kind: 'version', version })
          return other.computedBy(this.#makersOf(other.at, other.backend)(links))
        }
        return new PondCompute({ steward, queries, moment, momentAt })
      },
    }
  }
}
