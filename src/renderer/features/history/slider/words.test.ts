import { describe, expect, it } from 'vitest'
import type { LogEntry } from '../../../../shared/model'
import { clockLabels, subjectOf, valueText } from './words'

const micros = (text: string): number => new Date(text).getTime() * 1000
const NOW = micros('2026-03-05T12:00:00')

const entry = (message: string, committedAt: number): LogEntry => ({
  version: 3,
  committedAt,
  author: 'Ada',
  message,
  command: 'pond commit',
  transactionId: 't',
  operations: 1,
  counts: { added: 1, modified: 0, deleted: 0, renamed: 0 },
  bytesDelta: 10,
  isHead: false,
})

describe('the spoken value', () => {
  it('names the version, its age and its message', () => {
    const value = valueText({
      position: 3,
      head: 5,
      pending: 0,
      entry: entry('Add 2015\n\nMore', micros('2026-03-05T10:00:00')),
      now: NOW,
    })
    expect(value).toBe('Version 3 of 5, 2 hours ago, Add 2015')
  })

  it('says what is pending at the right end', () => {
    const value = (pending: number) => valueText({ position: 6, head: 5, pending, entry: undefined, now: NOW })
    expect([0, 1, 2].map(value)).toEqual([
      'Now, with nothing pending',
      'Now, with 1 pending change',
      'Now, with 2 pending changes',
    ])
  })

  it('calls version 0 the empty pond, and a version by its number until its entry is known', () => {
    const value = (position: number) => valueText({ position, head: 5, pending: 0, entry: undefined, now: NOW })
    expect(value(0)).toBe('Version 0 of 5, the empty pond')
    expect(value(2)).toBe('Version 2 of 5')
  })
})

describe('a subject', () => {
  it('is the first line that says something, as one safe line', () => {
    expect(subjectOf('\n  Add a table \nwhy')).toBe('Add a table')
    expect(subjectOf('')).toBe('No message')
    expect(subjectOf('a\u202eb')).toBe('a\ufffdb')
  })
})

describe('clock labels', () => {
  it('say the day once, then times, and nothing within the same minute', () => {
    const instants = ['2026-03-04T09:00:01', '2026-03-04T09:00:40', '2026-03-04T10:30:00', '2026-03-05T08:05:00'].map(
      micros,
    )
    expect(clockLabels(instants, NOW)).toEqual(['4 Mar 09:00', null, '10:30', '5 Mar 08:05'])
  })

  it('say the year where it is another one', () => {
    const instants = ['2024-12-31T23:59:00', '2025-01-02T10:00:00', '2025-02-02T10:00:00'].map(micros)
    expect(clockLabels(instants, NOW)).toEqual(['31 Dec 2024', '2 Jan 2025', '2 Feb 10:00'])
  })

  it('leave out what is not known yet', () => {
    expect(clockLabels([undefined, micros('2026-03-04T09:00:00')], NOW)).toEqual([null, '4 Mar 09:00'])
  })
})
