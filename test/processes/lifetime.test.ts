/** How long the process of DuckDB lives: as long as the one that needs it, and no longer. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'

const LIBRARY = join(import.meta.dirname, '../../out/main/library.js')
/** Prints the pids of the processes that it starts, and keeps them. */
const WATCHED = `
  const cp = require('node:child_process'); const { fork } = cp; const pids = []
  cp.fork = (...args) => { const child = fork(...args); pids.push(child.pid); console.log('started ' + child.pid); return child }
  const { createPond } = require(${JSON.stringify(LIBRARY)})
`
let folder: string
let count = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckpond-lifetime-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Script {
  readonly lines: string[]
  /** The line that begins so, when it comes. */
  line(beginning: string): Promise<string>
  readonly ended: Promise<number | null>
  kill(signal: NodeJS.Signals): void
}

function script(body: string): Script {
  const place = JSON.stringify(join(folder, `pond-${++count}`))
  const program = `${WATCHED}; void (async () => { const pond = await createPond(${place}); ${body} })()`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(...text.split('\n').filter(Boolean)))
  return {
    lines,
    async line(beginning) {
      for (;;) {
        const found = lines.find((line) => line.startsWith(beginning))
        if (found !== undefined) return found
        await sleep(20)
      }
    },
    ended: new Promise((resolve) => child.once('exit', resolve)),
    kill: (signal) => child.kill(signal),
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Fails by the test's time limit where it does not come. */
async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(20)
}

const QUERY = `console.log(JSON.stringify(await pond.queryHistory('SELECT 42 AS n')))`
const pidOf = (line: string): number => Number(line.split(' ')[1])

it('is not started where nobody asks SQL', async () => {
  const { ended, lines } = script(`await pond.createFile('/a', 'x'); await pond.commit('m'); console.log('end')`)
  expect(await ended).toBe(0)
  expect(lines).toEqual(['end'])
})

it('does not keep a script from ending that forgot to close its pond', async () => {
  const { ended, lines } = script(QUERY)
  expect(await ended).toBe(0)
  expect(lines.at(-1)).toBe('[{"n":42}]')
  await gone(pidOf(lines[0]!))
})

it.each(['SIGKILL', 'SIGTERM'] as const)(
  'ends with a script that is ended by %s, whatever it is doing',
  async (signal) => {
    const started = script(
      `setTimeout(() => console.log('busy'), 1_000)
     await pond.queryHistory("SELECT levenshtein(repeat('a', 3_000_000), repeat('b', 3_000_000))")`,
    )
    const pid = pidOf(await started.line('started'))
    await started.line('busy')
    expect(isAlive(pid)).toBe(true)
    started.kill(signal)
    await started.ended
    await gone(pid)
  },
)

it('that is ended by somebody else fails what is asked of it, and the next question has another', async () => {
  const { ended, lines } = script(`
    const stuck = pond.queryHistory("SELECT levenshtein(repeat('a', 3_000_000), repeat('b', 3_000_000))")
    setTimeout(() => process.kill(pids[0], 'SIGKILL'), 1_000)
    await stuck.catch((error) => console.log(error.code))
    ${QUERY}
    await pond.close()`)
  expect(await ended).toBe(0)
  expect(lines).toContain('query.engine-crashed')
  expect(lines.at(-1)).toBe('[{"n":42}]')
})
