/**
 * What an Arrow message declares, checked against the bytes that are there before anything is made of
 * it: apache-arrow believes every count and length it reads. Throws `Damaged` for what does not fit.
 */
import { Damaged, Flatbuffer, type Table } from './flatbuffer'

/** Numbers of Arrow's format (github.com/apache/arrow, Schema.fbs and Message.fbs). */
const KIND = { schema: 1, dictionary: 2, batch: 3 } as const
const TYPE = { timestamp: 10, struct: 13, union: 14, fixedSizeBinary: 15, fixedSizeList: 16, map: 17 } as const
/** Types with children: how many; null for any number. */
const PARTS: Readonly<Record<number, number | null>> = { 12: 1, 13: null, 14: null, 16: 1, 17: 1, 21: 1 }
const LONGEST = 2n ** 31n - 1n
/** Values that take no bytes, as those that are all NULL, beyond what is there. */
const FREE_VALUES = 2 ** 20
/** Of a batch that is compressed, once it is unpacked. */
const MOST_UNPACKED = 2 ** 30
const LENGTH_BYTES = 8

export interface Layout {
  /** Places of the top-level columns among the nodes of a batch, and the number of nodes. */
  readonly columns: readonly number[]
  readonly nodes: number
}

export interface Region {
  /** In the message's body. */
  readonly offset: number
  readonly length: number
}

export interface MessageShape {
  readonly kind: 'schema' | 'dictionary' | 'batch' | 'other'
  readonly bodyBytes: number
  /** Of a schema. */
  readonly layout: Layout | null
  /** Of a batch that is compressed: where each buffer's length, unpacked, stands in the body. */
  readonly packed: readonly Region[]
  /** Says whether the lengths of a batch fit a body of so many bytes, unpacked. */
  mustFit(layout: Layout, unpackedBytes: number): void
}

/** @throws Damaged */
export function checkMessage(metadata: Uint8Array): MessageShape {
  const flat = new Flatbuffer(metadata)
  const message = flat.root()
  checkPairs(message.tables(4))
  const bodyBytes = Number(message.long(3))
  if (!(bodyBytes >= 0 && Number.isSafeInteger(bodyBytes))) throw new Damaged('a message is of no possible length')
  const header = message.table(2)
  const kind = message.byte(1)
  const nothing = { bodyBytes, layout: null, packed: [], mustFit: () => undefined }
  if (header === null) throw new Damaged('a message has no head')
  if (kind === KIND.schema) return { ...nothing, kind: 'schema', layout: checkSchema(header) }
  if (kind === KIND.batch) return { ...nothing, kind: 'batch', ...checkBatch(flat, header, bodyBytes, false) }
  if (kind !== KIND.dictionary) return { ...nothing, kind: 'other' }
  const data = header.table(1)
  if (data === null) throw new Damaged('a dictionary has no values')
  return { ...nothing, kind: 'dictionary', ...checkBatch(flat, data, bodyBytes, true) }
}

export interface Footer {
  readonly layout: Layout
  /** Where the dictionaries and the batches begin. */
  readonly blocks: readonly number[]
}

/** @throws Damaged */
export function checkFooter(footer: Uint8Array): Footer {
  const flat = new Flatbuffer(footer)
  const root = flat.root()
  const schema = root.table(1)
  if (schema === null) throw new Damaged('its footer has no schema')
  const layout = checkSchema(schema)
  const blocks = [2, 3].flatMap((field) => {
    const { from, count } = root.vector(field, 24)
    return Array.from({ length: count }, (_, index) => Number(flat.view.getBigInt64(from + 24 * index, true)))
  })
  return { layout, blocks }
}

function checkSchema(schema: Table): Layout {
  checkPairs(schema.tables(2))
  schema.vector(3, 8)
  const columns: number[] = []
  let nodes = 0
  for (const field of schema.tables(1)) {
    columns.push(nodes)
    nodes += checkField(field)
  }
  return { columns, nodes }
}

/** Returns how many nodes of a batch the field has. */
function checkField(field: Table): number {
  field.vector(0, 1)
  checkPairs(field.tables(6))
  const type = field.table(3)
  const kind = field.byte(2)
  if (type === null) throw new Damaged('a column has no type')
  switch (kind) {
    case TYPE.timestamp:
      type.vector(1, 1)
      break
    case TYPE.union:
      type.vector(1, 4)
      break
    case TYPE.fixedSizeBinary:
    case TYPE.fixedSizeList:
      if (type.int(0) < 0) throw new Damaged('a type has a size below nothing')
  }
  const parts = field.tables(5)
  const count = PARTS[kind] === undefined ? 0 : (PARTS[kind] ?? parts.length)
  const isMapOfPairs = kind !== TYPE.map || (parts[0]?.byte(2) === TYPE.struct && parts[0].tables(5).length === 2)
  if (parts.length !== count || !isMapOfPairs) throw new Damaged('a type has other parts than it should')
  const children = parts.reduce((sum, child) => sum + checkField(child), 0)
  const dictionary = field.table(4)
  dictionary?.table(1)
  return dictionary === null ? 1 + children : 1
}

function checkPairs(pairs: readonly Table[]): void {
  for (const pair of pairs) {
    pair.vector(0, 1)
    pair.vector(1, 1)
  }
}

function checkBatch(flat: Flatbuffer, batch: Table, bodyBytes: number, isDictionary: boolean) {
  const { view } = flat
  const nodes = batch.vector(1, 16)
  const buffers = batch.vector(2, 16)
  const variadic = batch.vector(4, 8)
  const regions: Region[] = []
  for (let index = 0; index < buffers.count; index++) {
    const at = buffers.from + 16 * index
    const [offset, length] = [Number(view.getBigInt64(at, true)), Number(view.getBigInt64(at + 8, true))]
    if (!(offset >= 0 && length >= 0 && offset + length <= bodyBytes)) throw new Damaged('a buffer lies outside')
    regions.push({ offset, length })
  }
  let views = 0
  for (let index = 0; index < variadic.count; index++)
    views += mustCount(view.getBigInt64(variadic.from + 8 * index, true))
  if (views > buffers.count) throw new Damaged('it counts more buffers than it has')
  const rows = mustCount(batch.long(0))
  const lengths: number[] = []
  for (let index = 0; index < nodes.count; index++) {
    lengths.push(mustCount(view.getBigInt64(nodes.from + 16 * index, true)))
    mustCount(view.getBigInt64(nodes.from + 16 * index + 8, true))
  }
  const isPacked = batch.table(3) !== null
  const packed = isPacked ? regions.filter(({ length }) => length > 0) : []
  if (packed.some(({ length }) => length < LENGTH_BYTES)) throw new Damaged('a compressed buffer has no length')
  const mustFit = (layout: Layout, unpackedBytes: number): void => {
    if (unpackedBytes > MOST_UNPACKED) throw new Damaged('a batch unpacks to more than 1 GiB')
    const most = Math.max(8 * unpackedBytes, FREE_VALUES)
    const columns = new Set(isDictionary ? [] : layout.columns)
    if (!isDictionary && lengths.length < layout.nodes) throw new Damaged('a batch has too few columns')
    for (const [index, length] of lengths.entries()) {
      // apache-arrow would fill a column that is shorter with NULL.
      if (columns.has(index) ? length !== rows : length > most) throw new Damaged('a column is of another length')
    }
  }
  return { packed, mustFit }
}

function mustCount(count: bigint): number {
  if (count < 0n || count > LONGEST) throw new Damaged('a count is no possible one')
  return Number(count)
}
