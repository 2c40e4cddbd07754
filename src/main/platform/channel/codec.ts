/**
 * How values cross to another process, said once for each method: data as a structured clone, objects as
 * references to where they live, signals and callbacks as numbers. A method that is not said, or an argument
 * without its codec, is a type error.
 */
import type { ErrorCode, ErrorDetail } from '../../../shared/errors'
import { isPondError, PondError } from '../../../shared/errors'
import type { Scope } from './scope'

/** Turns values into what can be cloned, and back on the other side. */
export interface Codec<T> {
  pack(value: T, scope: Scope): unknown
  unpack(packed: unknown, scope: Scope): T
  /** Whether what crosses lives on after the call: until its `close` has been called. */
  readonly isLasting?: boolean
}

type Fn = (...args: never[]) => unknown
/** The argument codecs of a method: one for each, those that may be left out included. */
export type ArgumentCodecs<A extends readonly unknown[]> = { readonly [I in keyof A]-?: Codec<A[I]> }

/** A method that resolves to a value. */
export interface CallSpec<A extends readonly unknown[], R> {
  readonly kind: 'call'
  readonly args: ArgumentCodecs<A>
  readonly result: Codec<R>
}
/** A method whose items are pulled one by one. */
export interface IterateSpec<A extends readonly unknown[], R> {
  readonly kind: 'iterate'
  readonly args: ArgumentCodecs<A>
  readonly item: Codec<R>
}
/** A method that answers nothing, and whose end nobody waits for. */
export interface TellSpec<A extends readonly unknown[]> {
  readonly kind: 'tell'
  readonly args: ArgumentCodecs<A>
}
export type AnySpec = {
  readonly kind: 'call' | 'iterate' | 'tell'
  readonly args: readonly Codec<unknown>[]
  readonly result?: Codec<unknown>
  readonly item?: Codec<unknown>
}

export type SpecOf<F> = F extends (...args: infer A) => AsyncIterable<infer R>
  ? IterateSpec<A, R>
  : F extends (...args: infer A) => Promise<infer R>
    ? CallSpec<A, R>
    : F extends (...args: infer A) => void
      ? TellSpec<A>
      : never

type MethodNames<T> = { [K in keyof T]-?: NonNullable<T[K]> extends Fn ? K : never }[keyof T]
/** Every method of an interface, and how it crosses. */
export type Methods<T> = { readonly [K in MethodNames<T>]: SpecOf<NonNullable<T[K]>> }

/** Every field of an interface that is data. Said one by one, as a getter is not found by looking. */
export type Fields<T> = { readonly [K in Exclude<keyof T, MethodNames<T>>]-?: true }

export const call = <A extends readonly unknown[], R>(args: ArgumentCodecs<A>, result: Codec<R>): CallSpec<A, R> => ({
  kind: 'call',
  args,
  result,
})
export const iterate = <A extends readonly unknown[], R>(
  args: ArgumentCodecs<A>,
  item: Codec<R>,
): IterateSpec<A, R> => ({ kind: 'iterate', args, item })
export const tell = <A extends readonly unknown[]>(args: ArgumentCodecs<A>): TellSpec<A> => ({ kind: 'tell', args })

/** What has a function or an error in it does not cross as data: it is `never` here. */
type DataOf<T> = T extends Fn | Error | AbortSignal
  ? never
  : T extends Uint8Array | bigint
    ? T
    : T extends object
      ? { [K in keyof T]: DataOf<T[K]> }
      : T
type IsData<T> = [T] extends [DataOf<T>] ? [] : [refused: 'has functions, errors or signals in it']

/** Values that are nothing but data. */
export function data<T>(..._isData: IsData<T>): Codec<T> {
  return { pack: (value) => value, unpack: (packed) => packed as T }
}

/** Bytes, without what else may be in their buffer. */
export const bytes: Codec<Uint8Array> = {
  pack: (value) => (value.byteLength === value.buffer.byteLength ? value : Uint8Array.from(value)),
  unpack: (packed) => packed as Uint8Array,
}

export function list<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    pack: (values, scope) => values.map((value) => item.pack(value, scope)),
    unpack: (packed, scope) => (packed as readonly unknown[]).map((value) => item.unpack(value, scope)),
  }
}

/** Null and undefined stay what they are. */
export function optional<T>(codec: Codec<T>): Codec<T | undefined> {
  return {
    pack: (value, scope) => (value === undefined ? undefined : codec.pack(value, scope)),
    unpack: (packed, scope) => (packed === undefined ? undefined : codec.unpack(packed, scope)),
  }
}

export function nullable<T>(codec: Codec<T>): Codec<T | null> {
  return {
    pack: (value, scope) => (value === null ? null : codec.pack(value, scope)),
    unpack: (packed, scope) => (packed === null ? null : codec.unpack(packed, scope)),
  }
}

/** A record of data of which one field has a codec of its own. */
export function withField<T extends object, K extends keyof T>(name: K, codec: Codec<T[K]>): Codec<T> {
  return {
    pack: (value, scope) => ({ ...value, [name]: codec.pack(value[name], scope) }),
    unpack: (packed, scope) => ({ ...(packed as T), [name]: codec.unpack((packed as T)[name], scope) }),
  }
}

export const signal: Codec<AbortSignal> = {
  pack: (value, scope) => scope.exportSignal(value),
  unpack: (packed, scope) => scope.importSignal(packed as { readonly id: number; readonly isAborted: boolean }),
}

interface PackedRecord {
  readonly data: Readonly<Record<string, unknown>>
  readonly signals: Readonly<Record<string, unknown>>
  readonly callbacks: Readonly<Record<string, number>>
  readonly errors: Readonly<Record<string, PackedFailure>>
}

/**
 * A record of data among whose fields may be signals, errors and callbacks that take data and answer nothing:
 * what options are.
 */
export function record<T extends object>(): Codec<T> {
  return {
    pack(value, scope): PackedRecord {
      const kept: Record<string, unknown> = {}
      const signals: Record<string, unknown> = {}
      const callbacks: Record<string, number> = {}
      const errors: Record<string, PackedFailure> = {}
      for (const [name, field] of Object.entries(value) as [string, unknown][]) {
        if (field instanceof AbortSignal) signals[name] = signal.pack(field, scope)
        else if (typeof field === 'function') callbacks[name] = scope.export({ call: field }, CALLBACK)
        else if (field instanceof Error) errors[name] = packFailure(field)
        else kept[name] = field
      }
      return { data: kept, signals, callbacks, errors }
    },
    unpack(packed, scope) {
      const record = packed as PackedRecord
      const value: Record<string, unknown> = { ...record.data }
      for (const [name, field] of Object.entries(record.signals)) value[name] = signal.unpack(field, scope)
      for (const [name, field] of Object.entries(record.errors)) value[name] = unpackFailure(field)
      for (const [name, id] of Object.entries(record.callbacks)) {
        value[name] = (...args: unknown[]) => scope.tell(id, 'call', args)
      }
      // As it was packed: the fields are those of the record on the other side.
      return value as T
    },
  }
}

const CALLBACK: Readonly<Record<string, AnySpec>> = { call: { kind: 'tell', args: [] } }

interface PackedObject {
  readonly id: number
  readonly fields: Readonly<Record<string, unknown>>
  /** Methods that may be missing are not there on the other side either. */
  readonly methods: readonly string[]
}

export interface ObjectOptions<T> {
  /** Each call of a method lives for itself; else all of them live as long as what the object came with. */
  readonly isRoot?: boolean
  /** Told before a method of the object is called from the other side. */
  readonly onCall?: (target: T, method: string, scope: Scope) => void
}

/** An object that stays where it is: its fields cross as data, once, and its methods are called from afar. */
export function object<T extends object>(
  fields: Fields<T>,
  methods: Methods<T>,
  options: ObjectOptions<T> = {},
): Codec<T> {
  const specs = methods as unknown as Readonly<Record<string, AnySpec>>
  const fieldNames = Object.keys(fields)
  return {
    isLasting: 'close' in specs,
    pack(value, scope): PackedObject {
      const source = value as Readonly<Record<string, unknown>>
      const names = Object.keys(specs).filter((name) => typeof source[name] === 'function')
      const onCall = options.onCall === undefined ? undefined : (name: string) => options.onCall!(value, name, scope)
      return {
        id: scope.export(value, specs, onCall),
        fields: Object.fromEntries(fieldNames.map((name) => [name, source[name]])),
        methods: names,
      }
    },
    unpack(packed, scope) {
      const { id, fields, methods: names } = packed as PackedObject
      if (options.isRoot !== true) scope.receive(id)
      const proxy: Record<string, unknown> = { ...fields }
      for (const name of names)
        proxy[name] = scope.method({ id, name, spec: specs[name]!, isRoot: options.isRoot ?? false })
      scope.channel.own(proxy, scope)
      // Its methods are those that the codec says, its fields came with it.
      return proxy as T
    },
  }
}

export type PackedFailure =
  | { readonly code: ErrorCode; readonly message: string; readonly detail: ErrorDetail; readonly cause: string | null }
  | { readonly name: string; readonly message: string; readonly stack: string | undefined }

export function packFailure(error: unknown): PackedFailure {
  if (isPondError(error)) {
    const { code, message, detail, cause } = error
    return { code, message, detail, cause: cause === undefined ? null : describeCause(cause) }
  }
  if (error instanceof Error) return { name: error.name, message: error.message, stack: error.stack }
  return { name: 'Error', message: String(error), stack: undefined }
}

function describeCause(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}

export function unpackFailure(failure: PackedFailure): Error {
  if ('code' in failure) {
    const { code, message, detail, cause } = failure
    return new PondError(code, message, detail, cause ?? undefined)
  }
  const error = new Error(failure.message)
  error.name = failure.name
  // Where it happened over there: this is what a report is for.
  if (failure.stack !== undefined) error.stack = failure.stack
  return error
}
