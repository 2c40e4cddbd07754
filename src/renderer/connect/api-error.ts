/** Failures as the page has them: coded, whichever way they came. */
import { ORPCError } from '@orpc/client'
import type { WireError } from '../../shared/model'

/** A failure as the host named it; `code` is one of `shared/errors.ts`. */
export class ApiError extends Error implements WireError {
  override readonly name = 'ApiError'
  readonly code: string
  readonly detail: Readonly<Record<string, unknown>>

  constructor(wire: WireError, cause?: unknown) {
    super(wire.message, { cause })
    this.code = wire.code
    this.detail = wire.detail
  }
}

/** Whatever was caught, as a coded error: an abort is `api.interrupted`, the unknown `internal`. */
export function asPondError(error: unknown): WireError {
  if (error instanceof ORPCError) {
    if (isWire(error.data)) return error.data
    const code = error.code === 'BAD_REQUEST' ? 'api.bad-input' : 'internal'
    return { code, message: error.message, detail: {} }
  }
  if (isWire(error)) return { code: error.code, message: error.message, detail: error.detail }
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'api.interrupted', message: 'the call was cancelled', detail: {} }
  }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), detail: {} }
}

export function disconnected(message: string, cause?: unknown): ApiError {
  return new ApiError({ code: 'web.disconnected', message, detail: {} }, cause)
}

export function isWire(value: unknown): value is WireError {
  if (typeof value !== 'object' || value === null) return false
  const { code, message, detail } = value as Partial<Record<keyof WireError, unknown>>
  return typeof code === 'string' && typeof message === 'string' && typeof detail === 'object' && detail !== null
}
