/**
 * Generated histories of tables and generated SQL over them: rows over committed and pending are the rows
 * after the commit, and a version reads for ever as it did when it was the last.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isPondError } from '../../src/shared/errors'
import { readTree } from '../../src/main/tinyfs/testing/tree'
import { applyTableChange, statement, tableHistory } from './generated'
import { newPond, type TestPond } from './pond'

const RUNS = Number(process.env['POND_SQL_RUNS'] ?? 6)
const seed = process.env['POND_MODEL_SEED']
const parameters = { numRuns: RUNS, ...(seed === undefined ? {} : { seed: Number(seed) }) }

/** Rows, or the code of the refusal: that must be the same, too. */
async function answers(test: TestPond, statements: readonly string[], at: string): Promise<unknown[]> {
  const found: unknown[] = []
  for (const sql of statements) {
    found.push(
      await test.rows(sql, at).catch((error: unknown) => {
        if (isPondError(error)) return error.code
        throw error
      }),
    )
  }
  return found
}

it('generated SQL gives the same rows before a commit, with pending, as after it', { timeout: 600_000 }, async () => {
  let [asked, answered] = [0, 0]
  const search = (): Promise<void> =>
    fc.assert(
      fc.asyncProperty(
        tableHistory,
        fc.array(statement, { minLength: 4, maxLength: 8 }),
        async (history, statements) => {
          await using test = await newPond()
          for (const changes of history) {
            for (const change of changes) await applyTableChange(test, change)
            const before = await answers(test, statements, 'pending')
            await test.commit()
            expect(await answers(test, statements, 'head')).toEqual(before)
            asked += before.length
            answered += before.filter((answer) => Array.isArray(answer) && answer.length > 0).length
          }
        },
      ),
      parameters,
    )
  await search()
  // A few short histories may have little to show by chance; more of them do not.
  for (let more = 0; more < 3 && answered / asked <= 1 / 3; more++) await search()
  // Refusals are compared too, but most statements must have rows.
  expect(answered / asked).toBeGreaterThan(1 / 3)
})

it('a version reads after later commits as it did when it was the last', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(tableHistory, fc.array(statement, { minLength: 3, maxLength: 5 }), async (history, statements) => {
      await using test = await newPond()
      const look = async (at: string) => ({
        tree: await readTree((await test.pond.moment(at)).fs),
        answers: await answers(test, statements, at),
      })
      const seen = new Map([['0', await look('head')]])
      for (const changes of history) {
        for (const change of changes) await applyTableChange(test, change)
        await test.commit()
        // A commit of nothing makes no version.
        const { version } = await test.pond.status()
        if (!seen.has(String(version))) seen.set(String(version), await look('head'))
      }
      await test.pond.compact()
      for (const [version, was] of seen) expect(await look(version), `version ${version}`).toEqual(was)
    }),
    parameters,
  )
})
