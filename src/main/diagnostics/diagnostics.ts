/**
 * One process's diagnostics: a log that writes JSON lines to stderr when asked to, the most recent
 * records for whoever looks at the running product, and the stacks of unexpected errors under short
 * ids. Nothing here is loaded or written while logging is off, because the command line starts cold.
 */
import { randomBytes } from 'node:crypto'
import { pid } from 'node:process'
import type { Micros } from '../../shared/model'
import { createLog, LOG_LEVELS, type Log, type LogLevel, type LogRecord } from './log'
import { redact, redactText } from './redact'

const KEPT_RECORDS = 500
const KEPT_REPORTS = 100

export interface DiagnosticsOptions {
  /** What `DUCKPOND_LOG` says: `off` (also when unset or not understood), `debug`, `info`, `warn`, `error`. */
  readonly level: string | undefined
  readonly now: () => Micros
  /** Where lines go, newline included. Default: stderr, written at once. */
  readonly writeLine?: (line: string) => void
}

export interface ErrorReport {
  readonly id: string
  readonly at: Micros
  readonly message: string
  /** With the stacks of all causes. */
  readonly stack: string
}

export interface Diagnostics {
  readonly log: Log
  /** The last 500 records, oldest first: also while nothing is written, then from `info` up. */
  recent(): readonly LogRecord[]
  /** Keeps an unexpected error and returns the short id that may be shown for it. */
  report(error: unknown): string
  /** One of the last 100 reports. */
  findReport(id: string): ErrorReport | undefined
}

export async function openDiagnostics(options: DiagnosticsOptions): Promise<Diagnostics> {
  const level = LOG_LEVELS.find((known) => known === options.level?.trim().toLowerCase())
  const write = level === undefined ? undefined : await lineWriter(level, options.writeLine)
  const records = new Ring<LogRecord>(KEPT_RECORDS)
  const reports = new Ring<ErrorReport>(KEPT_REPORTS)
  const log = createLog({
    level: level === 'debug' ? 'debug' : 'info',
    now: options.now,
    write: (record) => {
      records.push(record)
      write?.(record)
    },
  })
  return {
    log,
    recent: () => records.all(),
    findReport: (id) => reports.all().find((report) => report.id === id),
    report: (error) => {
      const report = {
        id: randomBytes(4).toString('hex'),
        at: options.now(),
        message: messageOf(error),
        stack: stackOf(error),
      }
      reports.push(report)
      records.push({
        at: report.at,
        level: 'error',
        event: 'diagnostics.report',
        fields: { reportId: report.id, message: report.message },
      })
      write?.({
        at: report.at,
        level: 'error',
        event: 'diagnostics.report',
        fields: { reportId: report.id, stack: report.stack },
      })
      return report.id
    },
  }
}

/** pino filters by level, so that `error` shows errors alone while the ring keeps more. */
async function lineWriter(level: LogLevel, writeLine?: (line: string) => void): Promise<(record: LogRecord) => void> {
  const { pino } = await import('pino')
  const target = writeLine === undefined ? pino.destination({ fd: 2, sync: true }) : { write: writeLine }
  const options = {
    level,
    base: { pid },
    timestamp: false,
    messageKey: 'event',
    formatters: { level: (label: string) => ({ level: label }) },
  }
  const logger = pino(options, target)
  return ({ at, level: recordLevel, event, fields }) => logger[recordLevel]({ at, ...fields }, event)
}

/** The last `limit` items. */
class Ring<Item> {
  readonly #items: Item[] = []
  readonly #limit: number
  #next = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  push(item: Item): void {
    this.#items[this.#next] = item
    this.#next = (this.#next + 1) % this.#limit
  }

  all(): readonly Item[] {
    return this.#items.length < this.#limit
      ? [...this.#items]
      : [...this.#items.slice(this.#next), ...this.#items.slice(0, this.#next)]
  }
}

function messageOf(error: unknown): string {
  return redactText(error instanceof Error ? error.message : thrownText(error))
}

function stackOf(error: unknown): string {
  const parts: string[] = []
  const seen = new Set<unknown>()
  for (
    let at = error;
    at !== undefined && at !== null && !seen.has(at);
    at = at instanceof Error ? at.cause : undefined
  ) {
    seen.add(at)
    parts.push(at instanceof Error ? (at.stack ?? at.message) : thrownText(at))
  }
  return redactText(parts.join('\ncaused by: '))
}

/** What was thrown instead of an error. */
function thrownText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(redact({ thrown: value }))
}
