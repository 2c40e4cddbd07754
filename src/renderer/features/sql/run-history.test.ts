import { expect, it } from 'vitest'
import { united, type PastRun } from './run-history'

const run = (sql: string, when: number): PastRun => ({ sql, when, rows: 1, ms: 1, failed: false })

it('what two pages ran is one history, newest first, the same text once', () => {
  const one = [run('a', 5), run('b', 3), run('c', 1)]
  const other = [run('d', 4), run('b', 2)]
  const all = [run('a', 5), run('d', 4), run('b', 3), run('c', 1)]
  expect(united(one, other)).toEqual(all)
  expect(united(other, one)).toEqual(all)
  expect(united(all, all)).toEqual(all)
})
