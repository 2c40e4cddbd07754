/** Tables that recipes compute by a query: known by the query, and made only where somebody wants bytes. */
import type { PondError } from '../../../shared/errors'
import type { FileReader, NodeId } from '../../tinyfs'
import type { PlacedCheck } from '../factories/checks'
import type { Column, Compute, MadeFile, Read } from '../factories/compute'
import type { TimeRange } from '../factories/reduce-state'
import type { Timed } from '../factories/slices'
import type { Factory } from '../spec/fields'
import { keyOf } from './key'
import { CODE_VERSIONS, Output, type Source } from './output'
import { placed, withPlace } from './placed'

/** What is known of a table without making it. */
export interface Plan {
  /** Over paths of the pond; all that the recipe says is in it. */
  readonly sql: string
  readonly reads: readonly Read[]
  readonly key: string
  readonly engineVersion: string
}

export interface TableRecipe {
  readonly factory: Factory
  readonly fileType: 'file:table' | 'file:series'
  /** Of a series: the column of its times. */
  readonly timeColumn?: string | undefined
  /** Whether a statement that reads it reads what it is computed of, instead of a file that is made once. */
  readonly isInlined: boolean
  /** @throws query.*, recipes.bad-spec */
  sql(): Promise<string>
  /** As of `Compute`, of what it makes; without it nobody knows. */
  timed?(column: string): Promise<Timed | undefined>
  /** What gives the same rows of a range, and perhaps others. */
  sqlWithin?(range: TimeRange): Promise<string>
  /** Columns whose types are known without asking its query. */
  columns?(): Promise<readonly Column[]>
  /** What has to hold of its query beyond that it can be asked; told once for each key. @throws recipes.bad-spec */
  check?(sql: string): Promise<void>
  /** Makes it in another way than by its query. */
  make?(made: {
    readonly plan: Plan
    readonly metadata: Readonly<Record<string, string>>
    readonly signal: AbortSignal | undefined
  }): Promise<MadeFile>
}

export interface TableContext {
  readonly compute: Compute
  /** Of the same moment, known already; this one's is added. */
  readonly plans: Map<NodeId, Plan>
  /** Keys of what was checked, at any moment. */
  readonly checked: Set<string>
  /** Columns of types that Parquet has not, by key, of any moment. */
  readonly types: Map<string, readonly Column[]>
  readonly subPath?: string
  /** What has to hold of it. */
  readonly checks?: readonly PlacedCheck[]
}

/** In themselves, or in what is nested: integers of 128 bits and more, and what Arrow has no twin for. */
const NOT_KEPT = /HUGEINT|BIGNUM|INTERVAL|TIME WITH TIME ZONE|\bBIT\b|ENUM|UNION/

/** A table that a query computes. */
export class TableOutput extends Output {
  readonly fileType: 'file:table' | 'file:series'
  readonly isInlined: boolean
  readonly timeColumn: string | null
  readonly checks: readonly PlacedCheck[]
  readonly #recipe: TableRecipe
  readonly #compute: Compute
  readonly #plans: Map<NodeId, Plan>
  readonly #checked: Set<string>
  readonly #types: Map<string, readonly Column[]>

  constructor(
    source: Source,
    recipe: TableRecipe,
    { compute, plans, checked, types, subPath = '', checks = [] }: TableContext,
  ) {
    super(source, subPath)
    this.#recipe = recipe
    this.#compute = compute
    this.#plans = plans
    this.#checked = checked
    this.#types = types
    this.fileType = recipe.fileType
    this.isInlined = recipe.isInlined
    this.timeColumn = recipe.timeColumn ?? null
    this.checks = checks
  }

  /** @throws query.*, recipes.cycle, recipes.no-input, recipes.bad-spec */
  async plan(): Promise<Plan> {
    const known = this.#plans.get(this.id)
    if (known !== undefined) return known
    const plan = await placed(this.source, async () => {
      const sql = await this.#recipe.sql()
      const { files: reads, engineVersion } = await this.#compute.reads(sql)
      const { factory } = this.#recipe
      const key = keyOf({ factory, version: CODE_VERSIONS[factory], engine: engineVersion, sql, reads })
      if (this.#recipe.check !== undefined && !this.#checked.has(key)) {
        await this.#recipe.check(sql)
        this.#checked.add(key)
      }
      return { sql, reads, key, engineVersion }
    })
    this.#plans.set(this.id, plan)
    return plan
  }

  /** Columns of types that Parquet has not. */
  async typesNotKept(): Promise<readonly Column[]> {
    const { sql, key } = await this.plan()
    const known = this.#types.get(key)
    if (known !== undefined) return known
    const all = (await this.#recipe.columns?.()) ?? (await this.#compute.columns(sql))
    const types = all.filter(({ type }) => NOT_KEPT.test(type))
    this.#types.set(key, types)
    return types
  }

  /** Says of what its query fails by where it stands in the recipe. */
  told(error: PondError): PondError {
    return withPlace(this.source, error)
  }

  /** Makes it, where it is not made. @param signal nobody asks for it any more, as far as this caller knows */
  async made(signal?: AbortSignal): Promise<MadeFile> {
    const plan = await this.plan()
    const { sql, key, reads } = plan
    const metadata = {
      'pond.recipe': `${this.source.name}@${this.source.metadata.nodeVersion}`,
      'pond.key': key,
      'pond.inputs': JSON.stringify(reads.map(({ path, hash }) => ({ path, hash }))),
    }
    return placed(this.source, async () => {
      if (this.#recipe.make !== undefined) return this.#recipe.make({ plan, metadata, signal })
      return this.#compute.parquet({ sql, key, metadata, signal })
    })
  }

  /** What its rows come from, if they come one by one, with the times of a column; undefined where nobody knows. */
  async timed(column: string): Promise<Timed | undefined> {
    return this.#recipe.timed?.(column)
  }

  /** What gives the same rows of a range as its query, and perhaps others. @throws query.*, recipes.bad-spec */
  async sqlWithin(range: TimeRange): Promise<string> {
    return this.#recipe.sqlWithin === undefined ? (await this.plan()).sql : this.#recipe.sqlWithin(range)
  }

  async open(_path?: string, signal?: AbortSignal): Promise<FileReader> {
    return (await this.made(signal)).open()
  }

  protected about(): Readonly<Record<string, unknown>> {
    return { factory: this.#recipe.factory }
  }
}
