/**
 * Real processes under the system's limits: what cannot be opened or would become too large ends in one coded
 * line, with nothing half done. Relies on `npm run build` and on prlimit.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const POND = resolve('out/main/pond.js')
const hasLimits = spawnSync('prlimit', ['--version']).status === 0

let folder: string
beforeAll(() => {
  if (!existsSync(POND)) throw new Error(`expected ${POND}: run \`npm run build\` first`)
  folder = mkdtempSync(join(tmpdir(), 'duckpond-limits-'))
  run([], ['init', '.'])
  const noise = (i: number): string => Math.imul(i, 2_654_435_761).toString(36) + Math.imul(i, 40_503_777).toString(36)
  writeFileSync(
    join(folder, 'large.csv'),
    `timestamp,v\n${Array.from({ length: 60_000 }, (_, i) => `2026-01-01T00:00:00Z,${noise(i)}\n`).join('')}`,
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(limits: readonly string[], argv: readonly string[], input = '') {
  const line = [...limits, process.execPath, POND, ...argv]
  return spawnSync(limits.length === 0 ? process.execPath : 'prlimit', limits.length === 0 ? line.slice(1) : line, {
    cwd: folder,
    encoding: 'utf8',
    input,
  })
}
const ROWS = 'SELECT range, md5(range::VARCHAR) AS m FROM range(100_000)'

describe.runIf(hasLimits)('a process that may write no large files', () => {
  const limits = ['--fsize=400000']

  it.each([
    ['copy', 'host:large.csv', '/a'],
    ['copy', 'host:large.csv', '/a.parquet', '--to-parquet'],
    ['append', '/s.series', 'large.csv'],
    ['query', ROWS, '-o', 'out.csv'],
    ['query', ROWS, '-o', 'out.parquet'],
  ])('ends in one line that says so, and leaves nothing (%s %s %s)', (...argv) => {
    const ended = run(limits, argv)
    expect(ended.stderr).toMatch(/^pond: platform\.no-space: [^\n]*\n$/)
    expect(ended.status).toBe(1)
    const files = readdirSync(folder, { recursive: true }).map(String)
    expect(files.filter((name) => /\.(tmp|part)$|^out|work-/.test(name))).toEqual([])
    expect(JSON.parse(run([], ['status', '--json']).stdout)).toMatchObject({ pendingOperations: 0 })
  })
})

describe.runIf(hasLimits)('a process that may open few files', () => {
  it.each([20, 23, 26])('does all that it is asked, or says in one coded line why not (%i)', (files) => {
    for (const [argv, input] of [
      [['ls', '-R'], ''],
      [['write', `/w${files}`], 'content'],
      [['copy', 'host:large.csv', `/c${files}.parquet`, '--to-parquet'], ''],
      [['query', 'SELECT 1 AS n'], ''],
    ] as const) {
      const { status, stderr } = run([`--nofile=${files}`], argv, input)
      expect(stderr).not.toMatch(/internal|\n\s+at /)
      if (status !== 0) expect(stderr).toMatch(/^pond: (platform|query|host)\.[\w-]+: [^\n]*\n$/)
    }
    expect(run([], ['verify']).status).toBe(0)
  })
})
