/**
 * The columns of a batch: which buffers of its body belong to which part of the schema (github.com/apache/arrow,
 * docs/source/format/Columnar.rst), and whether they are long enough. Throws `Damaged` where they are not. What the
 * bytes mean is for ipc-values.ts.
 */
import { Damaged } from './flatbuffer'
import { EMPTY, type Body } from './ipc-body'
import type { BatchHead } from './ipc-metadata'
import type { IpcField, IpcSchema, IpcType } from './ipc-schema'

export interface IpcColumn {
  readonly field: IpcField
  readonly length: number
  /** The order of the bytes in a number. */
  readonly isLittle: boolean
  /** A bit for each value that is there; null where all are. */
  readonly validity: DataView | null
  /** Values of one width, bits, views, the ids of a union, or indices into the dictionary. */
  readonly values: DataView
  /** Of texts, lists and the values of a dense union. */
  readonly offsets: DataView
  /** Of views of lists. */
  readonly sizes: DataView
  /** What offsets and views speak of. */
  readonly data: readonly DataView[]
  readonly children: readonly IpcColumn[]
  readonly dictionary: Dictionary | null
}

/** Parts come to it while batches that refer to it are read. */
export interface Dictionary {
  readonly parts: IpcColumn[]
}

/** Values that take no bytes, as those that are all NULL, beyond what is there. */
const FREE_VALUES = 2 ** 20
const VIEW_BYTES = 16

/** How many values the bytes of a batch may stand for, but for those of its own columns. */
function mostValues({ bytes }: Body): number {
  return Math.max(8 * bytes, FREE_VALUES)
}

/** The dictionaries that the batches read so far have brought, by number. */
export class Dictionaries {
  readonly #known = new Map<bigint, Dictionary>()
  readonly #fields = new Map<bigint, IpcField>()

  constructor({ fields }: IpcSchema) {
    this.#find(fields)
  }

  /** One that has not come has no values. */
  of(id: bigint): Dictionary {
    const known = this.#known.get(id) ?? { parts: [] }
    this.#known.set(id, known)
    return known
  }

  /** Of the values. */
  fieldOf(id: bigint): IpcField {
    const field = this.#fields.get(id)
    if (field === undefined) throw new Damaged('it has a dictionary that no column refers to')
    return { ...field, dictionary: null }
  }

  /** `mayReplace` is for a stream, whose later batches may have another dictionary. */
  add(id: bigint, values: IpcColumn, { isDelta, mayReplace }: { isDelta: boolean; mayReplace: boolean }): void {
    const known = this.of(id)
    if (isDelta || known.parts.length === 0) known.parts.push(values)
    else if (mayReplace) this.#known.set(id, { parts: [values] })
    else throw new Damaged('it has two dictionaries of one number')
  }

  #find(fields: readonly IpcField[]): void {
    for (const field of fields) {
      if (field.dictionary !== null) this.#fields.set(field.dictionary.id, field)
      this.#find(field.children)
    }
  }
}

export interface Batch {
  readonly head: BatchHead
  readonly body: Body
  readonly isLittle: boolean
}

export function columnsOf(fields: readonly IpcField[], batch: Batch, dictionaries: Dictionaries): IpcColumn[] {
  const loader = new Loader(batch, dictionaries)
  return fields.map((field) => {
    const column = loader.column(field)
    if (column.length !== batch.head.rows) throw new Damaged('a column is of another length')
    return column
  })
}

class Loader {
  readonly #batch: Batch
  readonly #dictionaries: Dictionaries
  #node = 0
  #buffer = 0
  #variadic = 0
  #listed = 0

  constructor(batch: Batch, dictionaries: Dictionaries) {
    this.#batch = batch
    this.#dictionaries = dictionaries
  }

  column(field: IpcField): IpcColumn {
    const { head, isLittle, body } = this.#batch
    const node = head.nodes[this.#node++]
    if (node === undefined) throw new Damaged('a batch has too few columns')
    const { length, nullCount } = node
    if (nullCount > length || length > Math.max(mostValues(body), head.rows))
      throw new Damaged('a column is of another length')
    const type = field.dictionary === null ? field.type : field.dictionary.index
    const validity = hasValidity(type, head) ? this.#validity(length, nullCount) : null
    const parts = { values: EMPTY, offsets: EMPTY, sizes: EMPTY, data: [], ...this.#parts(type, length) }
    const children = field.dictionary === null ? field.children.map((child) => this.column(child)) : []
    const dictionary = field.dictionary === null ? null : this.#dictionaries.of(field.dictionary.id)
    const column = { field, length, isLittle, validity, ...parts, children, dictionary }
    if (field.dictionary === null) this.#mustFit(column)
    return column
  }

  #validity(length: number, nullCount: number): DataView | null {
    const bits = this.#take()
    // Without a NULL there need not be any.
    if (nullCount === 0) return null
    if (bits.byteLength * 8 < length) throw new Damaged('a bitmap is too short')
    return bits
  }

  #parts(type: IpcType, length: number): Partial<IpcColumn> {
    switch (type.kind) {
      case 'null':
      case 'struct':
      case 'fixed-list':
      case 'runs':
        return {}
      case 'bool':
        return { values: this.#take(Math.ceil(length / 8)) }
      case 'text':
      case 'bytes':
        return { offsets: this.#take(offsetsOf(length, type.offsetBytes)), data: [this.#take()] }
      case 'text-view':
      case 'bytes-view': {
        const values = this.#take(length * VIEW_BYTES)
        const count = this.#batch.head.variadic[this.#variadic++]
        if (count === undefined) throw new Damaged('it does not count the buffers of a column')
        return { values, data: Array.from({ length: count }, () => this.#take()) }
      }
      case 'list':
        return { offsets: this.#take(offsetsOf(length, type.offsetBytes)) }
      case 'map':
        return { offsets: this.#take(offsetsOf(length, 4)) }
      case 'list-view':
        return { offsets: this.#take(length * type.offsetBytes), sizes: this.#take(length * type.offsetBytes) }
      case 'union':
        return { values: this.#take(length), ...(type.isDense ? { offsets: this.#take(length * 4) } : {}) }
      default:
        return { values: this.#take(length * widthOf(type)) }
    }
  }

  #take(least = 0): DataView {
    const buffer = this.#batch.body.buffers[this.#buffer++]
    if (buffer === undefined) throw new Damaged('a batch has too few buffers')
    if (buffer.byteLength < least) throw new Damaged('a column is longer than its bytes')
    return buffer
  }

  #mustFit({ field: { type }, length, children, sizes, isLittle }: IpcColumn): void {
    switch (type.kind) {
      case 'struct':
        return mustHave(children, length)
      case 'fixed-list':
        return mustHave(children, length * type.size)
      case 'union':
        return type.isDense ? undefined : mustHave(children, length)
      case 'runs':
        return mustCover(children[0]!, length)
      case 'list-view':
        // Lists may share their items, which would be written out for each.
        for (let row = 0; row < length; row++)
          this.#listed += Math.max(0, placeOf(sizes, row, type.offsetBytes, isLittle))
        if (this.#listed > mostValues(this.#batch.body))
          throw new Damaged('its lists have more values than there can be')
        return
      default:
    }
  }
}

function hasValidity({ kind }: IpcType, { unionsHaveBitmaps }: BatchHead): boolean {
  return kind === 'union' ? unionsHaveBitmaps : kind !== 'null' && kind !== 'runs'
}

/** No value needs no offset. */
function offsetsOf(length: number, bytes: number): number {
  return length === 0 ? 0 : (length + 1) * bytes
}

function mustHave(children: readonly IpcColumn[], length: number): void {
  if (children.some((child) => child.length < length)) throw new Damaged('a part is shorter than its column')
}

/** The ends of runs, of which each is behind the one before and the last not before the column's. */
function mustCover({ field, length, validity, values, isLittle }: IpcColumn, rows: number): void {
  const { type } = field
  if (type.kind !== 'int' || type.bits === 8 || validity !== null) throw new Damaged('its runs have no ends')
  let last = 0
  for (let run = 0; run < length; run++) {
    const end = runEnd(values, run, type.bits, isLittle)
    if (end <= last) throw new Damaged('its runs go backwards')
    last = end
  }
  if (last < rows) throw new Damaged('its runs end too early')
}

export function runEnd(ends: DataView, run: number, bits: number, isLittle: boolean): number {
  return bits === 16 ? ends.getInt16(run * 2, isLittle) : placeOf(ends, run, bits === 32 ? 4 : 8, isLittle)
}

/** An offset or a size of 4 or 8 bytes. */
export function placeOf(places: DataView, index: number, bytes: 4 | 8, isLittle: boolean): number {
  return bytes === 4 ? places.getInt32(index * 4, isLittle) : Number(places.getBigInt64(index * 8, isLittle))
}

/** Bytes of a value. */
function widthOf(type: IpcType): number {
  switch (type.kind) {
    case 'int':
    case 'float':
    case 'decimal':
    case 'date':
    case 'time':
      return type.bits / 8
    case 'timestamp':
    case 'duration':
      return 8
    case 'interval':
      return type.parts === 'months' ? 4 : type.parts === 'days and milliseconds' ? 8 : 16
    case 'fixed-bytes':
      return type.width
    default:
      throw new Damaged('a column has no values')
  }
}
