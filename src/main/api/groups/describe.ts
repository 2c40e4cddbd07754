/** What an entry is to the viewer: a table with columns, text, an image, or bytes. */
import { mustGoOn } from '../../../shared/cancellation'
import { isPondError, PondError } from '../../../shared/errors'
import type {
  Description,
  Entry,
  FileType,
  Reading,
  ReadingOptions,
  TableFormat,
  WireError,
} from '../../../shared/model'
import { readingOf } from '../../../shared/reading'
import { firstRows, type Moment, type Pond } from '../../pond'
import { isTablePath } from '../../query'
import { isImage } from '../page/media-type'

/** Enough to tell text from bytes. */
const SNIFF_BYTES = 64 * 1024

type Content = Pick<
  Description,
  'tableFormat' | 'columns' | 'rows' | 'rowGroups' | 'problem' | 'reading' | 'readingOptions' | 'preview'
> & {
  readonly kind: Description['kind']
}

const PARQUET = new TextEncoder().encode('PAR1\0')

const NO_TABLE: Omit<Content, 'kind'> = {
  tableFormat: null,
  columns: null,
  rows: null,
  rowGroups: null,
  problem: null,
  reading: null,
  readingOptions: null,
  preview: null,
}

/** How a text is to be read, to try it, and how many of the first rows to show. */
export interface DescribeRequest {
  readonly reading?: ReadingOptions | null
  /** On top of what the entry says, in place of `reading`. */
  readonly besides?: ReadingOptions
  readonly previewRows?: number
  readonly signal?: AbortSignal
}

/** @throws tinyfs.not-found, query.bad-reading */
export async function describe(
  pond: Pond,
  moment: Moment,
  path: string,
  request: DescribeRequest = {},
): Promise<Description> {
  const found = await moment.entry(path)
  const inlined = await describeInlined(pond, moment, found, request)
  const content = inlined ?? (await describeContent(pond, moment, found, request))
  // What is computed has been made by now, and has a size.
  const isMade = found.recipe !== undefined && found.fileType.startsWith('file:') && inlined === null
  const entry = isMade ? { ...found, size: await sizeOf(moment, found.path) } : found
  return { entry, ...content, ...(await eventTimes(moment, entry)), versions: entry.nodeVersion }
}

/** A table that queries read by what it is computed of, and that is no file yet: its columns and first rows, not made for it. */
async function describeInlined(
  pond: Pond,
  moment: Moment,
  { path, recipe, fileType }: Entry,
  { previewRows = 0, signal }: DescribeRequest,
): Promise<Content | null> {
  if (recipe === undefined || recipe.problem !== null || !isTable(fileType)) return null
  try {
    const explained = await pond.explain(path, moment)
    if (explained === null || !explained.isInlined || explained.cachedBytes !== null) return null
    const sql = `SELECT * FROM '${literalGlob(path).replaceAll("'", "''")}' LIMIT ${previewRows}`
    const { columns, rows } = await firstRows(await pond.queries.stream(await pond.source(moment), sql, signal))
    const preview = previewRows === 0 ? null : { columns, rows }
    return { kind: 'table', ...NO_TABLE, tableFormat: 'parquet', columns, preview }
  } catch (error) {
    mustGoOn(signal)
    if (!isPondError(error) || error.code === 'internal') throw error
    const { code, message, detail } = error
    return { kind: 'binary', ...NO_TABLE, tableFormat: 'parquet', problem: { code, message, detail } }
  }
}

function isTable(fileType: FileType): boolean {
  return fileType === 'file:table' || fileType === 'file:series'
}

export async function describeContent(
  pond: Pond,
  moment: Moment,
  entry: Entry,
  request: DescribeRequest = {},
): Promise<Content> {
  if (entry.fileType === 'directory' || entry.fileType === 'symlink') return { kind: entry.fileType, ...NO_TABLE }
  // Only the bytes of all its versions together could say more, and there may be none (tlogfs.mixed-series).
  const head = entry.fileType === 'file:series' ? PARQUET : await readHead(moment, entry.path)
  const { attributes } = (await moment.fs.stat(entry.path)).metadata
  const kept = readingOf(attributes)
  const besides = request.besides === undefined ? undefined : { ...kept, ...request.besides }
  const reading = request.reading ?? besides
  const said = reading ?? kept ?? null
  const told = said === null ? {} : { readingOptions: said }
  const named = entry.fileType === 'file:data' ? isTablePath(entry.name, head) : 'parquet'
  // Who says how a text is read says that it is a table.
  const tableFormat = named === 'parquet' || said === null ? named : (said.format ?? named ?? 'csv')
  const plain = plainKind(entry, head)
  if (tableFormat === null || entry.size === 0) return { kind: plain, ...NO_TABLE, ...told }
  const table = await describeTable(pond, moment, entry.path, {
    ...request,
    reading: reading ?? null,
    format: tableFormat,
  })
  if ('problem' in table) return { kind: plain, ...NO_TABLE, ...told, tableFormat, problem: table.problem }
  const readAs = table.reading ?? (attributes['readAs'] as Reading | undefined) ?? null
  return { kind: 'table', ...NO_TABLE, ...told, tableFormat, ...table, reading: readAs }
}

async function eventTimes(
  { fs }: Moment,
  { path, fileType }: Entry,
): Promise<Pick<Description, 'minEventTime' | 'maxEventTime'>> {
  if (fileType !== 'file:series') return { minEventTime: null, maxEventTime: null }
  const { minEventTime, maxEventTime } = (await fs.stat(path)).metadata
  return { minEventTime, maxEventTime }
}

type Table = Pick<Description, 'columns' | 'rows' | 'rowGroups' | 'reading' | 'preview'>

async function describeTable(
  pond: Pond,
  moment: Moment,
  path: string,
  { format, reading, previewRows, signal }: DescribeRequest & { readonly format: TableFormat },
): Promise<Table | { readonly problem: WireError }> {
  const source = await pond.source(moment)
  const [file] = await source.tables(literalGlob(path))
  if (file === undefined) throw new PondError('tinyfs.not-found', `expected a file at ${path}, found none`, { path })
  const found = await pond.queries.describe(file, { format, reading: reading ?? undefined, previewRows, signal })
  if (!('problem' in found)) {
    const { columns, rows, rowGroups, preview } = found
    return { columns, rows, rowGroups, preview, reading: found.reading }
  }
  const { code, message, detail } = found.problem
  return { problem: { code, message, detail } }
}

/** A path that a source would take for a pattern, written so that it matches itself alone. */
function literalGlob(path: string): string {
  return /[*?[{]/.test(path) ? path.replace(/[*?[\]{},\\]/g, '\\$&') : path
}

async function sizeOf(moment: Moment, path: string): Promise<number> {
  const reader = await moment.fs.open(path)
  try {
    return reader.size
  } finally {
    await reader.close()
  }
}

async function readHead(moment: Moment, path: string): Promise<Uint8Array> {
  const reader = await moment.fs.open(path)
  try {
    return await reader.read(0, SNIFF_BYTES)
  } finally {
    await reader.close()
  }
}

function plainKind(entry: Entry, head: Uint8Array): 'text' | 'image' | 'binary' {
  if (isImage(entry.mediaType)) return 'image'
  return looksLikeText(head) ? 'text' : 'binary'
}

/** UTF-8 without NUL; a character cut off by the end of what was read is no fault. */
function looksLikeText(head: Uint8Array): boolean {
  if (head.includes(0)) return false
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: head.length === SNIFF_BYTES })
    return true
  } catch {
    return false
  }
}
