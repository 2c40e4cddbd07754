/**
 * Finds a Chromium-family browser for the end-to-end tests: one that is named, installed, or in
 * Playwright's cache; and, when asked to, installs one. Also says whether Electron's binary is here.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { findBrowser as findInstalled } from '../src/main/web/open'

/** The browser's executable; undefined where there is none. `CHROME_PATH` wins. */
export function findBrowser(): string | undefined {
  const named = process.env['CHROME_PATH']
  if (named !== undefined && existsSync(named)) return named
  return findInstalled() ?? playwrightCache().find((path) => existsSync(path))
}

function playwrightCache(): string[] {
  const system = process.platform
  const cache =
    process.env['PLAYWRIGHT_BROWSERS_PATH'] ??
    (system === 'darwin'
      ? join(homedir(), 'Library/Caches/ms-playwright')
      : system === 'win32'
        ? join(process.env['LOCALAPPDATA'] ?? homedir(), 'ms-playwright')
        : join(homedir(), '.cache/ms-playwright'))
  if (!existsSync(cache)) return []
  return readdirSync(cache)
    .filter((folder) => folder.startsWith('chromium-'))
    .sort()
    .reverse()
    .flatMap((folder) =>
      [
        'chrome-linux/chrome',
        'chrome-linux64/chrome',
        'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
        'chrome-win/chrome.exe',
        'chrome-win64/chrome.exe',
      ].map((executable) => join(cache, folder, executable)),
    )
}

/** Finds a browser or installs one: Playwright's own, else Debian's where we are root. */
export function mustFindBrowser(): string {
  const found = findBrowser()
  if (found !== undefined) return found
  const attempts: readonly (readonly [string, ...string[]])[] = [
    ['npx', 'playwright', 'install', 'chromium'],
    ...(process.getuid?.() === 0 && existsSync('/etc/debian_version')
      ? ([
          ['apt-get', 'update', '-qq'],
          ['apt-get', 'install', '-y', '-qq', 'chromium'],
        ] as const)
      : []),
  ]
  for (const [command, ...args] of attempts) {
    console.error(`no browser found; trying: ${[command, ...args].join(' ')}`)
    spawnSync(command, args, { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
    const installed = findBrowser()
    if (installed !== undefined) return installed
  }
  throw new Error('no Chromium-family browser found and none could be installed: set CHROME_PATH to one')
}

/** Whether Electron's binary has been downloaded; asking must not download it. */
export function hasElectron(): boolean {
  const overridden = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (overridden !== undefined) return existsSync(overridden)
  const folder = dirname(createRequire(__filename).resolve('electron/package.json'))
  return existsSync(join(folder, 'path.txt')) && existsSync(join(folder, 'dist'))
}
