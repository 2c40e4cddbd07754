/** What recipes ask at one moment, answered by the query layer over that moment, and made in the cache. */
import { PondError } from '../../../shared/errors'
import type { Version } from '../../../shared/model'
import { quote } from '../../../shared/path'
import { toJson, type Queries, type QuerySource, type TableFile } from '../../query'
import {
  joined,
  TableOutput,
  TextOutput,
  type Column,
  type Compute,
  type FromFiles,
  type MadeFile,
  type Match,
  type Reads,
  type Timed,
  type TimedPart,
} from '../../recipes'
import type { DerivedFile, DerivedTarget, Moment, Steward } from '../../steward'
import { glob, type ComputedNode, type FileReader, type NodeRef } from '../../tinyfs'
import { seriesParts } from '../../tlogfs'
import { plainBytes } from '../sql/plain-bytes'
import type { SeriesReading } from '../sql/series-files'
import { filesOf, querySource } from '../sql/source'

export interface ComputeContext {
  /** Asked once something is to be computed: the pond is open by then. */
  readonly steward: () => Steward
  readonly queries: () => Queries
  /** As the recipe being resolved sees it: those above it cannot be asked. */
  readonly moment: () => Promise<Moment>
  /** A version, as that recipe sees it. */
  readonly momentAt: (version: Version) => Promise<Moment>
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

  async #source(reading: SeriesReading = {}): Promise<QuerySource> {
    return querySource(this.#context.steward(), await this.#at(), { reading })
  }

  /** Of a series one version of each kind of columns tells all. */
  async columns(sql: string): Promise<readonly Column[]> {
    const rows = await this.#texts(`DESCRIBE ${sql}`, await this.#source({ ranges: [] }))
    return rows.map(([name, type]) => ({ name: name ?? '', type: type ?? '' }))
  }

  async texts(sql: string, over?: Omit<FromFiles, 'sql'>): Promise<readonly (readonly (string | null)[])[]> {
    return this.#texts(sql, over === undefined ? await this.#source() : overFiles(await this.#source(), over))
  }

  async #texts(sql: string, source: QuerySource): Promise<readonly (readonly (string | null)[])[]> {
    const stream = await this.#context.queries().stream(source, sql)
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

  async timed(sql: string, column: string): Promise<Timed | undefined> {
    const origin = await this.#context.queries().rowOrigin(sql, column)
    if (origin === null) return undefined
    const here = await this.#at()
    const moment = origin.at === null ? here : await this.#context.steward().moments.at(origin.at)
    return timesAt(moment, origin)
  }

  async versionOf(at: string | number): Promise<number> {
    const { version } = (await this.#at()).at
    const [, back] = /^head(?:~(\d+))?$/.exec(String(at)) ?? []
    if (String(at).startsWith('head')) {
      const before = version - Number(back ?? 0)
      if (before >= 0) return before
      const message = `${at} is before version 0: the moment that is read is version ${version}`
      throw new PondError('recipes.bad-spec', message, { at: String(at), version })
    }
    const found = (await this.#context.steward().moments.at(String(at))).at.version
    if (found > version) {
      const message = `at ${at} is version ${found}, which is after version ${version}, from which it is read`
      throw new PondError('recipes.bad-spec', message, { at, version })
    }
    return found
  }

  async matches(pattern: string, exclude: readonly string[], at?: string | number): Promise<readonly Match[]> {
    const { fs } = at === undefined ? await this.#at() : await this.#context.momentAt(await this.versionOf(at))
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
    let bytes = 0
    for await (const batch of stream.batches) {
      for (const row of batch) {
        const fields = row.map((value, i) => [stream.columns[i]!.name, toJson(value, stream.columns[i]!.type)] as const)
        for (const [, value] of fields) bytes += JSON.stringify(value)?.length ?? 0
        rows.push(Object.fromEntries(fields))
        if (bytes > MOST_TEMPLATE_BYTES || rows.length > most) throw tooMuch(sql, most)
      }
    }
    return rows
  }

  async text(path: string): Promise<string> {
    const reader = await (await this.#at()).fs.open(path)
    try {
      if (reader.size > MOST_TEXT_BYTES) {
        const message = `${quote(path)} has ${reader.size} bytes: a template has at most ${MOST_TEXT_BYTES}`
        throw new PondError('recipes.too-large', message, { path, size: reader.size })
      }
      return new TextDecoder().decode(await reader.read(0, reader.size))
    } finally {
      await reader.close()
    }
  }

  async hashOf(path: string): Promise<string> {
    const moment = await this.#at()
    const { node } = await moment.fs.find(path)
    const computed = moment.computed(node)
    if (computed instanceof TableOutput || computed instanceof TextOutput) return (await computed.plan()).key
    // It says what is wrong with it.
    if (computed !== undefined) await (await computed.open?.(path))?.close()
    return (await moment.fs.backend.metadata(node)).sha256 ?? ''
  }

  async bytes(key: string, make: () => Promise<Uint8Array>, signal?: AbortSignal): Promise<MadeFile> {
    return this.#made(key, async ({ write }) => write([await make()]), signal)
  }

  async parquet({
    sql,
    key,
    metadata,
    instead,
    remarks,
    signal,
  }: Parameters<Compute['parquet']>[0]): Promise<MadeFile> {
    const [queries, source] = [this.#context.queries(), await this.#source()]
    const make = async ({ hostPath }: DerivedTarget, stopped: AbortSignal): Promise<void> => {
      const files = await instead?.(stopped)
      const said = await remarks?.(files)
      for (const notice of said?.notices ?? []) source.notice(notice)
      const all = { ...metadata, ...said?.metadata }
      const options = { format: 'parquet', target: hostPath, metadata: all, isMaking: true, signal: stopped } as const
      if (files === undefined) await queries.export(source, sql, options)
      else await queries.export(overFiles(source, files), files.sql, options)
    }
    return this.#made(key, make, signal)
  }

  async slices({ sql, files, signal }: Parameters<Compute['slices']>[0]): Promise<readonly MadeFile[]> {
    const { derived } = this.#context.steward()
    const byKey = new Map(files.map((file) => [file.key, file]))
    const make = async (missing: readonly DerivedTarget[], stopped: AbortSignal): Promise<void> => {
      const wanted = missing.map(({ key }) => byKey.get(key)!)
      const ranges = joined(wanted)
      const targets = missing.map(({ hostPath }, i) => ({ value: wanted[i]!.value, target: hostPath }))
      const source = await this.#source({ ranges })
      await this.#context.queries().split(source, sql(ranges), { targets, metadata: {}, signal: stopped })
    }
    const made = await derived.files([...byKey.keys()], make, signal)
    return [...byKey.keys()].map((key, i) => this.#given(key, made[i]!))
  }

  async #made(
    key: string,
    make: (target: DerivedTarget, stopped: AbortSignal) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<MadeFile> {
    const { derived } = this.#context.steward()
    return this.#given(key, await derived.file(key, make, signal))
  }

  #given(key: string, made: DerivedFile | 'too-large'): MadeFile {
    const { derived } = this.#context.steward()
    if (made === 'too-large') {
      const message = 'what it makes is larger than all files of recipes may be together: the setting cache.bytes'
      throw new PondError('recipes.too-large', message, { key })
    }
    const { hostPath, sizeBytes } = made
    return { key, sizeBytes, hostPath, open: (): Promise<FileReader> => derived.open(made) }
  }
}

const MOST_TEXT_BYTES = 1 << 20
/** Of all values of one query. */
const MOST_TEMPLATE_BYTES = 32 << 20

function tooMuch(sql: string, most: number): PondError {
  const message = `a template sees at most ${most} rows and ${MOST_TEMPLATE_BYTES >> 20} MiB of one query`
  return new PondError('recipes.too-large', message, { sql })
}

/** Of every file that a pattern finds; undefined where one of them does not know its times. */
async function timesAt(
  moment: Moment,
  { path, column, isWhole }: { readonly path: string; readonly column: string; readonly isWhole: boolean },
): Promise<Timed | undefined> {
  const isPattern = /[*?[{]/.test(path) && !(await moment.fs.exists(path))
  const found = isPattern ? await filesOf(moment, path) : [await moment.fs.find(path)]
  const parts: TimedPart[] = []
  const through: string[] = []
  let rows: number | null = isWhole ? 0 : null
  for (const { path: at, node } of found) {
    const output = moment.computed(node)
    const timed = output === undefined ? await storedTimes(moment, node, column) : await computedTimes(output, column)
    if (timed === undefined) return undefined
    // The same content in two places is two parts.
    parts.push(...timed.parts.map((part) => ({ ...part, hash: `${at} ${part.hash}` })))
    through.push(...timed.through)
    rows = rows === null || timed.rows === null ? null : rows + timed.rows
  }
  return { parts, through, rows }
}

async function computedTimes(output: ComputedNode, column: string): Promise<Timed | undefined> {
  if (!(output instanceof TableOutput)) return undefined
  const timed = await output.timed(column)
  return timed && { ...timed, through: [(await output.plan()).sql, ...timed.through] }
}

async function storedTimes({ backend }: Moment, node: NodeRef, column: string): Promise<Timed | undefined> {
  if (node.fileType !== 'file:series') return undefined
  const parts = await seriesParts(backend, node)
  if (!parts.every(({ timestampColumn }) => timestampColumn?.toLowerCase() === column)) return undefined
  return {
    // What has no times has no rows that count.
    parts: parts.flatMap(({ sha256, minEventTime: min, maxEventTime: max }) =>
      min === null || max === null ? [] : [{ hash: sha256, min, max }],
    ),
    through: [],
    rows: parts.reduce<number | null>((sum, { rows }) => (sum === null || rows === null ? null : sum + rows), 0),
  }
}

/** Files of the cache beside the pond's, as one series. */
function overFiles(source: QuerySource, { path, files }: Omit<FromFiles, 'sql'>): QuerySource {
  const table: TableFile = {
    path,
    fileType: 'file:series',
    size: 0,
    sha256: '',
    hostFile: async () => {
      throw new Error('it is of several files')
    },
    open: async () => {
      throw new Error('it is of several files')
    },
    parts: async () =>
      files.map(({ key, sizeBytes, hostPath, open }, i) => ({
        nodeVersion: i + 1,
        version: null,
        size: sizeBytes,
        sha256: key,
        rows: null,
        timestampColumn: null,
        minEventTime: null,
        maxEventTime: null,
        hostFile: async () => hostPath,
        open: async () => plainBytes(await open()),
      })),
  }
  return { ...source, tables: async (asked) => (asked === path ? [table] : source.tables(asked)) }
}
