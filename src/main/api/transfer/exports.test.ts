import { readdirSync, readFileSync, readlinkSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exportUrl } from '../../../shared/bytes'
import { MAY_NOT, smallDisk } from '../../platform/testing/mounts'
import { createBytePlane } from '../page/bytes'
import { call, lastOf, resultOf, testHost, type TestHost } from '../../../../test/bridge/test-host'

let host: TestHost
let out: string
let pondId: string
beforeEach(async () => {
  host = await testHost()
  out = join(host.folder, 'out')
  await mkdir(out)
  ;({ pondId } = await host.handlers.pond.create({ path: join(host.folder, 'pond'), sample: false }, call))
})
afterEach(() => host[Symbol.asyncDispose]())

async function exported(sql: string, hostPath: string | null, format: 'csv' | 'parquet' = 'csv') {
  const { queryId } = await lastOf(host.handlers.queries.run({ sql, at: 'head' }, call))
  return resultOf(host.handlers.queries.export({ queryId, format, hostPath }, call))
}

describe('an export of the window', () => {
  it('replaces nothing, keeps out of the files of every pond, and writes into a device', async () => {
    writeFileSync(join(out, 'mine.csv'), 'mine')
    symlinkSync(join(out, 'mine.csv'), join(out, 'link.csv'))
    // The name that an export into a folder would take.
    const taken = 'result (version 0).csv'
    symlinkSync(join(out, 'nowhere'), join(out, taken))
    for (const name of ['mine.csv', 'link.csv', taken])
      await expect(exported('SELECT 1 AS n', join(out, name))).rejects.toMatchObject({ code: 'host.exists' })
    for (const name of ['pond/data/x.csv', 'pond/pending/journal'])
      await expect(exported('SELECT 1 AS n', join(host.folder, name))).rejects.toMatchObject({
        code: 'host.inside-pond',
      })
    expect(await exported('SELECT 1 AS n', out)).toMatchObject({ fileName: 'result (version 0) (2).csv' })
    expect(await exported('SELECT 1 AS n', '/dev/null')).toMatchObject({ rows: 1 })
    expect(readFileSync(join(out, 'mine.csv'), 'utf8')).toBe('mine')
    expect(readlinkSync(join(out, taken))).toBe(join(out, 'nowhere'))
    expect(readdirSync(out).sort()).toEqual(['link.csv', 'mine.csv', 'result (version 0) (2).csv', taken])
  })

  it.for(['csv', 'parquet'] as const)(
    'onto a full disk is called one and leaves nothing (%s)',
    async (format, { skip }) => {
      using disk = smallDisk(256 * 1024)
      if (disk === null) return skip(MAY_NOT)
      const sql = 'SELECT range, md5(range::VARCHAR) AS m FROM range(100_000)'
      await expect(exported(sql, join(disk.path, `x.${format}`), format)).rejects.toMatchObject({
        code: 'platform.no-space',
        message: expect.stringContaining(`x.${format}`),
      })
      expect(readdirSync(disk.path)).toEqual([])
      expect(host.reports).toEqual([])
    },
  )

  it('that nobody fetches makes room for later ones: files do not pile up while a connection lives', async () => {
    const finished = []
    for (let n = 0; n < 7; n++) finished.push(await exported(`SELECT ${n} AS n`, null))
    const files = readdirSync(dirname(host.session.mustWorkspace().export(finished.at(-1)!.exportId).hostPath))
    expect(files).toHaveLength(4)
    const plane = createBytePlane(host.hub)
    const fetched = (exportId: string) => plane(new Request(`http://127.0.0.1${exportUrl(pondId, exportId)}`))
    expect(await (await fetched(finished[6]!.exportId)).text()).toContain('6')
    expect((await fetched(finished[0]!.exportId)).status).toBe(404)
  })

  it('that was cut while it waited is not given away as the whole', async () => {
    const { exportId } = await exported('SELECT range AS n FROM range(200_000)', null)
    truncateSync(host.session.mustWorkspace().export(exportId).hostPath, 1_000)
    const answer = await createBytePlane(host.hub)(new Request(`http://127.0.0.1${exportUrl(pondId, exportId)}`))
    await expect(answer.arrayBuffer()).rejects.toMatchObject({ code: 'platform.incomplete' })
  })
})
