/** A pond on a disk that cannot be written, in the window: everything that reads works, SQL and downloads too. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tableFromIPC } from 'apache-arrow'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBytePlane } from '../../src/main/api'
import { boundFolder, MAY_NOT } from '../../src/main/platform/testing/mounts'
import { exportUrl, resultUrl } from '../../src/shared/bytes'
import { call, lastOf, resultOf, testHost, type TestHost } from './test-host'

let host: TestHost
let cache: string
beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), 'duckpond-read-only-'))
  vi.stubEnv('XDG_CACHE_HOME', cache)
  host = await testHost()
  await host.handlers.pond.create({ path: join(host.folder, 'pond'), sample: false }, call)
  const { pond } = host.session.mustWorkspace()
  for (const [path, content] of [
    ['/small.csv', 'n\n1\n2\n'],
    ['/large.csv', `n\n${'12345\n'.repeat(40_000)}`],
  ] as const) {
    const prepared = await pond.prepare([Buffer.from(content)])
    await pond.stage((fs) => fs.put(path, prepared))
  }
  await pond.commit({ message: 'm' })
  await host.handlers.pond.close(undefined, call)
})
afterEach(async () => {
  await host[Symbol.asyncDispose]()
  vi.unstubAllEnvs()
  rmSync(cache, { recursive: true, force: true })
})

describe('a pond that is made in a folder that was not there', () => {
  it('keeps its derived files in the folder', async () => {
    await host.handlers.pond.create({ path: join(host.folder, 'new', 'pond'), sample: false }, call)
    expect(await lastOf(host.handlers.queries.run({ sql: 'SELECT 1', at: 'head' }, call))).toMatchObject({
      state: 'done',
    })
    expect(readdirSync(cache)).toEqual([])
  })
})

describe('a pond that cannot be written', () => {
  it('answers SQL, and gives answers away as files', async ({ skip }) => {
    using mount = boundFolder(join(host.folder, 'pond'), true)
    if (mount === null) return skip(MAY_NOT)
    const { pondId, readOnly } = await host.handlers.pond.open({ path: mount.path }, call)
    expect(readOnly).toMatchObject({ code: 'steward.read-only' })
    const bytes = createBytePlane(host.hub)
    const ask = async (address: string) => {
      const answer = await bytes(new Request(`http://127.0.0.1${address}`))
      expect(answer.status).toBe(200)
      return new Uint8Array(await answer.arrayBuffer())
    }
    for (const [sql, expected] of [
      ['SELECT 1 AS n', 1],
      [`SELECT sum(n)::INT AS n FROM '/small.csv'`, 3],
      [`SELECT sum(n)::INT AS n FROM '/large.csv'`, 12_345 * 40_000],
      ['SELECT count(*)::INT AS n FROM pond.files', 2],
    ] as const) {
      const state = await lastOf(host.handlers.queries.run({ sql, at: 'head' }, call))
      expect(state).toMatchObject({ state: 'done' })
      expect(tableFromIPC(await ask(resultUrl(pondId, state.queryId, 0, 10))).get(0)?.['n']).toBe(expected)
      const file = await resultOf(
        host.handlers.queries.export({ queryId: state.queryId, format: 'csv', hostPath: null }, call),
      )
      expect(Buffer.from(await ask(exportUrl(pondId, file.exportId))).toString()).toBe(`n\n${expected}\n`)
    }
    expect(
      await host.handlers.files.describe({ path: '/small.csv', at: 'head', reading: null, previewRows: 0 }, call),
    ).toMatchObject({
      kind: 'table',
    })
    await host.handlers.pond.close(undefined, call)
    expect(readdirSync(cache)).toEqual(['duckpond'])
  })
})
