import fc from 'fast-check'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../shared/testing/runs'
import { openBench } from '../testing/host-source'
import { recordsOf, type Dialect } from './csv-records'
import { CsvScan } from './csv-scan'

const bench = await openBench()

/** A writer of its own: every way of ours to write a table. */
function written(
  table: readonly (readonly (string | null)[])[],
  { delimiter, end, quoteAll, bom }: { delimiter: string; end: string; quoteAll: boolean; bom: boolean },
): string {
  const field = (value: string | null): string => {
    if (value === null) return ''
    const needs = quoteAll || value === '' || /["\r\n\t,;|']|^\s|\s$|^#/.test(value)
    return needs ? `"${value.replaceAll('"', '""')}"` : value
  }
  return (bom ? '\ufeff' : '') + table.map((row) => row.map(field).join(delimiter) + end).join('')
}

const cell = fc.oneof(
  fc.constant(null),
  fc.stringMatching(/^[a-zäß"',;|\t \n#.-]{0,8}$/),
  fc.constantFrom('', 'x', 'NULL', 'a"b', "it's", 'two\nlines', ' padded ', 'é'),
)
const dialects = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  end: fc.constantFrom('\n', '\r\n', '\r'),
  quoteAll: fc.boolean(),
  bom: fc.boolean(),
})

describe('a table', () => {
  it('written in any dialect is read back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        dialects,
        fc.array(fc.tuple(fc.integer(), cell, cell), { minLength: 3, maxLength: 12 }),
        async (dialect, rows) => {
          const table = rows.map(([n, a, b]) => [String(n), a, b])
          const text = written([['number', 'first text', 'second text'], ...table], dialect)
          const source = await bench.source({ '/x.csv': text })
          const found = await bench.rows(source, `SELECT CAST(COLUMNS(*) AS VARCHAR) FROM '/x.csv'`)
          expect(found).toEqual(table)
        },
      ),
      { numRuns: runs(40) },
    )
  })

  it('has the same records for both who look for them', () => {
    const text = fc.stringMatching(/^[ab,"#' \n\r\\]{0,40}$/)
    const dialect = fc.record({
      delimiter: fc.constantFrom(',', ' '),
      quote: fc.constantFrom('"', ''),
      comment: fc.constantFrom('', '#'),
    })
    fc.assert(
      fc.property(text, dialect, fc.nat(40), (written, { delimiter, quote, comment }, cut) => {
        const whole: Dialect = { delimiter, quote, escape: quote, comment }
        const records = recordsOf(written, whole).filter(({ isBlank }) => !isBlank)
        const scan = new CsvScan({ dialect: whole, skip: 0, width: -2 })
        // In two pieces, cut anywhere.
        scan.feed(Buffer.from(written.slice(0, cut)))
        scan.feed(Buffer.from(written.slice(cut)))
        const shape = scan.end()
        const first = records.slice(0, 20).map(({ line, fields }) => ({ line, values: fields.length, hasNul: false }))
        expect([shape.records, shape.misfits.first]).toEqual([records.length, first])
        const odd = records.find(({ isMisquoted }) => isMisquoted)
        const told = [shape.misquotedLine, shape.unclosedLine].filter((line) => line !== null)
        expect(told.length > 0 ? Math.min(...told) : undefined).toBe(odd?.line)
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('is read the same whatever the zone of the machine', async () => {
    const before = process.env['TZ']
    const seen: unknown[] = []
    try {
      for (const zone of ['UTC', 'America/New_York', 'Asia/Kolkata']) {
        process.env['TZ'] = zone
        // Another content each time: nothing is known of it from before.
        const text = `at,v\n2024-01-13T00:00:00Z,1\n2024-01-13 00:00:01,2\n,${zone}\n`
        const source = await bench.source({ '/x.csv': text, '/x.jsonl': `{"at":"2024-06-01 10:00","v":"${zone}"}\n` })
        const rows = await bench.rows(
          source,
          `SELECT epoch_us("at")::VARCHAR FROM '/x.csv' UNION ALL SELECT epoch_us("at")::VARCHAR FROM '/x.jsonl'`,
        )
        const mixed = await bench.rows(source, `SELECT epoch_us(TIMESTAMPTZ '2024-06-01 10:00:00')::VARCHAR`)
        seen.push([rows, mixed])
      }
    } finally {
      if (before === undefined) delete process.env['TZ']
      else process.env['TZ'] = before
    }
    expect(seen).toEqual([seen[0], seen[0], seen[0]])
    expect(seen[0]).toEqual([
      [['1705104000000000'], ['1705104001000000'], [null], ['1717236000000000']],
      [['1717236000000000']],
    ])
  })

  it('that is packed is read from its bytes', async () => {
    const text = `a,b\n${'1,x\n'.repeat(10_000)}2,y\n`
    const source = await bench.source({ '/x.csv.gz': gzipSync(text), '/cut.csv.gz': gzipSync(text).subarray(0, 60) })
    expect(await bench.rows(source, `SELECT count(*)::INT, sum(a)::INT FROM '/x.csv.gz'`)).toEqual([[10_001, 10_002]])
    await expect(bench.rows(source, `FROM '/cut.csv.gz'`)).rejects.toMatchObject({ code: 'query.unreadable-file' })
  })
})

describe('a name that promises another delimiter than there is', () => {
  it('gives way to what divides the lines, with a note; a text of one column stays one', async () => {
    for (const [name, text, delimiter] of [
      ['/x.tsv', 'a,b\n1,2\n3,4\n', ','],
      ['/x.tab', 'a;b\n1,5;2\n3,25;4\n', ';'],
      ['/x.psv', 'a\tb\n1\t2\n', '\t'],
    ] as const) {
      const source = await bench.source({ [name]: text })
      const found = await bench.queries.describe((await source.tables(name))[0]!)
      expect(found).toMatchObject({ columns: [{ name: 'a' }, { name: 'b' }], reading: { delimiter } })
      expect(found).toMatchObject({ reading: { notes: [{ message: expect.stringContaining('name promises') }] } })
    }
    const source = await bench.source({ '/x.tsv': 'v\n1,5\n2,25\n', '/y.tsv': 'who\nDoe, Jane\nPoe, Edgar\n' })
    expect(await bench.rows(source, `FROM '/x.tsv'`)).toEqual([[1.5], [2.25]])
    expect(await bench.rows(source, `FROM '/y.tsv'`)).toEqual([['Doe, Jane'], ['Poe, Edgar']])
  })
})

describe('several files', () => {
  it('unite by name, and what one of them has as text is text in all', async () => {
    const source = await bench.source({
      '/s/1.csv': 'id,n,t\n1,1,2024-01-01\n',
      '/s/2.csv': 'id;n;t\n2;1,5;\n',
      '/s/3.csv': 'id,n,t\nx,,2024-01-02 10:00\n',
    })
    expect(await bench.rows(source, `SELECT * FROM '/s/*.csv' ORDER BY id`)).toEqual([
      ['1', 1, expect.stringContaining('2024-01-01')],
      ['2', 1.5, null],
      ['x', null, expect.stringContaining('2024-01-02')],
    ])
    const long = await bench.source({ '/l/1.csv': 'n\n9007199254740993\n', '/l/2.csv': 'n\n1.5\n' })
    expect(await bench.rows(long, `FROM '/l/*.csv'`)).toEqual([['9007199254740993'], ['1.5']])
  })
})
