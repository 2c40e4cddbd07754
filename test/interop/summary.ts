/** Ends the run with one plain line, for people and scripts: `N passed, N failed`, and what was skipped. */
import type { Reporter, TestModule } from 'vitest/node'

export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    const broken = errors.length + modules.filter((module) => module.errors().length > 0).length
    const skipped = count('skipped')
    const line = `${count('passed')} passed, ${count('failed') + broken} failed`
    console.log(skipped === 0 ? line : `${line}, ${skipped} skipped`)
  }
}
