/** What `reduce` makes: a directory for each match of its input, with a series for each width. */
import type { ComputedEntry, ComputedNode } from '../../tinyfs'
import { fieldsOf } from '../factories/input'
import { columnsKept, reduceSql, reductionOf, type Reduction } from '../factories/reduce'
import type { SpecOf } from '../spec/fields'
import type { FromFiles, Match, Remarks } from '../factories/compute'
import { Output, type Source } from './output'
import { fromSlices, remarksOf } from './reduced'
import { placed } from './placed'
import { TableOutput, type TableContext, type TableRecipe } from './table-output'
import { namesOf, type TextContext } from './text-output'

export type ReduceContext = TableContext & TextContext

export class ReduceOutput extends Output {
  readonly fileType = 'directory'
  readonly #spec: SpecOf<'reduce'>
  readonly #context: ReduceContext

  constructor(source: Source, spec: SpecOf<'reduce'>, context: ReduceContext) {
    super(source, context.subPath)
    this.#spec = spec
    this.#context = context
  }

  /** @throws recipes.bad-name */
  async entries(): Promise<readonly ComputedEntry[]> {
    return placed(this.source, () => this.#entries())
  }

  async #entries(): Promise<readonly ComputedEntry[]> {
    const { compute, subPath = '' } = this.#context
    const { glob, exclude, at } = fieldsOf(this.#spec.input)
    const matches = await compute.matches(glob, [exclude ?? []].flat(), at)
    const names = await namesOf(this.path, this.#spec.name, matches, this.#context)
    return matches.map((match, i): ComputedEntry => {
      const name = names[i]!
      const below = subPath === '' ? name : `${subPath}/${name}`
      return { name, computed: new Widths(this.source, this.#spec, { ...this.#context, subPath: below }, match) }
    })
  }

  protected about(): Readonly<Record<string, unknown>> {
    return { factory: 'reduce' }
  }
}

/** One match at each width. */
class Widths extends Output {
  readonly fileType = 'directory'
  readonly #spec: SpecOf<'reduce'>
  readonly #context: ReduceContext
  readonly #match: Match
  #known: Promise<Reduction> | undefined

  constructor(source: Source, spec: SpecOf<'reduce'>, context: ReduceContext, match: Match) {
    super(source, context.subPath)
    this.#spec = spec
    this.#context = context
    this.#match = match
  }

  async entries(): Promise<readonly ComputedEntry[]> {
    return this.#spec.every.map((every) => ({ name: `res=${every}.series`, computed: this.#series(every) }))
  }

  #series(every: string): ComputedNode {
    const { compute, subPath } = this.#context
    const context = { ...this.#context, subPath: `${subPath}/res=${every}.series` }
    const recipe: TableRecipe = {
      factory: 'reduce',
      fileType: 'file:series',
      isInlined: false,
      timeColumn: this.#spec.time,
      sql: async () => reduceSql(await this.#reduction(), every),
      columns: async () => columnsKept(await this.#reduction()),
      make: async ({ plan: { sql, key, engineVersion }, metadata, signal }) => {
        const instead = async (stopped: AbortSignal): Promise<FromFiles | undefined> => {
          const reduction = await this.#reduction()
          return fromSlices({ spec: this.#spec, reduction, every, engineVersion }, compute, stopped)
        }
        const remarks = async (over: FromFiles | undefined): Promise<Remarks> =>
          remarksOf(this.#match.path, await this.#reduction(), over, compute)
        return compute.parquet({ sql, key, metadata, instead, remarks, signal })
      },
    }
    return new TableOutput(this.source, recipe, context)
  }

  /** The same for every width. A failure is not kept. */
  #reduction(): Promise<Reduction> {
    this.#known ??= reductionOf(this.#spec, this.#match.path, this.#context.compute)
    this.#known.catch(() => (this.#known = undefined))
    return this.#known
  }

  protected about(): Readonly<Record<string, unknown>> {
    return { factory: 'reduce' }
  }
}
