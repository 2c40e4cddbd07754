/** `pond check`: whether what recipes make can be made, and is as they say it has to be. */
import type { CheckResult } from '../../../shared/model'
import type { Run } from '../context'
import { count, oneLine, visible } from '../display'

const OUTCOMES: Readonly<Record<CheckResult['outcome'], string>> = { passed: 'ok', failed: 'FAILED', broken: 'BROKEN' }

export const run: Run = async (context) => {
  const { out, args, signal, invocation } = context
  const pond = await context.reading()
  const options = { ...(args[0] !== undefined && { path: args[0] }), signal, onProgress: out.progress }
  const at = context.at('pending')
  // What is not there is no check that passed.
  if (args[0] !== undefined) await (await pond.moment(at)).entry(args[0])
  const results = await pond.checkRecipes(at, options)
  const wrong = results.filter(({ outcome }) => outcome !== 'passed')
  const shown = invocation.flag('all') ? results : wrong
  await out.show(results, async () => {
    for (const result of shown) {
      await out.line(
        `${outcomeOf(result)}  ${visible(result.path)}${result.check === null ? '' : `  ${oneLine(result.check)}`}`,
      )
      const reason = reasonOf(result)
      if (reason !== '') await out.line(`  ${placeOf(result)}: ${reason}`)
      if (result.examples !== null)
        for (const row of result.examples.rows)
          await out.line(
            `    ${row.map((value, i) => `${visible(result.examples!.columns[i]!.name)}=${oneLine(value ?? 'NULL')}`).join('  ')}`,
          )
    }
    const passed = results.length - wrong.length
    await out.line(
      results.length === 0
        ? 'nothing to check: recipes say what has to hold in their field checks'
        : `${passed} of ${count(results.length, 'check')} passed`,
    )
  })
  return wrong.some(({ severity }) => severity === 'error') ? 1 : 0
}

function outcomeOf({ outcome, severity }: CheckResult): string {
  return outcome === 'failed' && severity === 'warn' ? 'warning' : OUTCOMES[outcome]
}

function placeOf({ recipe, line, column }: CheckResult): string {
  return `${visible(recipe)}${line === null ? '' : `:${line}`}${column === null ? '' : `:${column}`}`
}

function reasonOf({ outcome, failures, problem }: CheckResult): string {
  if (outcome === 'passed') return ''
  return problem === null ? count(failures, 'row') : oneLine(problem.message)
}
