/**
 * The entry of the desktop app: what must happen before anything else is loaded, and nothing more.
 * A second start hands its pond to the first and ends.
 */
import { app } from 'electron'
import { registerScheme } from './electron/scheme'

// DuckDB holds a thread of libuv's pool per running query; file access must not wait behind them.
process.env['UV_THREADPOOL_SIZE'] ??= '8'

if (app.requestSingleInstanceLock()) {
  registerScheme()
  void import('./electron').then(({ start }) => start())
} else {
  app.quit()
}
