/**
 * From a statement's references to what must exist before it runs: files of the pond to make readable,
 * views to create, and the few places of the text that have to change. Pure planning over a
 * `QuerySource`; DuckDB is not asked anything here.
 */
import { isPondError, PondError } from '../../shared/errors'
import { nearest } from '../../shared/nearest'
import { baseName, childPath, parentPath, parsePath, quote, type PondPath } from '../../shared/path'
import { formatOfName } from './formats'
import { isForbiddenCall, isReader, listFiles, readCall, waysToRead, type ReadableFile } from './path-tables'
import type { CallReference, TableReference } from './references'
import { callExtent, fromByteOffset, lineAndColumn, quoteName, scan } from './scan'
import type { QuerySource, TableFile } from './source'
import type { Statement } from './statement'

/** A replaced part of a statement's text; offsets are UTF-16 and do not overlap. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

export interface PathView {
  readonly name: string
  /** Its body; where there are several, each is for when DuckDB does not take those before it. */
  readonly ways: readonly string[]
  readonly files: readonly ReadableFile[]
  /** Where the statement names it, in the whole SQL. */
  readonly place: Place | null
}

export interface Place {
  readonly line: number
  readonly column: number
}

export interface Binding {
  readonly views: readonly PathView[]
  /** One list for each statement. */
  readonly edits: readonly (readonly Edit[])[]
}

/** @throws query.no-such-file, query.not-a-table, query.not-allowed, and what making a file readable throws */
export async function bind(source: QuerySource, sql: string, all: readonly Statement[]): Promise<Binding> {
  const binder = new Binder(source, sql)
  const edits: Edit[][] = []
  for (const statement of all) edits.push(await binder.statement(statement))
  return { views: [...binder.views.values()], edits }
}

const MOST_CANDIDATES = 3

class Binder {
  /** By the lower-case name: DuckDB does not tell names apart by case. */
  readonly views = new Map<string, PathView>()
  readonly #source: QuerySource
  readonly #sql: string
  readonly #files = new Map<string, Promise<ReadableFile>>()

  constructor(source: QuerySource, sql: string) {
    this.#source = source
    this.#sql = sql
  }

  async statement(statement: Statement): Promise<Edit[]> {
    const edits: Edit[] = []
    for (const table of statement.references.tables) {
      if (table.hasMoment) throw noMoment(this.#place(statement, table.byteOffset))
      if (table.schema !== '' || !isPathLike(table.name)) continue
      const edit = await this.#table(statement, table)
      if (edit !== null) edits.push(edit)
    }
    for (const call of statement.references.calls) {
      const edit = await this.#call(statement, call)
      if (edit !== null) edits.push(edit)
    }
    for (const word of statement.possible.words) if (isForbiddenCall(word)) throw forbidden(word, null)
    for (const path of statement.possible.paths) await this.#possibleTable(path)
    return edits.sort((a, b) => a.start - b.start)
  }

  async #table(statement: Statement, table: TableReference): Promise<Edit | null> {
    const place = this.#place(statement, table.byteOffset)
    const taken = this.views.get(table.name.toLowerCase())
    if (taken?.name === table.name) return null
    const files = await this.#readable(table.name, place)
    const name = this.#add(table.name, waysToRead(files), files, place)
    if (name === table.name) return null
    // Another path that differs by case only has the name already: this one goes by another.
    const start = startOf(statement, table.byteOffset)
    const token = scan(statement.text.slice(start))[0]!
    const alias = table.hasAlias ? '' : ` AS ${quoteName(table.name)}`
    return { start, end: start + token.end, text: quoteName(name) + alias }
  }

  async #possibleTable(path: string): Promise<void> {
    try {
      const files = await this.#readable(path, null)
      this.#add(path, waysToRead(files), files, null)
    } catch (error) {
      // It need not be a path at all: if it was meant as one, DuckDB misses it.
      if (!isPondError(error)) throw error
    }
  }

  async #call(statement: Statement, call: CallReference): Promise<Edit | null> {
    const place = this.#place(statement, call.byteOffset)
    if (isForbiddenCall(call.name)) throw forbidden(call.name, place)
    if (!isReader(call.name) && call.name !== 'glob') return null
    const start = startOf(statement, call.byteOffset)
    const extent = callExtent(statement.text, start)
    if (call.paths === null || call.byteOffset === null || extent === undefined) {
      throw new PondError(
        'query.not-allowed',
        `${call.name} needs the path of a file of the pond as a literal text, or a list of them`,
        { ...place, statement: call.name, candidates: [] },
      )
    }
    const written = statement.text.slice(start, extent.end)
    const add = (sql: string, files: readonly ReadableFile[]): Edit => {
      const alias = call.hasAlias ? '' : ` AS ${quoteName(call.name)}`
      return { start, end: extent.end, text: quoteName(this.#add(written, [sql], files, place)) + alias }
    }
    if (call.name === 'glob') {
      const found = await Promise.all(call.paths.map((path) => this.#source.tables(path)))
      return add(listFiles(found.flat()), [])
    }
    const files: ReadableFile[] = []
    for (const path of call.paths) files.push(...(await this.#readable(path, place)))
    return add(
      readCall(call, statement.text.slice(endOfFirstArgument(statement.text, extent), extent.end), files),
      files,
    )
  }

  /** Registers a view and returns the name it got. */
  #add(name: string, ways: readonly string[], files: readonly ReadableFile[], place: Place | null): string {
    for (let count = 1; ; count++) {
      const free = count === 1 ? name : `${name} (${count})`
      const taken = this.views.get(free.toLowerCase())
      if (taken?.ways[0] === ways[0] && (taken?.name === free || count > 1)) return free
      if (taken === undefined) {
        this.views.set(free.toLowerCase(), { name: free, ways, files, place })
        return free
      }
    }
  }

  async #readable(path: string, place: Place | null): Promise<ReadableFile[]> {
    if (!path.startsWith('/')) {
      throw new PondError(
        'query.no-such-file',
        `${quote(path)} is not a file of the pond: its paths are absolute, such as "/weather.csv"`,
        { ...place, path, candidates: await this.#candidates(`/${path}`) },
      )
    }
    const files: ReadableFile[] = []
    for (const file of await this.#tables(path, place)) {
      const known = this.#files.get(file.path) ?? file.hostFile().then((hostPath) => ({ file, hostPath }))
      this.#files.set(file.path, known)
      files.push(await known)
    }
    return files
  }

  async #tables(path: string, place: Place | null): Promise<readonly TableFile[]> {
    let missing: unknown
    try {
      const found = await this.#source.tables(path)
      const files = found.filter((file) => file.fileType.startsWith('file:'))
      if (files.length > 0) return files
      if (found.length > 0) throw isDirectory(path, place)
    } catch (error) {
      if (!isPondError(error)) throw error
      if (error.code === 'tinyfs.is-a-directory' || error.code === 'tinyfs.not-a-file') throw isDirectory(path, place)
      if (error.code !== 'tinyfs.not-found' && error.code !== 'tinyfs.not-a-directory') throw error
      missing = error
    }
    const candidates = await this.#candidates(path)
    const hint = candidates.length > 0 ? `; did you mean ${quote(candidates[0]!)}?` : ''
    throw new PondError(
      'query.no-such-file',
      `${quote(path)} matches no file of the pond at this moment${hint}`,
      { ...place, path, candidates },
      missing,
    )
  }

  /** Files nearby whose path is nearly the one that was written, else files of the same name elsewhere. */
  async #candidates(path: string): Promise<string[]> {
    try {
      const clean = parsePath(path)
      const near = nearest(clean, await this.#siblings(parentPath(clean)))
      if (near.length > 0) return near
      const name = baseName(clean).replaceAll(/[\\*?[\]{},]/g, '?')
      return (await this.#source.tables(`/**/${name}`)).slice(0, MOST_CANDIDATES).map((file) => file.path)
    } catch (error) {
      // Suggestions are a courtesy; what is wrong is said anyway.
      if (isPondError(error)) return []
      throw error
    }
  }

  async #siblings(directory: PondPath): Promise<string[]> {
    try {
      return (await this.#source.list(directory)).map(({ name }) => childPath(directory, name))
    } catch (error) {
      if (isPondError(error)) return []
      throw error
    }
  }

  #place(statement: Statement, byteOffset: number | null): Place | null {
    if (byteOffset === null) return null
    return lineAndColumn(this.#sql, statement.start + startOf(statement, byteOffset))
  }
}

/** The edited text, and the way back from a place in it to the original. */
export function applyEdits(text: string, edits: readonly Edit[]): { text: string; original(offset: number): number } {
  let result = ''
  let done = 0
  for (const edit of edits) {
    result += text.slice(done, edit.start) + edit.text
    done = edit.end
  }
  const original = (offset: number): number => {
    let shift = 0
    for (const edit of edits) {
      const start = edit.start + shift
      if (offset < start) break
      if (offset < start + edit.text.length) return edit.start
      shift += edit.text.length - (edit.end - edit.start)
    }
    return offset - shift
  }
  return { text: result + text.slice(done), original }
}

/** What DuckDB would look for on the host: relative paths and addresses are refused by name, with the right path. */
function isPathLike(name: string): boolean {
  return name.includes('/') || formatOfName(name) !== null
}

function startOf(statement: Statement, byteOffset: number | null): number {
  return statement.queryStart + fromByteOffset(statement.text.slice(statement.queryStart), byteOffset ?? 0)
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

function isDirectory(path: string, place: Place | null): PondError {
  return new PondError(
    'query.not-a-table',
    `${quote(path)} is a directory; name its files, for example '${path.replace(/\/+$/, '')}/*.csv'`,
    { ...place, path, candidates: [] },
  )
}

function noMoment(place: Place | null): PondError {
  return new PondError('query.failed', 'AT inside SQL is not available; choose the moment of the whole statement', {
    ...place,
    candidates: [],
  })
}

function forbidden(name: string, place: Place | null): PondError {
  return new PondError('query.not-allowed', `${name} is not allowed here: a query can only read the pond`, {
    ...place,
    statement: name,
    candidates: [],
  })
}
