/**
 * `npm run dev [-- POND]`: builds, opens the app, and builds again what a changed source is part of. After each build
 * the app is started again: in Electron where there is one and a display, else from the localhost host, at one
 * address, whose page loads itself again and keeps unsaved edits. It is the build that ships, under its own scheme
 * and policy: a development server would have to be let into both.
 */
import { resolveConfig } from 'electron-vite'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { build, type UserConfig } from 'vite'
import { electronArguments, electronProblem, mustElectronBinary, ROOT } from './electron'

/** Changes come in bursts, and several runtimes may be built for one of them. */
const SETTLE_MS = 300
/** Ponds that are opened here are not among the user's own, and neither is the address. */
const CONFIG = join(ROOT, '.cache/dev-config')
const RUNTIMES = ['main', 'preload', 'renderer'] as const

const [named] = process.argv.slice(2)
const pond = named === undefined ? undefined : resolve(process.env['INIT_CWD'] ?? process.cwd(), named)
const problem = electronProblem()
let app: ChildProcess | undefined
/** One start after the other: there is one address. */
let starting = Promise.resolve()
let isSaid = false

async function main(): Promise<void> {
  mkdirSync(CONFIG, { recursive: true })
  if (problem !== undefined) say(`${problem}: the app is served for a browser`)
  endWithParent()
  say('building…')
  const { config } = await resolveConfig({ root: ROOT, logLevel: 'warn' }, 'build', 'production')
  const building = new Set<string>(RUNTIMES)
  const failed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  const settled = (): void => {
    clearTimeout(timer)
    if (building.size > 0 || failed.size > 0) return
    timer = setTimeout(() => {
      starting = starting.then(startApp)
    }, SETTLE_MS)
  }
  for (const runtime of RUNTIMES) {
    await watchRuntime(config?.[runtime] ?? {}, {
      onStart: () => {
        clearTimeout(timer)
        building.add(runtime)
      },
      onEnd: (problemOfIt) => {
        building.delete(runtime)
        if (problemOfIt === undefined) failed.delete(runtime)
        else failed.add(runtime)
        if (problemOfIt !== undefined) say(`${runtime} is not built: ${problemOfIt}`)
        settled()
      },
    })
  }
}

interface Building {
  readonly onStart: () => void
  /** @param problem what is wrong with the sources, undefined where nothing is */
  readonly onEnd: (problem: string | undefined) => void
}

/** Builds one runtime now and at every change of its sources; what was built before stays where a build fails. */
async function watchRuntime(config: UserConfig, { onStart, onEnd }: Building): Promise<void> {
  const watcher = await build({ ...config, build: { ...config.build, watch: {} } })
  if (!('on' in watcher)) throw new Error('expected a watcher of sources')
  let problem: string | undefined
  watcher.on('event', (event) => {
    if (event.code === 'START') {
      problem = undefined
      onStart()
    }
    if (event.code === 'ERROR') problem = event.error.message
    if (event.code === 'BUNDLE_END') void event.result.close()
    if (event.code === 'END' || event.code === 'ERROR') onEnd(problem)
  })
}

async function startApp(): Promise<void> {
  await stopApp()
  const env = { DUCKPOND_CONFIG: CONFIG, ...process.env }
  if (problem === undefined) {
    app = spawn(mustElectronBinary(), electronArguments(pond), { stdio: 'inherit', env })
  } else {
    // Without a port the host takes the one it had, and its page connects again.
    const at = pond === undefined ? [] : ['--pond', pond]
    app = spawn(process.execPath, [join(ROOT, 'out/main/pond.js'), ...at, 'serve', '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env,
    })
    if (app.stdout !== null) createInterface(app.stdout).on('line', sayAddress)
  }
  if (isSaid) say('started again')
}

async function stopApp(): Promise<void> {
  if (app === undefined || app.exitCode !== null || app.signalCode !== null) return
  const running = app
  const ended = new Promise((done) => running.once('exit', done))
  running.kill('SIGINT')
  await ended
}

/** Says the address once; by its `reload` the page loads another build without asking. */
function sayAddress(line: string): void {
  if (isSaid) return
  isSaid = true
  say(`open ${(JSON.parse(line) as { readonly url: string }).url}&reload`)
}

/** npm does not hand on what ends it. */
function endWithParent(): void {
  const end = (): void => void stopApp().then(() => process.exit(0))
  const parent = process.ppid
  setInterval(() => process.ppid === parent || end(), 500).unref()
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
}

function say(line: string): void {
  console.error(`duckpond: ${line}`)
}

void main()
