/** What an entry is to the viewer: a table with columns, text, an image, or bytes. */
import { PondError } from '../../shared/errors'
import type { Column, Description, Entry, TableFormat, WireError } from '../../shared/model'
import type { Moment, Pond } from '../pond'
import { isTablePath } from '../query'
import { isImage, mediaTypeOf } from './media-type'

/** Enough to tell text from bytes. */
const SNIFF_BYTES = 64 * 1024

type Content = Pick<Description, 'tableFormat' | 'columns' | 'rows' | 'rowGroups' | 'problem'> & {
  readonly kind: Description['kind']
}

const PARQUET = new TextEncoder().encode('PAR1\0')

const NO_TABLE: Omit<Content, 'kind'> = { tableFormat: null, columns: null, rows: null, rowGroups: null, problem: null }

/** @throws tinyfs.not-found, query.cancelled */
export async function describe(pond: Pond, moment: Moment, path: string, signal?: AbortSignal): Promise<Description> {
  const entry = await moment.entry(path)
  const content = await describeContent(pond, moment, entry, signal)
  return { entry, ...content, ...(await eventTimes(moment, entry)), versions: entry.nodeVersion }
}

export async function describeContent(
  pond: Pond,
  moment: Moment,
  entry: Entry,
  signal?: AbortSignal,
): Promise<Content> {
  if (entry.fileType === 'directory' || entry.fileType === 'symlink') return { kind: entry.fileType, ...NO_TABLE }
  // Only the bytes of all its versions together could say more, and there may be none (tlogfs.mixed-series).
  const head = entry.fileType === 'file:series' ? PARQUET : await readHead(moment, entry.path)
  const tableFormat = entry.fileType === 'file:data' ? isTablePath(entry.name, head) : 'parquet'
  const plain = plainKind(entry, head)
  if (tableFormat === null || entry.size === 0) return { kind: plain, ...NO_TABLE }
  const table = await describeTable(pond, moment, entry.path, { format: tableFormat, signal })
  if ('problem' in table) return { kind: plain, ...NO_TABLE, tableFormat, problem: table.problem }
  return { kind: 'table', ...NO_TABLE, tableFormat, ...table }
}

async function eventTimes(
  { fs }: Moment,
  { path, fileType }: Entry,
): Promise<Pick<Description, 'minEventTime' | 'maxEventTime'>> {
  if (fileType !== 'file:series') return { minEventTime: null, maxEventTime: null }
  const { minEventTime, maxEventTime } = (await fs.stat(path)).metadata
  return { minEventTime, maxEventTime }
}

interface Table {
  readonly columns: readonly Column[]
  readonly rows: number | null
  readonly rowGroups: Description['rowGroups']
}

async function describeTable(
  pond: Pond,
  moment: Moment,
  path: string,
  options: { readonly format: TableFormat; readonly signal: AbortSignal | undefined },
): Promise<Table | { readonly problem: WireError }> {
  const source = await pond.source(moment.at.kind === 'pending' ? 'pending' : String(moment.at.version))
  const [file] = await source.tables(literalGlob(path))
  if (file === undefined) throw new PondError('tinyfs.not-found', `expected a file at ${path}, found none`, { path })
  const found = await pond.queries.describe(file, options)
  if (!('problem' in found)) return { columns: found.columns, rows: found.rows, rowGroups: found.rowGroups }
  const { code, message, detail } = found.problem
  return { problem: { code, message, detail } }
}

/** A path that a source would take for a pattern, written so that it matches itself alone. */
function literalGlob(path: string): string {
  return /[*?[{]/.test(path) ? path.replace(/[*?[\]{},\\]/g, '\\$&') : path
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
  const mediaType = entry.mediaType ?? mediaTypeOf(entry.name)
  if (isImage(mediaType)) return 'image'
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
