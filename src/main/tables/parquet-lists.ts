/**
 * Empty lists in the footer of a Parquet file. Thrift's compact protocol writes the type of the elements even
 * where there are none, some writers write any type there, and arrow-rs refuses the footer for it. The type is one
 * half of a byte, so it is put right in place (github.com/apache/parquet-format, parquet.thrift; thrift,
 * doc/specs/thrift-compact-protocol.md).
 */

const TYPE = { i32: 5, i64: 6, binary: 8, struct: 12 } as const

/** The lists and structs of a struct, by the numbers of its fields; what is left out has no lists inside. */
interface Struct {
  readonly lists?: Readonly<Record<number, 'i32' | 'i64' | 'binary' | Struct>>
  readonly structs?: Readonly<Record<number, Struct>>
}

const NO_LISTS: Struct = {}
const COLUMN_METADATA: Struct = {
  // Encodings, path in the schema, key-value metadata, statistics of encodings.
  lists: { 2: 'i32', 3: 'binary', 8: NO_LISTS, 13: NO_LISTS },
  // Statistics of sizes, geospatial statistics.
  structs: { 16: { lists: { 2: 'i64', 3: 'i64' } }, 17: { lists: { 2: 'i32' } } },
}
const ROW_GROUP: Struct = { lists: { 1: { structs: { 3: COLUMN_METADATA } }, 4: NO_LISTS } }
/** Schema, row groups, key-value metadata, column orders. */
const FILE_METADATA: Struct = { lists: { 2: NO_LISTS, 4: ROW_GROUP, 5: NO_LISTS, 7: NO_LISTS } }

/**
 * Writes the type that each empty list should have into a footer, its metadata from the first byte. One that
 * cannot be walked stays as it is: whoever reads it says what is wrong.
 */
export function mendEmptyLists(metadata: Uint8Array): void {
  try {
    new Walk(metadata).struct(FILE_METADATA, 0)
  } catch (error) {
    if (!(error instanceof NoThrift)) throw error
  }
}

class NoThrift extends Error {}

const MAX_DEPTH = 32

class Walk {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  struct(known: Struct, depth: number): void {
    if (depth > MAX_DEPTH) throw new NoThrift()
    for (let field = 0; ;) {
      const head = this.#byte()
      if (head === 0) return
      const delta = head >> 4
      field = delta > 0 ? field + delta : this.#zigzag()
      const type = head & 0x0f
      if (type === 9 || type === 10) this.#list(known.lists?.[field], depth)
      // A field that is true or false is all in its head.
      else if (type > 2) this.#value(type, known.structs?.[field] ?? NO_LISTS, depth)
    }
  }

  #list(element: 'i32' | 'i64' | 'binary' | Struct | undefined, depth: number): void {
    const place = this.#at
    const head = this.#byte()
    const size = head >> 4 === 15 ? this.#varint() : head >> 4
    if (size === 0) {
      if (element !== undefined && head >> 4 === 0)
        this.#bytes[place] = typeof element === 'string' ? TYPE[element] : TYPE.struct
      return
    }
    // Each element takes a byte at least.
    if (size > this.#bytes.length - this.#at) throw new NoThrift()
    const inner = typeof element === 'object' ? element : NO_LISTS
    for (let index = 0; index < size; index++) this.#value(head & 0x0f, inner, depth)
  }

  #value(type: number, known: Struct, depth: number): void {
    switch (type) {
      case 1:
      case 2:
      case 3:
        this.#at += 1
        break
      case 4:
      case 5:
      case 6:
        this.#varint()
        break
      case 7:
        this.#at += 8
        break
      case 8: {
        // In a statement of its own: the length is read before the place moves.
        const length = this.#varint()
        this.#at += length
        break
      }
      case 9:
      case 10:
        this.#list(undefined, depth + 1)
        break
      case 12:
        this.struct(known, depth + 1)
        break
      default:
        throw new NoThrift()
    }
    if (this.#at > this.#bytes.length) throw new NoThrift()
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw new NoThrift()
    return byte
  }

  /** What is beyond 2^53 is nothing that is counted with. */
  #varint(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#byte()
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
  }

  #zigzag(): number {
    const value = this.#varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
}
