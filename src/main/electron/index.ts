/**
 * The desktop app: one window on the engine in this process. Everything that knows Electron is in
 * this folder; what can be decided without it (routes, policy, menu, arguments) is kept pure.
 */
import { app, dialog, ipcMain, Menu, session, type BrowserWindow } from 'electron'
import { join } from 'node:path'
import type { HostCommand } from '../../shared/contract'
import { PRODUCT_VERSION } from '../../shared/version'
import { configFolder, createBytePlane, findRendererFolder, Hub, isPond, listRenderer } from '../api'
import { nodeDiagnostics, nodeStorage, nodeWorld } from '../platform/node'
import { pondArgument } from './arguments'
import { guardPages, guardSession } from './guard'
import { menuTemplate } from './menu'
import { servePorts } from './port'
import { electronProcesses } from './processes'
import { serveScheme } from './scheme'
import { openWindow } from './window'

/** @param rendererFolder the built page; its sibling is the built preload */
export async function start(rendererFolder = findRendererFolder(import.meta.dirname)): Promise<void> {
  guardPages(app)
  const diagnostics = await nodeDiagnostics()
  const report = (error: unknown) => diagnostics.report(error)
  process.on('uncaughtException', report)
  process.on('unhandledRejection', report)

  const renderer = await listRenderer(rendererFolder)
  const devTools = !app.isPackaged
  const preload = join(rendererFolder, '..', 'preload', 'index.js')
  let window: BrowserWindow | undefined
  let commands: readonly HostCommand[] = []
  let asked = pondArgument({ argv: process.argv, workingDirectory: process.cwd(), isPackaged: app.isPackaged })

  const hub: Hub = new Hub({
    kind: 'electron',
    productVersion: PRODUCT_VERSION,
    get startPond() {
      return asked
    },
    configFolder: configFolder(),
    worldAt: (folder) =>
      nodeWorld({
        storage: nodeStorage(folder),
        log: diagnostics.log,
        command: 'DuckPond',
        processes: electronProcesses(),
      }),
    report,
    chooseFolder: (title) => chooseFolder(window, hub, title),
    showCommands: (_, shown) => {
      commands = shown
      void refreshMenu()
    },
    opened: (folder) => {
      app.addRecentDocument(folder)
      void refreshMenu()
    },
  })

  const refreshMenu = async (): Promise<void> => {
    const template = menuTemplate({
      platform: process.platform,
      productName: app.name,
      commands,
      recent: await hub.config.recent(),
      devTools,
      run: (id) => hub.tell({ kind: 'command', id }),
      openPond: (path) => hub.tell({ kind: 'open-pond', path }),
    })
    Menu.setApplicationMenu(Menu.buildFromTemplate(template))
  }
  const show = (): void => {
    if (window === undefined || window.isDestroyed()) window = openWindow({ preload, devTools, report })
    else if (window.isMinimized()) window.restore()
    window.focus()
  }
  const openFromOutside = (path: string | null): void => {
    asked = path
    if (!app.isReady()) return
    show()
    if (path !== null) hub.tell({ kind: 'open-pond', path })
  }

  app.on('second-instance', (_, argv, workingDirectory) => {
    openFromOutside(pondArgument({ argv, workingDirectory, isPackaged: app.isPackaged }))
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    void isPond(path).then((yes) => yes && openFromOutside(path))
  })
  app.on('activate', show)
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  closeBeforeQuitting(hub, report)

  await app.whenReady()
  guardSession(session.defaultSession)
  serveScheme(session.defaultSession, { renderer, bytes: createBytePlane(hub) })
  await servePorts(ipcMain, hub)
  await refreshMenu()
  show()
}

/** Ponds are closed in order before the process goes, however it is asked to. */
function closeBeforeQuitting(hub: Hub, report: (error: unknown) => string): void {
  let isClosed = false
  app.on('will-quit', (event) => {
    if (isClosed) return
    event.preventDefault()
    void hub
      .close()
      .catch(report)
      .finally(() => {
        isClosed = true
        app.quit()
      })
  })
}

/** Electron's dialogs do not remember where they were: we do. */
async function chooseFolder(window: BrowserWindow | undefined, hub: Hub, title: string): Promise<string | null> {
  const last = await hub.config.read('chosen-folder')
  const options: Electron.OpenDialogOptions = {
    title,
    properties: ['openDirectory', 'createDirectory'],
    ...(typeof last === 'string' ? { defaultPath: last } : {}),
  }
  const { filePaths } = await (window === undefined
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options))
  const [path] = filePaths
  if (path === undefined) return null
  await hub.config.write('chosen-folder', path)
  return path
}
