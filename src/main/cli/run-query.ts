/**
 * A statement and where its rows go: a terminal, a pipe or a file of this machine. Files and binary
 * formats are written whole beside their target and renamed, so that a failure leaves none.
 */
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { quote } from '../../shared/path'
import { builtProcesses, writeToHost } from '../platform/node'
import type { Pond, RowStream } from '../pond'
import type { Context } from './context'
import { count, oneLine, size, visible } from './display'
import { usage } from './invocation'
import { printTable, type TableOutput } from './rows'

const FORMATS = ['table', 'csv', 'json', 'jsonl', 'parquet', 'arrow'] as const
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
function formatOf(context: Context, output: string | undefined): Format {
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
  // It gets ready while the pond is opened.
  builtProcesses()?.prepare('queries')
  const pond = await context.reading()
  if (output === undefined) await toStdout(context, pond, statement, format)
  else await toFile(context, pond, statement, { format, target: context.hostPath(output.replace(/^host:(\/\/)?/, '')) })
}

async function toStdout(context: Context, pond: Pond, { sql, at }: Statement, format: Format): Promise<void> {
  const { out, signal } = context
  if (format === 'table') {
    const stream = await pond.queries.stream(await pond.source(at), sql, signal)
    const { rows, more } = await printTable(out, stream, out.isTerminal ? TERMINAL_ROWS : Infinity)
    if (more) await out.note(`the first ${count(rows, 'row')}; there are more (LIMIT, or --output FILE for all)`)
    else if (out.isTerminal) await out.note(count(rows, 'row'))
    await noteDropped(context, stream)
  } else if (format === 'parquet') {
    await parquetToStdout(context, pond, { sql, at })
  } else {
    const source = await pond.source(at)
    const stream = await pond.queries.bytes(source, sql, {
      format,
      metadata: pond.exportMetadata({ at: source.at, sql }),
      signal,
    })
    // Whoever reads no further stops the statement: leaving the loop does.
    await out.content(stream.chunks, format === 'json' || format === 'jsonl' ? 'json' : 'text')
    await noteDropped(context, stream)
  }
}

/** What a Parquet file holds is told at its end, so it is made whole before it is sent. */
async function parquetToStdout(context: Context, pond: Pond, statement: Statement): Promise<void> {
  const temp = join(await pond.queries.workFolder(), `stdout-${randomUUID()}.parquet`)
  try {
    const exported = await exportRows(context, pond, statement, { format: 'parquet', target: temp })
    for await (const chunk of createReadStream(temp, { highWaterMark: 256 * 1024, signal: context.signal }))
      await context.out.raw(chunk as Buffer)
    await noteDropped(context, exported)
  } finally {
    await rm(temp, { force: true })
  }
}

interface Output {
  readonly format: Format
  readonly target: string
}

async function toFile(context: Context, pond: Pond, statement: Statement, { format, target }: Output): Promise<void> {
  const options = {
    replace: context.invocation.flag('replace'),
    ponds: pond.openFolders(),
    workFolder: () => pond.queries.workFolder(),
    cleanUp: pond.cleanUp.bind(pond),
    taken: 'choose another name, or --replace it',
    signal: context.signal,
  }
  const written = await writeToHost(target, options, async (temp) => {
    const made =
      format === 'table'
        ? await writeTable(context, pond, statement, temp)
        : await exportRows(context, pond, statement, { format, target: temp })
    context.signal.throwIfAborted()
    return made
  })
  const { rows, bytes } = written
  await context.out.show({ path: target, format, rows, bytes }, () =>
    context.out.note(`${visible(target)}: ${count(rows, 'row')}, ${size(bytes)}`),
  )
  await noteDropped(context, written)
}

async function exportRows(
  context: Context,
  pond: Pond,
  { sql, at }: Statement,
  { format, target }: { readonly format: Exclude<Format, 'table'>; readonly target: string },
) {
  const source = await pond.source(at)
  return pond.queries.export(source, sql, {
    format,
    target,
    metadata: pond.exportMetadata({ at: source.at, sql }),
    signal: context.signal,
    onProgress: ({ percent, rows }) => {
      if (percent !== null && percent > 0) {
        context.out.progress({ kind: 'progress', done: percent, total: 100, unit: 'percent', note: '' })
      } else if (rows !== null && rows > 0) {
        context.out.progress({ kind: 'progress', done: rows, total: null, unit: 'rows', note: '' })
      }
    },
  })
}

async function writeTable(context: Context, pond: Pond, { sql, at }: Statement, target: string) {
  const stream = await pond.queries.stream(await pond.source(at), sql, context.signal)
  const file = await open(target, 'wx')
  try {
    const write = async (text: string): Promise<void> => {
      await file.appendFile(text)
    }
    const { rows } = await printTable(textOutput(write), stream, Infinity)
    await file.sync()
    return { rows, bytes: (await file.stat()).size, resultsDropped: stream.resultsDropped, notes: stream.notes }
  } finally {
    await file.close()
  }
}

/** All statements of a text run, and the rows are the last one's: who wrote several may have meant each. */
async function noteDropped(
  { out }: Context,
  { resultsDropped, notes }: Pick<RowStream, 'resultsDropped' | 'notes'>,
): Promise<void> {
  for (const { path, message } of notes) await out.note(`${visible(path)}: ${oneLine(message)}`)
  if (resultsDropped === 0) return
  await out.note(`${count(resultsDropped, 'earlier result')} not shown: the rows are those of the last statement`)
}

/** An output for text files: no colours, no terminal. */
function textOutput(write: (text: string) => Promise<void>): TableOutput {
  return { raw: (chunk) => write(String(chunk)), bold: (text) => text, dim: (text) => text }
}
