/**
 * Reads FlatBuffers, the encoding of Arrow's metadata, within their bounds. Every table, vector and text lies
 * inside the bytes, and no buffer makes the reader walk further than its length. Anything else throws `Damaged`.
 * What the values mean is for the caller to check.
 */
export class Damaged extends Error {
  override readonly name = 'Damaged'
}

const MAX_DEPTH = 64
/** Of a table: its way to the vtable, and a vtable of two sizes is shared at best. */
const LEAST_TABLE_BYTES = 4

export class Flatbuffer {
  readonly view: DataView
  #visitsLeft: number

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.view = new DataView(buffer, byteOffset, byteLength)
    this.#visitsLeft = Math.floor(byteLength / LEAST_TABLE_BYTES)
  }

  root(): Table {
    return this.table(this.follow(0), 0)
  }

  table(at: number, depth: number): Table {
    // Tables that refer to each other, or to one many times, would be walked without end.
    if (--this.#visitsLeft < 0 || depth > MAX_DEPTH) throw new Damaged('its metadata goes round in circles')
    return new Table(this, at, depth)
  }

  /** Where the offset at a place leads. */
  follow(at: number): number {
    this.mustHold(at, 4)
    const to = at + this.view.getUint32(at, true)
    this.mustHold(to, 4)
    return to
  }

  mustHold(at: number, bytes: number): void {
    if (!(at >= 0 && bytes >= 0 && at + bytes <= this.view.byteLength)) {
      throw new Damaged('its metadata leads outside of itself')
    }
  }
}

export class Table {
  readonly #buffer: Flatbuffer
  readonly #at: number
  readonly #depth: number
  readonly #vtable: number
  readonly #vtableBytes: number
  readonly #bytes: number

  constructor(buffer: Flatbuffer, at: number, depth: number) {
    buffer.mustHold(at, 4)
    const vtable = at - buffer.view.getInt32(at, true)
    buffer.mustHold(vtable, 4)
    this.#vtableBytes = buffer.view.getUint16(vtable, true)
    this.#bytes = buffer.view.getUint16(vtable + 2, true)
    buffer.mustHold(vtable, this.#vtableBytes)
    buffer.mustHold(at, this.#bytes)
    // Readers take the size for a signed number.
    if (this.#vtableBytes < 4 || this.#vtableBytes >= 2 ** 15) throw new Damaged('its metadata is of no known shape')
    this.#buffer = buffer
    this.#at = at
    this.#depth = depth
    this.#vtable = vtable
  }

  byte(field: number): number {
    const at = this.#find(field, 1)
    return at === null ? 0 : this.#buffer.view.getUint8(at)
  }

  /** `absent` is what the schema says of a field that is left out. */
  short(field: number, absent = 0): number {
    const at = this.#find(field, 2)
    return at === null ? absent : this.#buffer.view.getInt16(at, true)
  }

  int(field: number, absent = 0): number {
    const at = this.#find(field, 4)
    return at === null ? absent : this.#buffer.view.getInt32(at, true)
  }

  long(field: number): bigint {
    const at = this.#find(field, 8)
    return at === null ? 0n : this.#buffer.view.getBigInt64(at, true)
  }

  table(field: number): Table | null {
    const at = this.#find(field, 4)
    return at === null ? null : this.#buffer.table(this.#buffer.follow(at), this.#depth + 1)
  }

  /** Null where it is left out. */
  text(field: number): string | null {
    if (this.#find(field, 4) === null) return null
    const { from, count } = this.vector(field, 1)
    const { buffer, byteOffset } = this.#buffer.view
    return Buffer.from(buffer, byteOffset + from, count).toString('utf8')
  }

  tables(field: number): Table[] {
    const { from, count } = this.vector(field, 4)
    const tables: Table[] = []
    for (let index = 0; index < count; index++) {
      tables.push(this.#buffer.table(this.#buffer.follow(from + 4 * index), this.#depth + 1))
    }
    return tables
  }

  /** A text, or a vector of elements of this size; none is one that is empty. */
  vector(field: number, elementBytes: number): { readonly from: number; readonly count: number } {
    const at = this.#find(field, 4)
    if (at === null) return { from: 0, count: 0 }
    const vector = this.#buffer.follow(at)
    const count = this.#buffer.view.getUint32(vector, true)
    this.#buffer.mustHold(vector + 4, count * elementBytes)
    return { from: vector + 4, count }
  }

  /** Elements of a vector of 32-bit integers. */
  ints(from: number, count: number): number[] {
    return Array.from({ length: count }, (_, index) => this.#buffer.view.getInt32(from + 4 * index, true))
  }

  #find(field: number, bytes: number): number | null {
    const entry = 4 + 2 * field
    if (entry + 2 > this.#vtableBytes) return null
    const offset = this.#buffer.view.getUint16(this.#vtable + entry, true)
    if (offset === 0) return null
    this.#buffer.mustHold(this.#at + offset, bytes)
    return this.#at + offset
  }
}
