/**
 * Processes that Chromium and DuckDB run in beside the window. One that ends by a fault is started again by whoever needs
 * it: here it is only kept as a report, so that it can be told what happened to whom.
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
