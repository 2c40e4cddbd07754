/**
 * A browser window that looks like the app's own: an installed Chromium-family browser in app mode,
 * with a profile of its own so that it neither joins nor disturbs the user's browser.
 */
import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

type Environment = Readonly<Record<string, string | undefined>>

export interface AppWindow {
  /** Resolves when the user has closed the window. */
  readonly closed: Promise<void>
  /** Closes the window. Idempotent. */
  close(): void
}

/** A browser that lives this long has its window. */
const OPENED_AFTER_MS = 1_500

const LINUX_NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'brave-browser',
  'microsoft-edge',
  'microsoft-edge-stable',
  'vivaldi-stable',
]
const MAC_APPS = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser', 'Vivaldi']
const WINDOWS_PLACES = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
  'BraveSoftware\\Brave-Browser\\Application\\brave.exe',
]

/** Where on this platform such a browser may be, best first. Pure. */
export function browserPlaces(platform: string, env: Environment): readonly string[] {
  if (platform === 'darwin') {
    const home = env['HOME'] === undefined ? [] : [join(env['HOME'], 'Applications')]
    return ['/Applications', ...home].flatMap((folder) =>
      MAC_APPS.map((app) => `${folder}/${app}.app/Contents/MacOS/${app}`),
    )
  }
  if (platform === 'win32') {
    const roots = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']]
    return roots.flatMap((root) => (root === undefined ? [] : WINDOWS_PLACES.map((place) => `${root}\\${place}`)))
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/'))
  return LINUX_NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
}

/** The first such browser that is installed; undefined when there is none. */
export function findBrowser(platform: string = process.platform, env: Environment = process.env): string | undefined {
  return browserPlaces(platform, env).find((place) => {
    try {
      accessSync(place, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Whether a window could be seen at all. */
export function hasDisplay(platform: string = process.platform, env: Environment = process.env): boolean {
  if (platform === 'darwin' || platform === 'win32') return env['SSH_CONNECTION'] === undefined
  return Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY'])
}

/**
 * Undefined where the browser ends at once, because it has no window to show: keep serving then.
 * @param browser an executable of the Chromium family
 */
export async function openAppWindow(browser: string, url: string): Promise<AppWindow | undefined> {
  const profile = await mkdtemp(join(tmpdir(), 'duckpond-window-'))
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox', '--test-type'] : []
  const args = [
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-sync',
    '--window-size=1360,860',
    ...asRoot,
  ]
  const child = spawn(browser, args, { stdio: 'ignore' })
  const ended = new Promise<'ended'>((resolve) => {
    child.once('exit', () => resolve('ended'))
    child.once('error', () => resolve('ended'))
  })
  const closed = ended.then(() => rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }))
  // A folder that cannot be removed is the system's to clean up.
  closed.catch(() => undefined)
  const first = await Promise.race([ended, sleep(OPENED_AFTER_MS, undefined, { ref: false })])
  return first === 'ended' ? undefined : { closed, close: () => void child.kill() }
}
