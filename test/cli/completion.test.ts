/** The completion scripts in the shells they are for: bash always, others where they are installed. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const POND = resolve('out/main/pond.js')

let folder: string
let pond: string
const env = () => ({ ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}` })
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'duckpond-completion-'))
  pond = join(folder, 'pond')
  mkdirSync(join(folder, 'bin'))
  symlinkSync(POND, join(folder, 'bin', 'pond'))
  const run = (...argv: string[]) => execFileSync(process.execPath, [POND, ...argv], { cwd: folder, input: '' })
  run('init', pond)
  const script = ['mkdir /weather', 'touch /weather/daily.csv "/weather/two words" /weather/.hidden', 'commit one', '']
  execFileSync(process.execPath, [POND, 'batch'], { cwd: pond, input: script.join('\n') })
  mkdirSync(join(pond, 'host'))
  writeFileSync(join(pond, 'host', 'may.csv'), '')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What bash would offer for each line with the cursor at its end, as readline asks for it. */
function inBash(lines: readonly string[]): string[][] {
  const script = `
    eval "$(pond completion bash)"
    compopt() { echo "compopt $*"; }
    for COMP_LINE; do
      COMP_POINT=\${#COMP_LINE}
      _pond pond
      (( \${#COMPREPLY[@]} )) && printf '%s\\n' "\${COMPREPLY[@]}"
      printf '\\0'
    done`
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', script, 'bash', ...lines], {
    cwd: pond,
    encoding: 'utf8',
    env: env(),
  })
  expect([status, stderr]).toEqual([0, ''])
  return stdout.split('\0').map((offered) => offered.split('\n').filter(Boolean))
}

describe('completion in bash', () => {
  const OFFERED: readonly (readonly [line: string, offered: readonly string[]])[] = [
    ['pond sta', ['status']],
    ['pond completion ', ['bash', 'zsh', 'fish']],
    ['pond cat /wea', ['compopt -o nospace', '/weather/']],
    ['pond cat /weather/d', ['/weather/daily.csv']],
    ['pond cat /weather/tw', ['/weather/two\\ words']],
    ['pond cat "/weather/tw', ['/weather/two words']],
    ['pond cat /weather/.', ['/weather/.hidden']],
    ['pond ls --at hea', ['head', 'head~1'].map((word) => word.replace('~', '\\~'))],
    ['pond cat --format=pa', ['parquet']],
    ['pond commit --mes', ['--message']],
    ['pond copy ho', ['compopt -o nospace', 'host:']],
    ['pond copy host:host/m', ['host/may.csv']],
    ['pond rm -- /weather/d', ['/weather/daily.csv']],
    ['pond nonsense /', []],
    ['pond cat /missing/', []],
    ['pond cat --at 0 /wea', []],
  ]

  it('offers what can follow: verbs, options, their values, paths of the pond and of this machine', () => {
    const found = inBash(OFFERED.map(([line]) => line))
    expect(OFFERED.map(([line], i) => [line, found[i]])).toEqual(OFFERED)
  })
})

describe('the script for other shells', () => {
  it.each([
    ['zsh', ['-n']],
    ['fish', ['--no-execute']],
  ] as const)('is one that %s can read', (shell, flags) => {
    const script = execFileSync(process.execPath, [POND, 'completion', shell], { encoding: 'utf8' })
    expect(script).toContain('complete --')
    if (spawnSync(shell, ['--version']).error !== undefined) return
    const file = join(folder, `completion.${shell}`)
    writeFileSync(file, script)
    expect(spawnSync(shell, [...flags, file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
  })

  it('is refused for a shell that is not known', () => {
    expect(spawnSync(process.execPath, [POND, 'completion', 'tcsh']).status).toBe(2)
  })
})
