/**
 * From a statement's references to what must exist before it runs: files of the pond to make readable,
 * views and tables to create, moments to read at, and the few places of the text that have to change.
 * Planning over a `QuerySource`; only how files of text are read may have to be found out first.
 */
import { isPondError, PondError } from '../../../shared/errors'
import { nearest } from '../../../shared/nearest'
import { deltaTable } from '../files/delta-tables'
import { formatOfName } from '../formats'
import { functionTable } from '../functions/function-views'
import { decodeIpc } from '../ipc/ipc-call'
import { momentKey, momentText, MomentDatabases, type MomentDatabase } from '../relations/moment-databases'
import { isDeltaCall, isForbiddenCall, isOpenSetting, isReader, isTextReader } from '../sql/table-calls'
import { listFiles, readCall, readFiles, type ReadableFile } from '../files/path-tables'
import { bindArguments, isPondFunction, misusedFunction, mustFunction } from '../relations/pond-functions'
import type { PondFiles } from '../files/pond-files'
import { isIpcCall, type CallReference, type TableReference } from '../sql/references'
import { findRelation, RELATION_NAMES } from '../relations/relations'
import { Rewriting } from '../sql/rewriting'
import { quoteName } from '../engine/quote'
import { scan, type Place } from '../sql/scan'
import type { QuerySource, TableFile } from '../source'
import type { Statement } from '../sql/statement'
import { placeOf } from '../sql/syntax-tree'
import { makeView, SqlViews, type SqlView } from '../files/sql-views'
import { notComputed } from './not-computed'

export interface Binding {
  /** In the order in which they can be made. */
  readonly views: readonly SqlView[]
  /** With the relations that they need; the first is that of the whole text. */
  readonly moments: readonly MomentDatabase[]
  /** One for each statement. */
  readonly rewritings: readonly Rewriting[]
  /** Whether versions of a series were left out because of a WHERE. */
  readonly hasSkipped: boolean
}

/**
 * @throws query.no-such-file, query.not-a-table, query.not-allowed, query.failed, steward.unknown-version,
 * and what making a file readable throws
 */
export async function bind(
  source: QuerySource,
  sql: string,
  all: readonly Statement[],
  options: Omit<BinderOptions, 'views' | 'computed' | 'depth'>,
): Promise<Binding> {
  const { files } = options
  const binder = new Binder(source, sql, { ...options, views: new SqlViews(), computed: new Map(), depth: 0 })
  const rewritings: Rewriting[] = []
  for (const statement of all) {
    const rewriting = new Rewriting(statement, sql)
    await binder.statement(statement, rewriting)
    rewritings.push(rewriting)
  }
  const { views, moments } = binder
  return { views: views.all, moments: moments.all, rewritings, hasSkipped: files.hasSkipped }
}

interface BinderOptions {
  readonly wholeSeries: boolean
  readonly files: PondFiles
  readonly parse: (sql: string) => Promise<readonly Statement[]>
  readonly views: SqlViews
  /** Each computed file once, by moment, path and query. */
  readonly computed: Map<string, ComputedView>
  /** How many computed tables the text is below: 0 for what a user asks. */
  readonly depth: number
}

/** Tables that are computed of tables that are computed, and so on. */
const MAX_DEPTH = 32
/** That one stands for, itself included. */
const MOST_VIEWS = 256

interface ComputedView {
  readonly readable: ReadableFile
  /** How many views DuckDB binds for it: itself, and those of what it is computed of wherever they stand in it. */
  readonly count: number
}

class Binder {
  readonly views: SqlViews
  readonly moments: MomentDatabases
  readonly files: PondFiles
  readonly #sql: string
  readonly #options: BinderOptions
  #viewCount = 0

  constructor(source: QuerySource, sql: string, options: BinderOptions) {
    this.moments = new MomentDatabases(source)
    this.views = options.views
    this.files = options.files
    this.#sql = sql
    this.#options = options
  }

  get #isComputed(): boolean {
    return this.#options.depth > 0 || this.moments.now.source.isForRecipe === true
  }

  async statement(statement: Statement, rewriting: Rewriting): Promise<void> {
    const { references, possible } = statement
    if (this.#isComputed && references.catalog) throw seesThePond('the catalog', null)
    for (const { schema, name, byteOffset } of references.scalarCalls) {
      if (schema === 'pond') throw misusedFunction(name, rewriting.place(byteOffset))
    }
    for (const { name, byteOffset } of references.settings) {
      if (!isOpenSetting(name)) throw forbidden('current_setting', rewriting.place(byteOffset))
    }
    for (const table of references.tables) await this.#table(statement, table, rewriting)
    for (const call of references.calls) {
      if (call.schema === 'pond') await this.#pondCall(statement, call, rewriting)
      else await this.#call(statement, call, rewriting)
    }
    for (const word of possible.words) if (isForbiddenCall(word)) throw forbidden(word, null)
    for (const path of possible.paths) await this.#possibleTable(path)
  }

  async #table(statement: Statement, table: TableReference, rewriting: Rewriting): Promise<void> {
    const place = rewriting.place(table.byteOffset)
    const isFile = table.schema === '' && !table.isExpression && isPathLike(table.name)
    const relation = table.isExpression ? undefined : findRelation(table)
    if (table.moment === null) {
      if (isFile) await this.#file(statement, table, this.moments.now, rewriting)
      else if (relation !== undefined) {
        if (this.#isComputed) throw seesThePond(relation, place)
        this.moments.now.relations.add(relation)
      } else if (table.schema.toLowerCase() === 'pond' && isPondFunction(table.name))
        throw misusedFunction(table.name, place)
      return
    }
    if (!isFile && relation === undefined) throw noHistory(table, place)
    const { unit, expression } = table.moment
    const at = rewriting.place(placeOf(expression)) ?? place
    const text = momentText(statement.constants.get(expression) ?? null, unit, at)
    // Whatever else is counted from a head, which another reader of the same version may not have.
    if (this.#isComputed && !/^\d+$/.test(text)) throw notPure(text, at)
    const moment = await this.moments.at(text, at)
    if (this.#isComputed && moment.source.at.version > this.moments.now.source.at.version) throw notPure(text, at)
    if (isFile) return this.#file(statement, table, moment, rewriting)
    if (this.#isComputed) throw seesThePond(relation!, place)
    moment.relations.add(relation!)
    const [schema, name] = relation!.split('.') as [string, string]
    rewriting.table(table, { path: [moment.database, schema], name })
  }

  async #file(
    { timeRanges }: Statement,
    table: TableReference,
    { source }: MomentDatabase,
    rewriting: Rewriting,
  ): Promise<void> {
    const place = rewriting.place(table.byteOffset)
    const ranges = this.#options.wholeSeries ? undefined : timeRanges.get(table.node)
    const computed = (file: TableFile): Promise<ReadableFile | undefined> => this.#view(source, file, place)
    const files = await this.files.tables(source, table.name, place, { ranges, computed })
    // The query of a computed table is a view of its path already.
    if (table.moment === null && files.length === 1 && files[0]!.view === table.name) return
    const view = this.views.add({ name: table.name, table: readFiles(files), files: stored(files), place })
    // Another path that differs by case only, or the same at another moment, may have the name already.
    if (view.name !== table.name || table.moment !== null) rewriting.table(table, view)
  }

  /**
   * Undefined for what stands for too many views: DuckDB binds each where it stands, so that a few recipes of which each reads
   * the next one twice would be bound millions of times. A file is made once.
   */
  async #view(source: QuerySource, file: TableFile, place: Place | null): Promise<ReadableFile | undefined> {
    const { computed } = this.#options
    const key = `${momentKey(source)} ${file.path} ${file.query!}`
    const view = computed.get(key) ?? (await this.#computed(source, file, place))
    computed.set(key, view)
    const isTooMuch = view.count > MOST_VIEWS
    this.#viewCount += isTooMuch ? 1 : view.count
    return isTooMuch ? undefined : view.readable
  }

  /** Its query becomes a view, of which the outer statement's conditions and columns go down to the files. */
  async #computed(source: QuerySource, file: TableFile, place: Place | null): Promise<ComputedView> {
    const sql = file.query!
    const told = (error: PondError): Promise<PondError> => notComputed(file, error, place)
    try {
      if (this.#options.depth >= MAX_DEPTH)
        throw new PondError('query.failed', `it is computed of what is computed, ${MAX_DEPTH} levels deep`, {})
      const [statement, ...more] = await this.#options.parse(sql)
      if (statement?.isQuery !== true || more.length > 0)
        throw new PondError('query.not-allowed', 'a table is computed by one query', { candidates: [] })
      const nested = new Binder(source, sql, { ...this.#options, depth: this.#options.depth + 1 })
      const rewriting = new Rewriting(statement, sql)
      await nested.statement(statement, rewriting)
      const make: SqlView['make'] = async (connection, name) =>
        makeView(connection, name, (await rewriting.write(connection)).text)
      const key = `computed at ${momentKey(source)}: ${sql}`
      const { name } = this.views.add({ name: file.path, key, files: [], place, make, told })
      return { readable: { file, hostPath: '', view: name }, count: 1 + nested.#viewCount }
    } catch (error) {
      throw isPondError(error) ? await told(error) : error
    }
  }

  async #possibleTable(path: string): Promise<void> {
    try {
      const { source } = this.moments.now
      const computed = (file: TableFile): Promise<ReadableFile | undefined> => this.#view(source, file, null)
      const files = await this.files.tables(source, path, null, { computed })
      this.views.add({ name: path, table: readFiles(files), files: stored(files), place: null })
    } catch (error) {
      // It need not be a path at all: if it was meant as one, DuckDB misses it.
      if (!isPondError(error)) throw error
    }
  }

  async #pondCall(statement: Statement, call: CallReference, rewriting: Rewriting): Promise<void> {
    const place = rewriting.place(call.byteOffset)
    if (isIpcCall(call)) return this.#ipcCall(statement, call, rewriting)
    const called = mustFunction(call.name, place)
    if (this.#isComputed) throw seesThePond(`pond.${call.name}`, place)
    const extent = rewriting.extent(call)
    if (call.withOrdinality || extent === undefined) {
      throw new PondError('query.failed', `pond.${call.name} has no row numbers: WITH ORDINALITY is for lists`, {
        ...place,
        candidates: [],
      })
    }
    const placeOfNode = (node: Parameters<typeof placeOf>[0]): Place | null => rewriting.place(placeOf(node))
    const args = bindArguments(called, call, { constants: statement.constants, placeOf: placeOfNode, place })
    const written = statement.text.slice(extent.start, extent.end)
    const context = { moments: this.moments, files: this.files, views: this.views }
    rewriting.call(call, await functionTable(context, { name: called.name, args, written, place }))
  }

  async #ipcCall(statement: Statement, call: CallReference, rewriting: Rewriting): Promise<void> {
    const place = rewriting.place(call.byteOffset)
    const query = statement.subqueries.get(call.node)
    if (query?.isQuery !== true || call.withOrdinality) throw noQuery(place)
    const own = new Rewriting(query, this.#sql)
    // Its tables and files are there before the table that is made of its rows.
    await this.statement(query, own)
    const make: SqlView['make'] = async (connection, name, tools) =>
      decodeIpc({ connection, name, query: (await own.write(connection)).text, place }, tools)
    rewriting.call(call, this.views.add({ name: query.text, key: `ipc ${query.text}`, files: [], place, make }))
  }

  async #call(statement: Statement, call: CallReference, rewriting: Rewriting): Promise<void> {
    const place = rewriting.place(call.byteOffset)
    if (isForbiddenCall(call.name)) throw forbidden(call.name, place)
    if (!isReader(call.name) && !isDeltaCall(call.name) && call.name !== 'glob') return
    const extent = rewriting.extent(call)
    if (call.paths === null || extent === undefined) {
      throw new PondError(
        'query.not-allowed',
        isDeltaCall(call.name)
          ? `${call.name} needs the path of a directory of the pond that is a Delta table, as a literal text`
          : `${call.name} needs the path of a file of the pond as a literal text, or a list of them`,
        { ...place, statement: call.name, candidates: [] },
      )
    }
    const { source } = this.moments.now
    const name = statement.text.slice(extent.start, extent.end)
    if (call.name === 'glob') {
      const found = await Promise.all(call.paths.map((path) => source.tables(path)))
      return rewriting.call(call, this.views.add({ name, sql: listFiles(found.flat()), files: [], place }))
    }
    if (isDeltaCall(call.name)) return this.#deltaCall({ call, name, place }, rewriting)
    if (call.options.has('filename') && call.options.get('filename') === null) {
      const message = 'filename is true, false or the name of a column, as a constant'
      throw new PondError('query.failed', message, { ...place, candidates: [] })
    }
    const files: ReadableFile[] = []
    for (const path of call.paths) files.push(...(await this.files.readable(source, path, place)))
    if (isTextReader(call.name)) await this.files.mustUnpack(files)
    const rest = statement.text.slice(endOfFirstArgument(statement.text, extent), extent.end)
    const probe: SqlView['probe'] = (file) => [readCall(call, rest, [file])]
    rewriting.call(call, this.views.add({ name, sql: readCall(call, rest, files), files, place, probe }))
  }

  async #deltaCall(
    { call, name, place }: { readonly call: CallReference; readonly name: string; readonly place: Place | null },
    rewriting: Rewriting,
  ): Promise<void> {
    const [path, ...more] = call.paths ?? []
    if (path === undefined || more.length > 0 || !path.startsWith('/') || call.args.length !== 1) {
      const message = `${call.name} takes one path of the pond, such as ${call.name}('/sales'): a directory that is a Delta table`
      throw new PondError('query.failed', message, { ...place, candidates: [] })
    }
    const table = await deltaTable(this.moments.now.source, path, { files: this.files, place })
    rewriting.call(call, this.views.add({ name, sql: table.sql, files: table.files, place }))
  }
}

/** Those that have content; of what is computed, the view of its query has them. */
function stored(files: readonly ReadableFile[]): readonly ReadableFile[] {
  return files.filter(({ view }) => view === undefined)
}

/** What DuckDB would look for on the host: relative paths and addresses are refused by name, with the right path. */
function isPathLike(name: string): boolean {
  return name.includes('/') || formatOfName(name) !== null
}

function endOfFirstArgument(text: string, extent: { readonly open: number; readonly end: number }): number {
  let depth = 0
  for (const token of scan(text.slice(extent.open, extent.end))) {
    if (token.kind !== 'symbol') continue
    if ('([{'.includes(token.text)) depth++
    if (')]}'.includes(token.text)) depth--
    if (depth === 0 || (depth === 1 && token.text === ',')) return extent.open + token.start
  }
  return extent.end
}

function noQuery(place: Place | null): PondError {
  const message = 'pond.ipc takes a query in parentheses: FROM pond.ipc((SELECT content FROM oplog_rows WHERE ...))'
  return new PondError('query.failed', message, { ...place, candidates: [] })
}

function noHistory({ schema, name, isExpression }: TableReference, place: Place | null): PondError {
  const full = schema === '' ? name : `${schema}.${name}`
  const candidates = isExpression ? [] : nearest(full, RELATION_NAMES)
  const hint = candidates.length === 0 ? '' : `; did you mean ${candidates[0]!}?`
  const what = `AT is for files and relations of the pond, and ${quoteName(full)} is neither${hint}`
  return new PondError('query.failed', what, { ...place, candidates })
}

/** What is computed depends on content alone, and not on how the pond came to have it. */
function seesThePond(what: string, place: Place | null): PondError {
  const message = `${what} is not allowed here: a table is computed of files, and of nothing else of the pond`
  return new PondError('query.not-allowed', message, { ...place, statement: what, candidates: [] })
}

function notPure(text: string, place: Place | null): PondError {
  const message = `AT ${text} is not allowed here: a table is computed of an earlier version, by its number, or of its own moment (at of an input takes more)`
  return new PondError('query.not-allowed', message, { ...place, statement: 'AT', candidates: [] })
}

function forbidden(name: string, place: Place | null): PondError {
  return new PondError('query.not-allowed', `${name} is not allowed here: a query can only read the pond`, {
    ...place,
    statement: name,
    candidates: [],
  })
}
