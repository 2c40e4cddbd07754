/**
 * The app's one window: its look before the page is loaded, its restrictions, and the question before it closes
 * with unsaved edits.
 */
import { BrowserWindow, dialog, nativeTheme, type NativeImage } from 'electron'
import { APP_URL } from './address'

export interface WindowOptions {
  /** Absolute path of the built preload. */
  readonly preload: string
  readonly devTools: boolean
  /** For the task bar where a package brings none; empty where there is none. */
  readonly icon: NativeImage
  /** The user was asked about unsaved edits, and stays. */
  readonly keepsOpen: () => void
}

/** A page that has drawn nothing by now is waited for in a window that can be seen and closed. */
const SHOW_AFTER_MS = 3_000

/** Bounds and display mode come back by the window's name. */
export function openWindow({ preload, devTools, icon, keepsOpen }: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    name: 'main',
    windowStatePersistence: true,
    width: 1360,
    height: 860,
    minWidth: 720,
    minHeight: 480,
    show: false,
    title: 'DuckPond',
    ...(icon.isEmpty() ? {} : { icon }),
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
  const show = (): void => {
    clearTimeout(late)
    if (!window.isDestroyed() && !window.isVisible()) window.show()
  }
  const late = setTimeout(show, SHOW_AFTER_MS)
  window.once('ready-to-show', show)
  window.once('closed', () => clearTimeout(late))
  // Unlike a browser, Electron asks nothing of its own accord: a page that objects could not be closed.
  window.webContents.on('will-prevent-unload', (event) => {
    const chosen = dialog.showMessageBoxSync(window, {
      type: 'question',
      message: 'Close without saving?',
      detail: 'Some files have edits that are not saved as pending changes. They are lost when the window closes.',
      buttons: ['Discard edits', 'Cancel'],
      defaultId: 1,
      cancelId: 1,
    })
    if (chosen === 0) event.preventDefault()
    else keepsOpen()
  })
  // What goes wrong with it comes as an event.
  window.loadURL(APP_URL).catch(() => undefined)
  return window
}
