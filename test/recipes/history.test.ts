/** What recipes make in any history, against plain recomputation of each moment. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPondError } from '../../src/shared/errors'
import { runs } from '../../src/shared/testing/runs'
import { toText } from '../../src/main/query'
import { newPond, type TestPond } from '../query/pond'
import { CASES, type Seen } from './factories'
import { History, part, step, type State } from './history'
import { Plain, type Table } from './plain'

const RUNS = Number(process.env['POND_RECIPE_RUNS'] ?? runs(3))
/** Others each time; a failure names its own, which `POND_RECIPE_SEED` repeats. */
const SEED = process.env['POND_RECIPE_SEED']

async function tableOf({ pond }: TestPond, sql: string, at: string): Promise<Table> {
  const stream = await pond.queries.stream(await pond.source(at), sql)
  const rows: (string | null)[][] = []
  for await (const batch of stream.batches)
    // An instant is written as DuckDB writes it in UTC.
    for (const row of batch)
      rows.push(row.map((value) => (value == null ? null : toText(value).replace(/(:\d\d(\.\d+)?)Z$/, '$1+00'))))
  return { columns: stream.columns.map(({ name, type }) => `${name} ${type}`), rows }
}

async function textOf({ pond }: TestPond, path: string, at: string): Promise<string> {
  const reader = await pond.open(path, at)
  try {
    return Buffer.from(await reader.read(0, reader.size)).toString()
  } finally {
    await reader.close()
  }
}

/** The same, or fractions that differ by less than a millionth of a millionth of themselves. */
function isAlike(found: string | null, expected: string | null, type: string): boolean {
  if (found === expected) return true
  if (found === null || expected === null || !/ (DOUBLE|FLOAT)$/.test(type)) return false
  const [a, b] = [Number(found), Number(expected)]
  return Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b))
}

function expectAlike(found: Table, expected: Table, what: string): void {
  expect(found.columns, what).toEqual(expected.columns)
  const near = found.rows.map((row, r) =>
    row.map((value, c) => {
      const other = expected.rows[r]?.[c]
      return other !== undefined && isAlike(value, other, found.columns[c]!) ? other : value
    }),
  )
  expect(near, what).toEqual(expected.rows)
}

let read = 0

function seenAt(test: TestPond, at: string, { state, plain }: { readonly state: State; readonly plain: Plain }): Seen {
  return {
    state,
    plain,
    async isTable(path, script) {
      // In turns within the statement, and as the file that is made of it.
      const from = read++ % 2 === 0 ? `'${path}'` : `read_parquet('${path}')`
      expectAlike(await tableOf(test, `FROM ${from}`, at), await plain.table(script), `${from} at ${at}`)
    },
    async isText(path, text) {
      expect(await textOf(test, path, at), `${path} at ${at}`).toBe(text)
    },
    async holds(path, names) {
      const found = (await test.pond.list(path, { at })).map(({ name }) => name)
      expect(found, `${path} at ${at}`).toEqual([...names].sort())
    },
    async fails(path, ...codes) {
      const code = await textOf(test, path, at).then(
        () => 'nothing',
        (error: unknown) => (isPondError(error) ? error.code : String(error)),
      )
      expect(codes, `${path} at ${at}`).toContain(code)
    },
  }
}

describe('What a recipe makes in any history', () => {
  it.each(CASES)(
    'is what a script makes of the files of each version, pending included, whatever is in the cache: $factory',
    async ({ recipes, check }) => {
      await using plain = await Plain.open()
      await fc.assert(
        fc.asyncProperty(
          fc.tuple(part, part, part),
          fc.array(step, { minLength: 3, maxLength: 6 }),
          async (first, steps) => {
            await using test = await newPond()
            const history = await History.begin(test, recipes, first)
            const checkAt = async ([at, state]: readonly [string, State]): Promise<void> => {
              for (const [letter, parts] of state.series) await plain.view(letter, parts)
              await check(seenAt(test, at, { state, plain }))
            }
            for (const [i, one] of steps.entries()) {
              await history.perform(one)
              if (i % 2 === 1) await checkAt(history.moments().at(-1)!)
            }
            for (const moment of history.moments()) await checkAt(moment)
            await history.clearCache()
            for (const moment of history.moments().toReversed()) await checkAt(moment)
          },
        ),
        { numRuns: RUNS, ...(SEED !== undefined && { seed: Number(SEED) }) },
      )
    },
    // A history that fails is made smaller meanwhile.
    120_000 + RUNS * 20_000,
  )
})
