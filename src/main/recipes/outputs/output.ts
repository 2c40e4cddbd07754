/** What a recipe makes, before and after it is made. */
import { PondError } from '../../../shared/errors'
import type { ComputedEntry, ComputedMetadata, ComputedNode, FileReader, Metadata, NodeId } from '../../tinyfs'
import type { Factory } from '../spec/fields'
import { badSpec, problemsOf, type Problem } from '../spec/problem'
import type { YamlData } from '../spec/yaml'
import { outputId } from './key'

/** Part of every key: a factory that would make something else of the same gets another. */
export const CODE_VERSIONS: Readonly<Record<Factory, number>> = {
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
  /** What the recipe says of itself. */
  readonly description?: string | undefined
  /** What it says, where that can be read; of one that is nested, its part. */
  readonly yaml?: YamlData
}

/** A recipe whose result is being sought, with what it is sought for. */
export interface Link {
  readonly id: NodeId
  readonly name: string
}

/** What all of them are: named by the file that makes them, and by where they stand in what it makes. */
export abstract class Output implements ComputedNode {
  readonly id: NodeId
  abstract readonly fileType: ComputedNode['fileType']
  protected readonly source: Source

  readonly path: string

  /** @param subPath below what the file makes; '' for itself */
  constructor(source: Source, subPath = '') {
    this.source = source
    this.id = outputId(source.id, subPath)
    this.path = subPath === '' ? source.name : `${source.name}/${subPath}`
  }

  async metadata(): Promise<ComputedMetadata> {
    return {
      size: null,
      sha256: null,
      // It is as old as what it is told by; what it reads may be newer.
      modifiedAt: this.source.metadata.modifiedAt,
      minEventTime: null,
      maxEventTime: null,
      attributes: {
        recipe: {
          name: this.source.name,
          at: this.path,
          factory: null,
          problem: null,
          description: this.source.description ?? null,
          ...this.about(),
        },
      },
    }
  }

  protected abstract about(): Readonly<Record<string, unknown>>
}

/** What a recipe would make that is wrong, or that would be made of itself: it is there, and says why it is not. */
export class FailedOutput extends Output {
  readonly fileType = 'file:data'
  readonly #problems: readonly Problem[]

  constructor(source: Source, problems: readonly Problem[], subPath = '') {
    super(source, subPath)
    this.#problems = problems
  }

  error(): PondError {
    return badSpec(`${this.source.name}.recipe.yaml`, this.#problems)
  }

  async open(): Promise<FileReader> {
    throw this.error()
  }

  protected about(): Readonly<Record<string, unknown>> {
    return { problem: problemsOf(this.error())[0] }
  }
}

/** What is met again while it is being sought. */
export class CircularOutput extends Output {
  readonly fileType: ComputedNode['fileType']
  readonly #ring: readonly Link[]
  readonly entries?: () => Promise<readonly ComputedEntry[]>
  readonly open?: () => Promise<FileReader>

  constructor(source: Source, fileType: ComputedNode['fileType'], ring: readonly Link[]) {
    super(source)
    this.fileType = fileType
    this.#ring = ring
    const refuse = async (): Promise<never> => {
      throw this.error()
    }
    if (fileType === 'directory') this.entries = refuse
    else this.open = refuse
  }

  protected get above(): readonly Link[] {
    return this.#ring
  }

  error(): PondError {
    const names = [...this.#ring.map(({ name }) => name), this.source.name]
    return new PondError('recipes.cycle', `${names[0]!} is made of itself: ${names.join(' reads ')}`, { ring: names })
  }

  protected about(): Readonly<Record<string, unknown>> {
    return {}
  }
}

/** Recipes that read each other: so many at most, the first included. */
export const MOST_DEEP = 32

/** What is sought for more recipes than may be above each other. */
export class DeepOutput extends CircularOutput {
  override error(): PondError {
    const [first] = this.above
    const message = `${first!.name} is made of what is made of others, more than ${MOST_DEEP} recipes deep`
    return new PondError('recipes.too-deep', message, { most: MOST_DEEP, ring: [this.source.name] })
  }
}
