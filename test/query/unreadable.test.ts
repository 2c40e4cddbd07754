import { createCipheriv } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { isPondError, type PondError } from '../../src/shared/errors'
import { openBench } from '../../src/main/query/testing/host-source'

const bench = await openBench()

const table = (rows: number, from: number): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'n', data: Array.from({ length: rows }, (_, row) => from + row), type: 'INT32' },
        { name: 's', data: Array.from({ length: rows }, (_, row) => `row ${row % 7}`), type: 'STRING' },
        { name: 'l', data: Array.from({ length: rows }, (_, row) => [row, row + 1]) },
      ],
    }),
  )
const good = table(60, 0)

async function outcome(files: Readonly<Record<string, string | Uint8Array>>, sql: string): Promise<PondError | null> {
  const source = await bench.source(files)
  try {
    await bench.rows(source, sql)
    return null
  } catch (error) {
    if (isPondError(error)) return error
    throw error
  }
}

/** Begins and ends as an encrypted file does; what is between is noise that text readers stumble over. */
function encrypted(): Uint8Array {
  const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16)).update(Buffer.alloc(400))
  return Buffer.concat([Buffer.from('PARE'), noise, Buffer.from([0x90, 1, 0, 0]), Buffer.from('PARE')])
}

describe('A file that cannot be read', () => {
  it('is named, whatever is wrong with it, among all that a glob matches', async () => {
    const failures = new Map<string, number>()
    // Every 29th byte, in pages and in the footer.
    for (let at = 0; at < good.length; at += 29) {
      const damaged = Uint8Array.from(good)
      damaged[at]! ^= 0xff
      const files = { '/d/1.parquet': table(9, 1), '/d/2.parquet': damaged, '/d/3.parquet': table(9, 2) }
      const error = await outcome(files, "SELECT count(n), count(s), count(l) FROM '/d/*.parquet'")
      if (error === null) continue
      failures.set(error.code, (failures.get(error.code) ?? 0) + 1)
      expect(`${at}: ${error.code} ${String(error.detail['path'])}`).toBe(`${at}: query.unreadable-file /d/2.parquet`)
    }
    expect([...failures.keys()]).toEqual(['query.unreadable-file'])
  })

  it.each([
    ['a reader with options', "FROM read_parquet('/d/*.parquet', union_by_name = true)"],
    ['a statement that looks at few columns', "SELECT max(n) FROM '/d/*.parquet' WHERE n > 1"],
    ['a subquery', "SELECT (SELECT count(s) FROM '/d/*.parquet'), 1"],
    ['a comparison', "FROM pond.columns('/d/*.parquet')"],
  ])('is named by %s, too', async (_name, sql) => {
    const cut = Uint8Array.from(good)
    const view = new DataView(cut.buffer)
    // A footer that claims to be longer than it is.
    view.setUint32(cut.length - 8, view.getUint32(cut.length - 8, true) - 3, true)
    const files = { '/d/a.parquet': good, '/d/b.parquet': cut }
    expect(await outcome(files, sql)).toMatchObject({ code: 'query.unreadable-file', detail: { path: '/d/b.parquet' } })
  })

  it('is named whatever its format', async () => {
    const packed = gzipSync(Buffer.from('{"a":1}\n'.repeat(2_000)))
    const kinds: Readonly<Record<string, readonly [string | Uint8Array, string | Uint8Array]>> = {
      'jsonl.gz': [packed, Buffer.from('no gzip at all')],
      json: ['[{"a":1}]', '[{"a":1},{"a":'],
      jsonl: ['{"a":1}\n', '{"a":1}\n{"a":\n'],
      arrow: [await arrow(), (await arrow()).subarray(0, -40)],
    }
    for (const [ending, [sound, damaged]] of Object.entries(kinds)) {
      const files = { [`/d/1.${ending}`]: sound, [`/d/2.${ending}`]: damaged, [`/d/3.${ending}`]: sound }
      const error = await outcome(files, `FROM '/d/*.${ending}'`)
      expect({ ending, code: error?.code, path: error?.detail['path'] }).toEqual({
        ending,
        code: 'query.unreadable-file',
        path: `/d/2.${ending}`,
      })
    }
  })

  it('of text is named by a reader that is written out, with damage anywhere and wherever it stands', async () => {
    const texts = {
      csv: (n: number) => `id,name,at\n${n},a,2024-01-01\n${n + 1},"b, c",2024-01-02\n`,
      json: (n: number) => `[{"id":${n},"name":"a"},{"id":${n + 1},"l":[1,{"x":null}]}]`,
      jsonl: (n: number) => `{"id":${n},"name":"a"}\n{"id":${n + 1},"l":[1,{"x":null}]}\n`,
    }
    const calls = {
      csv: ['', ', union_by_name = true', ", header = true, columns = {'id': 'INT', 'name': 'VARCHAR', 'at': 'DATE'}"],
      json: ['', ", columns = {'id': 'INT', 'name': 'VARCHAR'}"],
      jsonl: ['', ', maximum_depth = 1'],
    }
    const reader = { csv: 'read_csv', json: 'read_json', jsonl: 'read_ndjson' }
    const wrong: string[] = []
    let failures = 0
    for (const ending of ['csv', 'json', 'jsonl'] as const) {
      const sound = [10, 20, 30].map((n) => texts[ending](n))
      for (let at = 0; at < sound[0]!.length; at += 9) {
        for (const [index, odd] of ['"', '\n', ',x,', '\u0000'].entries()) {
          const place = (at + index) % 3
          const files = sound.map((text, n) => (n === place ? text.slice(0, at) + odd + text.slice(at + 1) : text))
          const named = Object.fromEntries(files.map((text, n) => [`/d/${n}.${ending}`, text]))
          const options = calls[ending][(at + index) % calls[ending].length]!
          const error = await outcome(
            named,
            `SELECT count(COLUMNS(*)) FROM ${reader[ending]}('/d/*.${ending}'${options})`,
          )
          if (error === null) continue
          failures++
          if (error.detail['path'] !== `/d/${place}.${ending}`)
            wrong.push(`${place} ${JSON.stringify(files[place])}${options}: ${error.code} ${error.message}`)
        }
      }
    }
    expect(failures).toBeGreaterThan(20)
    expect(wrong).toEqual([])
  })

  it.each([0, 1, 2])('is the one whose columns are not those of the others, and not the first (%d)', async (place) => {
    const names = ['/d/0.csv', '/d/1.csv', '/d/2.csv']
    const files = names.map((name, n) => [name, n === place ? 'x,y\n1,2\n' : `a,c\n${n},2\n`])
    const glob = await outcome(Object.fromEntries(files), "FROM read_csv('/d/*.csv')")
    expect(glob).toMatchObject({ code: 'query.unreadable-file', detail: { path: names[place] } })
    const list = await outcome(Object.fromEntries(files), `FROM read_csv(['${names.join("', '")}'])`)
    expect(list?.detail['path']).toBe(names[place])
  })

  it('that is packed and was cut is refused, and not read as if it were whole', async () => {
    const text = Array.from({ length: 5_000 }, (_, i) => `${i},${(i * 7_919) % 10_007}\n`).join('')
    const packed = gzipSync(Buffer.from(`a,b\n${text}`))
    for (const cut of [packed.length / 2, packed.length - 8, packed.length - 1]) {
      const files = { '/x.csv.gz': packed.subarray(0, cut), '/whole.csv.gz': packed }
      for (const from of [
        "'/x.csv.gz'",
        "read_csv('/x.csv.gz')",
        "read_csv(['/whole.csv.gz', '/x.csv.gz'], header = true)",
      ])
        expect(await outcome(files, `SELECT count(*) FROM ${from}`)).toMatchObject({
          code: 'query.unreadable-file',
          message: expect.stringContaining('/x.csv.gz'),
        })
      expect(await outcome(files, "SELECT count(*) FROM read_csv('/whole.csv.gz')")).toBeNull()
    }
  })

  it('is no excuse for a mistake in the statement', async () => {
    const files = { '/d/1.parquet': good, '/d/2.parquet': table(9, 1) }
    for (const [sql, code] of [
      ["SELECT n // 0, error('on purpose') FROM '/d/*.parquet'", 'query.failed'],
      ["SELECT nothere FROM '/d/*.parquet'", 'query.failed'],
      ["SELECT CAST(s AS INTEGER) FROM '/d/*.parquet'", 'query.failed'],
    ] as const)
      expect(await outcome(files, sql)).toMatchObject({
        code,
        detail: expect.not.objectContaining({ path: expect.anything() }),
      })
  })

  it('that is encrypted is said to be, whatever it is called', async () => {
    for (const path of ['/x.parquet', '/x.parquet.encrypted', '/x.csv', '/x.json', '/x']) {
      const error = await outcome({ [path]: encrypted() }, `FROM '${path}'`)
      expect({ path, message: error?.message }).toEqual({
        path,
        message: `"${path}" cannot be read as a table: it is encrypted`,
      })
      const [file] = await (await bench.source({ [path]: encrypted() })).tables(path)
      expect(await bench.queries.describe(file!, { format: 'parquet' })).toMatchObject({
        problem: { detail: { reason: 'it is encrypted' } },
      })
    }
  })

  it('of which a column is encrypted is said to be, and its other columns are read', async () => {
    const bytes = await readFile(new URL('../fixtures/encrypted-columns.parquet', import.meta.url))
    const files = { '/d/1.parquet': good, '/d/2.parquet': bytes, '/x.parquet': bytes }
    const message = (path: string): string => `"${path}" cannot be read as a table: its column secret is encrypted`
    for (const sql of ["FROM '/x.parquet'", "SELECT max(secret) FROM '/x.parquet'", "FROM read_parquet('/x.parquet')"])
      expect((await outcome(files, sql))?.message).toBe(message('/x.parquet'))
    const many = "SELECT secret FROM read_parquet('/d/*.parquet', union_by_name = true)"
    expect((await outcome(files, many))?.message).toBe(message('/d/2.parquet'))
    const source = await bench.source(files)
    expect(await bench.rows(source, `SELECT open, day("timestamp") FROM '/x.parquet'`)).toHaveLength(3)
    const [file] = await source.tables('/x.parquet')
    expect(await bench.queries.describe(file!)).toMatchObject({ problem: { message: message('/x.parquet') } })
  })
})

async function arrow(): Promise<Uint8Array> {
  const bytes = await bench.queries.bytes(await bench.source(), 'SELECT 1 AS a', { format: 'arrow' })
  const pieces: Uint8Array[] = []
  for await (const piece of bytes.chunks) pieces.push(piece)
  return Buffer.concat(pieces)
}
