/**
 * `npm start [-- POND]`: builds what is stale, then opens the app: in Electron where there is a display
 * and its binary is here or can be fetched, else from the localhost host, saying so in one line.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findBrowser, hasDisplay } from '../src/main/web/open'
import { BUILDER, electronArguments, electronProblem, mustElectronBinary, ROOT } from './electron'

/** An app that ends this soon with a failure never opened its window. */
const OPENED_AFTER_MS = 5_000

const SOURCES = ['src', 'resources', 'package.json', 'package-lock.json', 'electron.vite.config.ts']
const BUILT = ['out/main/index.js', 'out/main/pond.js', 'out/preload/index.js', 'out/renderer/index.html']

async function main(): Promise<number> {
  const [named] = process.argv.slice(2)
  const pond = named === undefined ? undefined : resolve(process.env['INIT_CWD'] ?? process.cwd(), named)
  if (isStale() && !build()) return 1

  const problem = electronProblem()
  if (problem === undefined) {
    const startedMs = performance.now()
    const status = await ended(spawn(mustElectronBinary(), electronArguments(pond), { stdio: 'inherit' }))
    if (status === 0 || performance.now() - startedMs > OPENED_AFTER_MS) return status
    say(`Electron did not start here (status ${status})${instead()}`)
  } else {
    say(`${problem}${instead()}`)
  }
  const open = hasDisplay() && findBrowser() !== undefined ? ['--open'] : []
  const at = pond === undefined ? [] : ['--pond', pond]
  return ended(spawn(process.execPath, [join(ROOT, 'out/main/pond.js'), ...at, 'serve', ...open], { stdio: 'inherit' }))
}

/** Whether a source is newer than what was last built from it, or something is not built. */
function isStale(): boolean {
  const builtMs = Math.min(...BUILT.map((path) => modifiedMs(join(ROOT, path))))
  return Math.max(...SOURCES.map((path) => newestMs(join(ROOT, path)))) > builtMs
}

function newestMs(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))))
}

function modifiedMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/** Quiet unless it fails. */
function build(): boolean {
  say('building…')
  const { status, stdout, stderr } = spawnSync(process.execPath, [BUILDER, 'build'], { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0) say(`${stdout}${stderr}\nthe build failed`)
  return status === 0
}

function instead(): string {
  if (!hasDisplay()) return ': open the same app in a browser of this machine'
  return findBrowser() === undefined
    ? ' and no Chromium-family browser was found: open the same app at this address'
    : ': opening the same app in a browser window instead'
}

/**
 * The child's exit status. Ctrl-C reaches it by itself; a signal to this process alone is handed on, and
 * so is the end of whoever started it: npm does not hand on what ends it.
 */
function ended(child: ChildProcess): Promise<number> {
  const parent = process.ppid
  setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500).unref()
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  process.on('SIGINT', () => setTimeout(() => child.exitCode ?? child.kill('SIGINT'), 500).unref())
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 130))
  })
}

function say(line: string): void {
  console.error(`duckpond: ${line}`)
}

void main().then((status) => process.exit(status === 130 ? 0 : status))
