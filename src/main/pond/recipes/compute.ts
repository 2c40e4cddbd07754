/** What recipes ask at one moment, answered by the query layer over that moment, and made in the cache. */
import { PondError } from '../../../shared/errors'
import { toJson, type Queries, type QuerySource } from '../../query'
import { TableOutput, type Column, type Compute, type MadeFile, type Match, type Reads } from '../../recipes'
import type { DerivedTarget, Moment, Steward } from '../../steward'
import { glob, type FileReader } from '../../tinyfs'
import { querySource } from '../sql/source'

export interface ComputeContext {
  /** Asked once something is to be computed: the pond is open by then. */
  readonly steward: () => Steward
  readonly queries: () => Queries
  /** As the recipe being resolved sees it: those above it cannot be asked. */
  readonly moment: () => Promise<Moment>
}

export class PondCompute implements Compute {
  readonly #context: ComputeContext
  #moment: Promise<Moment> | undefined

  constructor(context: ComputeContext) {
    this.#context = context
  }

  /** The same for all that is asked: what is pending meanwhile does not count. */
  #at(): Promise<Moment> {
    this.#moment ??= this.#context.moment()
    this.#moment.catch(() => (this.#moment = undefined))
    return this.#moment
  }

  async #source(): Promise<QuerySource> {
    return querySource(this.#context.steward(), await this.#at())
  }

  async columns(sql: string): Promise<readonly Column[]> {
    const rows = await this.texts(`DESCRIBE ${sql}`)
    return rows.map(([name, type]) => ({ name: name ?? '', type: type ?? '' }))
  }

  async texts(sql: string): Promise<readonly (readonly (string | null)[])[]> {
    const stream = await this.#context.queries().stream(await this.#source(), sql)
    const rows: (string | null)[][] = []
    for await (const batch of stream.batches) {
      for (const row of batch) {
        rows.push(
          row.map((value, i) => {
            const json = toJson(value, stream.columns[i]!.type)
            return json === null ? null : typeof json === 'string' ? json : JSON.stringify(json)
          }),
        )
      }
    }
    return rows
  }

  async reads(sql: string): Promise<Reads> {
    const { files, volatile, clock, engineVersion } = await this.#context.queries().reads(await this.#source(), sql)
    const [word] = [...volatile, ...clock]
    if (word !== undefined) {
      const message = `${word} gives another value each time: a recipe gives the same for the same inputs`
      throw new PondError('recipes.not-deterministic', message, { word })
    }
    return {
      engineVersion,
      files: files.map(({ path, sha256, reading }) => ({
        path,
        hash: sha256,
        ...(reading !== undefined && { reading }),
      })),
    }
  }

  async versionOf(at: string | number): Promise<number> {
    const { version } = (await this.#at()).at
    const [, back] = /^head(?:~(\d+))?$/.exec(String(at)) ?? []
    if (String(at).startsWith('head')) return version - Number(back ?? 0)
    const found = (await this.#context.steward().moments.at(String(at))).at.version
    if (found > version) {
      const message = `at ${at} is version ${found}, which is after version ${version}, from which it is read`
      throw new PondError('recipes.bad-spec', message, { at, version })
    }
    return found
  }

  async matches(pattern: string, exclude: readonly string[]): Promise<readonly Match[]> {
    const { fs } = await this.#at()
    const excluded = new Set<string>()
    for (const other of exclude) for (const { path } of await glob(fs, other)) excluded.add(path)
    const found: Match[] = []
    for (const { path, captures } of await glob(fs, pattern)) {
      if (excluded.has(path)) continue
      if ((await fs.find(path)).node.fileType !== 'directory') found.push({ path, captures })
    }
    return found
  }

  async objects(sql: string, most: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const stream = await this.#context.queries().stream(await this.#source(), sql)
    const rows: Record<string, unknown>[] = []
    for await (const batch of stream.batches) {
      for (const row of batch) {
        rows.push(
          Object.fromEntries(row.map((value, i) => [stream.columns[i]!.name, toJson(value, stream.columns[i]!.type)])),
        )
      }
      if (rows.length <= most) continue
      throw new PondError('recipes.too-large', `a template sees at most ${most} rows of one query`, { sql })
    }
    return rows
  }

  async text(path: string): Promise<string> {
    return new TextDecoder().decode(await (await this.#at()).fs.readAll(path))
  }

  async hashOf(path: string): Promise<string> {
    const moment = await this.#at()
    const { node } = await moment.fs.find(path)
    const computed = moment.computed(node)
    if (computed instanceof TableOutput) return (await computed.plan()).key
    return (await moment.fs.backend.metadata(node)).sha256 ?? ''
  }

  async bytes(key: string, make: () => Promise<Uint8Array>): Promise<MadeFile> {
    return this.#made(key, async ({ write }) => write([await make()]))
  }

  async parquet({
    sql,
    key,
    metadata,
  }: {
    readonly sql: string
    readonly key: string
    readonly metadata: Readonly<Record<string, string>>
  }): Promise<MadeFile> {
    const [queries, source] = [this.#context.queries(), await this.#source()]
    return this.#made(key, async ({ hostPath }) => {
      await queries.export(source, sql, { format: 'parquet', target: hostPath, metadata })
    })
  }

  async #made(key: string, make: (target: DerivedTarget) => Promise<void>): Promise<MadeFile> {
    const { derived } = this.#context.steward()
    const made = await derived.file(key, make)
    if (made === 'too-large') {
      throw new PondError('recipes.too-large', 'what it makes is larger than all derived files may be together', {
        key,
      })
    }
    return { hostPath: made.hostPath, open: (): Promise<FileReader> => derived.open(made) }
  }
}
