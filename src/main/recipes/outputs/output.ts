/** What a recipe makes, before and after it is made. */
import { PondError } from '../../../shared/errors'
import type { ComputedMetadata, ComputedNode, FileReader, Metadata, NodeId } from '../../tinyfs'
import type { Compute, MadeFile, Read } from '../factories/compute'
import { joinSql, pivotSql } from '../factories/join'
import { sqlSql } from '../factories/sql'
import { syntheticSql } from '../factories/synthetic'
import type { Factory, Spec } from '../spec/fields'
import { badSpec, type Problem } from '../spec/problem'
import { keyOf, outputId } from './key'

/** Part of every key: a factory that would make something else of the same gets another. */
const CODE_VERSIONS: Readonly<Record<Factory, number>> = {
  sql: 1,
  join: 1,
  pivot: 1,
  reduce: 1,
  text: 1,
  directory: 1,
  synthetic: 1,
}

/** The recipe as it is stored. */
export interface Source {
  readonly id: NodeId
  readonly name: string
  readonly metadata: Metadata
}

/** A recipe whose result is being sought, with what it is sought for. */
export interface Link {
  readonly id: NodeId
  readonly name: string
}

/** What is known of a table without making it. */
export interface Plan {
  readonly sql: string
  readonly reads: readonly Read[]
  readonly key: string
}

type TableSpec = Extract<Spec, { recipe: 'sql' | 'join' | 'pivot' | 'synthetic' }>

abstract class Output implements ComputedNode {
  readonly id: NodeId
  abstract readonly fileType: ComputedNode['fileType']
  protected readonly source: Source

  constructor(source: Source) {
    this.source = source
    this.id = outputId(source.id)
  }

  get path(): string {
    return this.source.name
  }

  async metadata(): Promise<ComputedMetadata> {
    return {
      size: null,
      sha256: null,
      // It is as old as what it is told by; what it reads may be newer.
      modifiedAt: this.source.metadata.modifiedAt,
      minEventTime: null,
      maxEventTime: null,
      attributes: { recipe: this.about() },
    }
  }

  protected abstract about(): Readonly<Record<string, unknown>>
}

/** A table that a query computes. */
export class TableOutput extends Output {
  readonly fileType: 'file:table' | 'file:series'
  readonly #spec: TableSpec
  readonly #compute: Compute
  readonly #plans: Map<NodeId, Plan>

  /** @param plans of the same moment that are known already; this one is added */
  constructor(source: Source, spec: TableSpec, compute: Compute, plans: Map<NodeId, Plan>) {
    super(source)
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

/** What a recipe would make that is wrong, or that would be made of itself: it is there, and says why it is not. */
export class FailedOutput extends Output {
  readonly fileType = 'file:data'
  readonly #problems: readonly Problem[]

  constructor(source: Source, problems: readonly Problem[]) {
    super(source)
    this.#problems = problems
  }

  error(): PondError {
    return badSpec(this.source.name, this.#problems)
  }

  async open(): Promise<FileReader> {
    throw this.error()
  }

  protected about(): Readonly<Record<string, unknown>> {
    return { problem: this.error().message }
  }
}

/** What is met again while it is being sought. */
export class CircularOutput extends Output {
  readonly fileType: ComputedNode['fileType']
  readonly #ring: readonly Link[]

  constructor(source: Source, fileType: ComputedNode['fileType'], ring: readonly Link[]) {
    super(source)
    this.fileType = fileType
    this.#ring = ring
  }

  error(): PondError {
    const names = [...this.#ring.map(({ name }) => name), this.source.name]
    return new PondError('recipes.cycle', `${names[0]!} is made of itself: ${names.join(' reads ')}`, { ring: names })
  }

  async open(): Promise<FileReader> {
    throw this.error()
  }

  protected about(): Readonly<Record<string, unknown>> {
    return {}
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
