import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LogEntry } from '../../src/shared/model'
import { Terminal } from '../../src/main/cli/testing/terminal'

let terminal: Terminal
beforeEach(async () => {
  terminal = new Terminal()
  await terminal.json(['init'])
})
afterEach(() => terminal[Symbol.dispose]())

const batch = (script: string, ...flags: string[]) => terminal.pond(['batch', ...flags], { stdin: script })
interface Result {
  readonly line: number
  readonly command: string
  readonly status: number
  readonly result: unknown
}
const results = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Result)

describe('a batch', () => {
  it('does what its commands would do one by one, commits among them', async () => {
    const script = `
      # The beginning.
      mkdir -p /sensors/2026
      pond write "/sensors/2026/a b.csv" <<END
n
1
END
      commit -m "Two lines of ours"
      touch /later
      commit 'And one more'
    `
    expect(await batch(script)).toMatchObject({ status: 0, stderr: '' })
    expect((await terminal.pond(['cat', '/sensors/2026/a b.csv'])).stdout).toBe('n\n1\n')
    expect(await terminal.json<LogEntry[]>(['log'])).toMatchObject([
      { version: 2, message: 'And one more', command: 'pond commit And one more' },
      { version: 1, message: 'Two lines of ours', operations: 3 },
    ])
  })

  it('says with --json in a line each what the command alone would have said', async () => {
    const { stdout, status } = await batch('mkdir /a\nls\n\nstatus\nquery "SELECT 1 AS one"\ncommit x', '--json')
    expect(status).toBe(0)
    expect(results(stdout)).toMatchObject([
      { line: 1, command: 'mkdir /a', status: 0, result: { staged: 1 } },
      { line: 2, command: 'ls', status: 0, result: [{ path: '/a', change: 'added' }] },
      { line: 4, command: 'status', status: 0, result: { pendingOperations: 1 } },
      { line: 5, status: 0, result: [{ one: 1 }] },
      { line: 6, status: 0, result: { outcome: 'committed', version: 1 } },
    ])
  })

  it('that broke off runs not at all where it was said what should come', async () => {
    const whole = 'mkdir /a\nmkdir /a/b\nrm -r /a/b\n'
    const size = ['--size', String(whole.length)]
    const sha256 = ['--sha256', createHash('sha256').update(whole).digest('hex')]
    for (const promise of [size, sha256]) {
      const cut = await batch(whole.slice(0, -3), ...promise)
      expect(cut).toMatchObject({ status: 1, stderr: expect.stringMatching(/^pond: platform\.incomplete: /) })
      expect(await terminal.json(['status'])).toMatchObject({ pendingOperations: 0 })
    }
    expect(await batch(whole, ...size, ...sha256)).toMatchObject({ status: 0, stderr: '' })
  })

  it('ends with the first command that fails, and names its line', async () => {
    const ended = await batch('touch /a\nmkdir /missing/x\ntouch /b')
    expect(ended).toMatchObject({ status: 1, stdout: '+ /a\n' })
    expect(ended.stderr).toMatch(/^pond: tinyfs\.not-found: .* \(batch line 2\)\nstopped at line 2/)
    expect(await terminal.json<unknown[]>(['ls'])).toHaveLength(1)
    const refused = await batch('ls | x\ntouch /b', '--json')
    expect([refused.status, results(refused.stdout)]).toMatchObject([
      2,
      [{ line: 1, status: 2, result: { error: { code: 'cli.usage' } } }],
    ])
  })

  it('goes on with --keep-going, and ends with the first status that was not 0', async () => {
    const ended = await batch('nonsense\ncat /missing\ntouch /b', '--keep-going', '--json')
    expect(ended.status).toBe(2)
    expect(results(ended.stdout)).toMatchObject([
      { status: 2, result: { error: { code: 'cli.usage' } } },
      { status: 1, result: { error: { code: 'tinyfs.not-found' } } },
      { status: 0, result: { staged: 1 } },
    ])
  })

  it('refuses commands that have a pond, a stream or an end of their own', async () => {
    for (const line of ['init x', 'batch', 'serve', 'app', 'completion bash', 'ls --pond elsewhere']) {
      expect(await batch(line)).toMatchObject({ status: 2, stdout: '' })
    }
  })

  it('brings content in from files, and says which is missing', async () => {
    mkdirSync(terminal.path('in'))
    writeFileSync(terminal.path('in', 'x'), 'content')
    expect(await batch('write /x < in/x\ncat /x')).toMatchObject({ status: 0, stdout: '+ /x\ncontent' })
    expect((await batch('write /y < in/y')).stderr).toContain('host.not-found')
    expect((await batch('write /y')).stderr).toContain('cli.usage')
  })

  it('that is interrupted ends with 130 and stages nothing more', async () => {
    const abort = new AbortController()
    const script = (async function* () {
      yield Buffer.from('touch /a\n')
      abort.abort()
      yield Buffer.from('touch /b\n')
    })()
    const ended = await terminal.pond(['batch', '--keep-going'], { stdin: script, signal: abort.signal })
    expect(ended.status).toBe(130)
    expect(await terminal.json<unknown[]>(['ls'])).toHaveLength(1)
  })

  it('refuses a result that is too large for a line, and can go on', async () => {
    const ended = await batch(`query "SELECT repeat('x', 1000) AS x FROM range(20000)"\nls`, '--json', '--keep-going')
    expect(ended.status).toBe(1)
    expect(results(ended.stdout)).toMatchObject([
      { status: 1, result: { error: { code: 'cli.too-large' } } },
      { status: 0, result: [] },
    ])
  })
})
