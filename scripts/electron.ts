/** Electron's binary, in the version that package.json pins, and what starts the app in it. Asking for it never downloads, fetching does. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { hasDisplay } from '../src/main/web/open'

export const ROOT = dirname(__dirname)
/** What builds the app. */
export const BUILDER = join(packageFolderOf('electron-vite'), 'bin/electron-vite.js')

const FETCH_TIMEOUT_MS = 120_000
/** Where the `electron` package and Playwright look for the binary instead. */
export const OVERRIDE = 'ELECTRON_OVERRIDE_DIST_PATH'

const packageFolder = packageFolderOf('electron')

/** Whether the binary that package.json pins has been downloaded, or another was named. */
export function hasElectron(): boolean {
  const overridden = process.env[OVERRIDE]
  if (overridden !== undefined) return existsSync(overridden)
  return existsSync(join(packageFolder, 'path.txt')) && existsSync(join(packageFolder, 'dist'))
}

/** Downloads the pinned binary unless it is here. Returns why there is none, undefined where there is. */
export function fetchElectron(): string | undefined {
  if (hasElectron()) return undefined
  const { status, error } = spawnSync(process.execPath, [join(packageFolder, 'install.js')], {
    stdio: 'ignore',
    timeout: FETCH_TIMEOUT_MS,
  })
  if (status === 0 && hasElectron()) return undefined
  return `Electron ${pinned()} could not be fetched${error === undefined ? '' : ` (${error.message})`}`
}

/** Why Electron cannot be used here; undefined where it can, its binary fetched if need be. */
export function electronProblem(): string | undefined {
  if (!hasDisplay()) return 'no display here'
  if (hasElectron()) return undefined
  console.error('duckpond: fetching Electron, once…')
  return fetchElectron()
}

/** Where the binary is, which is here. */
export function mustElectronBinary(): string {
  return createRequire(__filename)('electron') as unknown as string
}

/** What the binary is started with. @param pond absolute; undefined for the welcome screen */
export function electronArguments(pond: string | undefined): readonly string[] {
  // Chromium has no sandbox for root; nobody else goes without.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return [...asRoot, ROOT, ...(pond === undefined ? [] : [pond])]
}

/** The version of the binary that is here. */
export function electronVersion(): string {
  const file = join(process.env[OVERRIDE] ?? join(packageFolder, 'dist'), 'version')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().replace(/^v/, '') : 'of a version it does not tell'
}

const pinned = (): string =>
  (JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string }).version

function packageFolderOf(name: string): string {
  return dirname(createRequire(__filename).resolve(`${name}/package.json`))
}
