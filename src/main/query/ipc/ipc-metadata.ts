/**
 * What the messages of Arrow data declare (github.com/apache/arrow, format/Message.fbs and File.fbs), each count
 * and place checked against the bytes that are there. Throws `Damaged` for what does not fit.
 */
import { Damaged, Flatbuffer, type Table } from './flatbuffer'
import { readSchema, type IpcSchema } from './ipc-schema'

const KIND = { schema: 1, dictionary: 2, batch: 3 } as const
const CODECS = ['lz4', 'zstd'] as const
/** The first version whose messages are those of today: 0.8 of Arrow. Unions had bitmaps before the next. */
const VERSION_4 = 3
const VERSION_5 = 4
const LONGEST = 2n ** 31n - 1n

export type Codec = (typeof CODECS)[number]

export interface Region {
  /** In the message's body. */
  readonly offset: number
  readonly length: number
}

/** The head of a batch; its columns' parts, in the order of the schema, depth first. */
export interface BatchHead {
  readonly rows: number
  readonly nodes: readonly { readonly length: number; readonly nullCount: number }[]
  readonly buffers: readonly Region[]
  /** For each column of views, how many buffers it has beside the views. */
  readonly variadic: readonly number[]
  readonly codec: Codec | null
  readonly unionsHaveBitmaps: boolean
}

export type Message = { readonly bodyBytes: number } & (
  | { readonly kind: 'schema'; readonly schema: IpcSchema }
  | { readonly kind: 'batch'; readonly batch: BatchHead }
  | { readonly kind: 'dictionary'; readonly batch: BatchHead; readonly id: bigint; readonly isDelta: boolean }
)

export function readMessage(metadata: Uint8Array): Message {
  const flat = new Flatbuffer(metadata)
  const message = flat.root()
  const version = message.short(0)
  if (version < VERSION_4 || version > VERSION_5) throw new Damaged('it is of a version of the format that is not read')
  const bodyBytes = Number(message.long(3))
  if (!(bodyBytes >= 0 && Number.isSafeInteger(bodyBytes))) throw new Damaged('a message is of no possible length')
  const header = message.table(2)
  if (header === null) throw new Damaged('a message has no head')
  const batchOf = (table: Table): BatchHead => readBatch(flat, table, { bodyBytes, version })
  switch (message.byte(1)) {
    case KIND.schema:
      return { kind: 'schema', bodyBytes, schema: readSchema(header) }
    case KIND.batch:
      return { kind: 'batch', bodyBytes, batch: batchOf(header) }
    case KIND.dictionary: {
      const data = header.table(1)
      if (data === null) throw new Damaged('a dictionary has no values')
      return { kind: 'dictionary', bodyBytes, batch: batchOf(data), id: header.long(0), isDelta: header.byte(2) !== 0 }
    }
    default:
      throw new Damaged('it has a message that is no table')
  }
}

export interface Footer {
  readonly schema: IpcSchema
  /** Where the messages begin. */
  readonly dictionaries: readonly number[]
  readonly batches: readonly number[]
}

export function readFooter(footer: Uint8Array): Footer {
  const flat = new Flatbuffer(footer)
  const root = flat.root()
  const schema = root.table(1)
  if (schema === null) throw new Damaged('its footer has no schema')
  const blocks = (field: number): number[] => {
    const { from, count } = root.vector(field, 24)
    return Array.from({ length: count }, (_, index) => Number(flat.view.getBigInt64(from + 24 * index, true)))
  }
  return { schema: readSchema(schema), dictionaries: blocks(2), batches: blocks(3) }
}

function readBatch(
  flat: Flatbuffer,
  batch: Table,
  { bodyBytes, version }: { readonly bodyBytes: number; readonly version: number },
): BatchHead {
  const pairs = (field: number): [bigint, bigint][] => {
    const { from, count } = batch.vector(field, 16)
    return Array.from({ length: count }, (_, index) => {
      const at = from + 16 * index
      return [flat.view.getBigInt64(at, true), flat.view.getBigInt64(at + 8, true)]
    })
  }
  const nodes = pairs(1).map(([length, nulls]) => ({ length: mustCount(length), nullCount: mustCount(nulls) }))
  const buffers = pairs(2).map(([offset, length]) => ({ offset: Number(offset), length: Number(length) }))
  if (buffers.some(({ offset, length }) => !(offset >= 0 && length >= 0 && offset + length <= bodyBytes)))
    throw new Damaged('a buffer lies outside')
  const { from, count } = batch.vector(4, 8)
  const variadic = Array.from({ length: count }, (_, i) => mustCount(flat.view.getBigInt64(from + 8 * i, true)))
  if (variadic.reduce((sum, each) => sum + each, 0) > buffers.length)
    throw new Damaged('it counts more buffers than it has')
  const compression = batch.table(3)
  const codec = compression === null ? null : CODECS[compression.byte(0)]
  if (codec === undefined || (compression?.byte(1) ?? 0) !== 0)
    throw new Damaged('it is compressed in a way that is not known')
  return { rows: mustCount(batch.long(0)), nodes, buffers, variadic, codec, unionsHaveBitmaps: version < VERSION_5 }
}

function mustCount(count: bigint): number {
  if (count < 0n || count > LONGEST) throw new Damaged('a count is no possible one')
  return Number(count)
}
