/**
 * The desktop app's wiring, with Electron's objects stood in for by the least that behaves like them:
 * what is ours runs as it is, down to a pond on disk.
 */
import { EventEmitter } from 'node:events'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { connectPort, type Connection } from '../../src/renderer/connect'
import type { HostEvent } from '../../src/shared/contract'

const electron = await vi.hoisted(async () => {
  const { EventEmitter: Emitter } = await import('node:events')
  class Page extends Emitter {
    loaded: string[] = []
    reload = vi.fn()
    setWindowOpenHandler = vi.fn()
  }
  class BrowserWindow extends Emitter {
    static all: BrowserWindow[] = []
    readonly webContents = new Page()
    readonly focus = vi.fn()
    readonly show = vi.fn()
    constructor(readonly options: { webPreferences: Record<string, unknown> } & Record<string, unknown>) {
      super()
      BrowserWindow.all.push(this)
    }
    readonly setProgressBar = vi.fn()
    readonly setDocumentEdited = vi.fn()
    readonly setRepresentedFilename = vi.fn()
    readonly close = vi.fn()
    isDestroyed = () => false
    isMinimized = () => false
    isVisible = () => false
    loadURL = async (url: string) => void this.webContents.loaded.push(url)
  }
  const app = Object.assign(new Emitter(), {
    name: 'DuckPond',
    isPackaged: true,
    isReady: () => true,
    whenReady: async () => undefined,
    addRecentDocument: vi.fn(),
    setAboutPanelOptions: vi.fn(),
    getPath: () => '/home/ada/Downloads',
    quit: vi.fn(),
  })
  const routes = new Map<string, (request: Request) => Promise<Response>>()
  const defaultSession = Object.assign(new Emitter(), {
    setPermissionRequestHandler: vi.fn(),
    setPermissionCheckHandler: vi.fn(),
    setDevicePermissionHandler: vi.fn(),
    protocol: {
      handle: (scheme: string, handler: (request: Request) => Promise<Response>) => routes.set(scheme, handler),
    },
  })
  const Menu = { buildFromTemplate: (template: unknown) => template, setApplicationMenu: vi.fn() }
  const dialog = { showOpenDialog: vi.fn(), showMessageBox: vi.fn() }
  const shell = { showItemInFolder: vi.fn() }
  return {
    app,
    BrowserWindow,
    dialog,
    ipcMain: new Emitter(),
    Menu,
    nativeImage: { createFromPath: () => ({ isEmpty: () => false }) },
    nativeTheme: { shouldUseDarkColors: false },
    protocol: {},
    session: { defaultSession },
    shell,
    routes,
  }
})
vi.mock('electron', () => electron)

let root: string
let page: Connection
const heard: HostEvent[] = []

/** Electron's own end of a port: Node's, with its kind of listeners. */
function knock(frame: { url: string; parent: unknown } | null): { page: MessageChannel['port2']; main: EventEmitter } {
  const { port1, port2 } = new MessageChannel()
  const main = Object.assign(new EventEmitter(), {
    postMessage: (data: unknown) => port1.postMessage(data),
    start: () => port1.on('message', (data: unknown) => main.emit('message', { data })),
    close: () => port1.close(),
  })
  port1.on('close', () => main.emit('close'))
  electron.ipcMain.emit('duckpond:port', { ports: [main], senderFrame: frame })
  return { page: port2, main }
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 300 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(holds()).toBe(true)
}

interface Item {
  readonly id?: string
  readonly label?: string
  readonly submenu?: Item[]
  readonly click?: () => void
}
const menu = () => (electron.Menu.setApplicationMenu.mock.lastCall?.[0] ?? []) as Item[]
const itemsOf = (label: string) => menu().find((item) => item.label === label)?.submenu ?? []

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'duckpond-electron-')))
  await mkdir(join(root, 'renderer'))
  await writeFile(join(root, 'renderer', 'index.html'), '<title>the page</title>')
  vi.stubEnv('DUCKPOND_CONFIG', join(root, 'config'))
  vi.spyOn(process, 'on').mockReturnThis()
  process.argv = ['/opt/DuckPond', join(root, 'asked')]
  const { start } = await import('../../src/main/electron')
  await start(join(root, 'renderer'))
  const port = knock({ url: 'pond://app/', parent: null }).page as unknown as Parameters<typeof connectPort>[0]
  page = connectPort(port, { pathForFile: () => '' })
  page.follow(
    (api, signal) => api.host.events(undefined, { signal }),
    (event) => heard.push(event),
  )
})
afterAll(async () => {
  page.close()
  vi.unstubAllEnvs()
  await rm(root, { recursive: true, force: true })
})

describe('the desktop app', () => {
  it('opens one window on its own page, locked as the checklist wants', () => {
    const [window, ...others] = electron.BrowserWindow.all
    expect(others).toEqual([])
    expect(window?.webContents.loaded).toEqual(['pond://app/'])
    expect(window?.options['webPreferences']).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      preload: join(root, 'preload', 'index.js'),
    })
  })

  it('serves the page and the byte plane under its scheme', async () => {
    const route = electron.routes.get('pond')
    expect(await (await route?.(new Request('pond://app/')))?.text()).toContain('the page')
    const bytes = await route?.(new Request('pond://app/bytes/x/content?path=/a&at=head'))
    expect(await bytes?.json()).toMatchObject({ code: 'api.no-pond' })
  })

  it('speaks to its page, which learns of the pond that was asked for', async () => {
    const info = await page.api.host.info()
    expect(info).toMatchObject({ kind: 'electron', startPond: join(root, 'asked') })
    const { path } = await page.api.pond.create({ path: join(root, 'asked') })
    expect(electron.app.addRecentDocument).toHaveBeenCalledWith(path)
    await until(() => itemsOf('Pond').some((item) => item.label === 'Open recent' && item.submenu?.length === 1))
  })

  it('does not listen to anybody else', async () => {
    for (const frame of [{ url: 'https://evil.example/', parent: null }, { url: 'pond://app/', parent: {} }, null]) {
      const { page: port } = knock(frame)
      await new Promise((resolve) => port.once('close', resolve))
    }
  })

  it("shows the page's commands in its menu and sends back what is chosen", async () => {
    const commands = [{ id: 'sql.run', title: 'Run', group: 'SQL', key: 'mod+Enter', enabled: true }]
    await page.api.host.showCommands({ commands })
    await until(() => itemsOf('SQL').length > 0)
    itemsOf('SQL')
      .find((item) => item.id === 'sql.run')
      ?.click?.()
    await until(() => heard.length > 0)
    expect(heard).toEqual([{ kind: 'command', id: 'sql.run' }])
  })

  it('takes the pond of a second start into its window', async () => {
    electron.app.emit('second-instance', {}, ['/opt/DuckPond', 'other'], root)
    await until(() => heard.length > 1)
    expect(heard[1]).toEqual({ kind: 'open-pond', path: join(root, 'other') })
    expect(electron.BrowserWindow.all).toHaveLength(1)
    expect(electron.BrowserWindow.all[0]?.focus).toHaveBeenCalled()
  })

  it('remembers where a folder was chosen, because the dialog does not', async () => {
    electron.dialog.showOpenDialog.mockResolvedValueOnce({ filePaths: [root] }).mockResolvedValueOnce({ filePaths: [] })
    expect(await page.api.host.chooseFolder({ title: 'Open' })).toEqual({ path: root })
    expect(await page.api.host.chooseFolder({ title: 'Open' })).toEqual({ path: null })
    expect(electron.dialog.showOpenDialog.mock.lastCall?.at(-1)).toMatchObject({ title: 'Open', defaultPath: root })
  })

  it('holds its window while work is under way, has the page ask, and goes by its answer', async () => {
    const [window] = electron.BrowserWindow.all
    const close = () => {
      const preventDefault = vi.fn()
      window?.emit('close', { preventDefault })
      return preventDefault.mock.calls.length > 0
    }
    expect(close()).toBe(false)
    await page.api.host.showWork({ tasks: [{ title: 'Importing', fraction: 0.25 }], unsaved: 1 })
    expect(window?.setProgressBar).toHaveBeenLastCalledWith(0.25)
    expect(window?.setDocumentEdited).toHaveBeenLastCalledWith(true)
    const before = heard.length
    expect(close()).toBe(true)
    await until(() => heard.length > before)
    expect(heard.at(-1)).toEqual({ kind: 'close-wanted' })
    await page.api.host.answerClose({ close: false })
    expect(window?.close).not.toHaveBeenCalled()
    expect(close()).toBe(true)
    await page.api.host.answerClose({ close: true })
    expect(window?.close).toHaveBeenCalledOnce()
    expect(close()).toBe(false)
    await page.api.host.showWork({ tasks: [], unsaved: 0 })
    expect(window?.setProgressBar).toHaveBeenLastCalledWith(-1)
  })

  it("shows files in the system's own file browser", async () => {
    expect(await page.api.host.showInFolder({ path: root })).toEqual({ shown: true })
    expect(electron.shell.showItemInFolder).toHaveBeenCalledWith(root)
  })

  it('closes its ponds before it quits', async () => {
    const prevented = vi.fn()
    electron.app.emit('will-quit', { preventDefault: prevented })
    expect(prevented).toHaveBeenCalledOnce()
    await until(() => electron.app.quit.mock.calls.length > 0)
    await expect(page.api.pond.info()).rejects.toMatchObject({ code: 'api.no-pond' })
    electron.app.emit('will-quit', { preventDefault: prevented })
    expect(prevented).toHaveBeenCalledOnce()
  })
})
