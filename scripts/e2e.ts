/**
 * `npm run e2e`: makes sure of a browser, of an Electron and of a display for its windows, then runs Playwright
 * with the arguments it was given. What cannot be had here is said in one line, and its project left out; the
 * status is 77 where that leaves nothing.
 */
import { spawn } from 'node:child_process'
import { mustFindBrowser } from './browser'
import { openDisplay } from './display'
import { fetchTestElectron } from './test-electron'

async function main(): Promise<number> {
  const given = process.argv.slice(2)
  const CHROME_PATH = mustFindBrowser()
  const display = isAskedFor('electron', given) ? await displayForElectron() : undefined
  if (display === undefined && !isAskedFor('web', given)) return 77
  try {
    const child = spawn('npx', ['playwright', 'test', ...given], {
      stdio: 'inherit',
      env: { ...process.env, CHROME_PATH, ...display?.env },
      shell: process.platform === 'win32',
    })
    return await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
  } finally {
    display?.close()
  }
}

async function displayForElectron(): Promise<Awaited<ReturnType<typeof openDisplay>>> {
  const electron = fetchTestElectron()
  if (typeof electron === 'string') return skip(electron)
  const display = await openDisplay()
  if (display === undefined) return skip('no display, and no Xvfb to make one')
  console.error(`project electron runs in Electron ${electron.version}`)
  return display
}

function skip(why: string): undefined {
  console.error(`project electron is left out: ${why}`)
}

/** Whether a project is among those that `--project` names; every one is where it names none. */
function isAskedFor(project: string, given: readonly string[]): boolean {
  const named = given.flatMap((argument, i) => {
    if (argument.startsWith('--project=')) return [argument.slice('--project='.length)]
    return given[i - 1] === '--project' ? [argument] : []
  })
  return named.length === 0 || named.includes(project)
}

void main().then((status) => (process.exitCode = status))
