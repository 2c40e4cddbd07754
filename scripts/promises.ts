/**
 * `npm run promises -- [--all] [--strict] REPORT...`: whether every promise of docs/promises.md was held by a run,
 * by the JSON reports that vitest and Playwright wrote of it. A promise whose test failed, was skipped, or is not
 * there under its title is named, and the status is 1. A test that gave a reason why this machine cannot run it is
 * named, too, and fails the check only with `--strict`. Without `--all`, tests that `npm test` leaves to `.ci/run`
 * may be absent.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readChecklist } from '../test/promises/checklist'
import { judge } from '../test/promises/held'
import { outcomesOf } from '../test/promises/outcomes'
import { runnersOf } from '../test/promises/runners'

const ROOT = dirname(import.meta.dirname)
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false }, strict: { type: 'boolean', default: false } },
})
const reports = positionals.map(readReport)
const promises = readChecklist(readFileSync(resolve(ROOT, 'docs/promises.md'), 'utf8'))
const { held, broken, notHere, left } = judge(
  promises,
  reports.flatMap((report) => outcomesOf(report, ROOT)),
  { isWhole: values.all, runnersOf: (file) => runnersOf(file, ROOT) },
)

/** A report that is not there has no outcomes: its promises are then named one by one. */
function readReport(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    console.error(`no report ${path}: ${(error as Error).message}`)
    return { testResults: [] }
  }
}

for (const line of notHere) console.error(`not shown on this machine: docs/promises.md:${line}`)
for (const line of broken) console.error(`NOT HELD: docs/promises.md:${line}`)
const more = left === 0 ? '' : `, ${left} wait for the heavy projects that .ci/run runs`
console.error(`${held} of ${promises.length} promises held by what ran${more}`)
process.exitCode = broken.length === 0 && (notHere.length === 0 || !values.strict) && promises.length > 0 ? 0 : 1
