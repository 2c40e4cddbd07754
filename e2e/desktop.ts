/**
 * The desktop app as the specs have it: `start` launches it in a real Electron, and `page` is the window of the one
 * that was launched last, whatever was launched before.
 */
import { _electron, type BrowserContext, type Download, type ElectronApplication, type Page } from '@playwright/test'
import type { ChildProcess } from 'node:child_process'
import { copyFile, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const ROOT = join(__dirname, '..')

export interface DesktopOptions {
  /** Absolute path of a pond, or none. */
  readonly pond: string | null
  readonly env: NodeJS.ProcessEnv
  readonly folder: string
  /** Default: the checkout's own. */
  readonly app?: string
}

export interface Desktop {
  readonly app: ElectronApplication
  readonly window: Page
  /** Without a signal, as *Quit* does but without a question. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

interface Saved {
  readonly name: string
  readonly to: string
}

/** An app that does not end by itself this soon is killed, so that the specs after it can run. */
const END_TIMEOUT_MS = 15_000
const DOWNLOAD_TIMEOUT_MS = 30_000

export class Desktops {
  #last: Desktop | undefined
  #shown = new WeakSet<Page>()
  /** Downloads of the last app that specs have asked for. */
  #taken = 0

  get last(): Desktop {
    if (this.#last === undefined) throw new Error('the desktop app was not started: call place.serve() first')
    return this.#last
  }

  async start({ pond, env, folder, app: root = ROOT }: DesktopOptions): Promise<Desktop> {
    const app = await _electron.launch({
      // Chromium has no sandbox for root, which is what a container runs as.
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root, ...(pond === null ? [] : [pond])],
      env: Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)),
      cwd: folder,
    })
    const window = await app.firstWindow()
    await saveDownloadsTo(app, await mkdtemp(join(folder, 'downloads-')))
    const child = app.process()
    this.#taken = 0
    this.#last = { app, window, stop: (signal) => stop(app, child, signal) }
    return this.#last
  }

  /** The window that is there when it is asked for something: specs name it before they start the app. */
  readonly page: Page = standIn(() => this.last.window, {
    // Starting the app has opened its page; going there again is loading it again.
    goto: async () => {
      const { window } = this.last
      if (this.#shown.has(window)) await window.reload()
      else await window.waitForLoadState('load')
      this.#shown.add(window)
      return null
    },
    waitForEvent: ((event: 'console') =>
      (event as string) === 'download'
        ? this.#download()
        : this.last.window.waitForEvent(event)) as Page['waitForEvent'],
  })

  readonly context: BrowserContext = standIn(() => this.last.window.context(), {})

  /** Drops files on the window as the system does. */
  drop(selector: string, paths: readonly string[]): Promise<void> {
    return dropByPath(this.last.window, selector, paths)
  }

  /** Answers the system's folder dialog from now on; null cancels it. */
  async chooseFolder(path: string | null): Promise<void> {
    await this.last.app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = async () => ({ canceled: chosen === null, filePaths: chosen === null ? [] : [chosen] })
    }, path)
  }

  /** The next download, which Electron saves by itself, unlike a browser that Playwright drives. */
  async #download(): Promise<Download> {
    const { app } = this.last
    const saved = () => app.evaluate(() => (globalThis as unknown as { specDownloads: Saved[] }).specDownloads)
    // In the order they come: one that is fast is there before it can be waited for.
    const index = this.#taken++
    const deadline = Date.now() + DOWNLOAD_TIMEOUT_MS
    while (Date.now() < deadline) {
      const one = (await saved())[index]
      if (one !== undefined) {
        const download = {
          suggestedFilename: () => one.name,
          path: async () => one.to,
          saveAs: (to: string) => copyFile(one.to, to),
        }
        return download as Download
      }
      await sleep(50)
    }
    throw new Error('nothing was downloaded')
  }
}

async function stop(app: ElectronApplication, child: ChildProcess, signal: NodeJS.Signals | undefined): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  if (signal !== undefined) child.kill(signal)
  // Windows go without being asked, so that no question about unsaved edits waits for an answer.
  else {
    await app
      .evaluate(({ app: it, BrowserWindow }) => {
        setTimeout(() => {
          for (const window of BrowserWindow.getAllWindows()) window.destroy()
          it.quit()
        }, 0)
      })
      .catch(() => undefined)
  }
  const late = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS)
  await ended
  clearTimeout(late)
}

function saveDownloadsTo(app: ElectronApplication, folder: string): Promise<void> {
  return app.evaluate(({ session }, to) => {
    const saved: Saved[] = []
    Object.assign(globalThis, { specDownloads: saved })
    session.defaultSession.on('will-download', (_, item) => {
      const path = `${to}/${item.getFilename()}`
      item.setSavePath(path)
      item.once('done', (_event, state) => {
        if (state === 'completed') saved.push({ name: item.getFilename(), to: path })
      })
    })
  }, folder)
}

/** By which a stand-in gives what it stands in for. */
const REAL = Symbol('real')

function standIn<T extends object>(real: () => T, answers: Partial<T>): T {
  return new Proxy({} as T, {
    get: (_, key) => {
      // Whoever awaits it must not take it for a promise.
      if (key === 'then') return undefined
      if (key === REAL) return real()
      if (key in answers) return answers[key as keyof T]
      const value: unknown = Reflect.get(real(), key)
      return typeof value === 'function' ? (value.bind(real()) as unknown) : value
    },
  })
}

/** Drops files as the system does: then they have paths, which those that a script makes have not. */
export async function dropByPath(window: Page, selector: string, paths: readonly string[]): Promise<void> {
  const box = await window.locator(selector).first().boundingBox()
  if (box === null) throw new Error(`expected ${selector} in the window, found nothing to drop on`)
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  const real = (window as Page & { readonly [REAL]?: Page })[REAL] ?? window
  const devtools = await real.context().newCDPSession(real)
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', { type, ...at, data })
  }
  await devtools.detach()
}
