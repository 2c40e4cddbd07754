/** Keeps in the JSON report why a test was skipped, where it said so: the check of promises asks. */
import type { Reporter, TestCase } from 'vitest/node'

declare module 'vitest' {
  interface TaskMeta {
    skippedBecause?: string
  }
}

export default class SkipReasons implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const result = test.result()
    if (result.state === 'skipped' && result.note !== undefined) test.meta().skippedBecause = result.note
  }
}
