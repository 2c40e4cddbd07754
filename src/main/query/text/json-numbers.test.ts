import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReadingOptions } from '../../../shared/model'
import { openBench } from '../testing/host-source'
import { isChangedByParser, NumberSuspicion, withQuotedNumbers } from './json-numbers'

const bench = await openBench()

const odd = fc.constantFrom(
  '1e-400',
  '-2.5E-999',
  '-0',
  `0.${'0'.repeat(400)}1`,
  '9007199254740993.0',
  '-12345678901234567.5',
)
const plain = fc.oneof(
  fc.constantFrom('0', '9007199254740992.0', '-0.0', '1e400', '1e-3', '-1', '0e-500', 'true', 'null'),
  fc.string().map((text) => JSON.stringify(`${text} 1e-400, -0`)),
)

async function all(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts).toString()
}

async function* cut(text: string, step: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step)
}

async function read(content: string, { name = '/x.json', ...reading }: ReadingOptions & { name?: string } = {}) {
  const source = await bench.source({ [name]: content })
  const said = Object.keys(reading).length === 0 ? {} : { reading }
  const found = await bench.queries.describe((await source.tables(name))[0]!, { previewRows: 10, ...said })
  if ('problem' in found) throw found.problem
  return {
    types: found.columns.map((column) => column.type),
    values: found.preview!.rows,
    notes: found.reading!.notes.map(({ message }) => message),
  }
}

describe('numbers of JSON', () => {
  it('that its parser would change are put into quotes, and nothing else is, however the text is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            odd.map((text) => [text, `"${text}"`] as const),
            plain.map((text) => [text, text] as const),
          ),
          { maxLength: 6 },
        ),
        fc.integer({ min: 1, max: 50 }),
        async (values, step) => {
          const text = `[${values.map(([written]) => written).join(', ')}]`
          const expected = `[${values.map(([, quoted]) => quoted).join(', ')}]`
          let count = 0
          expect(await all(withQuotedNumbers(cut(text, step), () => count++))).toBe(expected)
          expect(count).toBe(values.filter(([written, quoted]) => written !== quoted).length)
          const suspicion = new NumberSuspicion()
          for await (const chunk of cut(text, step)) suspicion.feed(chunk)
          suspicion.end()
          if (count > 0) expect(suspicion.isRaised).toBe(true)
        },
      ),
    )
    expect(isChangedByParser('0.0')).toBe(false)
  })

  it.each(['/x.json', '/x.jsonl'])(
    'too small or too great for any keep their spelling, with a note (%s)',
    async (name) => {
      const rows = (values: readonly string[]): string =>
        name.endsWith('l')
          ? values.map((x) => `{"x":${x}}\n`).join('')
          : `[${values.map((x) => `{"x":${x}}`).join(',')}]`
      for (const [text, word] of [
        ['1e-400', 'smaller'],
        ['1e400', 'greater'],
      ] as const) {
        const found = await read(rows(['1.5', text]), { name })
        expect([found.types, found.values]).toEqual([['VARCHAR'], [['1.5'], [text]]])
        const where = name.endsWith('l') ? 'line 2' : 'row 2'
        expect(found.notes).toEqual([
          `x is text: ${where}: "${text}" is ${word} than any number that is kept (--null says otherwise)`,
        ])
        const said = read(rows(['1.5', text]), { name, types: { x: 'DOUBLE' } })
        await expect(said).rejects.toMatchObject({ detail: { row: 2, column: 'x', value: text } })
        expect(await read(rows(['1.5', text]), { name, types: { x: 'VARCHAR' } })).toMatchObject({
          values: [['1.5'], [text]],
        })
        expect(await read(rows(['1.5', text]), { name, nulls: [text] })).toMatchObject({
          types: ['DOUBLE'],
          values: [['1.5'], [null]],
        })
      }
    },
  )

  it('with a point and more digits before it than a fraction keeps are text, with a note', async () => {
    const found = await read('[{"x":1.5},{"x":9007199254740993.0}]')
    expect([found.types, found.values]).toEqual([['VARCHAR'], [['1.5'], ['9007199254740993.0']]])
    expect(found.notes).toEqual(['x is text: row 2: "9007199254740993.0" has more digits than a fraction keeps'])
    expect((await read('[{"x":1.5},{"x":9007199254740992.0}]')).types).toEqual(['DOUBLE'])
  })

  it.each(['1e-400', '-1e400', '9007199254740993', '9007199254740993.0', '12345678901234567890'])(
    'such as %s are text within lists and objects, and in lists of numbers alone',
    async (text) => {
      for (const [content, type, value] of [
        [`[{"x":[${text},1.5]}]`, 'VARCHAR[]', `[${text}, 1.5]`],
        [`[{"x":{"y":${text}}},{"x":{"y":1.5}}]`, 'STRUCT(y VARCHAR)', `{'y': ${/e/.test(text) ? `${text}` : text}}`],
        [`[${text},1.5]`, 'VARCHAR', text],
        [`[[${text},1.5]]`, 'VARCHAR[]', `[${text}, 1.5]`],
      ] as const) {
        const found = await read(content)
        expect([content, found.types[0], found.values[0]![0]!.replaceAll("'1", '1')]).toEqual([content, type, value])
        expect(found.notes).toEqual([expect.stringContaining(text)])
      }
    },
  )

  it('without a sign are what a zero with one is read as, which is said', async () => {
    for (const [content, name] of [
      ['[{"x":-0},{"x":7}]', '/x.json'],
      ['x\n-0\n7\n', '/x.csv'],
      [`x\n${'7\n'.repeat(5_000)}-0\n`, '/x.csv'],
    ] as const) {
      const found = await read(content, { name })
      expect(found.types).toEqual(['BIGINT'])
      expect(found.notes).toEqual([expect.stringMatching(/^x: (row|line) \d+: "-0" is read as 0$/)])
    }
    expect((await read('x\n-0\n1.5\n', { name: '/x.csv' })).values[0]).toEqual(['-0.0'])
    expect((await read('[{"x":-0},{"x":1.5}]')).values[0]).toEqual(['-0.0'])
  })

  it('that were said to be no value are none', async () => {
    expect(await read('[{"x":-999},{"x":2}]', { nulls: ['-999'] })).toMatchObject({
      types: ['BIGINT'],
      values: [[null], ['2']],
    })
  })
})
