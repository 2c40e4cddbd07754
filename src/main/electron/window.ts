/** The app's one window: its look before the page is there, its locks, and what it does when the page dies. */
import { BrowserWindow, dialog, nativeTheme } from 'electron'
import { APP_URL } from './route'

export interface WindowOptions {
  /** Absolute path of the built preload. */
  readonly preload: string
  readonly devTools: boolean
  readonly report: (error: unknown) => string
}

/** Bounds and display mode come back by the window's name. */
export function openWindow({ preload, devTools, report }: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    name: 'main',
    windowStatePersistence: true,
    width: 1360,
    height: 860,
    minWidth: 720,
    minHeight: 480,
    show: false,
    title: 'DuckPond',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#15191b' : '#f7f9f9',
    webPreferences: {
      preload,
      devTools,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => window.show())
  window.webContents.on('render-process-gone', (_, { reason, exitCode }) => {
    if (reason === 'clean-exit') return
    report(new Error(`the page's process ended: ${reason} (${exitCode})`))
    if (!window.isDestroyed()) window.webContents.reload()
  })
  // Unlike a browser, Electron asks nothing of its own accord: a page that objects could not be closed.
  window.webContents.on('will-prevent-unload', (event) => {
    const chosen = dialog.showMessageBoxSync(window, {
      type: 'question',
      message: 'Close without saving?',
      detail: 'Some files have edits that are not saved as pending changes. They are lost when the window closes.',
      buttons: ['Drop edits', 'Cancel'],
      defaultId: 1,
      cancelId: 1,
    })
    if (chosen === 0) event.preventDefault()
  })
  void window.loadURL(APP_URL)
  return window
}
