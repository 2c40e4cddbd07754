/**
 * `pond cat`: a file's bytes as they are. On a terminal, Parquet prints as a table, other binary content as a hex
 * dump, and text without what a terminal would obey (`--format raw` prints it as it is). With `--sql` or
 * `--format`, the file is read as a table.
 */
import { isPondError, PondError } from '../../../shared/errors'
import { parsePath, quote } from '../../../shared/path'
import type { Pond } from '../../pond'
import type { Context, Run } from '../context'
import { usage } from '../invocation'
import { hexDump, looksBinary } from '../hex'
import { runQuery } from '../run-query'

const FORMATS = ['raw', 'table', 'csv', 'json', 'jsonl', 'parquet', 'arrow'] as const
const HEAD_BYTES = 4_096
/** What a terminal can take of a hex dump. */
const DUMPED_BYTES = 4_096

export const run: Run = async (context) => {
  const { invocation, out } = context
  const [path] = context.args as readonly [string]
  const at = context.at('pending')
  const sql = invocation.text('sql')
  const format = invocation.choice('format', FORMATS)
  if (out.isJson && format === 'raw') throw usage('--json and --format raw contradict each other')
  const pond = await context.reading()
  if (sql !== undefined || (format !== undefined && format !== 'raw') || out.isJson) {
    await mustBeFile(pond, path, at)
    if (out.isJson && sql === undefined && format === undefined) await mustBeTable(context, pond, { path, at })
    return runQuery(context, { sql: overSource(path, sql ?? 'FROM source'), at }).catch((error: unknown) => {
      throw withoutOurLine(error)
    })
  }
  const file = await pond.open(path, at).catch((error: unknown) => {
    // Rows are there without being the bytes of one file.
    if (out.isTerminal && format === undefined && isPondError(error, 'tlogfs.mixed-series')) return null
    throw error
  })
  if (file === null) return runQuery(context, { sql: overSource(path, 'FROM source'), at })
  try {
    if (!out.isTerminal || format === 'raw') return await pour(context, file, true)
    const head = await file.read(0, Math.min(HEAD_BYTES, file.size))
    if (isParquet(head)) return await runQuery(context, { sql: overSource(path, 'FROM source'), at })
    if (looksBinary(head)) return await dump(context, await file.read(0, Math.min(DUMPED_BYTES, file.size)), file.size)
    await pour(context, file, false)
  } finally {
    await file.close()
  }
}

/** What is no file is refused in the words of a filesystem, also where SQL reads it. */
async function mustBeFile(pond: Pond, path: string, at: string): Promise<void> {
  const { fs } = await pond.moment(at)
  // A series need not be the bytes of one file to have rows.
  if ((await fs.find(path)).node.fileType !== 'file:series') await (await fs.open(path)).close()
}

/** Rows are all that JSON can show of a file; one that is no table is not guessed to be one. */
async function mustBeTable(context: Context, pond: Pond, { path, at }: { path: string; at: string }): Promise<void> {
  const { describe } = await import('../../api')
  const moment = await pond.moment(at)
  const { entry, kind, problem } = await describe(pond, moment, (await moment.fs.find(path)).path)
  context.signal.throwIfAborted()
  if (kind === 'table' || problem !== null) return
  const what = entry.mediaType ?? (kind === 'text' ? 'text' : 'binary')
  const message = `${quote(path)} is ${what} and no table: leave --json away, or name a --format to read it as one`
  throw new PondError('query.not-a-table', message, { path, mediaType: entry.mediaType })
}

async function pour(
  { out, signal }: Context,
  file: Awaited<ReturnType<Pond['open']>>,
  isExact: boolean,
): Promise<void> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const chunk of file.chunks()) {
      signal.throwIfAborted()
      yield chunk
    }
  }
  if (!isExact) return out.content(chunks())
  for await (const chunk of chunks()) await out.raw(chunk)
}

async function dump({ out }: Context, bytes: Uint8Array, sizeBytes: number): Promise<void> {
  await out.raw(hexDump(bytes))
  if (sizeBytes > bytes.length) await out.note(`the first ${bytes.length} of ${sizeBytes} bytes`)
}

/** The user's query with the file as `source`, which takes a line of its own before it. */
function overSource(path: string, sql: string): string {
  const name = parsePath(path).replaceAll(/[*?[\]{},\\]/g, '\\$&')
  const source = `source AS (FROM '${name.replaceAll("'", "''")}')`
  const opening = /^\s*WITH\s+(RECURSIVE\s+)?/i.exec(sql)
  if (opening === null) return `WITH ${source}\n${sql}`
  if (/\bsource\s+AS\b/i.test(sql.slice(opening[0].length, opening[0].length + 20))) {
    throw new PondError('cli.usage', 'expected a query over "source", found one that defines it', {})
  }
  return `WITH ${opening[1] ?? ''}${source},\n${sql.slice(opening[0].length)}`
}

/** A mistake's place as the user counts lines. */
function withoutOurLine(error: unknown): unknown {
  if (!isPondError(error) || typeof error.detail['line'] !== 'number') return error
  return new PondError(
    error.code,
    error.message,
    { ...error.detail, line: Math.max(1, error.detail['line'] - 1) },
    error,
  )
}

function isParquet(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 4)).toString('latin1') === 'PAR1'
}
