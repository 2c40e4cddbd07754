import { describe, expect, it } from 'vitest'
import { readChecklist } from './checklist'
import { judge, titlePattern, type Judgement } from './held'
import { outcomesOf, type Outcome } from './outcomes'

const ROOT = '/checkout'
const PROMISES = readChecklist(`
- one
  - \`src/a.test.ts\` adds %i
  - \`src/a.test.ts\` subtracts
- two
  - \`src/suite.ts\` holds for each
- three
  - \`test/long/b.test.ts\` goes on
- four
  - \`e2e/c.spec.ts\` shows it
`)

const passed = (file: string, title: string): Outcome => ({ file, title, state: 'passed' })
const ALL: readonly Outcome[] = [
  passed('src/a.test.ts', 'adds 1'),
  passed('src/a.test.ts', 'adds 2'),
  passed('src/a.test.ts', 'subtracts'),
  passed('src/x.test.ts', 'holds for each'),
  passed('src/y.test.ts', 'holds for each'),
  passed('test/long/b.test.ts', 'goes on'),
  passed('e2e/c.spec.ts', 'shows it'),
]

function judged(outcomes: readonly Outcome[], isWhole = true): Judgement {
  const runnersOf = (file: string) => (file === 'src/suite.ts' ? ['src/x.test.ts', 'src/y.test.ts'] : undefined)
  return judge(PROMISES, outcomes, { isWhole, runnersOf })
}
/** All of them, of which those of one title became something else. */
const but = (title: string, change: Partial<Outcome> | undefined): Outcome[] =>
  ALL.flatMap((one) => (one.title !== title ? [one] : change === undefined ? [] : [{ ...one, ...change }]))

describe('the promises of a run', () => {
  it('are held where every test of each ran and passed', () => {
    expect(judged(ALL)).toEqual({ held: 4, broken: [], notHere: [], left: 0 })
  })

  it.each<readonly [string, string, Partial<Outcome> | undefined, string]>([
    ['failed', 'adds 2', { state: 'failed' }, 'src/a.test.ts adds %i: failed'],
    ['was skipped', 'subtracts', { state: 'skipped' }, 'src/a.test.ts subtracts: skipped without a reason'],
    ['was renamed', 'subtracts', { title: 'takes away' }, 'src/a.test.ts subtracts: no test of this title ran'],
    ['did not run', 'shows it', undefined, 'e2e/c.spec.ts shows it: no test of this file ran'],
    ['of a shared suite failed', 'holds for each', { state: 'failed' }, 'src/suite.ts holds for each: failed'],
    ['of a heavy project did not run', 'goes on', undefined, 'test/long/b.test.ts goes on: no test of this file ran'],
  ])('are not where a test %s, and it is named with its line', (_, title, change, says) => {
    const { held, broken } = judged(but(title, change))
    expect([held, broken]).toEqual([3, [expect.stringMatching(/^\d+: /)]])
    expect(broken[0]!.replace(/^\d+: /, '')).toBe(says)
  })

  it('wait for the heavy projects where those were not run', () => {
    expect(judged(but('goes on', undefined), false)).toMatchObject({ held: 3, broken: [], left: 1 })
    expect(judged(but('goes on', { state: 'failed' }), false).broken).toHaveLength(1)
    expect(judged(but('shows it', undefined), false).broken).toHaveLength(1)
  })

  it('are told apart where the test says why this machine cannot run it', () => {
    const { held, broken, notHere } = judged(but('subtracts', { state: 'skipped', reason: 'no mounts' }))
    expect([held, broken, notHere]).toEqual([3, [], [expect.stringContaining('skipped: no mounts')]])
  })
})

describe('the title of a promise', () => {
  it('stands for what a format or a template makes of it, and for nothing else', () => {
    const fits = (title: string, text: string): boolean => titlePattern(title).test(text)
    expect([fits('%s (of ${N}) is $kind', 'a b (of 9) is x'), fits('%s is', 'it was'), fits('is', 'it is so')]).toEqual(
      [true, false, false],
    )
    expect([fits('by --pond or $POND', 'by --pond or $POND'), fits('a.b', 'axb')]).toEqual([true, false])
  })
})

describe('a report', () => {
  it('of vitest gives each test with its file and what became of it', () => {
    const assertionResults = [
      { title: 'a', status: 'passed' },
      { title: 'b', status: 'failed' },
      { title: 'c', status: 'skipped', meta: { skippedBecause: 'no disk' } },
      { title: 'd', status: 'todo' },
    ]
    expect(outcomesOf({ testResults: [{ name: `${ROOT}/src/a.test.ts`, assertionResults }] }, ROOT)).toEqual([
      { file: 'src/a.test.ts', title: 'a', state: 'passed' },
      { file: 'src/a.test.ts', title: 'b', state: 'failed' },
      { file: 'src/a.test.ts', title: 'c', state: 'skipped', reason: 'no disk' },
      { file: 'src/a.test.ts', title: 'd', state: 'skipped' },
    ])
  })

  it('of Playwright gives those of nested suites, and one that needed a second try as failed', () => {
    const spec = (title: string, status: string) => ({ title, file: 'c.spec.ts', tests: [{ status }] })
    const suites = [{ specs: [spec('a', 'expected')], suites: [{ specs: [spec('b', 'flaky'), spec('c', 'skipped')] }] }]
    expect(outcomesOf({ config: { rootDir: `${ROOT}/e2e` }, suites }, ROOT)).toEqual([
      { file: 'e2e/c.spec.ts', title: 'a', state: 'passed' },
      { file: 'e2e/c.spec.ts', title: 'b', state: 'failed' },
      { file: 'e2e/c.spec.ts', title: 'c', state: 'skipped' },
    ])
  })
})
