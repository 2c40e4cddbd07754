/**
 * The built command as a shell starts it: what only real processes can show. Relies on
 * `npm run build`; everything else about commands is tested in process, in test/commands.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket as Socket } from 'ws'
import { connectSocket } from '../../src/renderer/connect'

const POND = resolve('out/main/pond.js')

let folder: string
let pond: string
let made = 0
beforeAll(() => {
  if (!existsSync(POND)) throw new Error(`expected ${POND}: run \`npm run build\` first`)
  folder = mkdtempSync(join(tmpdir(), 'duckpond-processes-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(() => {
  pond = join(folder, `pond-${made++}`)
  run('init', pond)
})

function run(...argv: string[]) {
  return spawnSync(process.execPath, [POND, ...argv], { cwd: existsSync(pond) ? pond : folder, encoding: 'utf8' })
}
function json(...argv: string[]): unknown {
  const { status, stdout, stderr } = run('--json', ...argv)
  if (status !== 0) throw new Error(`pond ${argv.join(' ')} ended with ${status}: ${stderr}`)
  return JSON.parse(stdout)
}
/** Starts a command and collects what it says. */
function start(...argv: string[]) {
  const child = spawn(process.execPath, [POND, ...argv], { cwd: pond, stdio: ['pipe', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text))
  const ended = new Promise<number | null>((done) => child.once('close', done))
  return { child, said, ended }
}
async function until(child: ChildProcess, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 15_000
  while (!holds()) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error('what was waited for did not come')
    await new Promise((later) => setTimeout(later, 20))
  }
}

describe('the founding scenario, a process for each step', () => {
  it('gives two pending, none committed, and two after the commit', () => {
    const count = (...flags: string[]) => json('query', 'SELECT count(*)::INT AS n FROM oplog_entries', ...flags)
    json('touch', '/A')
    json('ln', '-s', '/A', '/B')
    expect(count('--pending')).toEqual([{ n: 2 }])
    expect(count()).toEqual([{ n: 0 }])
    expect(json('commit', '-m', 'both')).toMatchObject({ version: 1, operationsCommitted: 2 })
    expect(count()).toEqual([{ n: 2 }])
    expect(json('status')).toMatchObject({ version: 1, pendingOperations: 0, totalNodes: 2 })
  })
})

describe('a process', () => {
  it('is started by its own first line', () => {
    const { status, stdout } = spawnSync(POND, ['--version'], { encoding: 'utf8' })
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)])
  })

  it('loads what its command needs and no more: neither DuckDB nor a Parquet writer in WebAssembly nor a server', () => {
    const list = join(folder, 'loaded.json')
    const hook = join(folder, 'hook.cjs')
    writeFileSync(
      hook,
      `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(list)}, JSON.stringify(Object.keys(require.cache))))`,
    )
    const HEAVY = /@duckdb|parquet-wasm|watcher|chunks\/(server|serve|api|pino)-/
    const commands: readonly (readonly [argv: readonly string[], heavy: RegExp])[] = [
      [['mkdir', '/d'], HEAVY],
      [['touch', '/d/a'], HEAVY],
      [['commit', 'one'], HEAVY],
      // Who only reads takes no lock either.
      ...[['ls'], ['status'], ['log'], ['diff', '--stat'], ['find'], ['complete', '--', 'ls', '/']].map(
        (argv) => [argv, new RegExp(`${HEAVY.source}|fs-native`)] as const,
      ),
    ]
    const loadedIn = (argv: readonly string[], cwd: string): string[] => {
      const { status } = spawnSync(process.execPath, ['--require', hook, ...argv], { cwd })
      expect([argv, status]).toEqual([argv, 0])
      return JSON.parse(readFileSync(list, 'utf8')) as string[]
    }
    const loadedBy = (argv: readonly string[]): string[] => loadedIn([POND, ...argv], pond)
    for (const [argv, heavy] of commands) {
      const loaded = loadedBy(argv)
      expect(loaded).toContain(POND)
      expect([argv, loaded.filter((path) => heavy.test(path))]).toEqual([argv, []])
    }
    // DuckDB runs in a process of its own: the one that owns the pond never loads it.
    expect(loadedBy(['query', 'SELECT 1']).filter((path) => HEAVY.test(path))).toEqual([])
    // What the pattern is meant to see, it sees.
    const loaded = loadedIn(['-e', `require('@duckdb/node-api')`], import.meta.dirname)
    expect(loaded.filter((path) => HEAVY.test(path))).not.toEqual([])
  })

  it('logs to stderr only when asked to', () => {
    const quiet = run('commit')
    expect(quiet.stderr).toBe('')
    const { stderr, stdout } = spawnSync(process.execPath, [POND, 'ls', '--json'], {
      cwd: pond,
      encoding: 'utf8',
      env: { ...process.env, DUCKPOND_LOG: 'debug' },
    })
    expect(JSON.parse(stdout)).toEqual([])
    for (const line of stderr.split('\n').filter(Boolean)) expect(JSON.parse(line)).toHaveProperty('event')
  })

  it('whose reader has gone ends quietly', async () => {
    const { child, said, ended } = start('query', 'FROM range(3000000)', '--format', 'jsonl')
    await until(child, () => said.stdout.length > 0)
    child.stdout.destroy()
    expect([await ended, said.stderr]).toEqual([0, ''])
  })

  it('that is interrupted in a query ends with 130 and no rows', async () => {
    const cache = join(pond, 'cache')
    const { child, said, ended } = start(
      'query',
      'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE (a.range * b.range) % 7 = 3',
    )
    // The process of DuckDB has its work folder: the statement is what comes next.
    await until(child, () => existsSync(cache) && readdirSync(cache).some((name) => name.startsWith('work-')))
    await new Promise((later) => setTimeout(later, 300))
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(said).toEqual({ stdout: '', stderr: 'pond: api.interrupted: interrupted\n' })
  })

  it('that is interrupted while content comes in leaves nothing pending', async () => {
    const { child, ended } = start('write', '/big')
    child.stdin.on('error', () => undefined)
    child.stdin.write(Buffer.alloc(1_000_000))
    const blobs = join(pond, 'large')
    await until(child, () => existsSync(blobs) && sizeBelow(blobs) > 0)
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(json('status')).toMatchObject({ pendingOperations: 0 })
    expect(json('write', '/small')).toMatchObject({ staged: 1 })
  })

  it('that is interrupted in a copy leaves neither an entry nor a part of the content', async () => {
    const big = join(folder, 'big.bin')
    writeFileSync(big, '')
    truncateSync(big, 4 * 1024 ** 3)
    const { child, said, ended } = start('copy', `host://${big}`, '/big')
    const blobs = join(pond, 'large')
    await until(child, () => existsSync(blobs) && sizeBelow(blobs) > 8_000_000)
    child.kill('SIGINT')
    expect([await ended, said.stdout]).toEqual([130, ''])
    expect(json('status')).toMatchObject({ pendingOperations: 0, totalNodes: 0 })
    expect(sizeBelow(blobs)).toBe(0)
  })
})

/** Bytes of all files below a folder. */
function sizeBelow(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    )
}

describe('a pond that may only be read', () => {
  it('is read, queries included, and changed by nobody', (context) => {
    json('mkdir', '/d')
    spawnSync(process.execPath, [POND, 'write', '/d/t.csv', '-m', 'one'], { cwd: pond, input: 'n\n1\n2\n' })
    // Root may write anywhere, so it has to be somebody else who tries.
    const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    chmodSync(folder, 0o755)
    if (process.getuid?.() !== 0) protect(pond)
    const env = { ...process.env, HOME: tmpdir() }
    const go = (...argv: string[]) =>
      spawnSync(process.execPath, [POND, '--json', ...argv], { cwd: pond, encoding: 'utf8', env, ...asNobody })
    if (go('--version').status !== 0) return context.skip('nobody else may read this checkout')
    expect(JSON.parse(go('ls', '/d').stdout)).toMatchObject([{ path: '/d/t.csv' }])
    expect(JSON.parse(go('query', `SELECT sum(n)::INT AS s FROM '/d/t.csv'`).stdout)).toEqual([{ s: 3 }])
    expect(JSON.parse(go('info').stdout)).toMatchObject({ readOnly: { code: 'steward.read-only' } })
    for (const argv of [['touch', '/x'], ['commit'], ['rm', '-r', '/d'], ['init', 'below']]) {
      const { status, stdout } = go(...argv)
      expect([argv, status, JSON.parse(stdout)]).toEqual([
        argv,
        1,
        { error: expect.objectContaining({ code: expect.stringMatching(/read-only|denied/) as string }) as object },
      ])
    }
  })
})

/** Takes away the right to write, from everything below. */
function protect(path: string): void {
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o555 : 0o444)
  }
  chmodSync(path, 0o555)
}

describe('pond serve', () => {
  it('says one line when it is ready, lets in who has the token, and serves until interrupted', async () => {
    const { child, said, ended } = start('serve', '--port', '0', '--json')
    await until(child, () => said.stdout.includes('\n'))
    const { url } = JSON.parse(said.stdout) as { url: string }
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//)
    expect(await statusOf(url)).toBeLessThan(400)
    expect(await statusOf(new URL('/', url).href)).toBe(401)
    child.kill('SIGINT')
    expect(await ended).toBe(0)
    expect(said.stdout.split('\n')).toHaveLength(2)
  })

  it('says which imports of its pages it cut off when it is interrupted, and leaves nothing of them', async () => {
    const { child, said, ended } = start('serve', '--port', '0', '--json')
    await until(child, () => said.stdout.includes('\n'))
    const { url } = JSON.parse(said.stdout) as { url: string }
    const { origin } = new URL(url)
    const cookie = (await fetch(url, { redirect: 'manual' })).headers.get('Set-Cookie')?.split(';')[0] ?? ''
    const page = await connectSocket(() => {
      const socket = new Socket(`${origin.replace('http', 'ws')}/api`, { headers: { cookie, origin } })
      // It may try to connect again between the end of the host and its own.
      socket.on('error', () => undefined)
      return socket as unknown as WebSocket
    })
    await page.api.pond.open({ path: pond })
    await page.api.files.beginImport()
    child.kill('SIGINT')
    expect(await ended).toBe(0)
    page.close()
    expect(said.stderr).toContain('1 import was cut off')
    expect(run('status').stdout).toContain('othing')
  })
})

function statusOf(url: string): Promise<number> {
  return new Promise((done, failed) => {
    get(url, (answer) => {
      answer.resume()
      done(answer.statusCode ?? 0)
    }).once('error', failed)
  })
}
