/**
 * Which rows a scan is about, and reading them out of one data file: whole files are skipped by the
 * log's statistics, row groups and pages by the file's, and content is fetched only for rows that are
 * wanted with it.
 */
import { compareUtf8 } from '../../../shared/path'
import { averageContentBytes } from './content-layout'
import type { DecodedFile, OpenedFile } from './data-files'
import type { DirectoryFilter } from './directory-filter'
import { numbers, type DataFileReader, type PlainField, type PruningFilter, type RowRange } from './parquet-read'
import type { AddressedRow, OplogRow } from './row'
import type { LiveFile } from '../state/state'

/** What rows a scan is about; conditions are joined by "and", an absent one holds for all. */
export interface ScanFilter {
  /** Path of the one data file to read. */
  readonly file?: string
  readonly partId?: string
  readonly nodeId?: string
  readonly nodeIds?: ReadonlySet<string>
  /** Only what proves that no node is between them is used: other nodes may come as well. */
  readonly nodesBetween?: IdBounds
  /** Only own rows of these directories. */
  readonly directories?: ReadonlySet<string>
  readonly operations?: readonly string[]
  /** txn_seq <= this. */
  readonly txnSeqUpTo?: number
  /** txn_seq > this. */
  readonly txnSeqAbove?: number
  /** One of these; say the bounds as well, by which files and pages are skipped. */
  readonly txnSeqs?: ReadonlySet<number>
  /** Rows of a node that are older than another match may be left out. */
  readonly newestOnly?: boolean
  /** Whether to read content, or of which rows (asked with content still null). Default false. */
  readonly content?: boolean | ((row: OplogRow) => boolean)
}

/** Ids, both included. */
export interface IdBounds {
  readonly least: string
  readonly greatest: string
}

/** Rows decoded at once. Pages at either end are decoded twice, so it should be several pages. */
const STEP_ROWS = 4_096
/** Rows handed out at once. */
const BATCH_ROWS = 2_048
/** Content held at once. */
const BATCH_CONTENT_BYTES = 2 * 1024 * 1024
/** More ids than this are not worth comparing with the bounds of every file and page. */
const PRUNE_IDS = 64

/** False when statistics prove that the file holds no such row. */
export function mayHold({ path, bounds, directories }: LiveFile, filter: ScanFilter): boolean {
  if (filter.file !== undefined && filter.file !== path) return false
  const { partId, nodeId, nodeIds, txnSeqUpTo, txnSeqAbove } = filter
  if (directories !== undefined && !isAnyIn(directories, filter)) return false
  if (partId !== undefined && !isBetween(partId, bounds.minPartId, bounds.maxPartId)) return false
  // Ids begin with the time at which they were made: files from before a node was are told apart by them.
  const isNodeIn = (id: string): boolean => isBetween(id, bounds.minNodeId, bounds.maxNodeId)
  if (nodeId !== undefined && !isNodeIn(nodeId)) return false
  if (nodeIds !== undefined && nodeIds.size <= PRUNE_IDS && ![...nodeIds].some(isNodeIn)) return false
  const between = idBounds(filter)
  if (between !== undefined && !isOverlapping(between, bounds.minNodeId, bounds.maxNodeId)) return false
  if (txnSeqUpTo !== undefined && bounds.minTxnSeq !== null && bounds.minTxnSeq > txnSeqUpTo) return false
  return !(txnSeqAbove !== undefined && bounds.maxTxnSeq !== null && bounds.maxTxnSeq <= txnSeqAbove)
}

function isAnyIn(held: DirectoryFilter, { partId, nodeId, directories }: ScanFilter): boolean {
  if (directories !== undefined) return [...directories].some(held)
  return partId === undefined || partId !== nodeId || held(partId)
}

/** Null: not known. */
function isBetween(id: string, min: string | null, max: string | null): boolean {
  return (min === null || compareUtf8(id, min) >= 0) && (max === null || compareUtf8(id, max) <= 0)
}

function isOverlapping({ least, greatest }: IdBounds, min: string | null, max: string | null): boolean {
  return (min === null || compareUtf8(greatest, min) >= 0) && (max === null || compareUtf8(least, max) <= 0)
}

/** Between which the ids are that a filter names too many of to compare each. */
function idBounds({ nodeIds, nodesBetween }: ScanFilter): IdBounds | undefined {
  return nodeIds !== undefined && nodeIds.size > PRUNE_IDS ? boundsOf(nodeIds) : nodesBetween
}

/** They are asked for with every file. */
const knownBounds = new WeakMap<ReadonlySet<string>, IdBounds>()

/** @param ids at least one, and none added later */
export function boundsOf(ids: ReadonlySet<string>): IdBounds {
  const known = knownBounds.get(ids)
  if (known !== undefined) return known
  const [first] = ids
  let least = first!
  let greatest = first!
  for (const id of ids) {
    if (compareUtf8(id, least) < 0) least = id
    else if (compareUtf8(id, greatest) > 0) greatest = id
  }
  const bounds = { least, greatest }
  knownBounds.set(ids, bounds)
  return bounds
}

function matches(row: OplogRow, filter: ScanFilter): boolean {
  if (filter.partId !== undefined && row.partId !== filter.partId) return false
  if (filter.nodeId !== undefined && row.nodeId !== filter.nodeId) return false
  if (filter.nodeIds !== undefined && !filter.nodeIds.has(row.nodeId)) return false
  if (filter.directories !== undefined && !isOwn(row, filter.directories)) return false
  if (filter.operations !== undefined && !filter.operations.includes(row.operation)) return false
  if (filter.txnSeqs !== undefined && !filter.txnSeqs.has(row.txnSeq)) return false
  if (filter.txnSeqUpTo !== undefined && row.txnSeq > filter.txnSeqUpTo) return false
  return filter.txnSeqAbove === undefined || row.txnSeq > filter.txnSeqAbove
}

function isOwn({ partId, nodeId }: OplogRow, directories: ReadonlySet<string>): boolean {
  return partId === nodeId && directories.has(nodeId)
}

/** Matching rows of a file in its order, in bounded batches, none of them empty. */
export async function* scanFile(
  file: DecodedFile | OpenedFile,
  filter: ScanFilter,
): AsyncGenerator<readonly AddressedRow[]> {
  if (file.kind === 'decoded') {
    const rows = scanDecoded(file, filter)
    if (rows.length > 0) yield rows
    return
  }
  const { reader } = file
  for (const range of await reader.ranges(pruningFilter(filter))) {
    for (let rowStart = range.rowStart; rowStart < range.rowEnd; rowStart += STEP_ROWS) {
      const step = { rowStart, rowEnd: Math.min(range.rowEnd, rowStart + STEP_ROWS) }
      const rows = await reader.readRows(await select(reader, filter, step))
      for (let start = 0; start < rows.length; start += BATCH_ROWS) {
        yield* withContent(reader, rows.slice(start, start + BATCH_ROWS), filter)
      }
    }
  }
}

function scanDecoded({ rows, contents }: DecodedFile, filter: ScanFilter): AddressedRow[] {
  const found: AddressedRow[] = []
  const [start, end] = filter.partId === undefined ? [0, rows.length] : equalRange(rows, filter.partId)
  for (let index = start; index < end; index++) {
    const row = rows[index]!
    if (!matches(row, filter)) continue
    const content = wantsContent(row, filter) ? contents[index]! : null
    found.push(content === null ? row : { ...row, content })
  }
  return found
}

/** The rows of a part, in a file that is sorted; all rows of one that is not (others may have written it). */
function equalRange(rows: readonly AddressedRow[], partId: string): [number, number] {
  if (rows.length < 32 || !isSorted(rows)) return [0, rows.length]
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (rows[middle]!.partId < partId) low = middle + 1
    else high = middle
  }
  let end = low
  while (end < rows.length && rows[end]!.partId === partId) end++
  return [low, end]
}

const sortedness = new WeakMap<readonly AddressedRow[], boolean>()

function isSorted(rows: readonly AddressedRow[]): boolean {
  let sorted = sortedness.get(rows)
  if (sorted === undefined) {
    sorted = rows.every((row, index) => index === 0 || rows[index - 1]!.partId <= row.partId)
    sortedness.set(rows, sorted)
  }
  return sorted
}

/** The rows of a range that match: the columns asked about are read first, alone. */
async function select(reader: DataFileReader, filter: ScanFilter, range: RowRange): Promise<readonly number[]> {
  const {
    partId,
    nodeId,
    nodeIds,
    directories,
    operations,
    txnSeqUpTo = Infinity,
    txnSeqAbove = -Infinity,
    txnSeqs,
  } = filter
  let rows: readonly number[] = numbers(range)
  const keep = async <Field extends PlainField>(
    field: Field,
    matching: (value: AddressedRow[Field]) => boolean,
  ): Promise<void> => {
    if (rows.length === 0) return
    const values = await reader.readField(field, rows)
    rows = rows.filter((_, index) => matching(values[index]!))
  }
  if (partId !== undefined) await keep('partId', (value) => value === partId)
  if (nodeId !== undefined) await keep('nodeId', (value) => value === nodeId)
  if (nodeIds !== undefined) await keep('nodeId', (value) => nodeIds.has(value))
  if (directories !== undefined) {
    await keep('partId', (value) => directories.has(value))
    await keep('nodeId', (value) => directories.has(value))
  }
  if (operations !== undefined) await keep('operation', (value) => operations.includes(value))
  if (filter.txnSeqUpTo !== undefined || filter.txnSeqAbove !== undefined)
    await keep('txnSeq', (value) => value <= txnSeqUpTo && value > txnSeqAbove && (txnSeqs?.has(value) ?? true))
  return filter.newestOnly === true && rows.length > 1 ? newestOf(reader, rows) : rows
}

/** Of rows of the same node, the one of the greatest version. */
async function newestOf(reader: DataFileReader, rows: readonly number[]): Promise<readonly number[]> {
  const nodeIds = await reader.readField('nodeId', rows)
  // Rows of a node are beside each other in every file of ours; in others they may as well stay.
  if (!nodeIds.some((id, index) => index > 0 && nodeIds[index - 1] === id)) return rows
  const versions = await reader.readField('version', rows)
  const newest = new Map<string, number>()
  for (const [index, id] of nodeIds.entries()) {
    const known = newest.get(id)
    if (known === undefined || versions[known]! <= versions[index]!) newest.set(id, index)
  }
  return [...newest.values()].sort((a, b) => a - b).map((index) => rows[index]!)
}

function wantsContent(row: OplogRow, { content }: ScanFilter): boolean {
  return typeof content === 'function' ? content(row) : content === true
}

async function* withContent(
  reader: DataFileReader,
  rows: readonly AddressedRow[],
  filter: ScanFilter,
): AsyncGenerator<readonly AddressedRow[]> {
  if (filter.content === undefined || filter.content === false) {
    yield rows
    return
  }
  const average = averageContentBytes(reader.metadata)
  let batch: AddressedRow[] = []
  let bytes = 0
  for (const run of runs(
    rows,
    (row) => wantsContent(row, filter),
    (row) => row.size ?? average,
  )) {
    batch.push(...(run.wanted ? await fillContent(reader, run.rows) : run.rows))
    bytes += run.bytes
    if (bytes < BATCH_CONTENT_BYTES) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}

async function fillContent(reader: DataFileReader, rows: readonly AddressedRow[]): Promise<AddressedRow[]> {
  const rowStart = rows[0]!.address.row
  const contents = await reader.readContent({ rowStart, rowEnd: rowStart + rows.length })
  return rows.map((row, index) => ({ ...row, content: contents[index]! }))
}

interface Run {
  readonly wanted: boolean
  readonly rows: readonly AddressedRow[]
  readonly bytes: number
}

/** Rows cut into stretches that are adjacent in the file, wanted alike, and of bounded content. */
function* runs(
  rows: readonly AddressedRow[],
  isWanted: (row: AddressedRow) => boolean,
  sizeOf: (row: AddressedRow) => number,
): Generator<Run> {
  let start = 0
  let bytes = 0
  let wanted = false
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!
    const rowWanted = isWanted(row)
    const size = rowWanted ? sizeOf(row) : 0
    const adjacent = index > start && rows[index - 1]!.address.row + 1 === row.address.row
    if (index > start && (!adjacent || rowWanted !== wanted || bytes + size > BATCH_CONTENT_BYTES)) {
      yield { wanted, rows: rows.slice(start, index), bytes }
      start = index
      bytes = 0
    }
    wanted = rowWanted
    bytes += size
  }
  if (start < rows.length) yield { wanted, rows: rows.slice(start), bytes }
}

function pruningFilter(filter: ScanFilter): PruningFilter {
  const { partId, nodeId, nodeIds, directories, txnSeqUpTo, txnSeqAbove } = filter
  const between = idBounds(filter)
  const own = directories !== undefined && directories.size <= PRUNE_IDS ? { $in: [...directories] } : undefined
  const txnSeq = {
    ...(txnSeqUpTo === undefined || !Number.isSafeInteger(txnSeqUpTo) ? {} : { $lte: BigInt(txnSeqUpTo) }),
    ...(txnSeqAbove === undefined || !Number.isSafeInteger(txnSeqAbove) ? {} : { $gt: BigInt(txnSeqAbove) }),
  }
  return {
    ...(partId === undefined ? {} : { part_id: { $eq: partId } }),
    ...(nodeId !== undefined
      ? { node_id: { $eq: nodeId } }
      : nodeIds !== undefined && nodeIds.size <= PRUNE_IDS
        ? { node_id: { $in: [...nodeIds] } }
        : between !== undefined
          ? { node_id: { $gte: between.least, $lte: between.greatest } }
          : {}),
    ...(own === undefined ? {} : { part_id: own, node_id: own }),
    ...(Object.keys(txnSeq).length === 0 ? {} : { txn_seq: txnSeq }),
  }
}
