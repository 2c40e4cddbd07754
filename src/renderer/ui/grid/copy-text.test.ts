import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { copyText, type CopiedRow } from './copy-text'

const cell = fc.option(
  fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\t', '\n', '\r\n', '|', '\\', ' ', '') }),
  { nil: null },
)
const tables = fc.integer({ min: 1, max: 5 }).chain((width) =>
  fc.record({
    names: fc.array(fc.stringMatching(/^[a-z ,"]*$/), { minLength: width, maxLength: width }),
    cells: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 6 }),
  }),
)

const rowsOf = (cells: readonly (readonly (string | null)[])[]): CopiedRow[] =>
  cells.map((texts) => ({ texts, jsons: texts.map((text) => JSON.stringify(text)) }))

/** A reader of quoted, separated text, written for this test only. Bare nothing is NULL. */
function parse(text: string, separator: string, end: string): (string | null)[][] {
  const rows: (string | null)[][] = []
  let row: (string | null)[] = []
  let i = 0
  while (i < text.length) {
    let value: string | null
    if (text[i] === '"') {
      value = ''
      for (i++; ; i++) {
        if (text[i] !== '"') value += text[i]
        else if (text[i + 1] === '"') value += text[i++]
        else break
      }
      i++
    } else {
      const start = i
      while (i < text.length && text[i] !== separator && !text.startsWith(end, i)) i++
      value = i === start ? null : text.slice(start, i)
    }
    row.push(value)
    if (text[i] === separator) {
      i++
      if (i === text.length || text.startsWith(end, i)) row.push(null)
      else continue
    }
    if (text.startsWith(end, i)) i += end.length
    rows.push(row)
    row = []
  }
  return rows
}

describe('copying cells', () => {
  it('writes CSV that reads back the same, NULL and empty text apart', () => {
    fc.assert(
      fc.property(tables, ({ names, cells }) => {
        fc.pre(!(names.length === 1 && (cells.some(([c]) => c === null) || names[0] === '')))
        const text = copyText('csv', names, rowsOf(cells))
        expect(parse(text, ',', '\r\n')).toEqual([names, ...cells])
      }),
    )
  })

  it('writes tab-separated text with one line for each row and one field for each column', () => {
    fc.assert(
      fc.property(tables, ({ names, cells }) => {
        fc.pre(names.length > 1 && cells.length > 0)
        const back = parse(copyText('tsv', names, rowsOf(cells)), '\t', '\n')
        expect(back.map((row) => row.map((c) => c ?? ''))).toEqual(cells.map((row) => row.map((c) => c ?? '')))
      }),
    )
  })

  it('writes JSON that keeps types, and every column though two have one name', () => {
    const text = copyText('json', ['n', 'n', 't'], [{ texts: [], jsons: ['9007199254740993', 'null', '"x"'] }])
    expect(text).toContain('9007199254740993')
    expect(Object.keys((JSON.parse(text) as object[])[0] as object)).toEqual(['n', 'n_2', 't'])
  })

  it('writes Markdown whose cells cannot break the table', () => {
    fc.assert(
      fc.property(tables, ({ names, cells }) => {
        const lines = copyText('markdown', names, rowsOf(cells)).trimEnd().split('\n')
        expect(lines).toHaveLength(cells.length + 2)
        for (const line of lines.slice(1)) {
          const bars = line.replaceAll('\\\\', '').replaceAll('\\|', '').match(/\|/g)?.length
          expect(bars).toBe(names.length + 1)
        }
      }),
    )
  })
})
