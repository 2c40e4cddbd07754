/**
 * Sheets as tables, through SQL: workbooks put together here, and one that openpyxl wrote.
 *
 * Longer than 350 lines because it is a list: workbooks, and what becomes of their cells.
 */
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { isPondError, type PondError } from '../../../../shared/errors'
import type { Reading, ReadingOptions } from '../../../../shared/model'
import { openBench } from '../../testing/host-source'
import { sheet, workbook, zip, type WorkbookXml } from '../../testing/workbook-bytes'
import { instantText, numberKind } from './number-format'
import { columnName, columnOf } from './sheet'
import { rangeOf } from './range'

const bench = await openBench()

async function fileOf(bytes: Uint8Array, reading?: ReadingOptions) {
  const source = await bench.source({ '/x.xlsx': bytes })
  const [file] = await source.tables('/x.xlsx')
  const said = reading === undefined ? file! : { ...file!, reading }
  return { source: { ...source, tables: async () => [said] }, file: said }
}

/** Names with types, and rows. */
async function table(bytes: Uint8Array, reading?: ReadingOptions) {
  const { source } = await fileOf(bytes, reading)
  const described = await bench.rows(source, "DESCRIBE FROM '/x.xlsx'")
  const columns = described.map(([name, type]) => `${String(name)} ${String(type)}`)
  return { columns, rows: await bench.rows(source, "FROM '/x.xlsx'") }
}

async function readingOf(bytes: Uint8Array, said?: ReadingOptions): Promise<Reading> {
  const { file } = await fileOf(bytes, said)
  const found = await bench.queries.describe(file)
  if ('problem' in found) throw found.problem
  return found.reading!
}

async function failureOf(work: Promise<unknown>): Promise<PondError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (isPondError(error)) return error
  throw error ?? new Error('no failure')
}

const one = (xml: string, more: Partial<WorkbookXml> = {}): Uint8Array =>
  workbook({ sheets: [{ name: 'One', xml }], ...more })

describe('A sheet', () => {
  it('is a table whose columns have the types of their cells', async () => {
    const formats = ['yyyy-mm-dd', 'dd.mm.yy hh:mm', 'h:mm AM/PM', '[h]:mm:ss', '0.0%']
    const number = (style: number, value: number) => ({ xml: `<c s="${style}"><v>${value}</v></c>` })
    const bytes = one(
      sheet([
        ['day', 'at', 'clock', 'span', 'share', 'n', 'x', 'is', 'code'],
        [
          number(1, 45_352),
          number(2, 45_352.75),
          number(3, 0.25),
          number(4, 1.5),
          number(5, 0.25),
          1,
          0.1,
          { xml: '<c t="b"><v>1</v></c>' },
          '007',
        ],
        [
          number(1, 1),
          number(2, 45_353),
          number(3, 0.999_988_425_9),
          null,
          null,
          -2,
          3,
          { xml: '<c t="b"><v>0</v></c>' },
          '12',
        ],
      ]),
      { formats },
    )
    const { columns, rows } = await table(bytes)
    expect(columns).toEqual([
      'day DATE',
      'at TIMESTAMP',
      'clock TIME',
      'span INTERVAL',
      'share DOUBLE',
      'n BIGINT',
      'x DOUBLE',
      'is BOOLEAN',
      'code VARCHAR',
    ])
    expect(rows).toEqual([
      ['2024-03-01', '2024-03-01T18:00:00', '06:00:00', '36:00:00', 0.25, 1, 0.1, true, '007'],
      ['1900-01-01', '2024-03-02T00:00:00', '23:59:59', null, null, -2, 3, false, '12'],
    ])
  })

  it('keeps every text as it is: digits, quotes, line breaks, runs, and characters that XML has not', async () => {
    const texts = [
      '<t>00123</t>',
      '<t>a "b", c</t>',
      '<t>two\nlines</t>',
      '<r><t>ri</t></r><r><t>ch</t></r><rPh><t>spoken</t></rPh>',
      '<t>bell _x0007_</t>',
      '<t xml:space="preserve"> kept </t>',
    ]
    const shared = texts.map((_text, i) => ({ xml: `<c t="s"><v>${i}</v></c>` }))
    const { rows } = await table(one(sheet([['t', 'n'], ...shared.map((cell, i) => [cell, i])]), { texts }))
    expect(rows.map(([text]) => text)).toEqual(['00123', 'a "b", c', 'two\nlines', 'rich', 'bell \u0007', ' kept '])
  })

  it.each([
    // What Excel keeps of digits beyond 15 is a double, which it writes with an exponent or in full.
    [['1234567890123456', '9007199254740993', '12345678901234567890'], 'VARCHAR'],
    [['1234567890123456', '9007199254740993'], 'BIGINT'],
    [['1.2345678901234568E+18', '9007199254740993'], 'VARCHAR'],
    [['1.2345678901234568E+18', '1.5'], 'DOUBLE'],
    [['1234567890123456', null], 'BIGINT'],
  ] as const)('loses no digit of numbers alone, or beside texts: %j', async (texts, type) => {
    const number = (text: string | null) => (text === null ? null : { xml: `<c><v>${text}</v></c>` })
    const alone = await table(one(sheet([['id', 'n'], ...texts.map((text, n) => [number(text), n])])))
    expect(alone.columns).toEqual([`id ${type}`, 'n BIGINT'])
    const values = alone.rows.map(([id]) => id)
    if (type === 'DOUBLE') expect(values).toEqual(texts.map(Number))
    else expect(values.map((value) => (value === null ? null : String(value)))).toEqual(texts)
    // Beside a text all are texts, as the file spells them; and a text of digits is one. A column for each place of each.
    const columns = ['n/a', '00012345678901234567', '12345678901234567'].flatMap((word) =>
      [0, texts.length].map((place) => ({
        cells: (texts.map(number) as (ReturnType<typeof number> | string)[]).toSpliced(place, 0, word),
        texts: (texts as readonly (string | null)[]).toSpliced(place, 0, word),
      })),
    )
    const heads = columns.map((_, i) => `id${i}`)
    const rows = Array.from({ length: texts.length + 1 }, (_, n) => [...columns.map(({ cells }) => cells[n]!), n])
    expect(await table(one(sheet([[...heads, 'n'], ...rows])))).toEqual({
      columns: [...heads.map((head) => `${head} VARCHAR`), 'n BIGINT'],
      rows: rows.map((_, n) => [...columns.map((column) => column.texts[n]), n]),
    })
  })

  it('has the digits that the file has, and says where types are mixed', async () => {
    const bytes = one(
      sheet([
        ['id', 'mixed'],
        [{ xml: '<c><v>9007199254740993</v></c>' }, 1],
        [{ xml: '<c><v>1</v></c>' }, 'n/a'],
        [{ xml: '<c><v>2</v></c>' }, 3],
      ]),
    )
    const { columns, rows } = await table(bytes)
    expect(columns).toEqual(['id BIGINT', 'mixed VARCHAR'])
    expect(rows).toEqual([
      ['9007199254740993', '1'],
      [1, 'n/a'],
      [2, '3'],
    ])
    expect((await readingOf(bytes)).notes.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/mixed is text.*"n\/a"/),
    )
    expect((await table(bytes, { nulls: ['n/a'] })).columns).toEqual(['id BIGINT', 'mixed BIGINT'])
  })

  it('begins below a title, is chosen by name or number, and cut by a range; all of it is said', async () => {
    const bytes = workbook({
      sheets: [
        { name: 'Cover', xml: sheet([['hidden']]), state: 'hidden' },
        {
          name: 'Data',
          xml: sheet([['Levels of 2026', null, null], [], ['id', 'level', 'who'], [1, 2.5, 'a'], [2, 3.5, 'b']]),
        },
        {
          name: 'More',
          xml: sheet([
            [1, 2],
            [3, 4],
          ]),
        },
      ],
    })
    expect(await table(bytes)).toEqual({
      columns: ['id BIGINT', 'level DOUBLE', 'who VARCHAR'],
      rows: [
        [1, 2.5, 'a'],
        [2, 3.5, 'b'],
      ],
    })
    const reading = await readingOf(bytes)
    expect(reading).toMatchObject({ sheet: { name: 'Data', range: 'A3:C5' }, hasHeader: true, rows: 2 })
    expect(reading.notes.filter(({ isLoss }) => isLoss).map(({ message }) => message)).toEqual([
      expect.stringContaining('"Cover" (hidden), "More"'),
      expect.stringContaining('rows 1 to 2'),
    ])
    expect(await table(bytes, { sheet: 'More' })).toEqual({
      columns: ['A BIGINT', 'B BIGINT'],
      rows: [
        [1, 2],
        [3, 4],
      ],
    })
    expect(await table(bytes, { sheet: '3', header: true })).toMatchObject({ rows: [[3, 4]] })
    expect(await table(bytes, { sheet: 'data', range: 'B3:C4' })).toEqual({
      columns: ['level DOUBLE', 'who VARCHAR'],
      rows: [[2.5, 'a']],
    })
    expect(await failureOf(table(bytes, { sheet: 'Dat' }))).toMatchObject({
      code: 'query.bad-reading',
      detail: { candidates: ['Data'] },
    })
  })

  it('is one of those that are named wherever it is read or refused', async () => {
    const sheets = [
      { name: 'Cover', isHidden: false },
      { name: 'Lists', isHidden: true },
      { name: 'Data', isHidden: false },
    ]
    const bytes = workbook({
      sheets: [
        { name: 'Cover', xml: '<sheetData/>' },
        { name: 'Lists', xml: sheet([['x']]), state: 'hidden' },
        { name: 'Data', xml: sheet([['a'], [1]]) },
      ],
    })
    expect((await readingOf(bytes, { sheet: 'Data' })).sheet?.sheets).toEqual(sheets)
    expect(await failureOf(readingOf(bytes))).toMatchObject({ code: 'query.unreadable-file', detail: { sheets } })
    expect(await failureOf(table(bytes, { sheet: 'None' }))).toMatchObject({ detail: { sheets } })
    // What was said once is a problem of the file, what is tried one of who tries it.
    const { file } = await fileOf(bytes, { sheet: 'None' })
    expect(await bench.queries.describe(file)).toMatchObject({
      problem: { code: 'query.bad-reading', detail: { sheets } },
    })
    await expect(bench.queries.describe(file, { reading: { sheet: 'Nope' } })).rejects.toMatchObject({
      code: 'query.bad-reading',
    })
  })

  it('says what of it is not in the table: errors, formulas without a value, hidden and merged cells', async () => {
    const bytes = one(
      `<cols><col min="2" max="2" hidden="1"/></cols><sheetData><row><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row>
       <row hidden="1"><c t="e"><v>#DIV/0!</v></c><c><f>1+1</f></c></row><row><c><f>2+2</f><v>4</v></c><c><v>5</v></c></row></sheetData>
       <mergeCells><mergeCell ref="A1:A2"/></mergeCells>`,
    )
    expect((await table(bytes)).rows).toEqual([
      [null, null],
      [4, 5],
    ])
    const notes = (await readingOf(bytes)).notes.map(({ message }) => message).join('\n')
    expect(notes).toMatch(/1 cell is an error.*#DIV\/0! in A2/)
    expect(notes).toMatch(/1 formula has no value/)
    expect(notes).toMatch(/1 hidden row is read, too/)
    expect(notes).toMatch(/merged/)
  })

  it('counts days from where the workbook does, and knows the day that never was', async () => {
    const formats = ['yyyy-mm-dd']
    const days = (values: readonly number[]): string =>
      sheet([['n', 'day'], ...values.map((day, i) => [i, { xml: `<c s="1"><v>${day}</v></c>` }])])
    expect((await table(one(days([0, 1, 43_890]), { formats, is1904: true }))).rows.map(([, day]) => day)).toEqual([
      '1904-01-01',
      '1904-01-02',
      '2024-03-01',
    ])
    expect((await table(one(days([59, 61]), { formats }))).rows.map(([, day]) => day)).toEqual([
      '1900-02-28',
      '1900-03-01',
    ])
    // Excel has a 29th of February of 1900: no date, and no other one.
    expect((await table(one(days([59, 60]), { formats }))).columns).toEqual(['n BIGINT', 'day VARCHAR'])
    expect(instantText(2_958_465, false)?.text).toBe('9999-12-31')
  })

  it('of openpyxl is what it wrote', async () => {
    const bytes = await readFile(new URL('../../testing/river.xlsx', import.meta.url))
    expect((await table(bytes)).rows[1]).toEqual(['2026-01-10T06:15:30.5', 'N2', null, 0.5, '7', false, 'say "hi", ü'])
    expect(await table(bytes, { sheet: 'Days', range: 'A1:C3' })).toEqual({
      columns: ['day DATE', 'time TIME', 'span INTERVAL'],
      rows: [
        ['1900-01-01', '06:30:00', '30:00:00'],
        ['2024-02-29', '23:59:59', '00:05:00'],
      ],
    })
  })
})

describe('A workbook that is none', () => {
  it('is refused by name, whatever is wrong with it', async () => {
    const sound = one(
      sheet([
        ['a', 'b'],
        [1, 2],
      ]),
    )
    const cases: readonly (readonly [Uint8Array, RegExp])[] = [
      [Buffer.from('d0cf11e0a1b11ae10000', 'hex'), /encrypted, or a workbook of Excel 97/],
      [Buffer.from('a,b\n1,2\n'), /no Excel workbook/],
      [sound.slice(0, -30), /damaged/],
      [zip({ 'a.txt': 'x' }), /no Excel workbook/],
      [one('<sheetData><row><c><v>1</v></row></sheetData>'), /damaged/],
      [one('<sheetData/>'), /has no values/],
      [one('<sheetData><row r="9999999"><c><v>1</v></c></row></sheetData>'), /no possible place/],
      [one('<sheetData><row><c t="s"><v>7</v></c></row></sheetData>'), /a text that is not there/],
      // A bomb says less than it is.
      [zip({ 'xl/workbook.xml': '<workbook>'.padEnd(100_000) }, 500), /damaged/],
      [
        one('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sheetData><row><c><v>&b;</v></c></row></sheetData>'),
        /damaged/,
      ],
    ]
    for (const [bytes, reason] of cases) {
      const error = await failureOf(table(bytes))
      expect(error.message).toMatch(reason)
      expect(error).toMatchObject({ code: 'query.unreadable-file', detail: { path: '/x.xlsx' } })
    }
  })

  it('is read or refused, whatever byte of it is wrong', async () => {
    const sound = one(
      sheet([
        ['a', 'b'],
        [1, 2],
      ]),
    )
    for (let at = 0; at < sound.length; at += 61) {
      const wrong = Uint8Array.from(sound)
      wrong[at]! ^= 0xff
      const { file } = await fileOf(wrong)
      const found = await bench.queries.describe(file)
      if ('problem' in found) expect(found.problem.code).toBe('query.unreadable-file')
    }
  })

  it('is left alone in the middle when it is cancelled', async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => [i, `text ${i}`])
    const { file } = await fileOf(one(sheet(rows)))
    const stop = new AbortController()
    let read = 0
    const watched = {
      ...file,
      open: async () => {
        const bytes = await file.open()
        return {
          ...bytes,
          read: async (offset: number, length: number) => {
            if (++read === 3) stop.abort()
            return bytes.read(offset, length)
          },
        }
      },
    }
    await expect(bench.queries.describe(watched, { signal: stop.signal })).rejects.toMatchObject({
      code: 'query.cancelled',
    })
  })
})

describe('What stands beside cells', () => {
  it.each([
    ['General', 'number'],
    ['#,##0.00', 'number'],
    ['0%', 'percent'],
    ['"\u20ac" #,##0.00', 'currency'],
    ['[$-409]d\\-mmm\\-yy', 'date'],
    ['[Red]yyyy/mm/dd;@', 'date'],
    ['mmm', 'date'],
    ['hh:mm', 'time'],
    ['mm:ss.0', 'time'],
    ['[mm]:ss', 'span'],
    ['0.00E+00', 'number'],
    ['0 "days"', 'number'],
    ['@', 'number'],
  ] as const)('the format %s is that of a %s', (code, kind) => {
    expect(numberKind(164, code)).toBe(kind)
  })

  it('places are letters and numbers, and ranges have two ends or one', () => {
    for (const column of [1, 26, 27, 52, 702, 703, 16_384]) expect(columnOf(columnName(column))).toBe(column)
    expect(rangeOf('$B$2:F100')).toEqual({ left: 2, top: 2, right: 6, bottom: 100 })
    expect(rangeOf('B:F')).toMatchObject({ left: 2, right: 6, top: 1 })
    expect(rangeOf('B')).toMatchObject({ left: 2, right: 16_384 })
    expect(rangeOf('3:9')).toMatchObject({ left: 1, top: 3, bottom: 9 })
    for (const wrong of ['', 'F2:B1', 'x y', '2026-01-01', 'A1:B2:C3']) expect(() => rangeOf(wrong)).toThrow(/no range/)
  })
})
