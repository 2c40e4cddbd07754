/** Any failure as words to draw: coded errors as they are, everything else as `internal`. */
import type { WireError } from '../../../shared/model'

export function wireOf(error: unknown): WireError {
  const { code, message, detail } = (typeof error === 'object' && error !== null ? error : {}) as Partial<WireError>
  return {
    code: typeof code === 'string' ? code : 'internal',
    message: typeof message === 'string' ? message : String(error),
    detail: detail ?? {},
  }
}
