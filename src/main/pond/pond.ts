/**
 * A pond, opened: the only place that wires the layers together. It owns one steward and one DuckDB
 * and hands both out; hosts and the api see the product through this class alone.
 *
 * Longer than 350 lines because it is the one face of the engine: every call with its contract, and hardly any code. Objects
 * for groups of calls would put a second name and one more hop between a call and its work.
 */
import type { Schema } from 'apache-arrow'
import type {
  AppliedRecipe,
  At,
  Change,
  ChangeCounts,
  CommitOutcome,
  Entry,
  FileVersion,
  GarbageReport,
  LogEntry,
  Micros,
  OperationRecord,
  PondChanged,
  PondConfig,
  PondInfo,
  Progress,
  CheckResult,
  ComputedChange,
  ResolvedAt,
  RecipeExplanation,
  RecipePreview,
  RecipeState,
  RestoreOutcome,
  UndoOutcome,
  Setting,
  Status,
  VerifyReport,
  Version,
} from '../../shared/model'
import { closeAll } from '../../shared/close-all'
import { parsePath, type PondPath } from '../../shared/path'
import { CACHE_FOLDER } from '../../shared/pond-folder'
import { toExactTime } from '../../shared/time'
import { cleanUp } from '../diagnostics'
import type { Storage, StorageEntry, World } from '../platform'
import { openQueries, type Queries, type QuerySource } from '../query'
import { PondRecipes, type ComputedVersion } from './recipes/recipes'
import { applying, type RecipeText } from './recipes/apply'
import type { CheckOptions } from './recipes/check'
import type { PreviewRequest } from './recipes/preview'
import { frozen } from './recipes/freeze'
import { explainComputed } from './recipes/survey'
import { querySource } from './sql/source'
import {
  asCommitted,
  closeSteward,
  collectGarbage,
  createSteward,
  entryPaths,
  findEntries,
  openSteward,
  pondInfo,
  pondStatus,
  rereadPond,
  recover,
  timeOf,
  verifyPond,
  type CommitOptions,
  type FindCriteria,
  type PartialCommitOptions,
  type MakerAt,
  type Restored,
  type RestoreOptions,
  type StageOptions,
  Moment,
  type ParsedAt,
  type PreparedContent,
  type Staged,
  type Steward,
  type StagingFileSystem,
  type StewardOptions,
  type EntryPaths,
} from '../steward'
import {
  TableFiles,
  type AppendedSeries,
  type AppendOptions,
  type Rows,
  type RowSchema,
  type WriteOptions,
} from './tables/write'
import {
  paced,
  seriesRows,
  TableRows,
  tableRows,
  tableSchema,
  type ReadRowsOptions,
  type ReadSeriesOptions,
} from './tables/read'
import type { OpenOptions } from './options'
import type { FileReader } from '../tinyfs'
import type { ContentSpool } from '../tlogfs'

/**
 * Makes a pond in the folder that `world.storage` is rooted at (made if missing).
 * @throws steward.already-a-pond, steward.folder-not-empty
 */
export async function createPond(world: World, options: OpenOptions = {}): Promise<Pond> {
  // What made the folder can write to it: its derived files need no other place.
  return Pond.over(world, (makerAt) => createSteward(world, { ...options, makerAt }))
}

/**
 * Opens the pond in the folder that `world.storage` is rooted at.
 * @throws steward.not-a-pond, steward.newer-format, steward.corrupt-pond, platform.denied
 */
export async function openPond(world: World, options: OpenOptions = {}): Promise<Pond> {
  const given = await stewardOptions(world, options)
  return Pond.over(world, (makerAt) => openSteward(world, { ...given, makerAt }))
}

/**
 * A pond that cannot be written can be read and asked: its derived files go elsewhere. So do those of one whose cache
 * leads elsewhere by a link, which may be a stranger's.
 */
async function stewardOptions(world: World, options: OpenOptions): Promise<StewardOptions> {
  const { storage } = world
  if (world.fallbackCache === undefined) return options
  if ((await storage.isWritable('')) && (await hasOwnCache(storage))) return options
  return { ...options, cache: { storage: await world.fallbackCache(), folder: '' } }
}

async function hasOwnCache(storage: Storage): Promise<boolean> {
  // A folder that cannot be listed is for whoever opens it to say.
  const kindsIn = async (folder: string): Promise<readonly StorageEntry[]> => storage.list(folder).catch(() => [])
  const cache = (await kindsIn('')).find(({ name }) => name === CACHE_FOLDER)
  if (cache === undefined) return true
  return cache.kind === 'folder' && (await kindsIn(CACHE_FOLDER)).every(({ kind }) => kind !== 'other')
}

const opened = new Set<Pond>()

export interface ApplyOptions extends StageOptions {
  readonly vars?: Readonly<Record<string, string | number | boolean>>
  /** Only tells what it would do. */
  readonly dryRun?: boolean
}

export class Pond {
  readonly pondId: string
  readonly #world: World
  readonly #steward: Steward
  readonly #tables: TableFiles
  readonly #recipes: PondRecipes
  #queries: Queries | undefined

  /** Recipes compute by the pond that they are of. */
  static async over(world: World, open: (makerAt: MakerAt) => Promise<Steward>): Promise<Pond> {
    const recipes = new PondRecipes(world, { steward: () => pond.#steward, queries: () => pond.queries })
    const pond: Pond = new Pond(world, await open(recipes.makerAt), recipes)
    return pond
  }

  /** @param recipes those that the steward reads by, closed with it */
  constructor(world: World, steward: Steward, recipes?: PondRecipes) {
    this.#world = world
    this.#steward = steward
    this.#recipes = recipes ?? new PondRecipes(world, { steward: () => steward, queries: () => this.queries })
    this.#tables = new TableFiles({ world, steward, queries: () => this.queries })
    this.pondId = steward.store.pondFile.pondId
    opened.add(this)
  }

  async close(): Promise<void> {
    await closeAll(
      () => this.#recipes.close(),
      () => this.#queries?.close(),
      () => closeSteward(this.#steward),
    ).finally(() => opened.delete(this))
  }

  /** Host folders of every pond that this process has open: what is written on the host stays out of their own files. */
  openFolders(): readonly string[] {
    return [...opened].flatMap((pond) => pond.#world.storage.hostPath ?? [])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  info(): Promise<PondInfo> {
    return pondInfo(this.#steward.store)
  }

  /** What people should hear of what this process did on the way, such as a new format; each thing once. */
  takeNotices(): readonly string[] {
    return this.#steward.store.notices.take()
  }

  /**
   * In place of `takeNotices`: tells what nobody has heard yet before it returns, and everything that comes, to all
   * who listen then. The listener must not throw. Returns the unsubscriber.
   */
  onNotice(listener: (notice: string) => void): () => void {
    return this.#steward.store.notices.listen(listener)
  }

  status(): Promise<Status> {
    return pondStatus(this.#steward.store, this.#steward.history)
  }

  /** The settings of this pond, defaults filled in. @throws steward.corrupt-config */
  async config(): Promise<PondConfig> {
    this.#steward.store.mustBeOpen()
    return this.#steward.store.config.read()
  }

  /**
   * Changes one setting, durably; null gives it its default back. A value may be given as text, as people
   * type it (`64MiB`, `on`); `views./by/day` is the one view at that path. Returns all settings.
   * @throws steward.unknown-setting with the nearest key, steward.bad-setting, steward.corrupt-config
   */
  setConfig(key: string, value: Setting | null): Promise<PondConfig> {
    return this.#steward.store.hold(() => this.#steward.store.config.set(key, value))
  }

  /**
   * Calls back once before this returns, with the state as it is, and after every change of this pond by
   * whomever, within a second. What the listener throws is logged, nothing more. Returns the unsubscriber.
   */
  onChange(listener: (event: PondChanged) => void): Promise<() => void> {
    return this.#steward.news.listen(listener)
  }

  /** @throws steward.unknown-version, steward.bad-time */
  async resolveAt(at: At): Promise<ResolvedAt> {
    return (await this.#steward.moments.at(at)).at
  }

  /**
   * The pond at one moment: `moment.fs` is a tinyfs file system to read. A moment does not change
   * while it is held; take a new one to see news.
   */
  moment(at: At | ParsedAt = 'pending'): Promise<Moment> {
    return this.#steward.moments.at(at)
  }

  // ---- reading, by path ------------------------------------------------------------------------

  async stat(path: string, at: At = 'pending'): Promise<Entry> {
    return (await this.moment(at)).entry(path)
  }

  /** The directory's entries by name in UTF-8 order; with `deleted` also those pending deletion. */
  async list(path: string, options: { readonly at?: At; readonly deleted?: boolean } = {}): Promise<readonly Entry[]> {
    return (await this.moment(options.at)).list(path, options.deleted ?? false)
  }

  /** Entries that match a glob, by path. @throws tinyfs.bad-pattern */
  async glob(pattern: string, options: { readonly at?: At; readonly all?: boolean } = {}): Promise<readonly Entry[]> {
    return (await this.moment(options.at)).glob(pattern, options.all ?? false)
  }

  /** Follows symlinks. Close the reader. @throws tinyfs.not-found, tinyfs.is-a-directory */
  async open(path: string, at: At = 'pending', signal?: AbortSignal): Promise<FileReader> {
    return (await this.moment(at)).fs.open(path, signal)
  }

  // ---- reading, by what is known ---------------------------------------------------------------

  /**
   * Entries that meet all criteria, in the order of their paths.
   * @throws steward.bad-time, steward.bad-json-path, tinyfs.bad-pattern
   */
  async find(criteria: FindCriteria, at: At = 'pending'): Promise<readonly Entry[]> {
    return findEntries(await this.moment(at), criteria, this.#steward.store.pace)
  }

  /** Where a node is and what it is. It may take a pass over the table. @throws tinyfs.not-found */
  async statById(nodeId: string, at: At = 'pending'): Promise<Entry> {
    return (await this.moment(at)).entryById(nodeId)
  }

  /** The content of a file, wherever it is. Close the reader. @throws tinyfs.not-found, tinyfs.not-a-file */
  async openById(nodeId: string, at: At = 'pending'): Promise<FileReader> {
    return (await this.moment(at)).openById(nodeId)
  }

  // ---- staging ---------------------------------------------------------------------------------

  /**
   * Takes content in without making it visible: hashed as it comes, small content kept aside in
   * memory, large content in a blob. Give it to `StagingFileSystem.put`, or `discardPrepared`.
   * Outside the lock, so that others can work meanwhile.
   */
  prepare(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, signal?: AbortSignal): Promise<PreparedContent> {
    return this.#steward.changing.prepare(chunks, signal)
  }

  /** Where prepared content waits to be staged, so that much of what is small needs no memory. Close it afterwards. */
  contentSpool(): ContentSpool {
    return this.#steward.changing.spool()
  }

  /** Gives prepared content up. Idempotent. */
  discardPrepared(content: PreparedContent): Promise<void> {
    return this.#steward.changing.discardPrepared(content)
  }

  /**
   * Stages what `work` does, all or nothing, in one hold of the lock: when it returns, the operations
   * are durable and pending; when `work` throws, nothing happened. Where `commit` is asked for and fails,
   * what was staged stays pending.
   * @throws steward.locked, steward.read-only, and whatever `work` throws
   */
  stage<T>(work: (fs: StagingFileSystem) => Promise<T>, options: StageOptions = {}): Promise<Staged<T>> {
    return this.#steward.changing.stage(work, options)
  }

  /**
   * As `stage`, of work that says which path it is about, and answers with the entry there. Nothing is read once
   * it is staged: a failure says that nothing happened.
   */
  async stageEntry(work: (fs: StagingFileSystem) => Promise<string>): Promise<Entry> {
    const { result, commit } = await this.stage(async (fs) => fs.entry(await work(fs)))
    return asCommitted(result, commit)
  }

  // ---- tables and series -----------------------------------------------------------------------

  /**
   * Writes rows as a file:table: records or Arrow batches whose columns are those of the schema, a declaration
   * or Arrow's. The result is the file's entry, as it is when it is staged.
   * @throws tables.bad-value with row and column, tables.bad-schema, tinyfs.exists, tinyfs.not-found
   */
  writeTable(
    path: string,
    rows: Rows,
    schema: RowSchema,
    options: WriteOptions & { readonly commit?: CommitOptions } = {},
  ): Promise<Staged<Entry>> {
    return this.#tables.write(path, rows, { ...options, schema, stage: (work) => this.stage(work, options) })
  }

  /**
   * The rows of a table, or of all versions of a series: iterate for Arrow batches, or over `records()`. Nothing
   * is read before, and every value is exact (docs/engine.md). @throws tlogfs.not-a-table, tables.unreadable
   */
  readTable(path: string, options: ReadRowsOptions = {}): TableRows {
    return new TableRows(
      async function* (this: Pond) {
        yield* paced(tableRows(await this.moment(options.at), path, options), this.#steward.store.pace)
      }.bind(this),
    )
  }

  /** The Arrow schema of a table; of a series, that of its newest version. @throws tlogfs.not-a-table */
  async tableSchema(path: string, at: At = 'pending'): Promise<Schema> {
    return tableSchema(await this.moment(at), path)
  }

  /**
   * Appends one version to a series, or makes a series of one: bytes of Parquet, CSV, JSON or JSON lines, or rows
   * with a schema. All rows are taken, or none.
   * @throws tlogfs.not-a-series naming the columns where none says when, query.unreadable-file naming the line
   */
  appendSeries(
    path: string,
    source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    options?: AppendOptions & { readonly commit?: CommitOptions },
  ): Promise<AppendedSeries>
  appendSeries(
    path: string,
    rows: Rows,
    options: AppendOptions & { readonly schema: RowSchema; readonly commit?: CommitOptions },
  ): Promise<AppendedSeries>
  appendSeries(
    path: string,
    source: Iterable<Uint8Array> | AsyncIterable<Uint8Array> | Rows,
    options: AppendOptions & { readonly schema?: RowSchema; readonly commit?: CommitOptions } = {},
  ): Promise<AppendedSeries> {
    const { schema, ...rest } = options
    const stage = <T>(work: (fs: StagingFileSystem) => Promise<T>): Promise<Staged<T>> => this.stage(work, options)
    if (schema !== undefined) return this.#tables.appendRows(path, source as Rows, { ...rest, schema, stage })
    // Without a schema they are bytes: the overloads say so.
    return this.#tables.append(path, source as AsyncIterable<Uint8Array>, { ...rest, stage })
  }

  /**
   * The rows of a series in the order of its versions, those between `from` and `to` (microseconds, without
   * `to`); versions that are outside are not opened. @throws tlogfs.not-a-series
   */
  readSeries(path: string, options: ReadSeriesOptions = {}): TableRows {
    return new TableRows(
      async function* (this: Pond) {
        yield* paced(seriesRows(await this.moment(options.at), path, options), this.#steward.store.pace)
      }.bind(this),
    )
  }

  // ---- changes ---------------------------------------------------------------------------------

  /** Net changes by path. `head` to `pending` is what is not committed yet. */
  diff(
    from: At | ParsedAt = 'head',
    to: At | ParsedAt = 'pending',
  ): Promise<{ from: ResolvedAt; to: ResolvedAt; changes: readonly Change[]; counts: ChangeCounts }> {
    return this.#steward.moments.diff(from, to)
  }

  /**
   * Where the entry at a path was at one moment and is at another, through its own moves and those of directories
   * above it; null where it is not there. Costs what its own changes cost.
   */
  entryPaths(path: string, from: Moment, to: Moment): Promise<EntryPaths> {
    return entryPaths(path, from, to)
  }

  /**
   * Makes a version of what is pending, or of a part of it. A conflict is an outcome, and changes nothing;
   * a failure leaves pending as it was.
   * @throws steward.conflict where the rest could not stay pending alone, tinyfs.not-found for a path in
   * `only` at which nothing is, steward.bad-count, steward.locked, steward.read-only
   */
  commit(options: PartialCommitOptions = {}): Promise<CommitOutcome> {
    return this.#steward.changing.commit(options)
  }

  /** Commits what is pending, or what is at or below some paths, with a message made of what it changes. */
  sync(paths: readonly string[] = [], options: Omit<CommitOptions, 'message'> = {}): Promise<CommitOutcome> {
    return this.#steward.changing.commit(paths.length === 0 ? options : { ...options, only: { paths } })
  }

  /** Drops the pending operations behind these paths (all when empty) and what depends on them. */
  discard(paths: readonly string[]): Promise<{ discarded: number; paths: readonly string[] }> {
    return this.#steward.changing.discard(paths)
  }

  /**
   * Brings back what the last discard took, or what gave way to the last restore (or `undoable` stage).
   * @throws steward.nothing-to-undo, steward.conflict
   */
  undo(): Promise<UndoOutcome> {
    return this.#steward.changing.undo()
  }

  /**
   * Stages the way back to a moment, of one path or of the whole pond. What was pending there gives way:
   * `undo` brings it back. @throws steward.would-displace where that is refused
   */
  restore(path: string | null, to: At | ParsedAt, options: RestoreOptions = {}): Promise<Restored> {
    return this.#steward.changing.restore(path, to, options)
  }

  /** As `restore`, to a version. */
  restoreToVersion(version: Version, path: string | null = null): Promise<RestoreOutcome> {
    return this.restore(path, { kind: 'version', version })
  }

  /**
   * As `restore`, to the last version that was committed by then: microseconds, or a timestamp as in `At`.
   * @throws steward.bad-time for text that is no timestamp, steward.unknown-version before the pond was made
   */
  async restoreToTimestamp(time: Micros | string, path: string | null = null): Promise<RestoreOutcome> {
    return this.restore(path, { kind: 'time', at: timeOf(time) })
  }

  /** Drops every cache and rebuilds what is known from the table and the journal. */
  restoreFromOplog(): Promise<RestoreOutcome> {
    return rereadPond(this.#steward)
  }

  // ---- history ---------------------------------------------------------------------------------

  /**
   * Versions, newest first; with `path` only those that touched the node at that path (or that was there). Of what is
   * computed, those in which it became another, as its keys tell, among the last thousand.
   */
  async log(
    options: { readonly path?: string; readonly before?: Version; readonly limit?: number } = {},
  ): Promise<readonly LogEntry[]> {
    const { log } = this.#steward
    if (options.path === undefined) return log.entries(options)
    const path = parsePath(options.path)
    if (!(await this.#isComputed(path))) return log.entries(options)
    return log.entriesOf((await this.#computedVersions(path, options)).map(({ version }) => version))
  }

  async #isComputed(path: PondPath): Promise<boolean> {
    const moment = await this.moment('pending')
    return (await moment.fs.exists(path)) && moment.computed((await moment.fs.find(path)).node) !== undefined
  }

  async #computedVersions(
    path: PondPath,
    { before = Infinity, limit = Infinity }: { readonly before?: Version; readonly limit?: number } = {},
  ): Promise<readonly ComputedVersion[]> {
    const { version } = (await this.moment('head')).at
    const range = { before: Math.min(before, version + 1), limit }
    return this.#recipes.versions(path, range, (each) => this.moment(String(each)))
  }

  /** Operations of a version in their order; null: those that are pending. @throws steward.unknown-version */
  show(version: Version | null): Promise<readonly OperationRecord[]> {
    return this.#steward.log.operations(version)
  }

  /**
   * Versions of a node, newest first, the pending one on top: through moves, deletion and coming back.
   * @throws tinyfs.not-found where there never was such a node
   */
  nodeHistory(nodeId: string): Promise<readonly FileVersion[]> {
    return this.#steward.log.ofNode(nodeId)
  }

  /**
   * Versions of the entry at a path, or of the last one that was there, newest first, the pending one on top. Of what is
   * computed, as `log` has them: they have no size and no hash of their own.
   */
  async fileVersions(path: string): Promise<readonly FileVersion[]> {
    const place = parsePath(path)
    if (!(await this.#isComputed(place))) return this.#steward.log.ofPath(path)
    const versions = await this.#computedVersions(place)
    const entries = await this.#steward.log.entriesOf(versions.map(({ version }) => version))
    const pending = await this.#recipes.changeAt(await this.moment('head'), await this.moment('pending'), place)
    const bare = { path: place, oldPath: null, nodeVersion: 0, size: null, sha256: null }
    const nobody = { version: null, author: null, committedAt: null, message: null }
    return [
      ...(pending === undefined ? [] : [{ ...bare, ...nobody, change: pending }]),
      ...entries.map(({ version, author, committedAt, message }, i) => {
        return { ...bare, version, author, committedAt, message, change: versions[i]!.change }
      }),
    ]
  }

  // ---- care ------------------------------------------------------------------------------------

  /** Checks every hash, row and reference; quick: sizes and references only. Names each damaged file. */
  verify(
    options: {
      readonly quick?: boolean
      readonly signal?: AbortSignal
      readonly onProgress?: (progress: Progress) => void
    } = {},
  ): Promise<VerifyReport> {
    return verifyPond(this.#steward.store, options)
  }

  /**
   * What opening repaired; empty when nothing was left over. A damaged journal is put aside only when
   * asked: the file is kept in `pending/`, and what can be read of it before the damage stays pending,
   * unless it may be committed already. So is what other programs wrote into the table, which is kept in `foreign/`.
   * @throws tlogfs.journal-damaged, tlogfs.foreign-journal, oplog.foreign-commit where that was not asked
   */
  recover(
    options: { readonly setJournalAside?: boolean; readonly setForeignAside?: boolean } = {},
  ): Promise<{ repaired: readonly string[] }> {
    return recover(this.#steward.store, options)
  }

  /**
   * Removes files that no version, no pending operation and no undo can ask for, and that are older than
   * `graceMs` (default 7 days; a data file since its rows were moved elsewhere). With a grace of 0
   * nobody else should be at work on the pond. `dryRun` only says what would go.
   * @throws oplog.missing-data, oplog.corrupt-data, tlogfs.journal-damaged: where something cannot be
   * read that could name a file; oplog.foreign-commit, steward.read-only, steward.locked
   */
  gc(
    options: {
      readonly graceMs?: number
      readonly dryRun?: boolean
      readonly signal?: AbortSignal
      readonly onProgress?: (progress: Progress) => void
    } = {},
  ): Promise<GarbageReport> {
    return collectGarbage(this.#steward.store, options)
  }

  /** Merges small data files, all that is due. */
  compact(): Promise<{ filesBefore: number; filesAfter: number }> {
    return this.#steward.maintenance.compact()
  }

  checkpoint(): Promise<{ deltaVersion: number }> {
    return this.#steward.maintenance.checkpoint()
  }

  // ---- recipes ---------------------------------------------------------------------------------

  /**
   * Every recipe with what it reads and how far that is made, by path. Nothing is computed; what is wrong is in `problem`.
   * @throws steward.unknown-version, steward.bad-time, platform.cancelled
   */
  async recipes(at: At = 'pending', signal?: AbortSignal): Promise<readonly RecipeState[]> {
    return this.#recipes.states(await this.moment(at), signal)
  }

  /** How a computed file is made; null for what is stored, and for a directory. @throws tinyfs.not-found, recipes.*, query.* */
  async explain(path: string, at: At | Moment = 'pending'): Promise<RecipeExplanation | null> {
    return explainComputed(at instanceof Moment ? at : await this.moment(at), path, this.#steward.derived)
  }

  /**
   * Computed files that differ between two moments, by path, with what made them differ. They are told by the hashes of all
   * that determines them: nothing is computed. @throws steward.unknown-version, steward.bad-time, platform.cancelled
   */
  async computedChanges(from: At, to: At, signal?: AbortSignal): Promise<readonly ComputedChange[]> {
    return this.#recipes.changes(await this.moment(from), await this.moment(to), signal)
  }

  /**
   * What recipes say that has to hold of their tables, looked at: by the path of the recipe, as they are written. What
   * cannot be made is `broken`. How fresh a table is counts at the head and of what is pending only.
   * @throws steward.unknown-version, steward.bad-time, platform.cancelled
   */
  async checkRecipes(at: At = 'pending', options: CheckOptions = {}): Promise<readonly CheckResult[]> {
    const moment = await this.moment(at)
    const { version } = (await this.moment('head')).at
    return this.#recipes.check(moment, moment.at.kind === 'pending' || moment.at.version === version, options)
  }

  /**
   * Stages recipes from texts of several documents, each with the `path` of what it makes: all of them or, where one is
   * wrong, none. What is there already is left alone. @param options.vars take the place of variables of those names
   * @throws recipes.bad-spec with line and column of the text; tinyfs.*
   */
  async applyRecipes(
    texts: readonly RecipeText[],
    { vars = {}, dryRun = false, ...options }: ApplyOptions = {},
  ): Promise<{ readonly recipes: readonly AppliedRecipe[]; readonly staged: Staged<void> | null }> {
    const documents = await this.#recipes.read(texts, vars)
    const moment = await this.moment('pending')
    const { recipes, put } = await applying(moment, documents)
    if (dryRun) return { recipes, staged: null }
    return { recipes, staged: await put(this, { undoable: true, ...options }) }
  }

  /**
   * Stages what a computed file is now as a stored one, there or at another path, with what it was made of in its
   * attribute `derivedFrom`. Stored in its own place, it takes the place of what the recipe makes.
   * @throws recipes.not-computed, recipes.*, query.*, tinyfs.exists, tinyfs.not-found
   */
  async freeze(path: string, to: string = path, options: StageOptions = {}): Promise<Staged<string>> {
    const moment = await this.moment('pending')
    const { content, stage } = await frozen(
      {
        moment,
        explain: (each) => explainComputed(moment, each, this.#steward.derived),
        prepare: (chunks) => this.prepare(chunks, options.signal),
      },
      path,
    )
    try {
      return await this.stage((fs) => stage(fs, to), options)
    } finally {
      await this.discardPrepared(content)
    }
  }

  /**
   * The first of what a text would make at a moment, were it the recipe at a path: rows, characters or names. What is
   * wrong with it is in its `problems`. Nothing is staged. @throws steward.unknown-version, steward.bad-time
   */
  async previewRecipe(request: PreviewRequest, at: At = 'pending'): Promise<RecipePreview> {
    return this.#recipes.preview(await this.moment(at), request)
  }

  // ---- SQL -------------------------------------------------------------------------------------

  /** What SQL reads at a moment; give it to `queries`. */
  async source(at: At | Moment = 'head'): Promise<QuerySource> {
    return querySource(this.#steward, at instanceof Moment ? at : await this.moment(at), {
      survey: this.#recipes.survey,
    })
  }

  /** SQL, started when first asked for; in a process of its own where the world has them. */
  get queries(): Queries {
    this.#steward.store.mustBeOpen()
    this.#queries ??= openQueries(this.#world, {
      tempFolder: this.#steward.cache.hostPath,
      tempStorage: this.#steward.cache.storage,
      memoryBytes: async () => (await this.config())['query.memoryBytes'],
    })
    return this.#queries
  }

  /** Where exported rows come from: what Parquet and Arrow keep beside them. */
  exportMetadata({ at, sql }: { readonly at: ResolvedAt; readonly sql: string }): Readonly<Record<string, string>> {
    return {
      'pond.id': this.pondId,
      'pond.version': at.kind === 'pending' ? `${at.version}+pending` : String(at.version),
      'pond.sql': sql,
      'pond.exported_at': toExactTime(this.now()),
    }
  }

  /** Absolute host path of a folder for files of this process, which no clean-up takes; it goes on `close`. */
  workFolder(): Promise<string> {
    return this.#steward.cache.workFolder()
  }

  /** Clean-up after something that stands: what goes wrong in it is logged as a warning and thrown nowhere. */
  cleanUp(what: string, work: () => Promise<unknown>): Promise<void> {
    return cleanUp(this.#world.log, what, work)
  }

  /** Now, by the world's clock. */
  now(): Micros {
    return this.#world.clock.now()
  }
}
