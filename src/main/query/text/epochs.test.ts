import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../shared/testing/runs'
import type { ReadingOptions } from '../../../shared/model'
import { parseReading } from '../../../shared/reading'
import { openBench } from '../testing/host-source'
import { sheet, workbook } from '../testing/workbook-bytes'

const bench = await openBench()

async function described(content: string | Uint8Array, name: string, reading: ReadingOptions) {
  const source = await bench.source({ [name]: content })
  return bench.queries.describe((await source.tables(name))[0]!, { previewRows: 20, reading: parseReading(reading) })
}

async function table(content: string | Uint8Array, reading: ReadingOptions, name = '/x.csv') {
  const found = await described(content, name, reading)
  if ('problem' in found) throw found.problem
  return { columns: found.columns.map((column) => `${column.name} ${column.type}`), values: found.preview!.rows }
}

const UNITS = { epoch: 1_000_000n, epoch_ms: 1_000n, epoch_us: 1n } as const
const FIRST = -62_135_596_800_000_000n
const LAST = 253_402_300_799_999_999n

/** Of microseconds since 1970, in a unit, with all digits. */
function spelt(micros: bigint, format: keyof typeof UNITS): string {
  const unit = UNITS[format]
  const size = micros < 0n ? -micros : micros
  const digits = String(unit).length - 1
  const rest =
    digits === 0
      ? ''
      : String(size % unit)
          .padStart(digits, '0')
          .replace(/0+$/, '')
  return `${micros < 0n ? '-' : ''}${size / unit}${rest === '' ? '' : `.${rest}`}`
}

describe('times as numbers since 1970', () => {
  it.each(Object.keys(UNITS) as (keyof typeof UNITS)[])('are read to the microsecond by %s', async (format) => {
    const micros = fc.bigInt({ min: FIRST, max: LAST })
    await fc.assert(
      fc.asyncProperty(fc.array(micros, { minLength: 1, maxLength: 20 }), async (instants) => {
        const texts = instants.map((instant) => spelt(instant, format))
        // DuckDB spells doubles of JSON itself: below 0.0001 and from 1e16 on with an exponent.
        const isQuoted = (text: string): boolean => text.length > 15 || Math.abs(Number(text)) < 1
        const files = {
          '/x.csv': `at,n\n${texts.map((text) => `${text},1\n`).join('')}`,
          '/x.jsonl': texts.map((text) => `{"at":${isQuoted(text) ? `"${text}"` : text}}\n`).join(''),
        }
        const source = await bench.source(files)
        for (const path of Object.keys(files)) {
          const [file] = await source.tables(path)
          const reading = { timestampFormats: [format], types: { at: 'TIMESTAMP' } }
          const tables = async () => [{ ...file!, reading }]
          const rows = await bench.rows({ ...source, tables }, `SELECT epoch_us("at")::VARCHAR FROM '${path}'`)
          expect(rows).toEqual(instants.map((instant) => [String(instant)]))
        }
      }),
      { numRuns: runs(8) },
    )
  })

  it.each([
    ['epoch', '1700000000.123', 'TIMESTAMP WITH TIME ZONE', '2023-11-14 22:13:20.123+00'],
    ['epoch', '1700000000', 'TIMESTAMP WITH TIME ZONE', '2023-11-14 22:13:20+00'],
    ['epoch', '-1.5', 'TIMESTAMP WITH TIME ZONE', '1969-12-31 23:59:58.5+00'],
    ['epoch_ms', '1700000000123', 'TIMESTAMP WITH TIME ZONE', '2023-11-14 22:13:20.123+00'],
    ['epoch_us', '1700000000123456', 'TIMESTAMP WITH TIME ZONE', '2023-11-14 22:13:20.123456+00'],
    ['epoch_ns', '1700000000123456789', 'TIMESTAMP_NS', '2023-11-14 22:13:20.123456789'],
    ['epoch_ns', '-1', 'TIMESTAMP_NS', '1969-12-31 23:59:59.999999999'],
  ])('by %s: %s', async (format, text, type, value) => {
    const reading = { timestampFormats: [format], timezone: 'Asia/Kolkata' }
    const found = await table(`timestamp;n\n${text};1\n;2\n`, reading)
    expect([found.columns, found.values]).toEqual([
      [`timestamp ${type}`, 'n BIGINT'],
      [
        [type === 'TIMESTAMP_NS' ? value : expect.any(String), '1'],
        [null, '2'],
      ],
    ])
    const utc = await table(`timestamp;n\n${text};1\n`, { timestampFormats: [format] })
    expect(utc.values[0]![0]).toBe(value)
  })

  it.each([
    // Of another unit, a number is no year that anybody means.
    ['epoch', '1700000000123', 3],
    ['epoch', '1700000000.1234567', 3],
    ['epoch', '1.7e9', 3],
    ['epoch_ms', '1700000000123456', 3],
    ['epoch_ms', '1700000000123.4567', 3],
    ['epoch_us', '1700000000123456789', 3],
    ['epoch_us', '1700000000123456.5', 3],
    ['epoch_ns', '9223372036854775807', 3],
    ['epoch_ns', '17000000001234567890', 3],
    ['epoch', '2023-11-14', 3],
  ])('that %s cannot be are refused by line and column: %s', async (format, text, line) => {
    const found = await described(`ts,n\n0,1\n${text},2\n`, '/x.csv', { timestampFormats: [format] })
    expect(found).toMatchObject({
      problem: {
        code: 'query.unreadable-file',
        message: expect.stringContaining(`line ${line}: ts is "${text}", which is no time of the format "${format}"`),
        detail: { line, column: 'ts', value: text },
      },
    })
  })

  it('are no other numbers: which column has them is told by its name or its type', async () => {
    const text = 'time,level,at\n0,1,2\n'
    expect((await table(text, { timestampFormats: ['epoch'] })).columns).toEqual([
      'time TIMESTAMP WITH TIME ZONE',
      'level BIGINT',
      'at BIGINT',
    ])
    const said = { timestampFormats: ['epoch'], types: { at: 'TIMESTAMP', time: 'BIGINT' } }
    expect((await table(text, said)).columns).toEqual(['time BIGINT', 'level BIGINT', 'at TIMESTAMP WITH TIME ZONE'])
    await expect(described('a,b\n1,2\n', '/x.csv', { timestampFormats: ['epoch_ms'] })).rejects.toMatchObject({
      code: 'query.bad-reading',
      message: expect.stringContaining('--types'),
    })
    const both = { timestampFormats: ['epoch', '%d.%m.%Y'] }
    expect((await table('time,day\n0,31.01.2024\n', both)).columns).toEqual([
      'time TIMESTAMP WITH TIME ZONE',
      'day DATE',
    ])
  })

  it('are read from JSON and from the cells of a sheet, too', async () => {
    const reading = { timestampFormats: ['epoch_ms'] }
    const json = await table('[{"ts":1700000000123,"n":5},{"ts":0,"n":6}]', reading, '/x.json')
    expect(json).toEqual({
      columns: ['ts TIMESTAMP WITH TIME ZONE', 'n BIGINT'],
      values: [
        ['2023-11-14 22:13:20.123+00', '5'],
        ['1970-01-01 00:00:00+00', '6'],
      ],
    })
    const bytes = workbook({
      sheets: [
        {
          name: 'One',
          xml: sheet([
            ['ts', 'n'],
            [1_700_000_000_123, 5],
            [0, 6],
          ]),
        },
      ],
    })
    expect(await table(bytes, reading, '/x.xlsx')).toEqual(json)
  })

  it('have names that are no others', () => {
    for (const format of ['epoch_s', 'EPOCH', 'epochs', 'epoch ms'])
      expect(() => parseReading({ timestampFormats: [format] })).toThrow(/epoch/)
  })
})

describe('times finer than microseconds', () => {
  it('keep all their digits in a zone that is said, by a format or without one', async () => {
    const text = 'at,n\n2024-07-13 00:00:01.123456789,1\n'
    for (const timestampFormats of [undefined, ['%Y-%m-%d %H:%M:%S.%n']] as const) {
      const found = await table(text, { timezone: 'Europe/Berlin', ...(timestampFormats && { timestampFormats }) })
      expect([found.columns[0], found.values[0]![0]]).toEqual(['at TIMESTAMP_NS', '2024-07-12 22:00:01.123456789'])
    }
  })

  it('are read by formats from sheets, whose cells are text', async () => {
    const bytes = workbook({
      sheets: [
        {
          name: 'One',
          xml: sheet([
            ['at', 'n'],
            ['31/12/24 10:00', 5],
            ['1/2/25 7:05', 6],
          ]),
        },
      ],
    })
    expect(await table(bytes, { timestampFormats: ['%d/%m/%y %H:%M'] }, '/x.xlsx')).toEqual({
      columns: ['at TIMESTAMP', 'n BIGINT'],
      values: [
        ['2024-12-31 10:00:00', '5'],
        ['2025-02-01 07:05:00', '6'],
      ],
    })
  })
})
