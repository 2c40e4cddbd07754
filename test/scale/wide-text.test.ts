import { DuckDBConnection } from '@duckdb/node-api'
import { describe, expect, it, vi } from 'vitest'
import { openBench } from '../../src/main/query/testing/host-source'

const bench = await openBench()

/** Values of a column in five rows: what it seems to be at first, and what says otherwise, are of many kinds. */
const COLUMNS = [
  ['1', '2', '3', '4', '5'],
  ['1', '', '3.5', '-4', '1e3'],
  ['a', 'b', '', 'd', 'e'],
  ['2024-01-02', '2024-01-03', '', '2024-01-05', '2024-01-06'],
  ['1/2/2024', '3/4/2024', '5/6/2024', '13/6/2024', '1/1/2024'],
  ['true', 'FALSE', 'true', '', 'true'],
  ['', '', '', '', ''],
  ['12345678901234567', '2', '3', '4', '5'],
  ['10:05', '11:06', '12:07', '', '1:08'],
  ['1', 'NA', '3', 'NA', '5'],
]

async function described(columns: readonly (readonly string[])[], { rows = 1, from = 0 } = {}) {
  const lines = Array.from({ length: 5 * rows }, (_, row) =>
    columns.map((values) => values[Math.floor(row / rows)]).join(','),
  )
  const header = columns.map((_, index) => `c${from + index}`).join(',')
  const source = await bench.source({ '/x.csv': `${header}\n${lines.join('\n')}\n` })
  const found = await bench.queries.describe((await source.tables('/x.csv'))[0]!)
  if ('problem' in found) throw found.problem
  return found.reading!
}

describe('a wide text table', () => {
  it.each([1, 300])('is what its columns are in a narrow one, with each value %i times in a row', async (rows) => {
    // Beyond a thousand rows, the sample does not have what says otherwise.
    const narrow = await described(COLUMNS, { rows })
    const wide = await described(Array.from({ length: 13 }, () => COLUMNS).flat(), { rows })
    expect(wide.rows).toBe(narrow.rows)
    for (const [index, column] of wide.columns.entries())
      expect(column).toEqual({ ...narrow.columns[index % 10]!, name: `c${index}` })
    const first = (name: string): boolean => COLUMNS.some((_, index) => name === `c${index}`)
    expect(wide.notes.filter(({ column }) => column !== undefined && first(column))).toEqual(narrow.notes)
  })

  it('is decided by a few statements that do not grow with the square of its columns', async () => {
    const asked = vi.spyOn(DuckDBConnection.prototype, 'runAndReadAll')
    const { columns } = await described(
      Array.from({ length: 300 }, (_, index) => ['1', '2', '3', String(index), 'x']),
      { rows: 300 },
    )
    expect(columns.every(({ type }) => type === 'VARCHAR')).toBe(true)
    const texts = asked.mock.calls.map(([sql]) => sql)
    expect(texts.length).toBeLessThan(10)
    for (const sql of texts) expect(sql.split('FILTER').length - 1).toBeLessThanOrEqual(64)
  })

  it('gives many columns of one name each a name', async () => {
    const source = await bench.source({ '/x.csv': `${'a,'.repeat(5_000)}b\n${'1,'.repeat(5_000)}2\n` })
    const found = await bench.queries.describe((await source.tables('/x.csv'))[0]!)
    if ('problem' in found) throw found.problem
    expect(found.columns.slice(0, 3).map(({ name }) => name)).toEqual(['a', 'a_1', 'a_2'])
    expect(new Set(found.columns.map(({ name }) => name)).size).toBe(5_001)
  })

  it('is refused where it has more columns than a sheet', async () => {
    const asked = vi.spyOn(DuckDBConnection.prototype, 'runAndReadAll')
    const source = await bench.source({ '/x.csv': '|'.repeat(89_847) })
    const found = await bench.queries.describe((await source.tables('/x.csv'))[0]!)
    const message =
      'line 1 has 89848 columns, and at most 16384 are read (--delim and --skip say how and where the table is)'
    expect(found).toMatchObject({
      problem: { code: 'query.unreadable-file', message: expect.stringContaining(message) },
    })
    expect(asked).not.toHaveBeenCalled()
  })
})
