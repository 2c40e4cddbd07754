/**
 * Adds up test reports: `count.mjs STATUS REPORT...` prints "PASSED FAILED". Reads the JSON that vitest
 * and Playwright write. A report that is missing or ran nothing is one failure; so is a command that
 * ended with a STATUS other than 0 although no test failed. Each failure is added, with its message, to
 * the file that FAILURES names, so that a long run can say at its end what failed.
 */
import { appendFileSync, readFileSync } from 'node:fs'

const [status, ...reports] = process.argv.slice(2)
const counts = reports.map(count)
const passed = counts.reduce((sum, one) => sum + one.passed, 0)
const failed = counts.reduce((sum, one) => sum + one.failed, 0)
console.log(passed, failed === 0 && status !== '0' ? 1 : failed)

function count(path) {
  let report
  try {
    report = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    told(path, 'no report', error.message)
    return { passed: 0, failed: 1 }
  }
  const { passed, failed } = 'stats' in report ? playwright(report) : vitest(report)
  if (passed + failed > 0) return { passed, failed }
  told(path, 'no test ran', '')
  return { passed: 0, failed: 1 }
}

function told(where, title, message) {
  if (process.env.FAILURES === undefined) return
  const lines = message.replaceAll(/\u001b\[[0-9;]*m/g, '').split('\n')
  const shown = lines.filter((line) => line.trim() !== '').slice(0, 6)
  appendFileSync(process.env.FAILURES, `FAILED ${where} > ${title}\n${shown.map((line) => `    ${line}\n`).join('')}`)
}

function playwright({ stats, errors, suites }) {
  for (const { message } of errors) told('playwright', 'outside of tests', message)
  suites.forEach(playwrightSuite)
  // A test that passes only when repeated is not a passing test.
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length }
}

function playwrightSuite({ suites = [], specs = [] }) {
  suites.forEach(playwrightSuite)
  for (const { title, file, tests } of specs) {
    for (const { status, projectName, results } of tests) {
      if (status !== 'unexpected' && status !== 'flaky') continue
      told(`[${projectName}] ${file}`, title, results.flatMap(({ error }) => error?.message ?? []).join('\n'))
    }
  }
}

function vitest({ numPassedTests, numFailedTests, testResults }) {
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  for (const { name, message } of brokenFiles) told(name, 'the file as a whole', message)
  for (const { name, assertionResults } of testResults) {
    for (const { status, fullName, failureMessages } of assertionResults) {
      if (status === 'failed') told(name, fullName, failureMessages.join('\n'))
    }
  }
  return { passed: numPassedTests, failed: numFailedTests + brokenFiles.length }
}
