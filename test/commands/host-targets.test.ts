import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { boundFolder, makePipe, MAY_NOT, smallDisk } from '../../src/main/platform/testing/mounts'
import { Terminal } from '../../src/main/cli/testing/terminal'

let terminal: Terminal
beforeEach(async () => {
  terminal = new Terminal()
  await terminal.json(['init', 'a'])
  await terminal.json(['init', 'b'])
  await terminal.json(['write', '/t.csv', '--pond', 'b', '-m', 'm'], { stdin: 'x\n1\n' })
  mkdirSync(terminal.path('out'))
})
afterEach(() => terminal[Symbol.dispose]())

const inB = (...argv: string[]) => terminal.pond([...argv, '--pond', 'b'])

/** The ways in which a command writes a file of this machine. */
const WRITERS = {
  'query -o': (target: string) => ['query', "FROM '/t.csv'", '--format', 'csv', '-o', target],
  'copy out': (target: string) => ['copy', '/t.csv', `host:${target}`],
} as const
const writers = Object.entries(WRITERS)

describe('a batch on a pond that --pond names', () => {
  const script = (target: string) =>
    writers
      .map(([, argv]) =>
        argv(target)
          .map((word) => `"${word}"`)
          .join(' '),
      )
      .join('\n')
  const batch = (text: string, cwd?: string) =>
    terminal.pond(['--pond', terminal.path('b'), 'batch', '--keep-going'], {
      stdin: text,
      ...(cwd === undefined ? {} : { cwd }),
    })

  it('writes files of this machine from a folder that is no pond', async () => {
    const ended = await batch(`query "FROM '/t.csv'" -o out/q.csv\ncopy /t.csv host:out/c.csv`)
    expect(ended.status).toBe(0)
    expect(readdirSync(terminal.path('out')).sort()).toEqual(['c.csv', 'q.csv'])
  })

  it('keeps out of the files of that pond, from inside another one', async () => {
    const ended = await batch(script('../b/pending/journal.csv'), terminal.path('a'))
    expect(ended.status).toBe(1)
    expect(ended.stderr.match(/host\.inside-pond/g)).toHaveLength(2)
    expect(readdirSync(terminal.path('b', 'pending')).sort()).toEqual(['journal', 'lock'])
  })
})

describe.each(writers)('a target of %s', (_, argv) => {
  const write = (target: string, ...more: string[]) => inB(...argv(target), ...more)

  it('among the files of any pond is refused, open or not, straight or by a link', async () => {
    symlinkSync(terminal.path('b', 'pending'), terminal.path('shortcut'))
    for (const target of ['b/data/x.csv', 'a/pending/journal', 'shortcut/journal']) {
      expect(await write(target, '--replace')).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/^pond: host\.inside-pond: /),
      })
    }
    expect((await inB('verify')).status).toBe(0)
  })

  it('that is mounted from the pond is refused', async ({ skip }) => {
    using mount = boundFolder(terminal.path('b', 'data'))
    if (mount === null) return skip(MAY_NOT)
    expect((await write(`${mount.path}/x.csv`)).stderr).toMatch(/^pond: host\.inside-pond: /)
    expect(existsSync(terminal.path('b', 'data', 'x.csv'))).toBe(false)
  })

  it('that is a device or a pipe is written into and stays what it is', async () => {
    expect((await write('/dev/null')).status).toBe(0)
    expect((await write('/dev/full')).stderr).toMatch(/^pond: platform\.no-space: /)
    makePipe(terminal.path('pipe'))
    const reader = spawn('cat', [terminal.path('pipe')], { stdio: ['ignore', 'pipe', 'inherit'] })
    let found = ''
    reader.stdout.setEncoding('utf8').on('data', (text: string) => (found += text))
    const [ended] = await Promise.all([write('pipe', '--replace'), once(reader, 'close')])
    expect(ended.status).toBe(0)
    expect(found).toBe('x\n1\n')
    expect(lstatSync(terminal.path('pipe')).isFIFO()).toBe(true)
  })

  it.runIf(process.platform === 'linux')('whose device reports an error is named, with a code', async () => {
    // Nothing can be written to the first page of a process's memory: the system says EIO.
    const fd = openSync('/proc/self/mem', 'r+')
    try {
      const target = `/proc/self/fd/${fd}`
      const ended = await write(target, '--replace')
      expect(ended).toMatchObject({ status: 1, stdout: '' })
      expect(ended.stderr).toMatch(/^pond: platform\.io: .*input\/output error/)
      expect(ended.stderr).toContain(target)
    } finally {
      closeSync(fd)
    }
    const left = readdirSync(terminal.path('b', 'cache'), { recursive: true, encoding: 'utf8' })
    expect(left.filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('that is a link stays one, and the file it leads to keeps its mode', async () => {
    writeFileSync(terminal.path('out', 'far.csv'), 'old', { mode: 0o604 })
    symlinkSync('out/far.csv', terminal.path('link.csv'))
    expect((await write('link.csv')).stderr).toMatch(/^pond: host\.exists: .*--replace/)
    expect((await write('link.csv', '--replace')).status).toBe(0)
    expect(readlinkSync(terminal.path('link.csv'))).toBe('out/far.csv')
    expect(readFileSync(terminal.path('out', 'far.csv'), 'utf8')).toBe('x\n1\n')
    expect(statSync(terminal.path('out', 'far.csv')).mode & 0o777).toBe(0o604)
  })

  it('on a full disk leaves what was there, and says so', async ({ skip }) => {
    using disk = smallDisk(4 * 1024)
    if (disk === null) return skip(MAY_NOT)
    writeFileSync(`${disk.path}/x.csv`, 'old')
    await terminal.json(['write', '/t.csv', '--pond', 'b', '-m', 'm'], { stdin: `x\n${'123456789\n'.repeat(2_000)}` })
    expect(await write(`${disk.path}/x.csv`, '--replace')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^pond: platform\.no-space: [^\n]*x\.csv[^\n]*\n$/),
    })
    expect(readFileSync(`${disk.path}/x.csv`, 'utf8')).toBe('old')
    expect(readdirSync(disk.path)).toEqual(['x.csv'])
  })
})

describe('a tree that is copied out', () => {
  it('leaves links, pipes and devices that are in its way alone, and names them', async () => {
    for (const name of ['link', 'pipe', 'file', 'sub/x'])
      await terminal.json(['write', '-p', `/d/${name}`, '--pond', 'b'], { stdin: 'new' })
    mkdirSync(terminal.path('out', 'd'))
    writeFileSync(terminal.path('out', 'precious'), 'precious')
    mkdirSync(terminal.path('out', 'elsewhere'))
    symlinkSync('../precious', terminal.path('out', 'd', 'link'))
    symlinkSync('../elsewhere', terminal.path('out', 'd', 'sub'))
    makePipe(terminal.path('out', 'd', 'pipe'))
    writeFileSync(terminal.path('out', 'd', 'file'), 'old')
    const ended = await inB('copy', '/d', 'host:out', '--replace')
    expect(ended.status).toBe(1)
    expect(ended.stderr.trimEnd().split('\n').sort()).toEqual([
      'skipped /d/link: a link is in the way',
      'skipped /d/pipe: a device or pipe is in the way',
      'skipped /d/sub: something that is no folder is in the way',
    ])
    expect(readFileSync(terminal.path('out', 'precious'), 'utf8')).toBe('precious')
    expect(readFileSync(terminal.path('out', 'd', 'file'), 'utf8')).toBe('new')
    expect(readdirSync(terminal.path('out', 'elsewhere'))).toEqual([])
    expect(lstatSync(terminal.path('out', 'd', 'pipe')).isFIFO()).toBe(true)
  })

  it('under a new name is as open to others as any new folder', async () => {
    await terminal.json(['write', '-p', '/d/x', '--pond', 'b'], { stdin: 'new' })
    mkdirSync(terminal.path('usual'))
    for (const [source, target] of [
      ['/d', 'out/d'],
      ['/', 'out/all'],
    ]) {
      expect((await inB('copy', source!, `host:${target}`)).status).toBe(0)
      expect(statSync(terminal.path(target!)).mode).toBe(statSync(terminal.path('usual')).mode)
    }
    expect(readdirSync(terminal.path('out')).sort()).toEqual(['all', 'd'])
  })

  it('does not replace a file by a folder', async () => {
    await terminal.json(['mkdir', '/d', '--pond', 'b'])
    writeFileSync(terminal.path('out', 'd'), 'mine')
    expect((await inB('copy', '/d', 'host:out/d', '--replace')).stderr).toMatch(/^pond: host\.exists: /)
    expect(readFileSync(terminal.path('out', 'd'), 'utf8')).toBe('mine')
  })
})

describe('a new pond', () => {
  it('is made in none of the folders that another pond is made of', async () => {
    expect((await terminal.pond(['init', 'b/data/x'])).stderr).toMatch(/^pond: host\.inside-pond: /)
    expect((await terminal.pond(['init', 'b/mine'])).status).toBe(0)
  })
})
