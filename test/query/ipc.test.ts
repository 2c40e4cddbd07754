/** The inner layer by SQL: Arrow data in a column, and in files, as tables. */
import { makeVector, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { newPond } from './pond'

const ENTRIES = `SELECT path, content FROM oplog_rows WHERE file_type = 'directory' AND content IS NOT NULL`

describe('Arrow data in a column', () => {
  it('is a table: what a directory contains, as the rows of the table have it', async () => {
    await using test = await newPond()
    await test.write('/a.csv', 'n\n1\n')
    await test.pond.stage(async (fs) => {
      await fs.createDirectory('/d')
      await fs.createSymlink('/d/link', '/a.csv')
    })
    await test.commit()
    await test.pond.stage((fs) => fs.remove('/a.csv'))
    await test.commit()
    const rows = await test.objects(
      `SELECT version, name, operation, node_type FROM pond.ipc((
         SELECT txn_seq AS version, content FROM oplog_rows WHERE file_type = 'directory' AND content IS NOT NULL
       )) ORDER BY ALL`,
    )
    expect(rows).toEqual([
      { version: 1, name: 'a.csv', operation: 'insert', node_type: 'file:data' },
      { version: 1, name: 'd', operation: 'insert', node_type: 'directory' },
      { version: 1, name: 'link', operation: 'insert', node_type: 'symlink' },
      { version: 2, name: 'a.csv', operation: 'delete', node_type: 'file:data' },
    ])
    // What directory_entries has been folded from.
    const last = await test.rows(
      `SELECT name FROM pond.ipc((${ENTRIES})) e GROUP BY child_node_id, name HAVING NOT bool_or(operation = 'delete')
       EXCEPT SELECT name FROM directory_entries`,
    )
    expect(last).toEqual([])
  })

  it('keeps the columns beside it, counts the rows it is from, and joins with anything', async () => {
    await using test = await newPond()
    await test.write('/a.csv', 'n,t\n1,x\n')
    await test.commit()
    expect(await test.objects(`DESCRIBE FROM pond.ipc((${ENTRIES}))`)).toMatchObject(
      ['_row', 'path', 'name', 'child_node_id', 'operation', 'node_type'].map((name) => ({ column_name: name })),
    )
    const joined = `SELECT e._row, e.path, e.name, f.size FROM pond.ipc((${ENTRIES})) e
      JOIN pond.files f ON f.name = e.name, '/a.csv' t WHERE t.n = 1`
    expect(await test.rows(joined)).toEqual([[0, '/', 'a.csv', 8]])
    expect(await test.rows(`WITH e AS (FROM pond.ipc((${ENTRIES}))) SELECT count(*) FROM e, e AS f`)).toEqual([[1]])
    expect(await test.rows(`SELECT (SELECT max(name) FROM pond.ipc((${ENTRIES}))) AS n`)).toEqual([['a.csv']])
    const nested = `SELECT ipc.name FROM pond.ipc((SELECT content FROM oplog_rows AT (VERSION => 1) WHERE path IN
      (SELECT path FROM pond.ipc((${ENTRIES}))) AND content IS NOT NULL AND operation = 'entries'))`
    expect(await test.rows(nested)).toEqual([['a.csv']])
    expect((await test.rows(`EXPLAIN FROM pond.ipc((${ENTRIES}))`)).length).toBeGreaterThan(0)
    expect(await test.rows(`SELECT * FROM pond.ipc((SELECT content FROM oplog_rows WHERE false))`)).toEqual([])
  })

  it('reads a column that came later together with rows that were written before it', async () => {
    await using test = await newPond()
    const column = (values: readonly string[]) => vectorFromArray(values, new Utf8())
    const before = tableToIPC(new Table({ name: column(['a', 'b']) }), 'stream')
    const after = tableToIPC(new Table({ name: column(['c']), colour: column(['red']) }), 'stream')
    await test.write('/old', before)
    await test.write('/new', after)
    const sql = `SELECT path, name, colour FROM pond.ipc((SELECT path, content FROM oplog_entries)) ORDER BY name`
    const expected = [
      ['/old', 'a', null],
      ['/old', 'b', null],
      ['/new', 'c', 'red'],
    ]
    expect(await test.rows(sql)).toEqual(expected)
    await test.commit()
    expect(await test.rows(sql, 'head')).toEqual(expected)
    expect(await test.objects(`DESCRIBE oplog_rows`)).toHaveLength(15)
  })

  it('that is damaged is named by its row', async () => {
    await using test = await newPond()
    await test.write('/x', tableToIPC(new Table({ a: vectorFromArray([1, 2]) }), 'stream').subarray(0, 120))
    const sql = `SELECT *\nFROM pond.ipc((SELECT content FROM oplog_entries))`
    await expect(test.rows(sql)).rejects.toMatchObject({
      code: 'query.unreadable-value',
      detail: { row: 0, line: 2 },
    })
  })

  it('is asked for in one way, and a mistake in its query has its place', async () => {
    await using test = await newPond()
    const wrong: readonly (readonly [sql: string, message: RegExp])[] = [
      ['FROM pond.ipc()', /takes a query/],
      [`FROM pond.ipc('/a.arrow')`, /takes a query/],
      ['FROM pond.ipc((SELECT path FROM oplog_rows))', /one column of type BLOB: its query has none/],
      ['FROM pond.ipc((SELECT content, content AS again FROM oplog_rows))', /"content", "again"/],
      ['SELECT pond.ipc((SELECT content FROM oplog_rows))', /pond.ipc/],
    ]
    for (const [sql, message] of wrong) {
      await expect(test.rows(sql), sql).rejects.toMatchObject({
        code: 'query.failed',
        message: expect.stringMatching(message),
      })
    }
    const syntax = test.rows('FROM pond.ipc((SELECT content FROM FROM oplog_rows))')
    await expect(syntax).rejects.toMatchObject({ code: 'query.syntax' })
    await expect(test.rows(`FROM pond.ipc((FROM '/etc/passwd'))`)).rejects.toMatchObject({ code: 'query.no-such-file' })
    await expect(test.rows(`FROM pond.ipc((FROM read_blob('/etc/passwd')))`)).rejects.toMatchObject({
      code: 'query.no-such-file',
    })
    await expect(test.rows(`FROM pond.ipc((FROM pond.log AT (VERSION => 9)))`)).rejects.toMatchObject({
      code: 'steward.unknown-version',
    })
  })
})

describe('a file of Arrow data', () => {
  const table = new Table({ n: vectorFromArray([1n, 2n]), t: vectorFromArray(['x', null], new Utf8()) })

  it('is a table in either format, alone, in globs, at a moment, and described', async () => {
    await using test = await newPond()
    await test.write('/a.arrow', tableToIPC(table, 'file'))
    await test.write('/b.arrows', tableToIPC(table, 'stream'))
    await test.write('/c.feather', tableToIPC(table, 'file'))
    await test.write('/d.csv', 'n,more\n3,z\n')
    await test.commit()
    for (const path of ['/a.arrow', '/b.arrows', '/c.feather']) {
      expect(await test.rows(`FROM '${path}'`), path).toEqual([
        [1, 'x'],
        [2, null],
      ])
    }
    expect(await test.rows(`SELECT count(*), sum(n), max(more) FROM '/*'`)).toEqual([[7, '12', 'z']])
    expect(await test.rows(`SELECT sum(n) FROM '/{a,b}.arrow*' WHERE t IS NULL`)).toEqual([['4']])
    await test.write('/a.arrow', tableToIPC(new Table({ n: vectorFromArray([7n]) }), 'file'))
    expect(await test.rows(`SELECT a.n, b.n FROM '/a.arrow' a, '/a.arrow' b AT (VERSION => 1)`)).toEqual([
      [7, 1],
      [7, 2],
    ])
    const file = (await (await test.pond.source('head')).tables('/a.arrow'))[0]!
    expect(await test.pond.queries.describe(file)).toMatchObject({
      format: 'arrow',
      columns: [
        { name: 'n', type: 'BIGINT' },
        { name: 't', type: 'VARCHAR' },
      ],
    })
  })

  it('that is damaged is named, and its bytes can be read all the same', async () => {
    await using test = await newPond()
    await test.write('/x.arrow', tableToIPC(table, 'file').subarray(0, 300))
    await expect(test.rows(`SELECT *\nFROM '/x.arrow'`)).rejects.toMatchObject({
      code: 'query.unreadable-file',
      detail: { path: '/x.arrow' },
    })
    expect(await test.rows(`SELECT size FROM read_blob('/x.arrow')`)).toEqual([[300]])
    const file = (await (await test.pond.source('pending')).tables('/x.arrow'))[0]!
    expect(await test.pond.queries.describe(file)).toMatchObject({ problem: { code: 'query.unreadable-file' } })
  })

  it('is left when the statement is cancelled while it is loaded', async () => {
    await using test = await newPond()
    const numbers = BigInt64Array.from({ length: 3_000_000 }, (_, i) => BigInt(i))
    await test.write('/big.arrow', tableToIPC(new Table({ n: makeVector(numbers) }), 'file'))
    for (const sql of [`FROM '/big.arrow'`, `FROM pond.ipc((SELECT content FROM read_blob('/big.arrow')))`]) {
      const abort = new AbortController()
      setTimeout(() => abort.abort(), 150)
      const started = performance.now()
      await expect(
        test.pond.queries.stream(await test.pond.source('pending'), sql, abort.signal),
        sql,
      ).rejects.toMatchObject({
        code: 'query.cancelled',
      })
      expect(performance.now() - started).toBeLessThan(5_000)
    }
    expect(await test.rows('SELECT 1')).toEqual([[1]])
  })

  it('that an export wrote reads back as the same rows', async () => {
    await using test = await newPond()
    const sql = `SELECT range AS n, 'row ' || range AS t, range / 4 AS x FROM range(10_000)`
    const parts: Uint8Array[] = []
    const stream = await test.pond.queries.bytes(await test.pond.source(), sql, { format: 'arrow' })
    for await (const chunk of stream.chunks) parts.push(chunk)
    await test.write('/r.arrow', Buffer.concat(parts))
    expect(await test.rows(`FROM '/r.arrow' EXCEPT (${sql})`)).toEqual([])
    expect(await test.rows(`SELECT count(*) FROM '/r.arrow'`)).toEqual([[10_000]])
  })
})
