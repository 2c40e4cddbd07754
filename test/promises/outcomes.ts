/**
 * What became of each test of a run, from the JSON reports that vitest and Playwright write. Knows
 * nothing of what is promised.
 */
import { relative, resolve, sep } from 'node:path'

export interface Outcome {
  /** Path under the checkout, `/`-separated. */
  readonly file: string
  readonly title: string
  readonly state: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped, where the test says so. */
  readonly reason?: string
}

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly {
      readonly title: string
      readonly status: string
      readonly meta?: { readonly skippedBecause?: string }
    }[]
  }[]
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[]
  readonly specs?: readonly {
    readonly title: string
    readonly file: string
    readonly tests: readonly {
      readonly status: string
      readonly annotations?: readonly { readonly type: string; readonly description?: string }[]
    }[]
  }[]
}

interface PlaywrightReport {
  readonly config: { readonly rootDir: string }
  readonly suites: readonly PlaywrightSuite[]
}

/** Outcomes of one report, with files under the folder `root`. */
export function outcomesOf(report: unknown, root: string): Outcome[] {
  const path = (file: string): string => relative(root, file).replaceAll(sep, '/')
  if (isPlaywright(report)) return report.suites.flatMap((suite) => ofSuite(suite, report.config.rootDir, path))
  return (report as VitestReport).testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ title, status, meta }): Outcome => {
      const state = status === 'passed' || status === 'failed' ? status : 'skipped'
      return { file: path(name), title, state, ...reasonOf(meta?.skippedBecause) }
    }),
  )
}

function isPlaywright(report: unknown): report is PlaywrightReport {
  return typeof report === 'object' && report !== null && 'suites' in report && 'config' in report
}

function ofSuite(
  { suites = [], specs = [] }: PlaywrightSuite,
  folder: string,
  path: (file: string) => string,
): Outcome[] {
  const own = specs.flatMap(({ title, file, tests }) =>
    tests.map(({ status, annotations = [] }): Outcome => {
      // A test that passes only when repeated is not a passing test.
      const state = status === 'expected' ? 'passed' : status === 'skipped' ? 'skipped' : 'failed'
      const reason = annotations.find(({ type }) => type === 'skip')?.description
      return { file: path(resolve(folder, file)), title, state, ...reasonOf(reason) }
    }),
  )
  return [...own, ...suites.flatMap((suite) => ofSuite(suite, folder, path))]
}

const reasonOf = (reason: string | undefined): Pick<Outcome, 'reason'> => (reason === undefined ? {} : { reason })
