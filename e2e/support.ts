/**
 * What every spec stands on: a real host of the built app on a temporary folder, a page on it, the
 * command line beside it, and real data. Nothing is mocked. The same spec runs in a browser on the localhost
 * host and in the desktop window; one that is about one of them says so by `only`.
 */
import AxeBuilder from '@axe-core/playwright'
import { test as base, expect, type Download, type Page } from '@playwright/test'
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { copyFile, mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Pond } from '../src/main/library'
import { Desktops, dropByPath, ROOT } from './desktop'

const POND = join(ROOT, 'out/main/pond.js')
const LIBRARY = join(ROOT, 'out/main/library.js')
const DATA = join(ROOT, 'node_modules/vega-datasets/data')

export type HostKind = 'web' | 'electron'

/** Absolute path of a data set. */
export const dataFile = (name: string): string => join(DATA, name)

export interface Host {
  readonly url: string
  stop(signal?: NodeJS.Signals): Promise<void>
}

export class Workplace {
  readonly folder: string
  /** Null in a browser. */
  readonly desktops: Desktops | null
  readonly #hosts: { stop(): Promise<void> }[] = []

  constructor(folder: string, desktops: Desktops | null) {
    this.folder = folder
    this.desktops = desktops
  }

  path(...names: string[]): string {
    return join(this.folder, ...names)
  }

  get env(): NodeJS.ProcessEnv {
    return { ...process.env, DUCKPOND_CONFIG: this.path('config'), HOME: this.folder, NO_COLOR: '1', TZ: 'UTC' }
  }

  /**
   * Makes a pond, with what a spec needs in it before it begins, by the library: a process for each command would be
   * half the time of a small spec. What somebody else does while the app runs is done by the command line.
   */
  async make(name: string, fill: (pond: Pond) => Promise<unknown> = () => Promise.resolve()): Promise<void> {
    const { createPond } = (await import(LIBRARY)) as typeof import('../src/main/library')
    const pond = await createPond(this.path(name))
    try {
      await fill(pond)
    } finally {
      await pond.close()
    }
  }

  /** Runs the command line; its standard output. */
  async pond(pond: string, ...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [POND, '--pond', this.path(pond), ...args], {
      env: this.env,
      cwd: this.folder,
      maxBuffer: 1 << 26,
    })
    return stdout
  }

  async pondJson<T>(pond: string, ...args: string[]): Promise<T> {
    return JSON.parse(await this.pond(pond, ...args, '--json')) as T
  }

  /**
   * Serves the app on a pond, or without one, until stopped; `sameAddress` as a start without a port does. @param
   * built absolute: the folder of another build, for browsers alone
   */
  async serve(pond: string | null = null, { sameAddress = false, built = join(ROOT, 'out') } = {}): Promise<Host> {
    if (this.desktops !== null) {
      const desktop = await this.desktops.start({
        pond: pond === null ? null : this.path(pond),
        env: this.env,
        folder: this.folder,
      })
      this.#hosts.push(desktop)
      return { url: 'pond://app/', stop: desktop.stop }
    }
    const port = sameAddress ? [] : ['--port', '0']
    const at = pond === null ? [] : ['--pond', this.path(pond)]
    const args = [join(built, 'main/pond.js'), ...at, 'serve', ...port, '--json']
    const child = spawn(process.execPath, args, { env: this.env, cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] })
    const host = { url: await ready(child), stop: (signal: NodeJS.Signals = 'SIGINT') => stop(child, signal) }
    this.#hosts.push(host)
    return host
  }

  /** An empty file of its own. */
  async fresh(name: string): Promise<string> {
    const file = join(await mkdtemp(this.path(`${name}-`)), name)
    await writeFile(file, '')
    return file
  }

  /** Ends a process with this place. */
  closesToo(child: ChildProcess): void {
    this.#hosts.push({ stop: () => stop(child, 'SIGKILL') })
  }

  async close(): Promise<void> {
    for (const host of this.#hosts) await host.stop()
    await rm(this.folder, { recursive: true, force: true })
  }
}

function ready(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = ''
    let complaints = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (out.includes('\n')) resolve((JSON.parse(out) as { url: string }).url)
    })
    child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
    child.on('exit', (code) => reject(new Error(`the host ended with ${code}: ${complaints}`)))
  })
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await ended
}

export const test = base.extend<{ place: Workplace }, { hostKind: HostKind; desktops: Desktops | null }>({
  hostKind: ['web', { option: true, scope: 'worker' }],
  desktops: [async ({ hostKind }, use) => use(hostKind === 'electron' ? new Desktops() : null), { scope: 'worker' }],
  // The desktop app needs no browser: none is started for it.
  browser: [
    async ({ desktops, playwright, browserName }, use) => {
      if (desktops !== null) return use(undefined as never)
      const browser = await playwright[browserName].launch()
      await use(browser)
      await browser.close()
    },
    { scope: 'worker' },
  ],
  context: async ({ desktops, browser, viewport, acceptDownloads }, use) => {
    if (desktops !== null) return use(desktops.context)
    const context = await browser.newContext({ viewport, acceptDownloads })
    await use(context)
    await context.close()
  },
  page: async ({ desktops, context }, use) => use(desktops?.page ?? (await context.newPage())),
  place: async ({ desktops }, use) => {
    const place = new Workplace(await mkdtemp(join(tmpdir(), 'pond-e2e-')), desktops)
    await mkdir(place.path('config'))
    await use(place)
    await place.close()
  },
})

/** For a spec that is about one host: it is skipped in the other, for this reason. */
export function only(host: HostKind, place: Workplace, why: string): void {
  const other = host === 'web' ? place.desktops !== null : place.desktops === null
  test.skip(other, why)
}

export { expect }

/** What axe finds wrong with a page, as text. The page has no frames: all of it can be examined where it is, without another page. */
export async function violationsOf(page: Page, { desktops }: Workplace): Promise<string[]> {
  const axe = new AxeBuilder({ page: desktops?.last.window ?? page }).setLegacyMode()
  const { violations } = await axe.options({ resultTypes: ['violations'] }).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** The download that something leads to, which may have to be saved by hand if it took long. */
export async function downloadOf(page: Page, act: () => Promise<void>): Promise<Download> {
  const downloading = page.waitForEvent('download')
  await act()
  const byHand = page
    .getByRole('alert')
    .getByRole('button', { name: /^Save / })
    .click()
    .then(() => downloading)
  // One of the two never comes.
  byHand.catch(() => undefined)
  return Promise.race([downloading, byHand])
}

/** Drops files of this machine on an element, as a person drags them in. */
export async function drop(
  page: Page,
  selector: string,
  files: readonly { readonly name: string; readonly path: string }[],
): Promise<void> {
  if (await page.evaluate(() => 'duckpond' in window)) {
    const paths = await Promise.all(files.map(({ name, path }) => named(name, path)))
    return dropByPath(page, selector, paths)
  }
  const transfer = await page.evaluateHandle(() => new DataTransfer())
  for (const { name, path } of files) {
    const content = (await readFile(path)).toString('base64')
    await transfer.evaluate(
      (data, { fileName, base64 }) => {
        const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
        data.items.add(new File([bytes], fileName))
      },
      { fileName: name, base64: content },
    )
  }
  for (const type of ['dragenter', 'dragover', 'drop'])
    await page.dispatchEvent(selector, type, { dataTransfer: transfer })
}

/** A dropped file has the name it has on this machine: under another one it is another file. */
async function named(name: string, path: string): Promise<string> {
  if (basename(path) === name) return path
  const copy = join(await mkdtemp(join(dirname(path), 'dropped-')), name)
  await copyFile(path, copy)
  return copy
}

/** Opens the navigator's folder or file of this name. */
export function treeItem(page: Page, name: string | RegExp) {
  return page.getByRole('tree', { name: 'Navigator' }).getByRole('treeitem', { name })
}

const SHOTS = process.env['POND_SHOTS']

/** Keeps a picture of a step in both themes, where asked to: `POND_SHOTS=folder npm run e2e`. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (!SHOTS) return
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.waitForTimeout(150)
    await page.screenshot({ path: join(SHOTS, `${name}-${scheme}.png`) })
  }
  await page.emulateMedia({ colorScheme: 'light' })
}
