/**
 * The desktop app: one window on the engine in this process. Everything that knows Electron is in
 * this folder; what can be decided without it (routes, policy, menu, arguments) is kept pure.
 */
import { app, dialog, ipcMain, Menu, nativeImage, session, shell, type BrowserWindow } from 'electron'
import { join } from 'node:path'
import type { HostCommand } from '../../shared/contract'
import { PRODUCT_VERSION } from '../../shared/version'
import { createBytePlane, findRendererFolder, Hub, isPond, listRenderer } from '../api'
import { configFolder, nodeDiagnostics, nodeStorage, nodeWorld } from '../platform/node'
import { pondArgument, restartArguments } from './arguments'
import { reportChildren } from './children'
import { serveContextMenu } from './context-menu'
import { nameDownloads } from './downloads'
import { Ending } from './ending'
import { guardPages, guardSession } from './guard'
import { menuTemplate } from './menu'
import { watchPage, type PageHealth } from './page-health'
import { servePorts } from './port'
import { electronProcesses } from './processes'
import { endOnFault, reportsIn } from './reports'
import { serveScheme } from './scheme'
import { openWindow } from './window'
import { WindowWork } from './work'

/** @param rendererFolder the built page; its sibling is the built preload */
export async function start(rendererFolder = findRendererFolder(import.meta.dirname)): Promise<void> {
  guardPages(app)
  const diagnostics = await nodeDiagnostics()
  const reports = reportsIn(join(configFolder(), 'reports'), diagnostics, productAndMachine())
  const { report } = reports
  endOnFault(reports, (message) => void endWith('DuckPond has to end', message))
  reportChildren(app, report)
  const iconFile = join(rendererFolder, '..', '..', 'resources', 'icon.png')
  app.setAboutPanelOptions({
    iconPath: iconFile,
    applicationName: app.name,
    applicationVersion: PRODUCT_VERSION,
    version: `Electron ${process.versions.electron}`,
    copyright: 'Apache-2.0',
  })

  const renderer = await listRenderer(rendererFolder)
  const devTools = !app.isPackaged
  const preload = join(rendererFolder, '..', 'preload', 'index.js')
  let window: BrowserWindow | undefined
  let commands: readonly HostCommand[] = []
  let health: PageHealth | undefined
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
    get afterCrash() {
      return health?.afterCrash ?? false
    },
    warn: (event, fields) => diagnostics.log.warn(event, fields),
    chooseFolder: (title) => chooseFolder(window, hub, title),
    showInFolder: (path) => shell.showItemInFolder(path),
    showWork: (_, shown) => work.show(shown),
    answerClose: (close) => work.answer(close),
    showCommands: (_, shown) => {
      commands = shown
      void refreshMenu()
    },
    opened: (folder) => {
      app.addRecentDocument(folder)
      window?.setRepresentedFilename(folder)
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
      showReports: () => shell.showItemInFolder(reports.folder),
    })
    Menu.setApplicationMenu(Menu.buildFromTemplate(template))
  }
  const work = new WindowWork(app, () => hub.tell({ kind: 'close-wanted' }))
  const ending = new Ending(app, {
    close: () => hub.close(),
    report,
    argumentsFor: (pond) =>
      restartArguments({ argv: process.argv, appPath: app.isPackaged ? null : app.getAppPath(), pond }),
  })
  const show = (): void => {
    if (window === undefined || window.isDestroyed()) {
      window = openWindow({
        preload,
        devTools,
        icon: nativeImage.createFromPath(iconFile),
        keepsOpen: () => work.stay(),
      })
      health = watchPage(window, { report, giveUp: () => app.exit(1) })
      work.watch(window)
      serveContextMenu(window)
    } else if (window.isMinimized()) window.restore()
    window.focus()
  }
  const openFromOutside = (path: string | null): void => {
    if (ending.takesOver(path)) return
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

  await app.whenReady()
  guardSession(session.defaultSession)
  await nameDownloads(session.defaultSession, {
    config: hub.config,
    firstFolder: app.getPath('downloads'),
    tell: (event) => hub.tell(event),
  })
  serveScheme(session.defaultSession, { renderer, bytes: createBytePlane(hub) })
  await servePorts(ipcMain, hub)
  await refreshMenu()
  show()
}

/** Says why, and ends with a failure. */
async function endWith(title: string, message: string): Promise<void> {
  // Before then a box has no window system to be shown in.
  await app.whenReady()
  dialog.showErrorBox(title, message)
  app.exit(1)
}

const productAndMachine = (): string =>
  `DuckPond ${PRODUCT_VERSION}, Electron ${process.versions.electron}, ${process.platform} ${process.arch}`

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
