import { mkdirSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withoutRemoval } from '../../src/main/platform/testing/mounts'
import { Terminal } from '../../src/main/cli/testing/terminal'

let terminal: Terminal
beforeEach(async () => {
  terminal = new Terminal()
  await terminal.json(['init'])
  writeFileSync(terminal.path('in.csv'), 'timestamp,v\n2026-01-01T00:00:00Z,1\n2026-01-02T00:00:00Z,2\n')
  mkdirSync(terminal.path('cache'), { recursive: true })
})
afterEach(() => terminal[Symbol.dispose]())

describe('a command whose clean-up fails', () => {
  it('says what is left over, and ends as what it did: a retry would do it twice', async ({ skip }) => {
    {
      using folder = withoutRemoval(terminal.path('cache'))
      if (folder === null) return skip('this file system has no folders without removal')
      const appended = await terminal.pond(['append', '/s.series', 'in.csv'])
      expect(appended.stderr).toMatch(/^pond: warning: could not clean up .*$/m)
      expect(appended).toMatchObject({ status: 0, stdout: '+ /s.series\n' })
      const copied = await terminal.pond(['copy', 'host:in.csv', '/t.parquet', '--to-parquet', '--json'])
      expect(copied.stderr).toMatch(/^pond: warning: could not clean up .*$/m)
      expect(copied.status).toBe(0)
      expect(copied.json()).toMatchObject({ files: 1, staged: 1 })
    }
    const [{ n }] = await terminal.json<[{ n: number }]>([
      'query',
      "SELECT count(*)::INT AS n FROM '/s.series'",
      '--pending',
    ])
    expect(n).toBe(2)
    expect(await terminal.json(['status'])).toMatchObject({ pendingOperations: 2 })
    expect(await terminal.json(['gc', '--grace', '0s'])).toMatchObject({ bytes: expect.any(Number) })
  })
})
