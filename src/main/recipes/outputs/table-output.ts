/** Tables that recipes compute by a query: known by the query, and made only where somebody wants bytes. */
import type { FileReader, NodeId } from '../../tinyfs'
import type { Compute, MadeFile, Read } from '../factories/compute'
import { joinSql, pivotSql } from '../factories/join'
import { sqlSql } from '../factories/sql'
import { syntheticSql } from '../factories/synthetic'
import type { Spec } from '../spec/fields'
import { keyOf } from './key'
import { CODE_VERSIONS, Output, type Source } from './output'

/** What is known of a table without making it. */
export interface Plan {
  readonly sql: string
  readonly reads: readonly Read[]
  readonly key: string
}

export type TableSpec = Extract<Spec, { recipe: 'sql' | 'join' | 'pivot' | 'synthetic' }>

export interface TableContext {
  readonly compute: Compute
  /** Of the same moment, known already; this one's is added. */
  readonly plans: Map<NodeId, Plan>
  readonly subPath?: string
}

/** A table that a query computes. */
export class TableOutput extends Output {
  readonly fileType: 'file:table' | 'file:series'
  readonly #spec: TableSpec
  readonly #compute: Compute
  readonly #plans: Map<NodeId, Plan>

  constructor(source: Source, spec: TableSpec, { compute, plans, subPath = '' }: TableContext) {
    super(source, subPath)
    this.#spec = spec
    this.#compute = compute
    this.#plans = plans
    this.fileType = spec.recipe === 'sql' && spec.series !== undefined ? 'file:series' : 'file:table'
  }

  /** @throws query.*, recipes.cycle, recipes.no-input, recipes.bad-spec */
  async plan(): Promise<Plan> {
    const known = this.#plans.get(this.id)
    if (known !== undefined) return known
    const sql = await sqlOf(this.#spec, this.#compute)
    const { files: reads, engineVersion } = await this.#compute.reads(sql)
    const { recipe: factory } = this.#spec
    const key = keyOf({
      factory,
      version: CODE_VERSIONS[factory],
      engine: engineVersion,
      spec: withoutWords(this.#spec),
      sql,
      reads,
    })
    const plan = { sql, reads, key }
    this.#plans.set(this.id, plan)
    return plan
  }

  /** Makes it, where it is not made. */
  async made(): Promise<MadeFile> {
    const { sql, key, reads } = await this.plan()
    const metadata = {
      'pond.recipe': `${this.source.name}@${this.source.metadata.nodeVersion}`,
      'pond.key': key,
      'pond.inputs': JSON.stringify(reads.map(({ path, hash }) => ({ path, hash }))),
    }
    return this.#compute.parquet({ sql, key, metadata })
  }

  async open(): Promise<FileReader> {
    return (await this.made()).open()
  }

  protected about(): Readonly<Record<string, unknown>> {
    return {
      factory: this.#spec.recipe,
      ...(this.#spec.description !== undefined && { description: this.#spec.description }),
    }
  }
}

async function sqlOf(spec: TableSpec, compute: Compute): Promise<string> {
  switch (spec.recipe) {
    case 'sql':
      return sqlSql(spec, compute)
    case 'join':
      return joinSql(spec, compute)
    case 'pivot':
      return pivotSql(spec, compute)
    case 'synthetic':
      return syntheticSql(spec)
  }
}

/** What changes nothing of the rows. */
function withoutWords({ description: _description, checks: _checks, vars: _vars, ...rest }: TableSpec): object {
  return rest
}
