/** What is described as a table can be read as one, whole, and what cannot be read is not described. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPondError } from '../../shared/errors'
import { openBench } from './testing/host-source'

const bench = await openBench()

type Outcome = { readonly columns: readonly string[]; readonly rows: number } | string

async function described(name: string, content: string): Promise<Outcome> {
  const source = await bench.source({ [name]: content })
  const found = await bench.queries.describe((await source.tables(name))[0]!)
  if ('problem' in found) return found.problem.code
  return { columns: found.columns.map((column) => column.name), rows: found.rows! }
}

async function queried(name: string, content: string): Promise<Outcome> {
  const source = await bench.source({ [name]: content })
  try {
    const stream = await bench.queries.stream(source, `SELECT * FROM '${name}'`)
    let rows = 0
    for await (const batch of stream.batches) rows += batch.length
    return { columns: stream.columns.map((column) => column.name), rows }
  } catch (error) {
    if (isPondError(error)) return error.code
    throw error
  }
}

async function mustAgree(name: string, content: string): Promise<void> {
  const asked = await queried(name, content)
  const told = await described(name, content)
  expect({ content, told }).toEqual({ content, told: asked })
}

const key = fc.constantFrom('a', 'b', 'A', 'x y', 'a_1', 'é', '"', "'", 'a.b', '$', '*', 'name type', 'json')
const scalar = fc.oneof(
  fc.constantFrom('null', 'true', '0', '-0', '1.5', '1e400', '1e-400', '9007199254740993', '123456789012345678901'),
  fc.constantFrom(
    '""',
    '"x"',
    '"2024-01-01"',
    '"2024-01-01T10:00Z"',
    '"10:00"',
    '"1"',
    '"NaN"',
    '"\\u0000"',
    '"\\ud800"',
  ),
)
const { value } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 3 }).map((values) => `[${values.join(',')}]`),
  object: fc
    .array(fc.tuple(key, tie('value')), { maxLength: 3 })
    .map((entries) => `{${entries.map(([name, of]) => `${JSON.stringify(name)}:${of}`).join(',')}}`),
}))
const object = fc
  .array(fc.tuple(key, value), { minLength: 1, maxLength: 3 })
  .map((entries) => `{${entries.map(([name, of]) => `${JSON.stringify(name)}:${of}`).join(',')}}`)
const rows = fc.oneof(fc.array(object, { maxLength: 3 }), fc.array(fc.oneof(value, object), { maxLength: 3 }))

describe('what is described and what is queried', () => {
  it('agree about JSON of any shape', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('[', '\n', ' '), async (all, layout) => {
        if (layout === '[') await mustAgree('/x.json', `[${all.join(',')}]`)
        else await mustAgree(layout === '\n' ? '/x.jsonl' : '/x.json', all.map((each) => `${each}\n`).join(''))
      }),
      { numRuns: 15 },
    )
  })

  it('agree about delimited text of any shape', async () => {
    const cell = fc.constantFrom(
      '',
      '1',
      '-0',
      'x',
      '"a,b"',
      '"',
      '2024-01-01',
      '1/2/24',
      'NA',
      '1,5',
      ' ',
      "'",
      '\u0000',
      '#',
      'é',
      '1e400',
    )
    const line = fc.array(cell, { minLength: 1, maxLength: 4 }).map((cells) => cells.join(','))
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 6 }), fc.constantFrom('\n', '\r\n', '\r'), async (lines, end) => {
        await mustAgree('/x.csv', lines.map((each) => `${each}${end}`).join(''))
      }),
      { numRuns: 15 },
    )
  })

  it.each([
    ['/x.json', '{"a":{"x":1,"x":2}}'],
    ['/x.json', '[{"a":[{"x":1,"x":2}]},{"a":[]}]'],
    ['/x.json', '{"a":{"x":1,"X":2}}'],
    ['/x.jsonl', '{"a":1}\n{"a":1,"a":2}\n'],
  ])('agree about %s: %s', (name, content) => mustAgree(name, content))
})
