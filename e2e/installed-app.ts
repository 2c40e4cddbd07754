/** For the specs of the shell: the app as an installation of its own, started as a person or another start would. */
import { spawn, type ChildProcess } from 'node:child_process'
import { cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from './desktop'
import type { Workplace } from './support'

/** A copy of the built app that a spec may damage. Returns its folder. */
export async function installApp(place: Workplace, name = 'app'): Promise<string> {
  const folder = place.path(name)
  await mkdir(folder)
  await cp(join(ROOT, 'out'), join(folder, 'out'), { recursive: true })
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'))
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

export interface Started {
  readonly process: ChildProcess
  /** Its exit status; undefined when it is still there after a while. */
  ended(): Promise<number | null | undefined>
  /** What the app would have shown in boxes of the system, which nobody is here to close. */
  boxes(): Promise<readonly Box[]>
  /** Files of the app and its packages that were loaded when it ended. */
  loaded(): Promise<readonly string[]>
}

export interface Box {
  readonly kind: 'error' | 'question'
  readonly title: string
  readonly text: string
}

const END_TIMEOUT_MS = 15_000

/** Starts the app without any of Playwright in it. */
export async function startApp(place: Workplace, app: string, ...args: string[]): Promise<Started> {
  const log = await place.fresh('boxes')
  const modules = await place.fresh('modules')
  const executable = createRequire(__filename)('electron') as unknown as string
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const child = spawn(executable, [...sandbox, '-r', join(__dirname, 'watch-app.cjs'), app, ...args], {
    env: { ...place.env, SPEC_BOXES: log, SPEC_MODULES: modules },
    cwd: place.folder,
    stdio: 'ignore',
  })
  place.closesToo(child)
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const lines = async (file: string): Promise<string[]> =>
    (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '')
  return {
    process: child,
    ended: () => Promise.race([exit, sleep(END_TIMEOUT_MS, undefined)]),
    boxes: async () => (await lines(log)).map((line) => JSON.parse(line) as Box),
    loaded: () => lines(modules),
  }
}

/** The processes that run in this place, each as its id and what it was started with; without those that it starts itself. */
export async function appsIn(place: Workplace): Promise<string[][]> {
  const found: string[][] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
    if (!(await read('environ')).includes(`DUCKPOND_CONFIG=${place.path('config')}`)) continue
    const argv = (await read('cmdline')).split('\0').filter((part) => part !== '')
    if ((argv[0] ?? '').endsWith('electron') && !argv.some((part) => part.startsWith('--type=')))
      found.push([pid, ...argv])
  }
  return found
}
