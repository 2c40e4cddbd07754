/**
 * Adds up test reports: `count.mjs STATUS REPORT...` prints "PASSED FAILED". Reads the JSON that vitest
 * and Playwright write. A report that is missing or ran nothing is one failure; so is a command that
 * ended with a STATUS other than 0 although no test failed.
 */
import { readFileSync } from 'node:fs'

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
    console.error(`no report ${path}: ${error.message}`)
    return { passed: 0, failed: 1 }
  }
  const { passed, failed } = 'stats' in report ? playwright(report) : vitest(report)
  return passed + failed === 0 ? { passed: 0, failed: 1 } : { passed, failed }
}

function playwright({ stats, errors }) {
  // A test that passes only when repeated is not a passing test.
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length }
}

function vitest({ numPassedTests, numFailedTests, testResults }) {
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  return { passed: numPassedTests, failed: numFailedTests + brokenFiles.length }
}
