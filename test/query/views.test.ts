/** View directories of a pond, as everybody meets them: by path, by pattern, in SQL, at every moment. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describe as describeEntry } from '../../src/main/api'
import { newPond, type TestPond } from './pond'

let test: TestPond
beforeEach(async () => {
  test = await newPond()
  await test.pond.stage(async (fs) => {
    for (const path of ['/sensors/a', '/sensors/b']) await fs.createDirectory(path, { parents: true })
  })
  await test.write('/sensors/a/2026.csv', 'n\n1\n')
  await test.write('/sensors/a/notes.txt', 'not a table')
  await test.commit('a')
  await test.write('/sensors/b/2026.csv', 'n\n2\n3\n')
})
afterEach(() => test[Symbol.asyncDispose]())

const VIEW = { glob: '/sensors/*/2026.csv', name: '$0.csv' }

async function names(path: string, at?: string): Promise<string[]> {
  return (await test.pond.list(path, at === undefined ? {} : { at })).map(({ name }) => name)
}

describe('a view of the settings', () => {
  it('is listed, read, found by patterns, described and queried, with what is pending', async () => {
    await test.pond.setConfig('views', { '/by-year/2026': VIEW })
    const { pond } = test
    expect(await names('/')).toEqual(['by-year', 'sensors'])
    expect(await names('/by-year/2026')).toEqual(['a.csv', 'b.csv'])
    const [a, b] = await pond.list('/by-year/2026')
    const stored = await pond.stat('/sensors/b/2026.csv')
    expect(b).toEqual({ ...stored, path: '/by-year/2026/b.csv', name: 'b.csv' })
    expect([a!.change, b!.change]).toEqual([null, 'added'])
    expect((await pond.glob('/by-*/*/*.csv')).map(({ path }) => path)).toEqual([a!.path, b!.path])
    const reader = await pond.open('/by-year/2026/b.csv')
    expect(Buffer.from(await reader.read(0, 100)).toString()).toBe('n\n2\n3\n')
    await reader.close()

    const directory = await describeEntry(pond, await pond.moment(), '/by-year/2026')
    expect(directory).toMatchObject({ kind: 'directory', versions: 0, entry: { fileType: 'directory', size: null } })
    expect(directory.entry.view).toEqual(VIEW)
    const table = await describeEntry(pond, await pond.moment(), '/by-year/2026/b.csv')
    expect(table).toMatchObject({ kind: 'table', columns: [{ name: 'n', type: 'BIGINT' }] })

    expect(await test.rows(`SELECT sum(n)::INT FROM '/by-year/2026/*.csv'`)).toEqual([[6]])
    expect(await test.rows(`SELECT sum(n)::INT FROM '/by-year/2026/a.csv'`)).toEqual([[1]])
    const files = `SELECT filename, sum(n)::INT FROM read_csv('/**/*.csv', filename = true) GROUP BY 1 ORDER BY 1`
    // A file that a view shows as well is one table, known by where it is stored.
    expect(await test.rows(files)).toEqual([
      ['/sensors/a/2026.csv', 1],
      ['/sensors/b/2026.csv', 5],
    ])
  })

  it('shows each moment as it was, before and after a commit and in another process', async () => {
    await test.pond.setConfig('views./v', VIEW as never)
    expect(await names('/v', 'head')).toEqual(['a.csv'])
    expect(await names('/v', '0')).toEqual([])
    await test.commit('b')
    await test.pond.stage((fs) => fs.remove('/sensors/a/2026.csv'))
    expect([await names('/v', '1'), await names('/v', 'head'), await names('/v')]).toEqual([
      ['a.csv'],
      ['a.csv', 'b.csv'],
      ['b.csv'],
    ])
    await test.reopen()
    expect(await names('/v', 'head~1')).toEqual(['a.csv'])
    expect(await test.rows(`SELECT count(*)::INT FROM '/v/*.csv'`, '1')).toEqual([[1]])
    await test.pond.setConfig('views', null)
    expect(await names('/')).toEqual(['sensors'])
  })

  it('writes no rows, changes nothing that is stored, and refuses to be changed', async () => {
    const before = await test.rows('SELECT * FROM oplog_entries ORDER BY ALL')
    await test.pond.setConfig('views', { '/v': VIEW, '/sensors/w': VIEW })
    await names('/sensors/w')
    for (const change of [
      test.write('/v/new.csv', 'n\n'),
      test.write('/v/a.csv', 'n\n'),
      test.pond.stage((fs) => fs.remove('/v')),
      test.pond.stage((fs) => fs.remove('/v/a.csv')),
      test.pond.stage((fs) => fs.rename('/v/a.csv', '/a.csv')),
      test.pond.stage(async (fs) => fs.put('/v/p', await test.pond.prepare([new Uint8Array(1)]))),
    ]) {
      await expect(change).rejects.toEqual(expect.objectContaining({ code: 'tinyfs.read-only' }))
    }
    expect(await test.rows('SELECT * FROM oplog_entries ORDER BY ALL')).toEqual(before)
    expect(await test.rows(`SELECT path FROM directory_entries WHERE path LIKE '/v%' OR path LIKE '%/w%'`)).toEqual([])
    await test.commit('b')
    expect((await test.pond.verify()).problems).toEqual([])
    expect((await test.pond.diff('head', 'pending')).changes).toEqual([])
  })

  it('tells the history of the file behind an entry', async () => {
    await test.pond.setConfig('views', { '/v': VIEW })
    expect(await test.pond.fileVersions('/v/a.csv')).toEqual(await test.pond.fileVersions('/sensors/a/2026.csv'))
  })

  it('gives way to what is stored, whichever was there first', async () => {
    await test.write('/v', 'a file')
    await test.pond.setConfig('views', { '/v': VIEW })
    expect((await test.pond.stat('/v')).fileType).toBe('file:data')
    await test.pond.stage((fs) => fs.remove('/v'))
    expect(await names('/v')).toEqual(['a.csv', 'b.csv'])
  })

  it('is refused by name where it makes no sense', async () => {
    for (const views of [{ '/v': '/a/[z-a]' }, { '/v': { glob: '/a/*', name: '$4' } }, { '/v': { glob: '' } }]) {
      await expect(test.pond.setConfig('views', views as never)).rejects.toEqual(
        expect.objectContaining({ code: 'steward.bad-setting', message: expect.stringContaining('/v') }),
      )
    }
    expect((await test.pond.config()).views).toEqual({})
  })
})

describe('a working directory of a pond', () => {
  it('reads any moment from one of its directories, and cannot be left', async () => {
    const moment = await test.pond.moment('pending')
    const sensors = await moment.workingDirectory('/sensors')
    expect((await sensors.list('/', false)).map(({ path }) => path)).toEqual(['/a', '/b'])
    expect((await sensors.glob('*/*.csv', false)).map(({ path }) => path)).toEqual(['/a/2026.csv', '/b/2026.csv'])
    expect(await sensors.entry('b/2026.csv')).toMatchObject({ path: '/b/2026.csv', change: 'added' })
    const [a, b] = await sensors.list('/', false)
    expect([a!.pendingBelow, b!.pendingBelow]).toEqual([0, 1])
    await expect(sensors.entry('../sensors')).rejects.toEqual(expect.objectContaining({ code: 'tinyfs.above-root' }))
    await test.pond.stage((fs) => fs.remove('/sensors/a/notes.txt'))
    const after = await (await test.pond.moment('pending')).workingDirectory('/sensors/a')
    expect((await after.list('/', true)).map(({ path, change }) => [path, change])).toEqual([
      ['/2026.csv', null],
      ['/notes.txt', 'deleted'],
    ])
  })

  it('stages from one of its directories, prepared content too', async () => {
    const { pond } = test
    const prepared = await pond.prepare([new TextEncoder().encode('n\n9\n')])
    await pond.stage(async (fs) => {
      const sensors = await fs.workingDirectory('/sensors')
      await sensors.createDirectory('c')
      const c = await sensors.workingDirectory('c')
      expect(await c.put('2026.csv', prepared)).toBe('/2026.csv')
      await expect(c.put('../up', prepared)).rejects.toEqual(expect.objectContaining({ code: 'tinyfs.above-root' }))
    })
    expect((await pond.stat('/sensors/c/2026.csv')).size).toBe(4)
  })
})
