/**
 * What the product says about itself while it works: an event name and fields, never prose to parse.
 * A log hands every record to one sink, which filters and keeps; it adds the fields of its scope and
 * takes secrets out, so that no sink ever sees one.
 */
import type { Micros } from '../../shared/model'
import { redact } from './redact'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export type LogFields = Readonly<Record<string, unknown>>

export interface LogRecord {
  readonly at: Micros
  readonly level: LogLevel
  /** `layer.what-happened`, e.g. `steward.repaired`. */
  readonly event: string
  /** JSON-safe, without secrets and stacks. */
  readonly fields: LogFields
}

export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  /** A log whose records all carry these fields too. */
  child(fields: LogFields): Log
}

export interface LogSink {
  /** Below this nothing is recorded, and nothing is computed for it. */
  readonly level: LogLevel | 'off'
  now(): Micros
  write(record: LogRecord): void
}

export function createLog(sink: LogSink, scope: LogFields = {}): Log {
  const from = sink.level === 'off' ? LOG_LEVELS.length : LOG_LEVELS.indexOf(sink.level)
  const at = (level: LogLevel): Log['info'] => {
    if (LOG_LEVELS.indexOf(level) < from) return () => undefined
    return (event, fields) => {
      sink.write({ at: sink.now(), level, event, fields: redact({ ...scope, ...fields }) })
    }
  }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => createLog(sink, { ...scope, ...fields }),
  }
}

/** Says nothing. */
export const silentLog: Log = createLog({ level: 'off', now: () => 0, write: () => undefined })

/** Keeps everything, for tests that ask what was said. */
export function memoryLog(now: () => Micros = () => 0): Log & { readonly records: readonly LogRecord[] } {
  const records: LogRecord[] = []
  return { ...createLog({ level: 'debug', now, write: (record) => records.push(record) }), records }
}
