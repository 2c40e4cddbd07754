/** Reports of unexpected errors, kept as files on this machine for whoever looks into them. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnostics } from '../diagnostics'

const KEPT = 50

export interface Reports {
  readonly folder: string
  /** Keeps an error and returns the short id of its report. Never throws, as it is called when something has gone wrong. */
  report(error: unknown): string
}

/** @param folder absolute; it is made with the first report */
export function reportsIn(folder: string, diagnostics: Diagnostics, about: string): Reports {
  return {
    folder,
    report: (error) => {
      const id = diagnostics.report(error)
      const found = diagnostics.findReport(id)
      if (found === undefined) return id
      const at = new Date(found.at / 1_000).toISOString()
      try {
        mkdirSync(folder, { recursive: true })
        writeFileSync(join(folder, `${at.replaceAll(':', '-')}-${id}.txt`), `${about}\n${at}\n\n${found.stack}\n`, {
          mode: 0o600,
        })
        for (const old of readdirSync(folder).sort().slice(0, -KEPT)) rmSync(join(folder, old), { force: true })
      } catch {
        // A disk that takes no report must not turn one fault into two.
      }
      return id
    },
  }
}

/** After an error that nobody caught, what is in memory may be anything: nothing is done with a pond any more. */
export function endOnFault(reports: Reports, end: (message: string) => void): void {
  let isEnding = false
  const onFault = (error: unknown): void => {
    const id = reports.report(error)
    if (isEnding) return
    isEnding = true
    const what = error instanceof Error ? error.message : String(error)
    end(
      `${what}\n\nEverything that was saved or committed is safe. Start DuckPond again to go on.\n\n` +
        `The report ${id} is in ${reports.folder}. It is sent to nobody.`,
    )
  }
  process.on('uncaughtException', onFault)
  process.on('unhandledRejection', onFault)
}
