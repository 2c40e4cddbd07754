/**
 * Processes of Chromium and DuckDB beside the window. Whoever needs one starts it again. Here, a report is kept of
 * each that ended by a fault.
 */
import type { App } from 'electron'

/** As they are asked to end, by us or by the system. */
const ENDED_AS_ASKED: readonly string[] = ['clean-exit', 'killed']

export function reportChildren(app: App, report: (error: unknown) => string): void {
  app.on('child-process-gone', (_, { type, reason, exitCode, serviceName, name }) => {
    if (ENDED_AS_ASKED.includes(reason)) return
    const which = name ?? serviceName
    report(new Error(`a ${type} process${which === undefined ? '' : ` (${which})`} ended: ${reason} (${exitCode})`))
  })
}
