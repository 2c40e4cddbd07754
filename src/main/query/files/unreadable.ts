/**
 * Which of a statement's files is to blame for a failure that names none: DuckDB says of some damage what is wrong,
 * and not where. Each file is then read by itself, whole, in an instance of its own, until one fails. Bounded in
 * time; a statement that is cancelled looks no further.
 */
import type { PondError } from '../../../shared/errors'
import { readParquetShape } from '../../tables'
import type { Engine } from '../engine/engine'
import { notReadable, stopIf, toPondError } from '../engine/failure'
import type { ReadableFile } from './path-tables'
import type { Place } from '../sql/scan'
import type { SqlView } from './sql-views'

/** Kinds of failures that may be about a file; those of names, types and values are about the statement. */
const MAY_BE_A_FILE: ReadonlySet<unknown> = new Set([
  'Invalid',
  'Invalid Input',
  'Invalid type',
  'INTERNAL',
  'IO',
  'Serialization',
  'Not implemented',
  'Unknown',
  'Object Size',
  'Mismatch Type',
])
/** Files of which one has other columns than the first. */
const MISMATCH = /^Schema mismatch between globbed files/
const MOST_MICROS = 10_000_000

interface Search {
  readonly engine: Engine
  readonly views: readonly SqlView[]
  readonly signal: AbortSignal | undefined
}

/** The failure of the first file that cannot be read, else the failure itself. @throws query.cancelled */
export async function blamed(failure: PondError, { engine, views, signal }: Search): Promise<PondError> {
  const { kind, path, line, column } = failure.detail as Partial<Place> & { readonly kind?: unknown; path?: unknown }
  const place = line === undefined || column === undefined ? null : { line, column }
  if (failure.code === 'query.unreadable-file') {
    // Read as text, it is wrong in many ways, of which this is the one that matters.
    const named = views.flatMap(({ files }) => files).find(({ file }) => file.path === path)
    const locked = named === undefined ? null : await encryptionOf(named.file)
    if (locked !== null) return notReadable(named!.file.path, locked, { place, cause: failure })
    const reason = String(failure.detail['reason'])
    if (!MISMATCH.test(reason)) return failure
    const odd = await oddOneOut({ engine, views, signal })
    return odd === null ? failure : notReadable(odd, reason, { place, cause: failure })
  }
  if (failure.code !== 'query.failed' || !MAY_BE_A_FILE.has(kind)) return failure
  const end = engine.world.clock.elapsed() + MOST_MICROS
  const seen = new Set<string>()
  for (const view of views) {
    for (const file of view.files) {
      // What is loaded before the statement is named where it is loaded.
      if (seen.has(file.hostPath) || view.loaded.includes(file)) continue
      seen.add(file.hostPath)
      stopIf(signal)
      if (engine.world.clock.elapsed() > end) return failure
      const problem = await problemOf(engine, file, view.probe(file), signal)
      if (problem !== null) return notReadable(file.file.path, problem, { place, cause: failure })
    }
  }
  return failure
}

/**
 * The first file whose columns are not those that most have: DuckDB compares with the first, which may be the one
 * that is damaged. Null where there is no most, or no time.
 */
async function oddOneOut({ engine, views, signal }: Search): Promise<string | null> {
  const end = engine.world.clock.elapsed() + MOST_MICROS
  for (const view of views) {
    if (view.files.length < 3) continue
    const paths = new Map<string, string[]>()
    for (const file of view.files) {
      stopIf(signal)
      if (engine.world.clock.elapsed() > end) return null
      const columns = await columnsOf(engine, file, view.probe(file)[0]!, signal)
      paths.set(columns, [...(paths.get(columns) ?? []), file.file.path])
    }
    const [most, ...others] = [...paths.values()].toSorted((a, b) => b.length - a.length)
    const odd = view.files.find(({ file }) => others.some((some) => some.includes(file.path)))
    if (odd !== undefined && most!.length > others[0]!.length) return odd.file.path
  }
  return null
}

/** Their names, as one text; empty where it cannot be read. */
async function columnsOf(
  engine: Engine,
  { hostPath }: ReadableFile,
  sql: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const sandbox = await engine.sandbox([hostPath], signal)
  try {
    const found = await sandbox.connection.runAndReadAll(`DESCRIBE ${sql}`)
    return JSON.stringify(found.getRows().map(([name]) => name))
  } catch {
    stopIf(signal)
    return ''
  } finally {
    sandbox.close()
  }
}

/** Why a file cannot be read, in DuckDB's words; null where it can. */
async function problemOf(
  engine: Engine,
  { file, hostPath }: ReadableFile,
  ways: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const locked = await encryptionOf(file)
  if (locked !== null) return locked
  const sandbox = await engine.sandbox([hostPath], signal)
  try {
    let problem: string | null = null
    for (const way of ways) {
      try {
        // The hash of a whole row is that of every column.
        await sandbox.connection.run(`SELECT max(hash(r)) FROM (${way}) r`)
        return null
      } catch (error) {
        stopIf(signal)
        const files = new Map([[hostPath, file.path]])
        const found = toPondError(error, { files, relations: [], functions: [], place: () => null })
        if (found.code !== 'query.failed' && found.code !== 'query.unreadable-file') return null
        problem = typeof found.detail['reason'] === 'string' ? found.detail['reason'] : found.message
      }
    }
    return problem
  } finally {
    sandbox.close()
  }
}

/** What of a file is encrypted, as the end of a sentence about it, whatever it is called; null where nothing is. */
export async function encryptionOf(file: Pick<ReadableFile['file'], 'open'>): Promise<string | null> {
  const bytes = await file.open()
  try {
    const shape = await readParquetShape(bytes)
    return 'problem' in shape && /\bencrypted$/.test(shape.problem) ? shape.problem : null
  } finally {
    await bytes.close()
  }
}
