import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { TableFormat } from '../../../shared/model'
import { isTablePath, type TableDescription } from '../index'
import { openBench, vega } from '../testing/host-source'

const bench = await openBench()

async function described(path: string, content: string | Uint8Array, format?: TableFormat): Promise<TableDescription> {
  const source = await bench.source({ [path]: content })
  return bench.queries.describe((await source.tables(path))[0]!, { format })
}

describe('a description', () => {
  it('of Parquet counts rows and row groups without reading them', async () => {
    const target = join(bench.folder, 'groups.parquet')
    const sql = `SELECT range AS n, 'x' AS t FROM range(300_000)`
    await bench.queries.export(await bench.source(), sql, { format: 'parquet', target, metadata: {} })
    const found = await described('/p.parquet', await readFile(target))
    expect(found).toMatchObject({
      format: 'parquet',
      columns: [
        { name: 'n', type: 'BIGINT' },
        { name: 't', type: 'VARCHAR' },
      ],
      rows: 300_000,
      rowGroups: [{ rows: 122_880 }, { rows: 122_880 }, { rows: 54_240 }],
    })
    expect('rowGroups' in found && found.rowGroups!.every(({ bytes }) => bytes > 0)).toBe(true)
  })

  it('of text has columns, the number of rows, and how it is read', async () => {
    expect(await described('/w.csv', await vega('seattle-weather.csv'))).toMatchObject({
      format: 'csv',
      columns: [
        { name: 'date', type: 'DATE' },
        { name: 'precipitation', type: 'DOUBLE' },
        { name: 'temp_max', type: 'DOUBLE' },
        { name: 'temp_min', type: 'DOUBLE' },
        { name: 'wind', type: 'DOUBLE' },
        { name: 'weather', type: 'VARCHAR' },
      ],
      rows: 1_461,
      rowGroups: null,
      reading: { delimiter: ',', hasHeader: true, encoding: 'utf-8', lineEnds: ['LF'], skipped: 0, notes: [] },
      preview: null,
    })
    expect(await described('/a.jsonl', '{"a":{"b":[1]}}\n')).toMatchObject({
      columns: [{ name: 'a', type: 'STRUCT(b BIGINT[])' }],
    })
    expect(await described('/no-name', 'a;b\n1;2\n', 'csv')).toMatchObject({ columns: [{ name: 'a' }, { name: 'b' }] })
  })

  it('of a file that is no table says why', async () => {
    expect(await described('/x.parquet', 'PAR1 not really')).toMatchObject({
      problem: { code: 'query.unreadable-file' },
    })
    expect(await described('/x.bin', 'abc')).toMatchObject({ problem: { code: 'query.not-a-table' } })
  })
})

describe('a file looks like a table', () => {
  const head = (text: string): Uint8Array => new TextEncoder().encode(text)
  it.each([
    ['a.csv', 'a,b', 'csv'],
    ['A.TSV', 'a\tb', 'csv'],
    ['a.csv.gz', '\x1f', 'csv'],
    ['a.json', '[', 'json'],
    ['a.ndjson', '{', 'jsonl'],
    ['a.jsonl.zst', '', 'jsonl'],
    ['a.parquet', 'PAR1', 'parquet'],
    ['a', 'PAR1', 'parquet'],
    ['a.csv', 'PAR1', 'parquet'],
    ['a.parquet', 'no', null],
    ['a.txt', 'a,b', null],
    ['csv', 'a,b', null],
    ['.csv', 'a,b', 'csv'],
  ] as const)('%s that begins with %j: %s', (name, content, format) => {
    expect(isTablePath(name, head(content))).toBe(format)
  })
})
