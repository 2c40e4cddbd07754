/**
 * The closed table of everything that can go wrong, one code per kind of failure, named
 * `layer.reason`. A layer throws only its own codes. One function maps an error to the wire; the
 * table maps a code to an HTTP status and to the command line's exit status.
 */
import type { WireError } from './model'

interface Rule {
  readonly http: number
  /** 1 the pond or its content is wrong, 2 wrong usage, 130 interrupted. */
  readonly exit: 1 | 2 | 130
}

const wrong = (http: number): Rule => ({ http, exit: 1 })
const usage: Rule = { http: 400, exit: 2 }

export const ERRORS = {
  internal: wrong(500),

  'platform.not-found': wrong(404),
  'platform.exists': wrong(409),
  'platform.denied': wrong(403),
  'platform.read-only': wrong(403),
  'platform.no-space': wrong(507),
  'platform.io': wrong(500),
  'platform.incomplete': wrong(409),
  'platform.locked': wrong(423),
  'platform.cancelled': { http: 499, exit: 130 },
  'platform.crashed': wrong(500),

  'tinyfs.above-root': wrong(400),
  'tinyfs.bad-name': wrong(400),
  'tinyfs.not-found': wrong(404),
  'tinyfs.exists': wrong(409),
  'tinyfs.not-a-directory': wrong(409),
  'tinyfs.is-a-directory': wrong(409),
  'tinyfs.not-a-file': wrong(409),
  'tinyfs.not-a-symlink': wrong(409),
  'tinyfs.not-empty': wrong(409),
  'tinyfs.into-itself': wrong(409),
  'tinyfs.symlink-loop': wrong(409),
  'tinyfs.visit-loop': wrong(409),
  'tinyfs.too-large': wrong(413),
  'tinyfs.bad-range': wrong(416),
  'tinyfs.changed': wrong(409),
  'tinyfs.bad-pattern': usage,
  'tinyfs.bad-view': usage,
  'tinyfs.read-only': wrong(403),
  'tinyfs.root': wrong(409),
  'tinyfs.closed': wrong(409),

  'oplog.not-found': wrong(404),
  'oplog.corrupt-log': wrong(500),
  'oplog.corrupt-data': wrong(500),
  'oplog.missing-data': wrong(500),
  'oplog.unsupported': wrong(409),
  'oplog.foreign-commit': wrong(409),
  'oplog.unsafe-path': wrong(500),
  'oplog.not-known-durable': wrong(500),

  'tables.unreadable': wrong(409),
  'tables.bad-value': wrong(400),
  'tables.bad-schema': wrong(400),

  'tlogfs.corrupt-content': wrong(500),
  'tlogfs.missing-content': wrong(500),
  'tlogfs.corrupt-directory': wrong(500),
  'tlogfs.changed': wrong(409),
  'tlogfs.journal-damaged': wrong(500),
  'tlogfs.foreign-journal': wrong(409),
  'tlogfs.newer-journal': wrong(409),
  'tlogfs.not-a-table': wrong(409),
  'tlogfs.not-a-series': wrong(409),
  'tlogfs.mixed-series': wrong(409),

  'steward.not-a-pond': wrong(404),
  'steward.gone': wrong(410),
  'steward.closed': wrong(409),
  'steward.already-a-pond': wrong(409),
  'steward.folder-not-empty': wrong(409),
  'steward.newer-format': wrong(409),
  'steward.corrupt-pond': wrong(500),
  'steward.locked': wrong(423),
  'steward.read-only': wrong(403),
  'steward.not-known-durable': wrong(500),
  'steward.unknown-version': wrong(404),
  'steward.bad-time': usage,
  'steward.nothing-pending': wrong(409),
  'steward.nothing-to-undo': wrong(409),
  'steward.conflict': wrong(409),
  'steward.would-displace': wrong(409),
  'steward.corrupt-config': wrong(409),
  'steward.unknown-setting': usage,
  'steward.bad-setting': usage,
  'steward.bad-count': usage,
  'steward.bad-json-path': usage,

  'query.syntax': wrong(400),
  'query.failed': wrong(400),
  'query.not-allowed': wrong(403),
  'query.no-such-file': wrong(404),
  'query.not-a-table': wrong(409),
  'query.unreadable-file': wrong(409),
  'query.unreadable-value': wrong(409),
  'query.bad-reading': usage,
  'query.cancelled': { http: 499, exit: 130 },
  'query.out-of-memory': wrong(507),
  'query.engine-crashed': wrong(500),
  'query.closed': wrong(404),
  'query.bad-export': usage,

  'recipes.bad-spec': wrong(409),
  'recipes.bad-name': wrong(409),
  'recipes.bad-template': wrong(409),
  'recipes.cycle': wrong(409),
  'recipes.no-input': wrong(409),
  'recipes.not-computed': wrong(409),
  'recipes.not-deterministic': wrong(409),
  'recipes.too-deep': wrong(409),
  'recipes.too-large': wrong(413),

  'library.bad-argument': usage,
  'library.read-once': wrong(409),

  'api.bad-input': usage,
  'api.no-pond': wrong(409),
  'api.not-found': wrong(404),
  'api.copy-open': wrong(409),
  'api.changed': wrong(409),
  'api.damaged-transfer': wrong(502),
  'api.interrupted': { http: 499, exit: 130 },

  'host.not-found': wrong(404),
  'host.exists': wrong(409),
  'host.unreadable': wrong(403),
  'host.unwritable': wrong(403),
  'host.not-a-folder': wrong(409),
  'host.inside-pond': wrong(409),

  'web.bad-token': wrong(401),
  'web.foreign-origin': wrong(403),
  'web.foreign-host': wrong(403),
  'web.bad-request': wrong(400),
  'web.bad-method': wrong(405),
  'web.port-in-use': wrong(409),
  'web.disconnected': wrong(503),

  'cli.usage': usage,
  'cli.only-pending': wrong(404),
  'cli.too-large': wrong(413),
} as const satisfies Record<string, Rule>

export type ErrorCode = keyof typeof ERRORS
export type ErrorDetail = Readonly<Record<string, unknown>>

/** The one exception class of the product. Messages say thing, expected, found. */
export class PondError extends Error {
  override readonly name = 'PondError'
  readonly code: ErrorCode
  readonly detail: ErrorDetail

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.detail = detail
  }
}

export function isPondError(error: unknown, code?: ErrorCode): error is PondError {
  return error instanceof PondError && (code === undefined || error.code === code)
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text)
}

/**
 * What a caller outside the process may see of a failure. An error that is not ours becomes
 * `internal`, with the id under which diagnostics keep its stack.
 */
export function toWire(error: unknown, report: (error: unknown) => string): WireError {
  if (error instanceof PondError) return { code: error.code, message: error.message, detail: error.detail }
  const reportId = report(error)
  return {
    code: 'internal',
    message: `something went wrong inside DuckPond (report ${reportId})`,
    detail: { reportId },
  }
}
