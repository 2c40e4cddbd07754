/**
 * Pending operations kept by column: one growing array per field instead of an object per operation,
 * so that a million staged files cost tens of megabytes and a column can be handed on as it is. Content
 * is not here, only where it is in the journal.
 */
import type { FileType, OperationKind } from '../../shared/model'
import type { Operation } from './operation'

const KINDS: readonly OperationKind[] = ['create', 'update', 'append', 'delete', 'rename']
const TYPES: readonly FileType[] = ['directory', 'symlink', 'file:data', 'file:table', 'file:series']
const INITIAL = 64
/** Rough cost of a short string and its slot in an array. */
const STRING_BYTES = 48
const NONE = -1
const NO_EVENT_TIMES = { minEventTime: null, maxEventTime: null }

/** A typed array that doubles when it is full. */
class Growing<A extends Float64Array | Uint8Array> {
  values: A
  readonly #make: (length: number) => A

  constructor(make: (length: number) => A) {
    this.#make = make
    this.values = make(INITIAL)
  }

  set(index: number, value: number): void {
    if (index >= this.values.length) {
      const grown = this.#make(this.values.length * 2)
      grown.set(this.values)
      this.values = grown
    }
    this.values[index] = value
  }

  at(index: number): number {
    return this.values[index] as number
  }
}

const doubles = (): Growing<Float64Array> => new Growing((length) => new Float64Array(length))
const octets = (): Growing<Uint8Array> => new Growing((length) => new Uint8Array(length))

export class OperationColumns {
  #length = 0
  readonly #seq = doubles()
  readonly #kind = octets()
  readonly #type = octets()
  readonly #stagedAt = doubles()
  readonly #size = doubles()
  readonly #prior = doubles()
  readonly #node: string[] = []
  readonly #directory: string[] = []
  readonly #name: string[] = []
  /** Present for few operations, so by index and not by column. */
  readonly #from = new Map<number, Operation['from']>()
  readonly #sha256 = new Map<number, string>()
  readonly #base = new Map<number, string>()
  readonly #target = new Map<number, string>()
  readonly #eventTimes = new Map<number, Pick<Operation, 'minEventTime' | 'maxEventTime'>>()
  readonly #attributes = new Map<number, Operation['attributes']>()

  get length(): number {
    return this.#length
  }

  /** An estimate: what the columns hold on to. */
  get memoryBytes(): number {
    const fixed = this.#seq.values.byteLength * 4 + this.#kind.values.byteLength * 2
    const texts =
      this.#length * 3 +
      this.#sha256.size * 2 +
      this.#base.size * 2 +
      this.#target.size +
      this.#eventTimes.size +
      this.#attributes.size * 4
    return fixed + texts * STRING_BYTES
  }

  push(operation: Operation): void {
    const i = this.#length++
    this.#seq.set(i, operation.seq)
    this.#kind.set(i, KINDS.indexOf(operation.kind))
    this.#type.set(i, TYPES.indexOf(operation.fileType))
    this.#stagedAt.set(i, operation.stagedAt)
    this.#size.set(i, operation.size ?? NONE)
    this.#prior.set(i, operation.priorVersion)
    this.#node.push(operation.nodeId)
    this.#directory.push(operation.place.directoryId)
    this.#name.push(operation.place.name)
    if (operation.from !== null) this.#from.set(i, operation.from)
    if (operation.sha256 !== null) this.#sha256.set(i, operation.sha256)
    if (operation.baseSha256 !== null) this.#base.set(i, operation.baseSha256)
    const { minEventTime, maxEventTime } = operation
    if (minEventTime !== null || maxEventTime !== null) this.#eventTimes.set(i, { minEventTime, maxEventTime })
    if (operation.target !== null) this.#target.set(i, operation.target)
    if (Object.keys(operation.attributes).length > 0) this.#attributes.set(i, operation.attributes)
  }

  seqAt(index: number): number {
    return this.#seq.at(index)
  }

  at(index: number): Operation {
    const size = this.#size.at(index)
    return {
      seq: this.#seq.at(index),
      kind: KINDS[this.#kind.at(index)] as OperationKind,
      fileType: TYPES[this.#type.at(index)] as FileType,
      nodeId: this.#node[index] as string,
      place: { directoryId: this.#directory[index] as string, name: this.#name[index] as string },
      from: this.#from.get(index) ?? null,
      stagedAt: this.#stagedAt.at(index),
      size: size === NONE ? null : size,
      sha256: this.#sha256.get(index) ?? null,
      baseSha256: this.#base.get(index) ?? null,
      target: this.#target.get(index) ?? null,
      priorVersion: this.#prior.at(index),
      ...(this.#eventTimes.get(index) ?? NO_EVENT_TIMES),
      attributes: this.#attributes.get(index) ?? {},
    }
  }
}
