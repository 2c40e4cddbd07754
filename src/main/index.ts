/**
 * The entry of the desktop app: what must happen before anything else is loaded, and nothing more, because a second
 * start only hands its pond to the first and ends.
 */
import { app, crashReporter, dialog } from 'electron'
import { registerScheme } from './electron/privileges'

// DuckDB holds a thread of libuv's pool per running query; file access must not wait behind them.
process.env['UV_THREADPOOL_SIZE'] ??= '8'

if (app.requestSingleInstanceLock()) {
  // Kept on this machine alone.
  crashReporter.start({ uploadToServer: false })
  registerScheme()
  import('./electron').then(({ start }) => start()).catch(failToStart)
} else {
  app.quit()
}

/** A start that fails must not stay as a process without a window, which every later start would hand itself to. */
async function failToStart(error: unknown): Promise<void> {
  const why = error instanceof Error ? error.message : String(error)
  // Before then a box has no window system to be shown in.
  await app.whenReady()
  dialog.showErrorBox('DuckPond could not start', why)
  app.exit(1)
}
