import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { momentLabel, momentOf } from './console-moment'
import { withRun, type PastRun } from './run-history'
import { examplesFor, pathLiteral } from './examples'

const choices = fc.record({
  window: fc.oneof(fc.constant('pending' as const), fc.nat(50)),
  asOf: fc.option(fc.nat(50), { nil: null }),
  pending: fc.nat(5),
  include: fc.option(fc.boolean(), { nil: null }),
  head: fc.nat(50),
})

describe('the moment of the console', () => {
  it('never reads pending changes in the past, nor where there are none', () => {
    fc.assert(
      fc.property(choices, (choice) => {
        const { at, includesPending, fixedBecause } = momentOf(choice)
        expect(includesPending).toBe(at === 'pending')
        const past = typeof choice.window === 'number' || choice.asOf !== null
        if (past || choice.pending === 0) {
          expect(includesPending).toBe(false)
          expect(fixedBecause).not.toBeNull()
        } else {
          expect(includesPending).toBe(choice.include ?? true)
          expect(fixedBecause).toBeNull()
        }
      }),
    )
  })

  it('follows the window into the past, whatever was chosen before', () => {
    expect(momentOf({ window: 3, asOf: 5, pending: 1, include: true, head: 9 }).at).toBe('3')
    expect(momentOf({ window: 'pending', asOf: 5, pending: 1, include: true, head: 9 }).at).toBe('5')
  })

  it('says itself beside a result', () => {
    expect(momentLabel({ kind: 'pending', version: 4 })).toBe('version 4 + pending')
    expect(momentLabel({ kind: 'version', version: 4 })).toBe('version 4')
  })
})

describe('what was run before', () => {
  it('holds each text once, the newest first, and not without end', () => {
    const run = (sql: string): PastRun => ({ sql, when: 0, rows: 1, ms: 1, failed: false })
    const many = Array.from({ length: 300 }, (_, i) => `SELECT ${i % 150}`)
    const history = many.reduce<readonly PastRun[]>((all, sql) => withRun(all, run(sql)), [])
    expect(history).toHaveLength(100)
    expect(history[0]?.sql).toBe('SELECT 149')
    expect(new Set(history.map((past) => past.sql)).size).toBe(100)
    expect(withRun(history, run('x'.repeat(30_000)))).toBe(history)
  })
})

describe('examples', () => {
  it('quote a path so that it stays one text', () => {
    fc.assert(
      fc.property(fc.string(), (path) => {
        const literal = pathLiteral(path)
        expect(literal.slice(1, -1).replaceAll("''", "'")).toBe(path)
        expect(/^'(?:[^']|'')*'$/s.test(literal)).toBe(true)
      }),
    )
  })

  it('speak of pending changes only while there are some', () => {
    const titles = (pending: number) => examplesFor(['/a.csv'], pending).map((example) => example.title)
    expect(titles(0)).not.toContain('What is pending')
    expect(titles(2)).toContain('What is pending')
    expect(examplesFor([], 0).length).toBeGreaterThan(0)
  })
})
