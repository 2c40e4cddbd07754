/** Entries by their node: an id goes with a file wherever it moves, and its history follows it. */
import {
  FILE_TYPES,
  type Entry,
  type FileType,
  type FileVersion,
  type LogEntry,
  type OperationRecord,
  type Version,
} from '../../shared/model'
import type { Pond as Engine } from '../pond'
import { oneOf, optionalCount, text } from './arguments'
import type { Content } from './content'
import type { ReadOptions } from './options'
import { withPrepared } from './scope'
import { Tables } from './tables'

/** All that is given must hold. Times are Dates, or text: local without a zone, a bare date includes its day. */
export interface NodeCriteria extends ReadOptions {
  readonly fileType?: FileType
  /** When the entry was first staged; one that was brought back is as old as it was. */
  readonly createdAfter?: Date | string
  readonly createdBefore?: Date | string
  readonly modifiedAfter?: Date | string
  readonly modifiedBefore?: Date | string
  /** A condition as a JSON path, on what is kept with the entry: `$.mediaType == "text/csv"`, or `$.series`. */
  readonly attributes?: string
  /** A pattern for absolute paths; its wildcards are in docs/engine.md. */
  readonly glob?: string
}

export class Nodes extends Tables {
  readonly #engine: Engine

  /** @internal */
  constructor(engine: Engine) {
    super(engine)
    this.#engine = engine
  }

  /** What is known of a node, wherever it is. @throws tinyfs.not-found */
  async getMetadataById(nodeId: string, { at }: ReadOptions = {}): Promise<Entry> {
    return this.#engine.statById(text('nodeId', nodeId), at)
  }

  /**
   * The whole content of a file, wherever it is, checked against its SHA-256.
   * @throws tinyfs.not-found, tinyfs.not-a-file, tinyfs.too-large beyond `limit` bytes (default 16 MiB)
   */
  async readFileById(nodeId: string, options: ReadOptions & { readonly limit?: number } = {}): Promise<Uint8Array> {
    const { path } = await this.getMetadataById(nodeId, options)
    return this.readFile(path, options)
  }

  /** New content for a file, wherever it is. @throws tinyfs.not-found, tinyfs.not-a-file */
  async updateFileById(nodeId: string, content: Content): Promise<Entry> {
    await withPrepared(this.#engine, content, (prepared) => this.#engine.stage((fs) => fs.putById(nodeId, prepared)))
    return this.getMetadataById(nodeId)
  }

  /** Removes a node, wherever it is. @throws tinyfs.not-found; tinyfs.not-empty unless `recursive` */
  async deleteById(nodeId: string, options: { readonly recursive?: boolean } = {}): Promise<void> {
    await this.#engine.stage((fs) => fs.removeById(nodeId, options))
  }

  /** Versions of a node, newest first, the pending one on top: through moves, deletion and coming back. @throws tinyfs.not-found */
  getNodeHistory(nodeId: string): Promise<readonly FileVersion[]> {
    return this.#engine.nodeHistory(nodeId)
  }

  /** As `getNodeHistory`, of the entry at a path, or of the last one that was there. */
  getHistory(path: string): Promise<readonly FileVersion[]> {
    return this.#engine.fileVersions(path)
  }

  /** Entries that meet all criteria, by path. @throws steward.bad-time, steward.bad-json-path, tinyfs.bad-pattern */
  async findNodes({ at, ...criteria }: NodeCriteria = {}): Promise<readonly Entry[]> {
    if (criteria.fileType !== undefined) oneOf('fileType', criteria.fileType, FILE_TYPES)
    const { createdAfter, createdBefore, modifiedAfter, modifiedBefore, ...others } = criteria
    const times = { createdAfter, createdBefore, modifiedAfter, modifiedBefore }
    const given = Object.entries(times).flatMap(([key, time]) => (time === undefined ? [] : [[key, asTime(time)]]))
    return this.#engine.find({ ...others, ...(Object.fromEntries(given) as Record<string, number | string>) }, at)
  }

  /** Entries whose path matches a pattern (`*`, `?`, `[a-z]`, `{a,b}`, `**`), by path. @throws tinyfs.bad-pattern */
  async glob(pattern: string, { at }: ReadOptions = {}): Promise<readonly Entry[]> {
    return this.#engine.glob(text('pattern', pattern), at === undefined ? {} : { at })
  }

  /** Versions of the pond, newest first; with `path` those that touched its node. `before` is a version, exclusive. */
  async log(
    options: { readonly path?: string; readonly before?: Version; readonly limit?: number } = {},
  ): Promise<readonly LogEntry[]> {
    optionalCount('limit', options.limit)
    optionalCount('before', options.before)
    return this.#engine.log(options)
  }

  /** The operations of a version in their order; null: those that are pending. @throws steward.unknown-version */
  show(version: Version | null): Promise<readonly OperationRecord[]> {
    return this.#engine.show(version)
  }
}

/** Microseconds, or the text as it is. @internal */
export function asTime(time: Date | string): number | string {
  return typeof time === 'string' ? time : time.getTime() * 1_000
}
