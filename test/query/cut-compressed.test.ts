import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Terminal } from '../../src/main/cli/testing/terminal'

const TEXT = `timestamp,v\n${Array.from({ length: 20_000 }, (_, i) => `2026-01-01T00:00:00Z,${i}\n`).join('')}`
const ZSTD = spawnSync('zstd', ['-q', '-c'], { input: TEXT })
const PACKED = { gz: gzipSync(TEXT), ...(ZSTD.status === 0 ? { zst: ZSTD.stdout } : {}) }

let terminal: Terminal
beforeAll(async () => {
  terminal = new Terminal()
  await terminal.json(['init', 'p'])
})
afterAll(() => terminal[Symbol.dispose]())

describe('a packed text that was cut', () => {
  it.each(Object.entries(PACKED))('is a table by none of the ways in, and whole it is (%s)', async (ending, packed) => {
    const pond = ['--pond', 'p']
    for (const [name, bytes] of [
      ['half', packed.subarray(0, packed.length >> 1)],
      ['end', packed.subarray(0, packed.length - 3)],
      ['whole', packed],
    ] as const) {
      const file = `${name}.csv.${ending}`
      writeFileSync(terminal.path(file), bytes)
      await terminal.json(['copy', `host:${file}`, `/${file}`, ...pond])
      // What is cut at its very end is told from the whole by its bytes alone, in one place for all ways in.
      const ways = [
        ['query', `SELECT count(*)::INT AS n FROM '/${file}'`, '--pending'],
        ['append', `/${name}-${ending}.series`, file],
        ['copy', `host:${file}`, `/${name}-${ending}.parquet`, '--to-parquet'],
      ]
      for (const argv of name === 'end' || ending === 'zst' ? ways.slice(0, 1) : ways) {
        const { status, stdout, stderr } = await terminal.pond([...argv, ...pond])
        expect([file, argv[0], status]).toEqual([file, argv[0], name === 'whole' ? 0 : 1])
        if (name !== 'whole')
          expect([stdout, stderr]).toEqual(['', expect.stringMatching(/^pond: query\.unreadable-file: /)])
        else if (argv[0] === 'query') expect(stdout).toBe('n\n20000\n')
      }
    }
  })
})
