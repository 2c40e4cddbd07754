import { describe, expect, it } from 'vitest'
import { newPond } from './pond'

describe('the founding scenario', () => {
  it('counts two operations with pending, none without, and two once committed', async () => {
    await using test = await newPond()
    const { pond } = test
    await pond.stage(async (fs) => {
      await (await fs.writeFile('/A')).close()
      await fs.createSymlink('/B', '/A')
    })
    const count = 'SELECT count(*) FROM oplog_entries'
    expect(await test.rows(count, 'pending')).toEqual([[2]])
    expect(await test.rows(count, 'head')).toEqual([[0]])
    expect(await pond.commit({ message: 'first' })).toMatchObject({ outcome: 'committed', operationsCommitted: 2 })
    expect(await test.rows(count, 'head')).toEqual([[2]])
    expect(await test.rows(count, 'pending')).toEqual([[2]])
    await test.reopen()
    expect(await test.rows(count, 'head')).toEqual([[2]])
  })
})

describe('every relation', () => {
  it('has the columns that docs/sql.md lists, whether there are rows or not', async () => {
    await using test = await newPond()
    const columns: Record<string, string> = {
      oplog_entries:
        'part_id node_id file_type timestamp version content sha256 size min_event_time max_event_time extended_attributes txn_seq operation name path is_pending',
      oplog_rows:
        'part_id node_id file_type timestamp version content sha256 size min_event_time max_event_time extended_attributes txn_seq operation name path',
      directory_entries: 'part_id name child_node_id node_type path',
      'pond.log':
        'version committed_at author message operation_count files_added files_modified files_deleted files_renamed bytes_delta transaction_id is_head',
      'pond.operations':
        'version seq operation path old_path file_type size_before size_after sha256_before sha256_after author at is_pending',
      'pond.status': 'path old_path file_type change size_before size_after',
      'pond.files':
        'path parent name file_type media_type size sha256 created_version modified_version modified_at modified_by is_pending',
      'pond.file_versions': 'path old_path version valid_to_version change size sha256 author committed_at message',
      'pond.info': 'key value',
      'pond.recipes': 'path output factory kind file_type description state problem line column key cached_bytes',
      'pond.lineage': 'output input hash node_version via',
    }
    const catalog = await test.pond.queries.catalog()
    expect(
      Object.fromEntries(
        catalog.map(({ name, columns: found }) => [name, found.map((column) => column.name).join(' ')]),
      ),
    ).toEqual(columns)
    for (const filled of [false, true]) {
      if (filled) {
        await test.write('/a.csv', 'a\n1\n')
        await test.commit()
        await test.write('/b.csv', 'a\n1\n')
      }
      for (const { name, columns: expected } of catalog) {
        const found = await test.objects(`DESCRIBE ${name}`)
        expect(
          found.map((row) => ({ name: row['column_name'], type: row['column_type'] })),
          name,
        ).toEqual(expected)
      }
    }
  })

  it('can be named by its full name, with others, and by SHOW', async () => {
    await using test = await newPond()
    await test.write('/a.csv', 'a\n1\n')
    expect(await test.rows('SELECT count(*) FROM memory.pond.files, POND.STATUS, Oplog_Entries')).toEqual([[1]])
    expect(await test.rows('SHOW TABLES')).toEqual([['directory_entries'], ['oplog_entries'], ['oplog_rows']])
    const all = await test.rows(
      `SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_schema = 'pond'`,
    )
    expect(new Set(all.flat())).toEqual(
      new Set([
        'pond.file_versions',
        'pond.files',
        'pond.info',
        'pond.lineage',
        'pond.log',
        'pond.operations',
        'pond.recipes',
        'pond.status',
      ]),
    )
  })
})

describe('a small history', () => {
  it('reads the same at every moment, whichever came after', async () => {
    await using test = await newPond()
    await test.write('/weather.csv', 'day,t\n1,20\n')
    await test.write('/notes.txt', 'hello')
    await test.commit('two files')
    await test.write('/weather.csv', 'day,t\n1,20\n2,21\n')
    await test.pond.stage((fs) => fs.remove('/notes.txt'))
    await test.pond.stage((fs) => fs.createDirectory('/raw'))
    await test.pond.stage((fs) => fs.rename('/weather.csv', '/raw/weather.csv'))
    const pendingFiles = await test.objects('FROM pond.files ORDER BY path')
    expect(pendingFiles.map((row) => [row['path'], row['parent'], row['is_pending'], row['modified_version']])).toEqual(
      [
        ['/raw', '/', true, null],
        ['/raw/weather.csv', '/raw', true, null],
      ],
    )
    expect(await test.rows('SELECT path, old_path, change FROM pond.status ORDER BY path')).toEqual([
      ['/notes.txt', null, 'deleted'],
      ['/raw', null, 'added'],
      ['/raw/weather.csv', '/weather.csv', 'renamed'],
    ])
    expect(await test.rows('FROM pond.status', 'head')).toEqual([])
    expect(await test.rows(`SELECT count(*) FROM '/raw/weather.csv'`)).toEqual([[2]])
    await expect(test.rows(`FROM '/raw/weather.csv'`, 'head')).rejects.toMatchObject({ code: 'query.no-such-file' })

    await test.commit('moved')
    await test.write('/raw/weather.csv', 'day,t\n1,20\n2,21\n3,22\n')
    await test.commit('third')

    const counts = (at: string) => test.rows(`SELECT count(*) FROM '/raw/weather.csv'`, at)
    expect([await counts('3'), await counts('2'), await counts('head~1')]).toEqual([[[3]], [[2]], [[2]]])
    expect(await test.rows(`SELECT count(*) FROM '/weather.csv'`, '1')).toEqual([[1]])
    expect(await test.rows('SELECT path FROM pond.files ORDER BY path', '1')).toEqual([
      ['/notes.txt'],
      ['/weather.csv'],
    ])
    expect(await test.rows('SELECT count(*), max(txn_seq) FROM oplog_rows', '0')).toEqual([[0, null]])
    expect(await test.rows('SELECT version, message, author, is_head FROM pond.log ORDER BY version')).toEqual([
      [1, 'two files', 'tester', false],
      [2, 'moved', 'tester', false],
      [3, 'third', 'tester', true],
    ])
    expect(await test.rows('SELECT max(l.version), max(e.txn_seq) FROM pond.log l, oplog_entries e', '2')).toEqual([
      [2, 2],
    ])
    expect(
      await test.rows(
        `SELECT version, path, change, valid_to_version, size FROM pond.file_versions WHERE path LIKE '%weather.csv' ORDER BY version, change`,
      ),
    ).toEqual(
      [
        [1, '/weather.csv', 'added', 2, 11],
        [2, '/weather.csv', 'modified', 2, 16],
        [2, '/raw/weather.csv', 'renamed', 3, 16],
        [3, '/raw/weather.csv', 'modified', null, 21],
      ].sort((a, b) => (a[0] as number) - (b[0] as number) || ((a[2] as string) < (b[2] as string) ? -1 : 1)),
    )
    expect(
      await test.rows(
        `SELECT operation, path, old_path, size_before, size_after, author FROM pond.operations WHERE version = 2 ORDER BY seq`,
      ),
    ).toEqual([
      ['update', '/weather.csv', null, 11, 16, 'tester'],
      ['delete', '/notes.txt', null, 5, null, 'tester'],
      ['create', '/raw', null, null, null, 'tester'],
      ['rename', '/raw/weather.csv', '/weather.csv', 16, 16, 'tester'],
    ])
  })

  it('keeps large and small content apart from what SQL shows of it', async () => {
    await using test = await newPond()
    const large = `n\n${'1234567\n'.repeat(20_000)}`
    await test.write('/small.csv', 'n\n1\n')
    await test.write('/large.csv', large)
    for (const at of ['pending', 'head']) {
      if (at === 'head') await test.commit()
      expect(await test.rows(`SELECT count(*), sum(n) FROM '/large.csv'`, at)).toEqual([
        [20_000, String(20_000 * 1_234_567)],
      ])
      expect(await test.rows(`SELECT name, octet_length(content), size FROM oplog_entries ORDER BY name`, at)).toEqual([
        ['large.csv', null, large.length],
        ['small.csv', 4, 4],
      ])
    }
  })

  it('follows links, and finds files by glob through the tree of the moment', async () => {
    await using test = await newPond()
    await test.write('/data/2025/a.csv', 'n\n1\n').catch(async () => {
      await test.pond.stage((fs) => fs.createDirectory('/data/2025', { parents: true }))
      await test.write('/data/2025/a.csv', 'n\n1\n')
    })
    await test.pond.stage(async (fs) => {
      await fs.createDirectory('/data/2026')
      await fs.createSymlink('/latest.csv', '/data/2026/b.csv')
    })
    await test.write('/data/2026/b.csv', 'n\n2\n')
    expect(await test.rows(`FROM '/latest.csv'`)).toEqual([[2]])
    expect(await test.rows(`SELECT sum(n) FROM '/data/*/*.csv'`)).toEqual([['3']])
    await test.write('/data/[2026].csv', 'n\n6\n')
    expect(await test.rows(`FROM '/data/[2026].csv'`)).toEqual([[6]])
    expect(
      (await test.pond.queries.complete(await test.pond.source('pending'), `FROM '/data/`, 12)).map(
        ({ label }) => label,
      ),
    ).toEqual(['/data/2025/', '/data/2026/', '/data/[2026].csv'])
    expect(
      await test.pond.queries.complete(await test.pond.source('pending'), `SELECT n| FROM '/', '/data/'`, 8),
    ).toEqual(expect.any(Array))
    await expect(test.rows(`FROM '/data/2025/b.csv'`)).rejects.toMatchObject({
      detail: { candidates: ['/data/2025/a.csv'] },
    })
    await expect(test.rows(`FROM '/b.csv'`)).rejects.toMatchObject({ detail: { candidates: ['/data/2026/b.csv'] } })
    expect(await test.rows(`SELECT filename FROM read_csv('/data/20*/*.csv', filename = true) ORDER BY 1`)).toEqual([
      ['/data/2025/a.csv'],
      ['/data/2026/b.csv'],
    ])
    await test.commit()
    await test.pond.stage((fs) => fs.remove('/data/2026/b.csv'))
    expect(await test.rows(`SELECT sum(n) FROM '/data/*/*.csv'`)).toEqual([['1']])
    expect(await test.rows(`SELECT sum(n) FROM '/data/*/*.csv'`, 'head')).toEqual([['3']])
    await expect(test.rows(`FROM '/latest.csv'`)).rejects.toMatchObject({ code: 'query.no-such-file' })
    await expect(test.rows(`FROM '/data'`)).rejects.toMatchObject({ code: 'query.not-a-table' })
    await expect(test.rows(`FROM '/../etc/passwd'`)).rejects.toMatchObject({
      code: expect.stringMatching(/above-root|no-such-file/),
    })
  })
})
