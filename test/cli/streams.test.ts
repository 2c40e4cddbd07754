/**
 * What comes on stdin of a real process and what its stdout is: only content that is whole is staged, and a
 * target that is a stream is written into. Relies on `npm run build`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const POND = resolve('out/main/pond.js')

let folder: string
let pond: string
beforeAll(() => {
  if (!existsSync(POND)) throw new Error(`expected ${POND}: run \`npm run build\` first`)
  folder = mkdtempSync(join(tmpdir(), 'duckpond-streams-'))
  pond = join(folder, 'pond')
  sh(`pond init ${pond} && cd ${pond} && printf before | pond write /f -m before`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A line of a shell in which `pond` is the built command. */
function sh(line: string): { status: number | null; stdout: string; stderr: string } {
  const script = `set -o pipefail; pond() { '${process.execPath}' '${POND}' "$@"; }; ${line}`
  return spawnSync('bash', ['-c', script], { cwd: existsSync(pond) ? pond : folder, encoding: 'utf8' })
}
/** The content of the file, and whether it is as it was committed. */
const content = () => sh('pond cat /f; pond diff --stat').stdout
const UNTOUCHED = 'beforeno changes\n'
const reset = () => sh('pond discard --all')

describe.runIf(process.platform === 'linux')('content on stdin', () => {
  it.each([
    ['a folder', 'pond write /f < /tmp', 'host.unreadable', 1],
    ['closed', 'pond write /f <&-', 'cli.usage', 2],
    ['what cannot be read', 'pond write /f < /proc/self/mem', 'platform.io', 1],
    ['shorter than promised', 'printf abc | pond write /f --size 4', 'platform.incomplete', 1],
    ['longer than promised', 'printf abcde | pond write /f --size 4', 'platform.incomplete', 1],
    ['not what its hash says', `printf abc | pond write /f --sha256 ${'0'.repeat(64)}`, 'platform.incomplete', 1],
    ['promised with nonsense', 'printf abc | pond write /f --sha256 abc', 'cli.usage', 2],
    [
      'of an append shorter than promised',
      `printf 'timestamp,v\\n2026-01-01T00:00:00Z,1\\n' | pond append /s - --size 400`,
      'platform.incomplete',
      1,
    ],
    ['a folder for an append', 'pond append /s - < /tmp', 'host.unreadable', 1],
    ['a folder for a script', 'pond batch < /tmp', 'host.unreadable', 1],
    ['a folder for a query', 'pond query - < /tmp', 'host.unreadable', 1],
    ['a folder for a line of a script', `printf 'write /f < /tmp\\n' | pond batch`, 'host.unreadable', 1],
  ])('that is %s is refused, and nothing is staged', (_, line, code, status) => {
    const ended = sh(line)
    expect(ended.stderr).toMatch(new RegExp(`^pond: ${code}: [^\\n]*\\n`))
    expect(ended.status).toBe(status)
  })

  it('that was refused has changed nothing', () => {
    expect(content()).toBe(UNTOUCHED)
  })

  it.each([
    ['a file', 'pond write /f < pond.json', () => readFileSync(join(pond, 'pond.json'), 'utf8')],
    ['a file that does not tell its size', 'pond write /f < /proc/sys/kernel/ostype', () => 'Linux\n'],
    ['the rest of a file', '{ read -r; pond write /f; } < lines', () => 'two\nthree\n'],
    [
      'a pipe, as promised',
      'printf abc | pond write /f --size 3 --sha256 BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD',
      () => 'abc',
    ],
    ['a promise of nothing', 'pond write /f --size 0 < /dev/null', () => ''],
  ])('that is %s is staged', (_, line, expected) => {
    writeFileSync(join(pond, 'lines'), 'one\ntwo\nthree\n')
    const ended = sh(`${line} > /dev/null && pond cat /f`)
    expect(ended).toMatchObject({ status: 0, stderr: '', stdout: expected() })
  })

  it('that is empty is said to be', () => {
    reset()
    const ended = sh('pond write /f < /dev/null && pond cat /f')
    expect(ended).toMatchObject({ status: 0, stdout: '~ /f\n', stderr: expect.stringContaining('stdin was empty') })
  })

  it('that is a socket whose other end resets it is refused', async () => {
    reset()
    const server = createServer((socket) => {
      socket.write('abc')
      setTimeout(() => socket.resetAndDestroy(), 200)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const line = `exec '${process.execPath}' '${POND}' write /f < /dev/tcp/127.0.0.1/${port}`
    const child = spawn('bash', ['-c', line], { cwd: pond, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    const [status] = (await once(child, 'close')) as [number]
    server.close()
    expect(said).toMatch(/^pond: platform\.io: /)
    expect(status).toBe(1)
    expect(content()).toBe(UNTOUCHED)
  })
})

describe.runIf(process.platform === 'linux')('a target that names stdout', () => {
  it('is what stdout is: a pipe, a file at its end, or nothing', () => {
    reset()
    const query = `pond query "SELECT 1 AS n" --format csv -o /dev/stdout`
    expect(sh(`${query} 2>/dev/null | cat`).stdout).toBe('n\n1\n')
    expect(sh(`printf 'first\\n' > out; ${query} >> out 2>/dev/null; cat out`).stdout).toBe('first\nn\n1\n')
    expect(sh(`${query} > /dev/null`).status).toBe(0)
    expect(sh(`pond copy /f host:/dev/stdout | head -c 6`).stdout).toBe('before')
  })
})

describe.runIf(process.platform === 'linux')('output that cannot be written', () => {
  it('says whether the change itself is done', () => {
    const ended = sh('printf after | pond write /f > /dev/full')
    expect(ended.status).toBe(1)
    expect(ended.stderr).toMatch(/^pond: platform\.no-space: [^\n]*what was asked for is done[^\n]*\n$/)
    expect(content()).toBe('after1 modified\n')
    expect(sh('pond ls > /dev/full').stderr).not.toContain('is done')
  })

  it('to a pipe that nobody reads ends in silence', () => {
    expect(sh('pond cat /f | true')).toMatchObject({ stderr: '' })
  })
})

it('a command whose template goes wrong says so, and ends with 1: it does not end while a process of its own does', () => {
  sh(`printf 'recipe: text\\ntemplate: "{{ nope }}"\\n' | pond write /t.md.recipe.yaml`)
  for (const command of ['pond cat /t.md', `printf 'cat /t.md\\n' | pond batch`]) {
    const { status, stderr } = sh(command)
    expect([status, stderr], command).toEqual([1, expect.stringContaining('recipes.bad-template')])
  }
  sh('pond discard --all')
})
