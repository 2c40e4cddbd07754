/**
 * A statement and where its rows go: a terminal, a pipe or a file of this machine. Files and binary
 * formats are written whole beside their target and renamed, so that a failure leaves none.
 */
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { PondError } from '../../shared/errors'
import { EXPORT_FORMATS, type ExportFormat } from '../../shared/model'
import { quote } from '../../shared/path'
import type { Pond } from '../pond'
import type { Context } from './context'
import { count, isoTime, size } from './display'
import { usage } from './invocation'
import { printJson, printJsonLines, printTable, type TableOutput } from './rows'

export const FORMATS = ['table', 'csv', 'json', 'jsonl', 'parquet', 'arrow'] as const
export type Format = (typeof FORMATS)[number]

/** A table on a terminal ends here: beyond it one wants a file, or LIMIT. */
const TERMINAL_ROWS = 1_000
const ENDINGS: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.parquet': 'parquet',
  '.arrow': 'arrow',
  '.txt': 'table',
}

export interface Statement {
  readonly sql: string
  readonly at: string
}

/** What the user asked for. @throws cli.usage for contradictions */
export function formatOf(context: Context, output: string | undefined): Format {
  const { out, invocation } = context
  const asked = invocation.choice('format', FORMATS)
  if (output !== undefined) {
    const format = asked ?? ENDINGS[extname(output).toLowerCase()]
    if (format === undefined)
      throw usage(`${quote(output)}: expected an ending such as .parquet or .csv, or --format`, { output })
    return format
  }
  if (out.isJson) {
    if (asked !== undefined && asked !== 'json') throw usage(`--json and --format ${asked} contradict each other`)
    return 'json'
  }
  if (out.isTerminal && (asked === 'parquet' || asked === 'arrow')) {
    throw usage(`--format ${asked} is not for a terminal: name a file with --output, or pipe it`)
  }
  return asked ?? (out.isTerminal ? 'table' : 'csv')
}

export async function runQuery(context: Context, statement: Statement): Promise<void> {
  const output = context.invocation.text('output')
  const format = formatOf(context, output)
  const pond = await context.reading()
  if (output === undefined) await toStdout(context, pond, statement, format)
  else await toFile(context, pond, statement, format, context.hostPath(output.replace(/^host:(\/\/)?/, '')))
}

async function toStdout(context: Context, pond: Pond, { sql, at }: Statement, format: Format): Promise<void> {
  const { out, signal } = context
  if (isExport(format) && format !== 'jsonl') {
    await mkdir(pond.cacheHostFolder, { recursive: true })
    const temp = join(pond.cacheHostFolder, `stdout-${process.pid}-${pond.now()}.${format}`)
    try {
      await exportRows(context, pond, { sql, at }, format, temp)
      for await (const chunk of createReadStream(temp, { highWaterMark: 256 * 1024, signal }))
        await out.raw(chunk as Buffer)
    } finally {
      await rm(temp, { force: true })
    }
    return
  }
  const stream = await pond.queries.stream(await pond.source(at), sql, signal)
  if (format === 'json') await printJson(stream, (text) => out.raw(text))
  else if (format === 'jsonl') await printJsonLines(stream, (text) => out.raw(text))
  else {
    const { rows, more } = await printTable(out, stream, out.isTerminal ? TERMINAL_ROWS : Infinity)
    if (more) await out.note(`the first ${count(rows, 'row')}; there are more (LIMIT, or --output FILE for all)`)
    else if (out.isTerminal) await out.note(count(rows, 'row'))
  }
}

async function toFile(
  context: Context,
  pond: Pond,
  statement: Statement,
  format: Format,
  target: string,
): Promise<void> {
  // Loaded here: most queries write to the terminal.
  const { mustBeOutside } = await import('../api')
  await mustBeOutside(context.pondFolder(), target)
  const found = await stat(target).catch(() => undefined)
  if (found?.isDirectory())
    throw new PondError('host.exists', `expected a file to write at ${quote(target)}, found a folder`, { path: target })
  const temp = join(dirname(target), `.${basename(target)}.${process.pid}-${pond.now()}.tmp`)
  try {
    const { rows, bytes } = isExport(format)
      ? await exportRows(context, pond, statement, format, temp)
      : await writeRows(context, pond, statement, format, temp)
    context.signal.throwIfAborted()
    await rename(temp, target)
    await context.out.show({ path: target, format, rows, bytes }, () =>
      context.out.note(`${target}: ${count(rows, 'row')}, ${size(bytes)}`),
    )
  } finally {
    await rm(temp, { force: true })
  }
}

async function exportRows(context: Context, pond: Pond, { sql, at }: Statement, format: ExportFormat, target: string) {
  const source = await pond.source(at)
  return pond.queries.export(source, sql, {
    format,
    target,
    metadata: {
      'pond.id': pond.pondId,
      'pond.version': `${source.at.version}${source.at.kind === 'pending' ? '+pending' : ''}`,
      'pond.sql': sql,
      'pond.exported_at': isoTime(pond.now()),
    },
    signal: context.signal,
    onProgress: ({ percent }) => {
      if (percent !== null)
        context.out.progress({ kind: 'progress', done: percent, total: 100, unit: 'percent', note: '' })
    },
  })
}

/** The formats that DuckDB does not write: JSON as one array, and the aligned table. */
async function writeRows(context: Context, pond: Pond, { sql, at }: Statement, format: Format, target: string) {
  const stream = await pond.queries.stream(await pond.source(at), sql, context.signal)
  const file = await openNew(target)
  try {
    const write = async (text: string): Promise<void> => {
      await file.appendFile(text)
    }
    const rows =
      format === 'json' ? await printJson(stream, write) : (await printTable(textOutput(write), stream, Infinity)).rows
    await file.sync()
    return { rows, bytes: (await file.stat()).size }
  } finally {
    await file.close()
  }
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx')
  } catch (error) {
    throw new PondError('host.unreadable', `cannot write ${quote(path)}`, { path }, error)
  }
}

function isExport(format: Format): format is ExportFormat {
  return (EXPORT_FORMATS as readonly string[]).includes(format)
}

/** An output for text files: no colours, no terminal. */
function textOutput(write: (text: string) => Promise<void>): TableOutput {
  return { raw: (chunk) => write(String(chunk)), bold: (text) => text, dim: (text) => text }
}
