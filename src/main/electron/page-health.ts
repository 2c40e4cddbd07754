/**
 * What happens if the page does not load, does not answer, or its process ends: the user is told, nothing is tried
 * again for ever, and there is always a way to quit.
 */
import { dialog, type BrowserWindow } from 'electron'
import { APP_URL } from './address'

export interface PageHealthOptions {
  readonly report: (error: unknown) => string
  /** Ends the app with a failure. */
  readonly giveUp: () => void
}

export interface PageHealth {
  /** The page that is shown was loaded because the process of the one before it ended. */
  readonly afterCrash: boolean
}

/** Crashes that come this close to each other are of one kind. */
const NEAR_MS = 5 * 60_000
const MOST_CRASHES = 3
const REVIVE_EVERY_MS = 500
/** Chromium's code for a load that something else took the place of. */
const ABORTED = -3

export function watchPage(window: BrowserWindow, { report, giveUp }: PageHealthOptions): PageHealth {
  const contents = window.webContents
  const crashes: number[] = []
  let load: 'plain' | 'due after a crash' | 'after a crash' = 'plain'
  contents.on('did-start-loading', () => (load = load === 'due after a crash' ? 'after a crash' : 'plain'))

  /** A reload that comes while Electron still takes the old process away is lost: it is asked for until there is a page. */
  const revive = (): void => {
    if (window.isDestroyed() || !contents.isCrashed()) return
    if (!contents.isLoading()) contents.reload()
    setTimeout(revive, REVIVE_EVERY_MS)
  }

  /** Loads the page again, or ends the app. */
  const ask = async (message: string, detail: string): Promise<void> => {
    if (window.isDestroyed()) return
    // A window that has shown nothing yet would hide the question.
    window.show()
    const { response } = await dialog.showMessageBox(window, {
      type: 'error',
      message,
      detail,
      buttons: ['Load it again', 'Quit'],
      defaultId: 0,
      cancelId: 0,
    })
    if (window.isDestroyed()) return
    // An answer may come within the very event of the process that ended: Electron is done with that before the app ends.
    if (response !== 0) return void setImmediate(giveUp)
    crashes.length = 0
    void contents.loadURL(APP_URL).catch(() => undefined)
  }

  contents.on('did-fail-load', (_, code, description, url, isMainFrame) => {
    if (!isMainFrame || code === ABORTED) return
    const id = report(new Error(`the page ${url} was not loaded: ${description} (${code})`))
    void ask("DuckPond's window cannot be shown", `Its page was not loaded: ${description} (${code}). Report ${id}.`)
  })

  contents.on('render-process-gone', (_, { reason, exitCode }) => {
    if (reason === 'clean-exit') return
    const id = report(new Error(`the page's process ended: ${reason} (${exitCode})`))
    const now = Date.now()
    crashes.push(now)
    while ((crashes[0] ?? now) < now - NEAR_MS) crashes.shift()
    if (crashes.length >= MOST_CRASHES) {
      const times = `It ended ${crashes.length} times in a row (${reason}), and is not loaded again by itself.`
      void ask("DuckPond's window keeps crashing", `${times} What is in the pond is safe. Report ${id}.`)
    } else if (!window.isDestroyed()) {
      load = 'due after a crash'
      setImmediate(revive)
    }
  })

  let waiting: AbortController | undefined
  window.on('unresponsive', () => {
    if (waiting !== undefined) return
    const asking = new AbortController()
    waiting = asking
    void dialog
      .showMessageBox(window, {
        type: 'warning',
        message: "DuckPond's window does not answer",
        detail: 'You can wait for it, or load it again: edits that are not saved come back, running work is stopped.',
        buttons: ['Wait', 'Load it again', 'Quit'],
        defaultId: 0,
        cancelId: 0,
        signal: asking.signal,
      })
      .then(({ response }) => {
        waiting = undefined
        if (asking.signal.aborted || window.isDestroyed() || response === 0) return
        report(new Error('the page did not answer'))
        if (response === 2) return giveUp()
        // What hangs does not let go: its process ends, and that loads the page again.
        contents.forcefullyCrashRenderer()
      })
  })
  window.on('responsive', () => {
    waiting?.abort()
    waiting = undefined
  })
  return {
    get afterCrash() {
      return load === 'after a crash'
    },
  }
}
