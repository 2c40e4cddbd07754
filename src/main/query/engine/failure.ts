/**
 * DuckDB's errors as ours: a code, a place in the SQL as it was written, candidates, and no host path.
 * Relies on `errors_as_json`. A failure that names a file of the pond is about that file.
 */
import type { QueryError } from '../../../shared/model'
import { isPondError, PondError, type ErrorCode } from '../../../shared/errors'
import { nearest } from '../../../shared/nearest'

/** What an error's text and place are translated with. */
export interface FailureContext {
  /** Host paths that the statement may read, with the pond path of each. */
  readonly files: ReadonlyMap<string, string>
  /** Host paths of the table's data files, with what each is called. */
  readonly dataFiles?: ReadonlyMap<string, string>
  /** Line and column in the SQL as the user wrote it, of a byte offset in the text that ran. */
  place(byteOffset: number): { readonly line: number; readonly column: number } | null
  /** Names that a missing table may have meant. */
  readonly relations: readonly string[]
  /** Names that a missing table function may have meant. */
  readonly functions: readonly string[]
}

interface DuckDbError {
  readonly type: string
  readonly message: string
  readonly position: number | null
  readonly candidates: readonly string[]
  /** The missing thing's kind and name. */
  readonly missing: { readonly kind: string; readonly name: string } | null
}

/** Whatever was thrown while a statement was bound or ran. Ours pass unchanged. */
export function toPondError(thrown: unknown, context: FailureContext): PondError {
  if (thrown instanceof PondError) return thrown
  const found = parseDuckDbError(thrown)
  if (found === null) return new PondError('internal', 'the query ended in an unexpected way', {}, thrown)
  const disk = diskProblem(found)
  if (disk !== undefined) return new PondError(disk, hidePaths(found.message, context), { kind: found.type }, thrown)
  const place = found.position === null ? null : context.place(found.position)
  const file = blamedFile(found.message, context.files)
  if (file !== undefined && found.type !== 'INTERRUPT')
    return notReadable(file, hidePaths(found.message, context), { place, cause: thrown })
  const dataFile = [...(context.dataFiles ?? [])].find(([hostPath]) => found.message.includes(hostPath))
  if (dataFile !== undefined && found.type !== 'INTERRUPT') return badDataFile(dataFile[1], found, dataFile[0], thrown)
  const code = codeOf(found.type)
  const detail = { ...place, candidates: candidatesOf(found, context), kind: found.type }
  return new PondError(code, messageOf(code, found, context), detail, thrown)
}

/** The shape the app shows; `detail` carries the rest. */
export function toQueryError(error: PondError): QueryError {
  const { line, column, candidates } = error.detail as Partial<Pick<QueryError, 'line' | 'column' | 'candidates'>>
  return {
    code: error.code,
    message: error.message,
    detail: error.detail,
    line: line ?? null,
    column: column ?? null,
    candidates: candidates ?? [],
  }
}

export function cancelled(): PondError {
  return new PondError('query.cancelled', 'the query was cancelled')
}

/** @throws query.cancelled when the signal says so */
export function stopIf(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled()
}

/** Of the files that a message names, the one that it is about: the others are only what it is compared with. */
function blamedFile(message: string, files: ReadonlyMap<string, string>): string | undefined {
  const [named] = [...files]
    .flatMap(([hostPath, path]) => {
      const at = message.indexOf(hostPath)
      return at < 0 ? [] : [{ path, isCompared: COMPARED_WITH.test(message.slice(0, at)), at }]
    })
    .toSorted((a, b) => Number(a.isCompared) - Number(b.isCompared) || a.at - b.at)
  return named?.path
}

/** What stands before the name of a file that is not to blame. */
const COMPARED_WITH = /(Main file schema:|from the original file ")\s*$/

/** What the system said of a file that DuckDB wrote, spilled to or read: no statement, and no file, is to blame. */
function diskProblem({ type, message }: DuckDbError): ErrorCode | undefined {
  if (type !== 'IO' && type !== 'Unknown') return undefined
  if (/No space left on device|Disk quota exceeded|File too large/i.test(message)) return 'platform.no-space'
  return /Input\/output error|Too many open files|Stale file handle/i.test(message) ? 'platform.io' : undefined
}

/** A file of the table itself, which no statement is to blame for. */
function badDataFile(file: string, { message }: DuckDbError, hostPath: string, cause: unknown): PondError {
  // A file that is not there is taken for a folder of files, which the instance may not look into.
  if (/No files found|No such file|Cannot (open|access)/i.test(message)) {
    return new PondError('oplog.missing-data', `the data file ${file} is missing`, { file }, cause)
  }
  const reason = message.replaceAll(hostPath, file)
  return new PondError('oplog.corrupt-data', `the data file ${file} cannot be read: ${reason}`, { file }, cause)
}

/** A file of the pond that is not what its name or the reader says; the reason is DuckDB's, without host paths. */
export function notReadable(
  path: string,
  reason: string,
  { place, cause }: { readonly place: object | null; readonly cause: unknown },
): PondError {
  // DuckDB speaks of a setting that nobody can make here.
  if (/\bis encrypted\b/.test(reason) && !reason.startsWith('its column ')) reason = 'it is encrypted'
  // DuckDB closes with what it assumed about the file and with the remedies it can think of.
  const remedies = /(^|\n)((?:Possible|Potential) (fixes|solutions?)\b[\s\S]*?)(\n\n {2}file = [\s\S]*)?$/i.exec(reason)
  const summary = (remedies === null ? reason : reason.slice(0, remedies.index))
    .replace(/\n\n {2}file = [\s\S]*$/, '')
    .replace(/The search space used was:[\s\S]*$/, '')
    // Settings of DuckDB's, which nobody can make here.
    .replace(/[;,.]?\s*try (setting|increasing|ignore_errors)\b[\s\S]*$/i, '')
    .trim()
    .replaceAll(/\s*\n+\s*/g, '; ')
  const hints = (remedies?.[2] ?? '')
    .split('\n')
    .map((line) => line.replace(/^(\*|Possible Solution:)\s*/i, '').trim())
    .filter((line) => line !== '' && !/^(Possible|Potential) (fixes|solutions?):?$/i.test(line))
  const options = hints.flatMap((hint) => [...hint.matchAll(/\b([a-z_]+)\s*=\s*(?=[^\s=])/g)].map((match) => match[1]!))
  return new PondError(
    'query.unreadable-file',
    `"${path}" cannot be read as a table: ${summary}`,
    { ...place, path, reason, options: [...new Set(options)], hints, candidates: [] },
    cause,
  )
}

function codeOf(type: string): ErrorCode {
  switch (type) {
    case 'Parser':
      return 'query.syntax'
    case 'INTERRUPT':
      return 'query.cancelled'
    case 'Out of Memory':
      return 'query.out-of-memory'
    case 'Permission':
      return 'query.not-allowed'
    default:
      return 'query.failed'
  }
}

function messageOf(code: ErrorCode, found: DuckDbError, context: FailureContext): string {
  if (code === 'query.cancelled') return 'the query was cancelled'
  if (code === 'query.not-allowed') {
    const file = /Cannot access (?:file|directory) "(.*?)"/.exec(found.message)?.[1]
    return file === undefined
      ? 'this is not allowed here: a query can only read the pond'
      : `"${file}" is outside the pond: a query reads the pond's own files, by absolute path ("/weather.csv")`
  }
  if (code === 'query.out-of-memory') return outOfMemory(found.message)
  // What a view is made of is ours to know.
  const message = followable(hidePaths(found.message, context).replace(/^Values list "/, 'Table "'), context)
  const kind = found.missing?.kind
  if (found.missing === null || (kind !== 'Table' && kind !== 'Table Function')) return message
  // DuckDB suggests among its own system tables, and any function at all.
  const candidates = candidatesOf(found, context)
  if (kind === 'Table Function') {
    const hint = candidates.length > 0 ? `; did you mean ${candidates[0]!}?` : ''
    return `there is no table function ${found.missing.name}${hint}`
  }
  const hint = candidates.length > 0 ? ` Did you mean "${candidates[0]!}"?` : ''
  return `there is no table "${found.missing.name}".${hint} A file of the pond is named by its absolute path, in quotes.`
}

/** DuckDB advises to change settings, which nobody can here; that of the pond is the one that helps. */
function outOfMemory(message: string): string {
  const what = message
    .split(/\s*\n+\s*Possible solutions?:/i)[0]!
    .trim()
    .replaceAll(/\s*\n+\s*/g, ' ')
  return `${what}: the setting query.memoryBytes says how much memory a query may have (pond config query.memoryBytes 4GiB)`
}

/** Without advice to install, load or set something, which is refused here. */
function followable(message: string, { files }: FailureContext): string {
  const encoding = /does not support the encoding: "(.*?)"/.exec(message)?.[1]
  if (encoding !== undefined) {
    const [path = '/x.csv'] = files.values()
    return (
      `read_csv has no encoding "${encoding}" (it has utf-8, utf-16 and latin-1): a path alone is read in any, ` +
      `FROM '${path}', once it is said (pond reading ${path} --encoding ${encoding})`
    )
  }
  if (!COMMAND.test(message)) return message
  const kept = message
    .replace(/\n+\s*Please try installing and loading[^]*$/, '')
    .split(/\n|(?<=[.:])\s+/)
    .filter((sentence) => !COMMAND.test(sentence))
  return (
    kept
      .join(' ')
      .replace(/\s*Possible (solutions?|fixes):?\s*$/i, '')
      .trim() || message.split(COMMAND)[0]!.trim()
  )
}

/** A statement that nobody can give here, as DuckDB's advice has them. */
const COMMAND = /\b(INSTALL|LOAD|PRAGMA)\s+[a-z_]+|\bSET\s+(GLOBAL\s+|SESSION\s+)?[a-z_]+\s*=/

function candidatesOf(found: DuckDbError, context: FailureContext): readonly string[] {
  if (found.missing?.kind === 'Table Function') {
    // DuckDB's own suggestion is anything at all; of ours, the name alone may be what was written.
    const written = found.missing.name.replace(/^.*\./, '')
    const ours = context.functions.filter((name) => nearest(written, [name.slice(name.indexOf('.') + 1)], 1).length > 0)
    return [...new Set([...ours, ...found.candidates])]
  }
  if (found.missing?.kind !== 'Table') return found.candidates
  // DuckDB leaves out the schema that was written.
  const { name } = found.missing
  const qualified = name.includes('.') ? name : `pond.${name}`
  return [...new Set([...nearest(name, context.relations), ...nearest(qualified, context.relations, 1)])]
}

function hidePaths(message: string, context: FailureContext): string {
  let text = message
  for (const [hostPath, path] of context.files) text = text.replaceAll(hostPath, path)
  return text
}

/** Candidates that may stand in the place of what was written; a function's signatures are no such names. */
function namesIn(candidates: string): readonly string[] {
  if (candidates.includes('->')) return []
  const names = candidates.split(',').map((each) => each.trim())
  return names.filter((name) => name !== '' && !name.includes('('))
}

/** Of a column with its table before it, DuckDB suggests in the text alone. */
function bindingsIn(message: string): readonly string[] {
  const list = /\nCandidate bindings: :? *(.*)$/.exec(message)?.[1] ?? ''
  return [...list.matchAll(/"([^"]+)"/g)].map((match) => match[1]!)
}

function parseDuckDbError(thrown: unknown): DuckDbError | null {
  if (!(thrown instanceof Error) || isPondError(thrown)) return null
  const brace = thrown.message.indexOf('{"exception_type"')
  if (brace >= 0) {
    try {
      const raw = JSON.parse(thrown.message.slice(brace)) as Readonly<Record<string, string | undefined>>
      const { exception_type: type, exception_message: message, position, candidates, name } = raw
      const missing = raw['error_subtype'] === 'MISSING_ENTRY' && name !== undefined
      return {
        type: type === 'Interrupt' ? 'INTERRUPT' : (type ?? 'Unknown'),
        message: (message ?? '').trim(),
        position: position === undefined ? null : Number(position),
        candidates: candidates === undefined ? bindingsIn(message ?? '') : namesIn(candidates),
        missing: missing ? { kind: raw['type'] ?? '', name } : null,
      }
    } catch {
      // Not the whole of an error object: read it as text.
    }
  }
  // The appender says what it was doing, and no kind.
  const text = thrown.message.replace(/^(Failed to (append|commit|flush|query)[^:]*: )+/i, '')
  const plain = /^([A-Za-z ]+?) Error: ([\s\S]*)$/.exec(text)
  if (plain === null && text === thrown.message) return null
  const message = (plain?.[2] ?? text).trim()
  const isMemory = /out of memory|failed to (allocate|pin|offload)|max_temp_directory_size/i.test(message)
  const type = isMemory ? 'Out of Memory' : (plain?.[1] ?? 'Unknown')
  return { type, message, position: null, candidates: [], missing: null }
}
