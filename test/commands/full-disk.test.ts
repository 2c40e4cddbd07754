import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MAY_NOT, smallDisk, type Mount } from '../../src/main/platform/testing/mounts'
import { Terminal } from '../../src/main/cli/testing/terminal'

const MIB = 1024 * 1024
/** Text that Parquet cannot make small, 3 MB of it. */
const LARGE = `timestamp,v,t\n${Array.from({ length: 60_000 }, (_, i) => {
  const noise = (Math.imul(i, 2_654_435_761) >>> 0).toString(36) + (Math.imul(i + 7, 40_503_777) >>> 0).toString(36)
  return `2026-01-${String(1 + (i % 28)).padStart(2, '0')}T00:00:00Z,${i},${noise}${noise}\n`
}).join('')}`
const ROWS = 'SELECT range, md5(range::VARCHAR) AS m FROM range(200_000)'

let terminal: Terminal
let disk: Mount | null
beforeEach(async () => {
  terminal = new Terminal()
  writeFileSync(terminal.path('large.csv'), LARGE)
  disk = smallDisk(2 * MIB)
})
afterEach(() => {
  disk?.[Symbol.dispose]()
  terminal[Symbol.dispose]()
})

/** Commands that cannot succeed on the disk that the pond is on. */
const TOO_LARGE: readonly (readonly string[])[] = [
  ['copy', 'host:large.csv', '/a.csv'],
  ['copy', 'host:large.csv', '/a.parquet', '--to-parquet'],
  ['append', '/s.series', 'large.csv'],
  ['write', '/w'],
  ['batch'],
]

describe('a disk that is full', () => {
  it.for(TOO_LARGE)('is called one, nothing is staged and nothing is left (%j)', async (argv, { skip }) => {
    if (disk === null) return skip(MAY_NOT)
    const pond = `${disk.path}/pond`
    await terminal.json(['init', pond])
    const stdin = argv[0] === 'batch' ? 'write /w < large.csv\n' : LARGE
    const ended = await terminal.pond(['--pond', pond, ...argv], { stdin })
    expect(ended.stderr).toMatch(/^pond: platform\.no-space: /)
    expect(ended.status).toBe(1)
    expect(await terminal.json(['status', '--pond', pond])).toMatchObject({ version: 0, pendingOperations: 0 })
    const left = readdirSync(pond, { recursive: true }).filter((name) =>
      /\.(tmp|part|text|parquet)$/.test(String(name)),
    )
    expect(left).toEqual([])
    expect((await terminal.pond(['verify', '--pond', pond])).status).toBe(0)
  })

  it('on which a commit has no room keeps what is pending, for when there is some', async ({ skip }) => {
    if (disk === null) return skip(MAY_NOT)
    const pond = ['--pond', `${disk.path}/pond`]
    await terminal.json(['init', `${disk.path}/pond`])
    await terminal.json(['write', '/small', ...pond], { stdin: 'x'.repeat(60_000) })
    let filled = 0
    try {
      for (;;) writeFileSync(`${disk.path}/fill-${filled++}`, Buffer.alloc(16 * 1024))
    } catch {
      // Full now, to the last page.
    }
    expect((await terminal.pond(['commit', '-m', 'm', ...pond])).stderr).toMatch(/^pond: platform\.no-space: /)
    expect((await terminal.pond(['cat', '/small', ...pond])).stdout).toHaveLength(60_000)
    for (let i = 0; i < filled; i++) rmSync(`${disk.path}/fill-${i}`)
    expect(await terminal.json(['commit', '-m', 'm', ...pond])).toMatchObject({ outcome: 'committed', version: 1 })
    expect((await terminal.pond(['verify', ...pond])).status).toBe(0)
  })

  it.for(['csv', 'json', 'jsonl', 'arrow', 'parquet', 'table'])(
    'at the target of a query is named with the target, and what was there stays (%s)',
    async (format, { skip }) => {
      if (disk === null) return skip(MAY_NOT)
      await terminal.json(['init', 'pond'])
      writeFileSync(`${disk.path}/x`, 'old')
      const target = `${disk.path}/x`
      const ended = await terminal.pond([
        'query',
        ROWS,
        '--pond',
        'pond',
        '--format',
        format,
        '-o',
        target,
        '--replace',
      ])
      expect(ended.stderr).toMatch(new RegExp(`^pond: platform\\.no-space: [^\\n]*${target}[":]`))
      expect(ended.stderr).not.toContain('.part')
      expect(readdirSync(disk.path)).toEqual(['x'])
    },
  )

  it('under what a query works in is called one, or too little memory', async ({ skip }) => {
    if (disk === null) return skip(MAY_NOT)
    const pond = ['--pond', `${disk.path}/pond`]
    await terminal.json(['init', `${disk.path}/pond`])
    await terminal.json(['config', 'query.memoryBytes', '64MiB', ...pond])
    const spilling = 'SELECT md5(range::VARCHAR) AS m FROM range(4_000_000) ORDER BY m DESC OFFSET 1_000_000 LIMIT 1'
    for (const argv of [
      ['query', ROWS, '--format', 'parquet'],
      ['query', spilling],
    ]) {
      const { status, stderr } = await terminal.pond([...argv, ...pond])
      expect(stderr).toMatch(/^pond: (platform\.no-space|query\.out-of-memory): /)
      expect(status).toBe(1)
    }
  })

  it('that a copy of a tree meets is called one', async ({ skip }) => {
    if (disk === null) return skip(MAY_NOT)
    await terminal.json(['init', 'pond'])
    await terminal.json(['copy', 'host:large.csv', '/d.csv', '--pond', 'pond'])
    await terminal.json(['mkdir', '/d', '--pond', 'pond'])
    await terminal.json(['mv', '/d.csv', '/d/large.csv', '--pond', 'pond'])
    mkdirSync(`${disk.path}/out`)
    for (const target of [`${disk.path}/out`, `${disk.path}/new`]) {
      const ended = await terminal.pond(['copy', '/d', `host:${target}`, '--pond', 'pond'])
      expect(ended.stderr).toMatch(/^pond: platform\.no-space: /)
    }
    const files = readdirSync(disk.path, { recursive: true }).map(String)
    expect(files.sort()).toEqual(['out', 'out/d'])
  })
})
