import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Terminal } from '../../src/main/cli/testing/terminal'

let terminal: Terminal
beforeEach(async () => {
  terminal = new Terminal()
  await terminal.json(['init', 'p'])
  writeFileSync(terminal.path('may.csv'), 'timestamp,flow\n2026-05-01,1\n2026-05-02,2\n')
  writeFileSync(terminal.path('june.jsonl'), '{"timestamp":"2026-06-01","flow":3}\n')
})
afterEach(() => terminal[Symbol.dispose]())
const options = () => ({ cwd: terminal.path('p') })
const run = (...argv: string[]) => terminal.pond(argv, options())
const json = <T = Record<string, unknown>>(...argv: string[]) => terminal.json<T>(argv, options())
const micros = (day: string) => Date.parse(day) * 1_000

describe('append', () => {
  it('makes a series and adds versions to it, whatever the format of the file', async () => {
    expect(await json('append', '-p', '/in/flow', '../may.csv')).toMatchObject({
      path: '/in/flow',
      nodeVersion: 1,
      rows: 2,
      minEventTime: micros('2026-05-01'),
      maxEventTime: micros('2026-05-02'),
      staged: 2,
    })
    const june = `host://${terminal.path('june.jsonl')}`
    expect(await json('append', '/in/flow', june, '-m', 'June')).toMatchObject({
      nodeVersion: 2,
      rows: 1,
      commit: { outcome: 'committed', operationsCommitted: 3 },
    })
    expect(await json('query', `SELECT sum(flow)::INT AS flow, count(*)::INT AS n FROM '/in/flow'`)).toEqual([
      { flow: 6, n: 3 },
    ])
    expect(await json('describe', '/in/flow')).toMatchObject({
      entry: { fileType: 'file:series' },
      minEventTime: micros('2026-05-01'),
      maxEventTime: micros('2026-06-01'),
    })
    expect(await json('find', '--type', 'series')).toMatchObject([{ path: '/in/flow' }])
  })

  it('reads stdin, and takes the name of the column that tells the time', async () => {
    const stdin = 'at,timestamp,n\n2026-01-01,2020-01-01,1\n'
    const argv = ['append', '/s', '-', '--format', 'csv', '--timestamp-column', 'at']
    expect(await terminal.json(argv, { ...options(), stdin })).toMatchObject({ minEventTime: micros('2026-01-01') })
    expect((await run('append', '/s', '-')).status).toBe(2)
  })

  it('stages nothing of a file that is missing, has no times, or does not parse', async () => {
    writeFileSync(terminal.path('plain.csv'), 'n\n1\n')
    writeFileSync(terminal.path('broken.jsonl'), '{"timestamp":"2026-01-01"}\n{"timestamp"\n')
    await terminal.json(['write', '/file'], { ...options(), stdin: 'x' })
    for (const [path, file, code] of [
      ['/s', '../nothing.csv', 'host.not-found'],
      ['/s', '../plain.csv', 'tlogfs.not-a-series'],
      ['/s', '../broken.jsonl', 'query.unreadable-file'],
      ['/file', '../may.csv', 'tlogfs.not-a-series'],
      ['/missing/s', '../may.csv', 'tinyfs.not-found'],
    ] as const) {
      expect((await run('append', path, file)).stderr).toContain(code)
    }
    expect(await json('status')).toMatchObject({ pendingOperations: 1 })
  })
})

describe('copy --type series', () => {
  it('makes a series of a text table', async () => {
    await json('copy', 'host:../may.csv', '/flow', '--type', 'series')
    expect(await json('describe', '/flow')).toMatchObject({
      entry: { fileType: 'file:series' },
      minEventTime: micros('2026-05-01'),
    })
    expect(await json('append', '/flow', '../june.jsonl')).toMatchObject({ nodeVersion: 2 })
    expect(await json('query', `SELECT count(*)::INT AS n FROM '/flow'`, '--pending')).toEqual([{ n: 3 }])
  })
})
