/**
 * The inner layer: what a directory contains, as an Arrow IPC stream that any Arrow reader opens.
 * Relies on apache-arrow for the framing only and handles columns, never rows, so that 100,000
 * entries cost tens of milliseconds. Drawn in docs/formats.md.
 */
import { isAscii } from 'node:buffer'
import { makeData, RecordBatch, RecordBatchReader, RecordBatchStreamWriter, Struct, Utf8 } from 'apache-arrow'
import { isPondError, PondError } from '../../../shared/errors'
import { FILE_TYPES, type FileType } from '../../../shared/model'
import { arrowSchema, type TableType } from '../../tables'
import type { NodeId } from '../../tinyfs'

const ENTRY_OPERATIONS = ['insert', 'update', 'delete'] as const
export type EntryOperation = (typeof ENTRY_OPERATIONS)[number]

/** One name of a directory: that it is there (insert, update), or that it is not any more (delete). */
export interface EntryChange {
  readonly name: string
  readonly childNodeId: NodeId
  readonly operation: EntryOperation
  readonly nodeType: FileType
}

/** `full`: these names and no others. `delta`: what changes in the names so far. */
export type EntriesMode = 'full' | 'delta'

const MODE_KEY = 'pond.entries'
const COLUMNS = ['name', 'child_node_id', 'operation', 'node_type'] as const
/** What a directory's content holds. It may gain columns; a reader needs these. */
export const ENTRIES_TABLE: TableType = {
  name: 'entries',
  columns: COLUMNS.map((name) => ({ name, type: 'string', nullable: false })),
}
/** What ends an Arrow IPC stream: a stream without it was cut. */
const END_OF_STREAM = [255, 255, 255, 255, 0, 0, 0, 0]

/** Order is kept. */
export function encodeEntries(entries: readonly EntryChange[], mode: EntriesMode): Uint8Array {
  const children = [
    utf8Data(entries.map((entry) => entry.name)),
    utf8Data(entries.map((entry) => entry.childNodeId)),
    utf8Data(entries.map((entry) => entry.operation)),
    utf8Data(entries.map((entry) => entry.nodeType)),
  ]
  const schema = arrowSchema(ENTRIES_TABLE, new Map([[MODE_KEY, mode]]))
  const data = makeData({ type: new Struct(schema.fields), length: entries.length, nullCount: 0, children })
  const writer = new RecordBatchStreamWriter()
  writer.write(new RecordBatch(schema, data))
  writer.finish()
  return writer.toUint8Array(true)
}

/**
 * Columns that are not known are ignored: the schema may gain some. `directoryId` is for the message.
 * @throws tlogfs.corrupt-directory
 */
export function decodeEntries(
  bytes: Uint8Array,
  directoryId?: NodeId,
): { readonly mode: EntriesMode; readonly entries: readonly EntryChange[] } {
  try {
    if (END_OF_STREAM.some((byte, i) => bytes[bytes.length - END_OF_STREAM.length + i] !== byte))
      throw corrupt('it ends too early')
    const { mode, batches } = readStream(bytes)
    if (mode !== 'full' && mode !== 'delta') throw corrupt(`expected ${MODE_KEY} to be full or delta, found ${mode}`)
    const entries: EntryChange[] = []
    for (const batch of batches) appendBatch(entries, batch)
    return { mode, entries }
  } catch (error) {
    // Only what was looked at and found wrong is damage; a fault of the program says nothing about the bytes.
    if (!isPondError(error)) throw error
    const message = `the content of directory ${directoryId ?? 'unknown'} cannot be read: ${error.message}`
    throw new PondError('tlogfs.corrupt-directory', message, { directoryId }, error.cause ?? error)
  }
}

/** The library checks the framing as it reads, and throws whatever it comes upon. */
function readStream(bytes: Uint8Array): {
  readonly mode: string | undefined
  readonly batches: readonly RecordBatch[]
} {
  try {
    const reader = RecordBatchReader.from(bytes).open()
    return { mode: reader.schema.metadata.get(MODE_KEY), batches: [...reader] }
  } catch (error) {
    throw corrupt('it is no Arrow stream', error)
  }
}

function appendBatch(entries: EntryChange[], batch: RecordBatch): void {
  const [names, ids, operations, types] = COLUMNS.map((column) => utf8Values(batch, column)) as [
    string[],
    string[],
    string[],
    string[],
  ]
  for (let i = 0; i < batch.numRows; i++) {
    const operation = operations[i] as EntryOperation
    const nodeType = types[i] as FileType
    if (!ENTRY_OPERATIONS.includes(operation)) throw corrupt(`unknown operation ${operation}`)
    if (!FILE_TYPES.includes(nodeType)) throw corrupt(`unknown node type ${nodeType}`)
    entries.push({ name: names[i]!, childNodeId: ids[i]!, operation, nodeType })
  }
}

function utf8Data(values: readonly string[]) {
  const text = values.join('')
  const data = Buffer.from(text)
  const isOneByteEach = data.length === text.length
  const valueOffsets = new Int32Array(values.length + 1)
  for (let i = 0, at = 0; i < values.length; i++) {
    at += isOneByteEach ? values[i]!.length : Buffer.byteLength(values[i]!)
    valueOffsets[i + 1] = at
  }
  return makeData({ type: new Utf8(), length: values.length, nullCount: 0, valueOffsets, data })
}

function utf8Values(batch: RecordBatch, column: string): string[] {
  const data = batch.getChild(column)?.data[0]
  if (data === undefined) throw corrupt(`it has no column ${column}`)
  if (!(data.type instanceof Utf8)) throw corrupt(`expected ${column} to be text, found ${data.type.toString()}`)
  if (data.nullCount > 0) throw corrupt(`${column} has empty places`)
  const offsets = data.valueOffsets as Int32Array
  const bytes = Buffer.from(data.values.buffer, data.values.byteOffset, data.values.byteLength)
  const first = offsets[0] ?? 0
  const last = offsets[data.length] ?? first
  if (first < 0 || last > bytes.length) throw corrupt(`${column} is longer than its bytes`)
  // One string for the whole column and slices of it, where characters are bytes.
  const all = isAscii(bytes.subarray(first, last)) ? bytes.toString('latin1', first, last) : undefined
  const values = new Array<string>(data.length)
  for (let i = 0; i < data.length; i++) {
    const from = offsets[i]!
    const to = offsets[i + 1]!
    if (from > to) throw corrupt(`${column} is out of order`)
    const before = values[i - 1]
    if (all === undefined) values[i] = bytes.toString('utf8', from, to)
    // Words repeat, and so they need not be cut out again.
    else if (before?.length === to - from && all.startsWith(before, from - first)) values[i] = before
    else values[i] = all.slice(from - first, to - first)
  }
  return values
}

function corrupt(reason: string, cause?: unknown): PondError {
  return new PondError('tlogfs.corrupt-directory', reason, {}, cause)
}
