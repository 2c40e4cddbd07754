/**
 * Finds a Chromium-family browser for the end-to-end tests: one that is named, installed, or in
 * Playwright's cache; and, when asked to, installs one.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
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
