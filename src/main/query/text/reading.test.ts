/** Longer than 350 lines because it is a list: texts, and what each becomes. */
import { describe, expect, it } from 'vitest'
import type { ReadingOptions } from '../../../shared/model'
import type { TableDescription } from '../index'
import { openBench } from '../testing/host-source'

const bench = await openBench()

type Told = Extract<TableDescription, { columns: unknown }>

async function described(
  content: string | Uint8Array,
  { name = '/x.csv', ...reading }: ReadingOptions & { name?: string } = {},
) {
  const source = await bench.source({ [name]: content })
  const said = Object.keys(reading).length === 0 ? {} : { reading }
  return bench.queries.describe((await source.tables(name))[0]!, { previewRows: 10, ...said })
}

/** Columns as `name TYPE`, and the first rows as text. */
async function table(content: string | Uint8Array, said: ReadingOptions & { name?: string } = {}) {
  const found = await described(content, said)
  if ('problem' in found) throw found.problem
  const { columns, preview, rows, reading } = found
  return {
    columns: columns.map(({ name, type }) => `${name} ${type}`),
    values: preview!.rows,
    rows,
    notes: reading!.notes.map(({ message }) => message),
    losses: reading!.notes.filter(({ isLoss }) => isLoss).map(({ message }) => message),
    reading: reading!,
  }
}

async function problem(content: string | Uint8Array, said: ReadingOptions & { name?: string } = {}) {
  const found = await described(content, said)
  expect(found).toHaveProperty('problem')
  return (found as Exclude<TableDescription, Told>).problem
}

describe('times', () => {
  it.each([
    ['2021-08-06T13:18Z', 'TIMESTAMP WITH TIME ZONE', '2021-08-06 13:18:00+00'],
    ['2021-08-06T13:18+02:00', 'TIMESTAMP WITH TIME ZONE', '2021-08-06 11:18:00+00'],
    ['2021-08-06 13:18:00 UTC', 'TIMESTAMP WITH TIME ZONE', '2021-08-06 13:18:00+00'],
    ['2021-08-06 13:18:00 -0730', 'TIMESTAMP WITH TIME ZONE', '2021-08-06 20:48:00+00'],
    ['2021-08-06T13:18', 'TIMESTAMP', '2021-08-06 13:18:00'],
    ['2021/8/6 3:08', 'TIMESTAMP', '2021-08-06 03:08:00'],
    ['2021.08.06 13:18:00,5', 'TIMESTAMP', '2021-08-06 13:18:00.5'],
    ['20210806T131800Z', 'TIMESTAMP WITH TIME ZONE', '2021-08-06 13:18:00+00'],
    ['20210806T1318', 'TIMESTAMP', '2021-08-06 13:18:00'],
    ['15.07.1999', 'DATE', '1999-07-15'],
    ['07/15/1999 1:05 PM', 'TIMESTAMP', '1999-07-15 13:05:00'],
    ['07/15/1999 12:05:30 am', 'TIMESTAMP', '1999-07-15 00:05:30'],
    ['15-Jul-1999 10:00', 'TIMESTAMP', '1999-07-15 10:00:00'],
    ['July 5, 1999', 'DATE', '1999-07-05'],
    ['Thu, 15 Jul 1999 10:00:00 +0200', 'TIMESTAMP WITH TIME ZONE', '1999-07-15 08:00:00+00'],
    ['2024-01-31 24:00', 'TIMESTAMP', '2024-02-01 00:00:00'],
    ['2024-01-13T00:00:00.123456789Z', 'TIMESTAMP_NS', '2024-01-13 00:00:00.123456789'],
    ['1999-07-15', 'DATE', '1999-07-15'],
    ['10:05', 'TIME', '10:05:00'],
    ['23:59:59.25', 'TIME', '23:59:59.25'],
  ])('%s is %s', async (text, type, value) => {
    const found = await table(`at\tn\n${text}\t1\n`, { name: '/x.tsv' })
    expect([found.columns[0], found.values[0]![0]]).toEqual([`at ${type}`, value])
  })

  it.each([
    [
      'days and months that may be either',
      '01/02/2024',
      '03/04/2024',
      /line 2: "01\/02\/2024" may be day and month or month and day.*--timestamp-format/,
    ],
    [
      'days and months both ways',
      '13/02/2024',
      '03/14/2024',
      /line 3: "03\/14\/2024" has day and month the other way round/,
    ],
    [
      'years of two digits',
      '1/2/24 0:00',
      '1/2/24 0:15',
      /line 2: "1\/2\/24 0:00" has a year of two digits.*--timestamp-format/,
    ],
    ['a leap second', '2016-12-31 23:59:60', '2017-01-01 00:00:00', null],
    ['a day that is none', '2024-02-30', '2024-02-28', null],
    ['an offset beyond any', '2024-02-28T10:00:00+16:00', '2024-02-28T10:00:00+01:00', null],
  ])('with %s stay the text that they are', async (_, first, second, note) => {
    const found = await table(`at,n\n${first},1\n${second},2\n`)
    expect(found.columns).toEqual(['at VARCHAR', 'n BIGINT'])
    expect(found.values.map(([at]) => at)).toEqual([first, second])
    if (note !== null) expect(found.notes).toEqual([expect.stringMatching(note)])
  })

  it('of which one proves the order of day and month are read in it, wherever that one stands', async () => {
    const text = `at\n${'01/02/2024 10:00\n'.repeat(5_000)}13/02/2024 10:00\n`
    expect(await table(text)).toMatchObject({ columns: ['at TIMESTAMP'], rows: 5_001, notes: [] })
    expect((await table(text)).values[0]).toEqual(['2024-02-01 10:00:00'])
    expect((await table('at\n01/01/2024\n02/02/2024\n')).columns).toEqual(['at DATE'])
  })

  it('with and without a zone in one column are instants, in UTC where none is said', async () => {
    const found = await table('at\n2024-01-13T00:00:00+01:00\n2024-01-13 00:00:01\n')
    expect(found.values).toEqual([['2024-01-12 23:00:00+00'], ['2024-01-13 00:00:01+00']])
    expect(found.notes).toEqual(['at has times with and without a zone'])
    const berlin = await table('at\n2024-01-13T00:00:00+01:00\n2024-07-13 00:00:01\n', { timezone: 'Europe/Berlin' })
    expect(berlin.values).toEqual([['2024-01-12 23:00:00+00'], ['2024-07-12 22:00:01+00']])
  })

  it('are what the formats say that somebody gives, and nothing else', async () => {
    const text = 'at,n\n1/2/24 0:00,1\n13/2/24 0:15,2\n'
    expect(await table(text, { timestampFormats: ['%d/%m/%y %H:%M'] })).toMatchObject({
      columns: ['at TIMESTAMP', 'n BIGINT'],
      values: [
        ['2024-02-01 00:00:00', '1'],
        ['2024-02-13 00:15:00', '2'],
      ],
    })
    // strptime would take a year of two digits for one of four.
    expect((await table(text, { timestampFormats: ['%d/%m/%Y %H:%M'] })).columns[0]).toBe('at VARCHAR')
    expect(await problem(text, { timestampFormats: ['%m/%d/%y %H:%M'] })).toMatchObject({
      code: 'query.unreadable-file',
      detail: { line: 3, column: 'at', value: '13/2/24 0:15' },
    })
    await expect(described(text, { timestampFormats: ['dd/mm/yyyy'] })).rejects.toMatchObject({
      code: 'query.bad-reading',
    })
  })
})

describe('the zone that a column is named with', () => {
  const hobo = (row: string): string => `"Plot Title: 7"\n"#","Date Time, GMT-05:00","Temp, °C"\n1,${row},21.5\n`

  it('is that of its times, with a note, unless a zone is said', async () => {
    const found = await table(hobo('07/15/2021 01:00:00 PM'))
    expect(found.columns[1]).toBe('Date Time, GMT-05:00 TIMESTAMP WITH TIME ZONE')
    expect(found.values[0]![1]).toBe('2021-07-15 18:00:00+00')
    expect(found.notes).toContainEqual(
      'Date Time, GMT-05:00: its times are of -05:00, as its name says (--timezone says otherwise)',
    )
    const said = await table(hobo('07/15/2021 01:00:00 PM'), { timezone: 'UTC' })
    expect(said.values[0]![1]).toBe('2021-07-15 13:00:00')
    const formatted = await table(hobo('07/05/21 13:00'), { timestampFormats: ['%m/%d/%y %H:%M'] })
    expect(formatted.values[0]![1]).toBe('2021-07-05 18:00:00+00')
  })

  it.each([
    ['time UTC+1', '2024-01-01 12:00', '2024-01-01 11:00:00+00'],
    ['at (GMT +0530)', '2024-01-01 12:00:00.123456789', '2024-01-01 06:30:00.123456789'],
    ['at GMT-05:00', '2024-01-01T12:00:00Z', '2024-01-01 12:00:00+00'],
    ['at GMT-05:00', '2024-01-01', '2024-01-01'],
    ['at GMT-55:00', '2024-01-01 12:00', '2024-01-01 12:00:00'],
    ['Segmt-05:00', '2024-01-01 12:00', '2024-01-01 12:00:00'],
  ])('%s: %s', async (name, text, value) => {
    expect((await table(`"${name}";n\n${text};1\n`)).values[0]![0]).toBe(value)
    expect((await table(`[{"${name}":"${text}","n":1}]`, { name: '/x.json' })).values[0]![0]).toBe(value)
  })
})

describe('a text of which nothing becomes a table', () => {
  it.each(['/x.csv', '/x.json', '/x.jsonl'])('is refused, and no empty table (%s)', async (name) => {
    for (const text of ['\n\n', ' ', '\r\n \t\r\n', '\ufeff\n'])
      expect(await problem(text, { name })).toMatchObject({
        code: 'query.unreadable-file',
        message: expect.stringMatching(/it is empty: it has no line with anything in it/),
      })
    expect(await problem('a,b\n1,2\n', { skip: 7 })).toMatchObject({
      message: expect.stringMatching(/nothing stands below the 7 lines .*--skip/),
      detail: { options: ['skip'] },
    })
    expect((await table('[]', { name: '/x.json' })).rows).toBe(0)
    expect((await table('a,b\n')).rows).toBe(0)
  })

  it('is named by its encoding where that is none that is read', async () => {
    for (const name of ['/x.csv', '/x.json', '/x.jsonl'])
      for (const hasMark of [true, false]) {
        const text = name === '/x.csv' ? 'a,b\n1,2\n' : '{"a":1,"b":2}\n'
        const little = Buffer.alloc((text.length + 1) * 4)
        for (const [at, character] of [...`\ufeff${text}`].entries())
          little.writeUInt32LE(character.charCodeAt(0), at * 4)
        const bytes = little.subarray(hasMark ? 0 : 4)
        expect(await problem(bytes, { name })).toMatchObject({
          message: expect.stringMatching(/it is UTF-32 \(little endian\).*UTF-8/),
        })
        expect(await problem(Buffer.from(bytes).swap32(), { name })).toMatchObject({
          message: expect.stringMatching(/it is UTF-32 \(big endian\).*UTF-8/),
        })
      }
  })
})

describe('numbers', () => {
  it.each([
    [
      'integers',
      ['1', '-2', '+3', ' 4', '9223372036854775807'],
      'BIGINT',
      ['1', '-2', '3', '4', '9223372036854775807'],
    ],
    ['fractions', ['1', '2.5', '.5', '1e3', '-0.25'], 'DOUBLE', ['1.0', '2.5', '0.5', '1000.0', '-0.25']],
    ['decimal commas', ['1,5', '2', '-3,25'], 'DOUBLE', ['1.5', '2.0', '-3.25']],
    ['thousands', ['1,234,567', '2,000', '1'], 'BIGINT', ['1234567', '2000', '1']],
    ['thousands and fractions', ['1.234,5', '2,5'], 'DOUBLE', ['1234.5', '2.5']],
    ['what may be fractions or thousands', ['1,234', '2,345'], 'VARCHAR', ['1,234', '2,345']],
    ['more digits than 64 bits', ['12345678901234567890', '12345678901234567891'], 'VARCHAR', null],
    ['an integer beside fractions that would change it', ['9007199254740993', '1.5'], 'VARCHAR', null],
    ['leading zeros', ['007', '8'], 'VARCHAR', null],
    ['numbers of telephones', ['+4917012345', '+4917012346'], 'VARCHAR', null],
    ['what only DuckDB takes for numbers', ['1_000', '0xFF'], 'VARCHAR', null],
    ['what no number is as great as', ['1e400', '1'], 'VARCHAR', null],
    ['infinity and no number', ['inf', 'NaN', '1'], 'DOUBLE', ['inf', 'nan', '1.0']],
    ['true and false', ['true', 'FALSE'], 'BOOLEAN', ['true', 'false']],
    ['one and zero', ['1', '0'], 'BIGINT', ['1', '0']],
    ['words for nothing', ['1', 'NA', '', 'null', '-'], 'BIGINT', ['1', null, null, null, null]],
    ['words for nothing alone', ['NA', 'NA'], 'VARCHAR', ['NA', 'NA']],
    ['a word among texts that means something there', ['NA', 'DE'], 'VARCHAR', ['NA', 'DE']],
  ])('%s', async (_, texts, type, values) => {
    const found = await table(`x;y\n${texts.map((text) => `${text};1\n`).join('')}`)
    expect(found.columns[0]).toBe(`x ${type}`)
    expect(found.values.map(([x]) => x)).toEqual(values ?? texts)
  })

  it('are told from text by all rows, and what makes a column text is named', async () => {
    const text = `n\n${'7\n'.repeat(30_000)}Total\n`
    const found = await table(text)
    expect(found.columns).toEqual(['n VARCHAR'])
    expect(found.notes).toEqual([expect.stringMatching(/^n is text: line 30002: "Total" is no number.*--null/)])
    expect((await table(text, { nulls: ['Total'] })).columns).toEqual(['n BIGINT'])
  })

  it('are what somebody says, or the value that is none is named', async () => {
    const found = await table('id,n\n007,1\n', { types: { id: 'BIGINT', n: 'DECIMAL(5,2)' } })
    expect(found).toMatchObject({ columns: ['id BIGINT', 'n DECIMAL(5,2)'], values: [['7', '1.00']] })
    expect(await problem('id\n1\n2.5\n', { types: { id: 'INTEGER' } })).toMatchObject({
      detail: { line: 3, column: 'id' },
    })
    await expect(described('id\n1\n', { types: { no: 'INTEGER' } })).rejects.toMatchObject({
      code: 'query.bad-reading',
    })
  })
})

describe('the shape of delimited text', () => {
  it.each([
    ['semicolons', 'a;b\n1;2\n', {}],
    ['tabs', 'a\tb\n1\t2\n', {}],
    ['bars', 'a|b\n1|2\n', {}],
    ['spaces', 'a  b\n1 2\n', {}],
    ["Excel's sep line", 'sep=;\na;b\n1;2\n', {}],
    ['a mark of the byte order', '\ufeffa,b\n1,2\n', { hasByteOrderMark: true }],
    ['CRLF', 'a,b\r\n1,2\r\n', { lineEnds: ['CRLF'] }],
    ['CR', 'a,b\r1,2\r', { lineEnds: ['CR'] }],
    ['mixed line ends', 'a,b\r\n1,2\n', { lineEnds: ['LF', 'CRLF'] }],
    ['no end of the last line', 'a,b\n1,2', {}],
    ['single quotes', "a,b\n'1','2'\n", { quote: "'" }],
    ['delimiters at the ends of lines', 'a,b,\n1,2,\n', {}],
    ['delimiters at the ends of rows alone', 'a,b\n1,2,\n', {}],
    ['a title', 'Report\na,b\n1,2\n', { skipped: 1 }],
    ['a title and empty lines', '"Report, of May"\n\na,b\n1,2\n', { skipped: 2 }],
    ['remarks', '# made by hand\n# on Monday\na,b\n1,2\n', { skipped: 2 }],
    ['remarks, of which the last names the columns', '# made by hand\n#a,b\n1,2\n', { skipped: 1 }],
    ['remarks within', '# one\na,b\n# two\n1,2\n', { comment: '#' }],
    ['units', 'a,b\nm,[s]\n1,2\n', {}],
    ['empty lines', 'a,b\n\n1,2\n\n', {}],
  ] as const)('%s', async (_, text, reading) => {
    const found = await table(text.replace('m,[s]\n1,2\n', 'm,[s]\n1,2\n1,2\n'))
    expect(found.columns).toEqual(['a BIGINT', 'b BIGINT'])
    expect(found.values[0]).toEqual(['1', '2'])
    expect(found.reading).toMatchObject(reading)
  })

  it("of Campbell's TOA5 has names in its second line, and units below", async () => {
    const text =
      '"TOA5","Weir","CR1000","12345","CR1000.Std.27","CPU:p.CR1","1234","Table1"\n"TIMESTAMP","RECORD","BattV"\n"TS","RN","Volts"\n"","","Min"\n"2024-01-01 00:00:00",0,12.5\n"2024-01-01 00:15:00",1,"NAN"\n'
    expect(await table(text)).toMatchObject({
      columns: ['TIMESTAMP TIMESTAMP', 'RECORD BIGINT', 'BattV DOUBLE'],
      values: [
        ['2024-01-01 00:00:00', '0', '12.5'],
        ['2024-01-01 00:15:00', '1', null],
      ],
      losses: [
        expect.stringContaining('TS, RN, Volts'),
        expect.stringContaining('Min'),
        expect.stringContaining('TOA5'),
      ],
    })
  })

  it('leaves out what stands above a table, with a note, and never a table of another width', async () => {
    const insitu =
      'Location = Weir\nStart = 2024-01-01\n\nLog Notes:\nDate and Time,Note\n2024-01-01 00:00:00,Battery 5%\n\nDate and Time,Pressure,Depth\n2024-01-01 00:00:00,1.5,2\n2024-01-01 00:15:00,1.5,2\n'
    const found = await table(insitu)
    expect(found).toMatchObject({ columns: ['Date and Time TIMESTAMP', 'Pressure DOUBLE', 'Depth BIGINT'], rows: 2 })
    expect(found.losses).toEqual([expect.stringMatching(/^lines 1 to 7 above the table left out: Location = Weir/)])
    const grown = `site,flow\n${'S1,1\n'.repeat(10)}${'S1,1,drift\n'.repeat(100)}`
    expect(await problem(grown)).toMatchObject({
      code: 'query.unreadable-file',
      detail: { line: 12, expected: 2, found: 3, count: 100 },
    })
  })

  it.each([
    ['too few values', 'a,b,c\n1,2,3\n1,2\n4,5,6\n', { line: 3, expected: 3, found: 2 }],
    ['too many', 'a,b\n1,2\n1,2,3\n4,5\n', { line: 3, expected: 2, found: 3 }],
    ['fewer names than values', 'a,b\n1,2,3\n4,5,6\n', { line: 2, expected: 2, found: 3 }],
    ['a quote that nothing closes', 'a,b\n1,"2\n3,4\n', { line: 2 }],
    ['something behind a quote', 'a,b\n"1"x,2\n', { line: 2 }],
    ['a NUL byte', 'a,b\n1,2\n3,\0\n', { line: 3 }],
  ])('with %s is refused, naming the line', async (_, text, detail) => {
    expect(await problem(text)).toMatchObject({
      code: 'query.unreadable-file',
      detail: { ...detail, options: expect.any(Array) },
    })
  })

  it('takes lines that do not fit only as somebody says, and counts them', async () => {
    const text = 'a,b,c\n1,2,3\n1,2\n4,5,6,7\n8,9,10\n'
    const skipped = await table(text, { badLines: 'skip' })
    expect(skipped).toMatchObject({ rows: 2, reading: { leftOut: { count: 2, lines: [3, 4] } } })
    expect(skipped.losses).toHaveLength(1)
    expect(await problem(text, { badLines: 'fill' })).toMatchObject({ detail: { line: 4 } })
    const filled = await table('a,b,c\n1,2,3\n1,2\n', { badLines: 'fill' })
    expect(filled.values).toEqual([
      ['1', '2', '3'],
      ['1', '2', null],
    ])
  })

  it('is refused where its rows are divided and its first line is not', async () => {
    const text = `note\n${'good, well\n'.repeat(9)}`
    expect(await problem(text)).toMatchObject({ detail: { line: 2, expected: 1, found: 2 } })
    expect((await table(text, { delimiter: ';' })).columns).toEqual(['note VARCHAR'])
    expect((await table(`level\n${'1,5\n'.repeat(9)}`)).columns).toEqual(['level DOUBLE'])
    expect((await table('at\n2024-01-01 10:00\n2024-01-01 11:00\n')).columns).toEqual(['at TIMESTAMP'])
  })

  it.each(['a,b\n1,2\n3\n', 'a,b\n1\n3,4\n', 'a;b\n1;2\n3\n'])(
    'of three lines with one that is short is refused, and no decimal commas are made of it: %j',
    async (content) => {
      const { code, message } = await problem(content)
      expect(code).toBe('query.unreadable-file')
      expect(message).toMatch(/line [23] has 1 value where the header has 2/)
    },
  )

  it('is one column with a note where lines have delimiters that divide few of them', async () => {
    const { columns, notes } = await table('level: high, low\nhello, world\nfoo\n')
    expect(columns).toEqual(['level: high, low VARCHAR'])
    expect(notes).toContain(
      'no delimiter divides most lines alike: each line is one value (--delim and --skip say otherwise)',
    )
  })

  it('is named by remarks of its width, of which the second has the units, however few rows there are', async () => {
    const buoy = '#YY  MM DD hh WDIR WVHT\n#yr  mo dy hr degT    m\n2024 01 13 05  90    MM\n2024 01 13 06 100   1.2\n'
    expect(await table(buoy)).toMatchObject({
      columns: ['YY BIGINT', 'MM VARCHAR', 'DD BIGINT', 'hh VARCHAR', 'WDIR BIGINT', 'WVHT VARCHAR'],
      rows: 2,
      losses: ['left out below the header: #yr, mo, dy, hr, degT, m'],
    })
    const gauge =
      '# USGS\nagency_cd\tsite_no\tdatetime\t00060\n5s\t15s\t20d\t14n\nUSGS\t0164\t2024-01-13 00:00\t1200\nUSGS\t0164\t2024-01-13 00:15\t1210\n'
    expect(await table(gauge)).toMatchObject({
      columns: ['agency_cd VARCHAR', 'site_no VARCHAR', 'datetime TIMESTAMP', '00060 BIGINT'],
      rows: 2,
    })
  })

  it('is one column where nothing divides it', async () => {
    expect(await table('reading\nok\nlow;high\n')).toMatchObject({
      columns: ['reading VARCHAR'],
      values: [['ok'], ['low;high']],
    })
    expect(await table('n\n1\n\n2\n\n')).toMatchObject({ columns: ['n BIGINT'], values: [['1'], [null], ['2']] })
  })

  it('names columns as they are named, and none twice or not at all', async () => {
    expect((await table('a,A,,a\n1,2,3,4\n')).columns).toEqual([
      'a BIGINT',
      'A_1 BIGINT',
      'column2 BIGINT',
      'a_2 BIGINT',
    ])
    expect(await table('1,2\n3,4\n')).toMatchObject({ columns: ['column0 BIGINT', 'column1 BIGINT'], rows: 2 })
    expect(await table('1,2\n3,4\n', { header: true })).toMatchObject({ columns: ['1 BIGINT', '2 BIGINT'], rows: 1 })
    expect(await table('name,city\nAda,London\n', { header: false })).toMatchObject({ rows: 2 })
    expect(await table('a,b\n')).toMatchObject({ columns: ['a VARCHAR', 'b VARCHAR'], rows: 0, notes: [] })
    expect(await problem('')).toMatchObject({ code: 'query.unreadable-file' })
  })

  it('tells an empty text from no value', async () => {
    expect((await table('a,b\n"",\n"x ""y"", z","two\nlines"\n')).values).toEqual([
      ['', null],
      ['x "y", z', 'two\nlines'],
    ])
    expect((await table('a,b\n"x \\"y\\"",1\n"z",2\n')).values[0]).toEqual(['x "y"', '1'])
  })
})

describe('encodings', () => {
  const utf16 = Buffer.from('a,b\n1,é\n', 'utf16le')
  it.each([
    ['UTF-8', Buffer.from('a,b\n1,é\n'), 'utf-8'],
    ['UTF-16 with a mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), 'utf-16le'],
    ['UTF-16 without', utf16, 'utf-16le'],
    [
      'UTF-16, the high byte first',
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]),
      'utf-16be',
    ],
    ['windows-1252', Buffer.from('a,b\n1,é\n', 'latin1'), 'windows-1252'],
  ])('of %s are found', async (_, bytes, encoding) => {
    expect(await table(bytes)).toMatchObject({ values: [['1', 'é']], reading: { encoding } })
  })

  it('that nobody can tell are refused, and taken as said', async () => {
    const greek = Buffer.from([0x61, 0x0a, 0xe1, 0xe2, 0xe3, 0xe4, 0x0a])
    expect(await problem(greek)).toMatchObject({ detail: { options: ['encoding'] } })
    expect((await table(greek, { encoding: 'iso-8859-7' })).values).toEqual([['αβγδ']])
    const damaged = Buffer.concat([Buffer.from('a\né\n'), Buffer.from([0xe9, 0x0a])])
    expect((await problem(damaged)).message).toMatch(/byte 6 is no UTF-8, which the rest is/)
  })
})

describe('numbers that a column of fractions would change', () => {
  it.each([
    ['1e-400', /smaller than any number/],
    ['12345678901234567.25', /more digits than a fraction keeps/],
    ['9007199254740993.0', /more digits than a fraction keeps/],
  ])('such as %s leave it text, wherever they stand', async (number, expected) => {
    for (const rows of [
      [number, '1.5'],
      [...Array.from({ length: 3_000 }, () => '1.5'), number],
    ]) {
      const { columns, notes } = await table(`a,b\n${rows.map((each) => `${each},x\n`).join('')}`)
      expect(columns).toEqual(['a VARCHAR', 'b VARCHAR'])
      expect(notes).toEqual([expect.stringMatching(expected)])
    }
    if (number.includes('e')) {
      const refused = await problem(`a,b\n${number},x\n`, { types: { a: 'DOUBLE' } })
      expect(refused.message).toMatch(/line 2: a is "1e-400", which is no DOUBLE/)
    }
    expect((await table('a,b\n0e-400,0.0\n1e-300,1234567890.25\n')).columns).toEqual(['a DOUBLE', 'b DOUBLE'])
  })
})

describe('times that are none', () => {
  it.each([
    ['13-Jan-24', /"13-Jan-24" has a year of two digits/],
    ['13 Jan 24 05:06', /has a year of two digits/],
    ['2024-01-13 23:59:60', /is a leap second/],
  ])('such as %s are named, with the option that helps', async (time, expected) => {
    const { notes } = await table(`at,v\n${time},1\n`)
    expect(notes).toEqual([expect.stringMatching(expected)])
    expect(notes[0]).toMatch(/--(timestamp-format|null)/)
  })
})

describe('JSON', () => {
  const lines = (...rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

  it('keeps zones, long integers and late fractions', async () => {
    const text = `${lines({ at: '2024-01-13T14:00:00+02:00', n: 7 })}{"at":"2024-01-13T12:00Z","n":1.5,"id":12345678901234567890}\n`
    expect(await table(text, { name: '/x.jsonl' })).toMatchObject({
      columns: ['at TIMESTAMP WITH TIME ZONE', 'n DOUBLE', 'id VARCHAR'],
      values: [
        ['2024-01-13 12:00:00+00', '7.0', null],
        ['2024-01-13 12:00:00+00', '1.5', '12345678901234567890'],
      ],
    })
    const late = `${'{"c":7}\n'.repeat(20_480)}{"c":1.5}\n`
    expect((await table(late, { name: '/x.jsonl' })).columns).toEqual(['c DOUBLE'])
  })

  it('keeps texts as texts, and what is within lists and objects as it is', async () => {
    const row = '{"id":"007","no":"","in":{"at":"2024-01-13T14:00:00+02:00","n":[1,-2]}}'
    expect(await table(`[${row}]`, { name: '/x.json' })).toMatchObject({
      columns: ['id VARCHAR', 'no VARCHAR', 'in STRUCT("at" VARCHAR, n BIGINT[])'],
      values: [['007', '', "{'at': '2024-01-13T14:00:00+02:00', 'n': [1, -2]}"]],
    })
    const long = await table('{"in":[1.5,12345678901234567890]}', { name: '/x.json' })
    expect(long).toMatchObject({ columns: ['in VARCHAR[]'], values: [['[1.5, 12345678901234567890]']] })
    expect(long.notes).toHaveLength(1)
  })

  it.each([
    ['a key twice', '{"a":1,"a":2}\n'],
    ['keys that differ by case', '{"a":1,"A":2}\n'],
    ['a line that is none', '{"a":1}\n{"a":\n'],
    ['a key of no characters', '{"a":1}\n{"":2,"C0":3}\n'],
    ['such a key within', '{"a":{"":1}}\n'],
    ['keys within that differ by case', '{"a":{"X":1,"x":2}}\n'],
    ['a comma that nothing follows', '{"a":1,}\n'],
  ])('with %s is refused, naming no option that there is not', async (_, text) => {
    const { code, message } = await problem(text, { name: '/x.jsonl' })
    expect(code).toBe('query.unreadable-file')
    expect(message).not.toMatch(/sample_size|auto_detect|ignore_errors/)
  })

  it.each([
    ['[{"a":1},\n{"a":2},\n]\n', /line 3: a comma stands before \]/],
    ['[{"a":1},\n{"a":2}\n{"a":3}]\n', /line 3 is no JSON/],
    ['[{"a":1},\n{"a":2', /ends within a value, on line 2/],
    ['[{"a":1},\n{"":2}]', /line 2: a key has no characters/],
  ])('in a list that is damaged names the line: %j', async (content, expected) => {
    const { code, message } = await problem(content, { name: '/x.json' })
    expect(code).toBe('query.unreadable-file')
    expect(message).toMatch(expected)
  })

  it('keeps empty texts, commas and brackets that are within texts', async () => {
    const { values } = await table('[{"a":"","b":["",",]"],"c":"{,}"}]', { name: '/x.json' })
    expect(values).toEqual([['', "['', ',]']", '{,}']])
  })
})
