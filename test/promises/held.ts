/** Judges the list of promises by what became of their tests in a run. */
import { projectOf } from '../projects.mts'
import { escapeRegExp, type Promised, type TestName } from './checklist'
import type { Outcome } from './outcomes'

export interface Judgement {
  /** Promises of which every test ran and passed. */
  readonly held: number
  /** One line for each test that does not hold its promise. */
  readonly broken: readonly string[]
  /** One line for each test that said why this machine cannot run it. */
  readonly notHere: readonly string[]
  /** Promises with a test of a project that `npm test` leaves out. */
  readonly left: number
}

export interface JudgeOptions {
  /** Whether the run had every project. Otherwise tests of heavy ones may be absent. */
  readonly isWhole: boolean
  /** Files that run the tests of a suite that several share; `undefined` for a file of tests. */
  readonly runnersOf: (file: string) => readonly string[] | undefined
}

export function judge(
  promises: readonly Promised[],
  outcomes: readonly Outcome[],
  { isWhole, runnersOf }: JudgeOptions,
): Judgement {
  const byFile = new Map<string, Outcome[]>()
  for (const outcome of outcomes) byFile.set(outcome.file, [...(byFile.get(outcome.file) ?? []), outcome])
  const broken: string[] = []
  const notHere: string[] = []
  let held = 0
  let left = 0
  for (const { line, tests } of promises) {
    const found = tests.map((test) => {
      const files = runnersOf(test.file) ?? [test.file]
      const verdict = verdictOf(
        test,
        files.flatMap((file) => byFile.get(file) ?? []),
      )
      const isLeft = verdict.state === 'absent' && !isWhole && projectOf(test.file)?.isQuick === false
      const said = `${line}: ${test.file} ${test.title}: ${verdict.says}`
      if (verdict.state === 'not-here') notHere.push(said)
      else if (verdict.state !== 'passed' && !isLeft) broken.push(said)
      return isLeft ? 'left' : verdict.state
    })
    if (found.length > 0 && found.every((state) => state === 'passed')) held++
    else if (found.includes('left')) left++
  }
  return { held, broken, notHere, left }
}

interface Verdict {
  readonly state: 'passed' | 'failed' | 'skipped' | 'not-here' | 'absent'
  readonly says: string
}

function verdictOf({ title }: TestName, outcomes: readonly Outcome[]): Verdict {
  const pattern = titlePattern(title)
  const its = outcomes.filter((outcome) => pattern.test(outcome.title))
  if (its.some(({ state }) => state === 'failed')) return { state: 'failed', says: 'failed' }
  if (its.some(({ state }) => state === 'passed')) return { state: 'passed', says: 'passed' }
  if (its.length === 0) {
    return { state: 'absent', says: outcomes.length === 0 ? 'no test of this file ran' : 'no test of this title ran' }
  }
  const reason = its[0]!.reason
  return its.every((each) => each.reason !== undefined)
    ? { state: 'not-here', says: `skipped: ${reason}` }
    : { state: 'skipped', says: 'skipped without a reason' }
}

/** Titles that a title of the source gives: what a format or a template inserts is any text. */
export function titlePattern(title: string): RegExp {
  const parts = title.split(/%[sdifjoOc]|\$\{[^}]*\}|\$[a-z]\w*/)
  return new RegExp(`^${parts.map((part) => escapeRegExp(part)).join('.*')}$`, 's')
}
