/** What every call may answer with: a failure, or steps of long work. */

/** Any failure as it crosses a wire. */
export interface WireError {
  readonly code: string
  readonly message: string
  readonly detail: Readonly<Record<string, unknown>>
}

/** How far long work has come; `total` null while unknown. */
export interface Progress {
  readonly kind: 'progress'
  readonly done: number
  readonly total: number | null
  readonly unit: 'files' | 'bytes' | 'rows' | 'percent'
  readonly note: string
}

/** A long call is a stream of these, the last of which is `done`. Aborting the stream cancels the work. */
export type Step<T> = Progress | { readonly kind: 'done'; readonly result: T }
