import { EventEmitter } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App } from 'electron'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nodeDiagnostics } from '../platform/node'
import { restartArguments } from './arguments'
import { Ending } from './ending'
import { reportsIn } from './reports'

vi.mock('electron', () => ({}))
const { contextMenu } = await import('./context-menu')
const { progressOf } = await import('./work')

afterEach(() => {
  vi.useRealTimers()
})

/** As Electron does it: a quit within the turn of another one is not heard. */
class StubApp extends EventEmitter {
  quits = 0
  readonly relaunch = vi.fn()
  #isQuitting = false

  quit(): void {
    if (this.#isQuitting) return
    this.#isQuitting = true
    let isPrevented = false
    this.emit('will-quit', { preventDefault: () => (isPrevented = true) })
    if (!isPrevented) this.quits++
    setImmediate(() => (this.#isQuitting = false))
  }
}

const turns = async (count = 5): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

describe('the end of the app', () => {
  const ending = (app: StubApp, close: () => Promise<void>, report = vi.fn(() => 'id')) =>
    new Ending(app as unknown as App, { close, report, argumentsFor: (pond) => ['.', pond ?? 'none'] })

  it('comes also where there is nothing to close', async () => {
    const app = new StubApp()
    ending(app, async () => undefined)
    app.quit()
    await turns()
    expect(app.quits).toBe(1)
  })

  it('comes once ponds are closed, and however that went', async () => {
    const app = new StubApp()
    const report = vi.fn(() => 'id')
    let fail = (_: Error): void => undefined
    ending(app, () => new Promise((_, reject) => (fail = reject)), report)
    app.quit()
    await turns()
    app.quit()
    await turns()
    expect(app.quits).toBe(0)
    fail(new Error('the disk is gone'))
    await turns()
    expect(app.quits).toBe(1)
    expect(report).toHaveBeenCalledOnce()
  })

  it('does not wait for ever for a pond that does not close', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const app = new StubApp()
    ending(app, () => new Promise(() => undefined))
    app.quit()
    await vi.advanceTimersByTimeAsync(60_000)
    await turns()
    expect(app.quits).toBe(1)
  })

  it('starts again for a start that comes meanwhile, and for none before', async () => {
    const app = new StubApp()
    const end = ending(app, async () => undefined)
    expect(end.takesOver('/early')).toBe(false)
    app.quit()
    expect(end.takesOver('/late')).toBe(true)
    await turns()
    expect(app.relaunch.mock.calls).toEqual([[{ args: ['.', '/late'] }]])
  })
})

describe('the arguments of another start', () => {
  it("are Chromium's switches as they were, the app where it is not packaged, and the pond", () => {
    const argv = ['electron', '--no-sandbox', '/src/duckpond', '/data/first']
    expect(restartArguments({ argv, appPath: '/src/duckpond', pond: '/data/second' })).toEqual([
      '--no-sandbox',
      '/src/duckpond',
      '/data/second',
    ])
    expect(restartArguments({ argv: ['/opt/DuckPond', '/data/first'], appPath: null, pond: null })).toEqual([])
  })
})

describe('reports of errors', () => {
  it('are kept as files, the last fifty of them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'duckpond-reports-'))
    try {
      const diagnostics = await nodeDiagnostics({})
      const reports = reportsIn(join(folder, 'reports'), diagnostics, 'DuckPond 0')
      for (let i = 0; i < 60; i++) reports.report(new Error(`fault ${i}`))
      const id = reports.report(new Error('the last', { cause: new Error('why') }))
      const names = (await readdir(reports.folder)).sort()
      expect(names).toHaveLength(50)
      expect(await readFile(join(reports.folder, names.find((name) => name.includes(id)) ?? ''), 'utf8')).toMatch(
        /^DuckPond 0\n.*\n\nError: the last[^]*caused by: Error: why/,
      )
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('never make a second fault of one', async () => {
    const reports = reportsIn(join(import.meta.filename, 'reports'), await nodeDiagnostics({}), 'DuckPond 0')
    expect(reports.report(new Error('fault'))).toMatch(/^[0-9a-f]{8}$/)
  })
})

describe('the task bar', () => {
  it('shows the mean of what is known, a bar without an end where something is not, none without work', () => {
    const of = (...fractions: (number | null)[]) =>
      progressOf({ tasks: fractions.map((fraction) => ({ title: 'Work', fraction })), unsaved: 0 })
    expect(of()).toBe(-1)
    expect(of(0.25, 0.75)).toBe(0.5)
    expect(of(0.25, null)).toBe(2)
  })
})

describe('the menu under the mouse', () => {
  const editFlags = { canCut: false, canCopy: false, canPaste: true }

  it('edits where one can type, copies what is selected elsewhere, and is not there for nothing', () => {
    const roles = (isEditable: boolean, hasSelection: boolean) =>
      contextMenu({ isEditable, hasSelection, editFlags }).flatMap(({ role, enabled }) =>
        role !== undefined && enabled !== false ? [role] : [],
      )
    expect(roles(true, false)).toEqual(['paste', 'selectAll'])
    expect(roles(false, true)).toEqual(['copy'])
    expect(roles(false, false)).toEqual([])
  })
})
