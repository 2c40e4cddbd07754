import { describe, expect, it } from 'vitest'
import type { LogEntry } from '../../../shared/model'
import { PAGE, VersionBook, type ReadLog } from './version-book'

const entry = (version: number): LogEntry => ({
  version,
  committedAt: version * 1_000_000,
  author: 'Ada',
  message: `Change ${version}`,
  command: 'pond commit',
  transactionId: `t${version}`,
  operations: 1,
  counts: { added: 1, modified: 0, deleted: 0, renamed: 0 },
  bytesDelta: 1,
  isHead: false,
})

/** A log of `head()` versions that answers when told to. */
function slowLog(head: () => number) {
  const asked: number[] = []
  const answers: (() => void)[] = []
  let broken = false
  const read: ReadLog = (before, limit) => {
    asked.push(before)
    return new Promise((resolve, reject) => {
      answers.push(() => {
        if (broken) return reject(new Error('cut off'))
        const top = Math.min(before - 1, head())
        const bottom = Math.max(top - limit, before - 1 - limit, 0)
        resolve(Array.from({ length: Math.max(0, top - bottom) }, (_, i) => entry(top - i)))
      })
    })
  }
  const settle = async (): Promise<void> => {
    while (answers.length > 0) {
      for (const answer of answers.splice(0)) answer()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { asked, read, settle, breakIt: (value: boolean) => (broken = value) }
}

const failureOf = (error: unknown) => ({ code: 'web.disconnected', message: String(error), detail: {} })

describe('the book of versions', () => {
  it('asks for each page once, however often its versions are wanted', async () => {
    const log = slowLog(() => 250)
    const book = new VersionBook(log.read, failureOf)
    book.want([250, 249, 1])
    book.want([250, 120, 2])
    await log.settle()
    book.want([250, 201, 150, 1])
    expect([...log.asked].sort((a, b) => a - b)).toEqual([101, 201, 301])
    expect([1, 100, 101, 250].map((version) => book.get(version)?.message)).toEqual([
      'Change 1',
      'Change 100',
      'Change 101',
      'Change 250',
    ])
    expect(book.get(251)).toBeUndefined()
  })

  it('reads the last page again for a version that came later', async () => {
    let head = 5
    const log = slowLog(() => head)
    const book = new VersionBook(log.read, failureOf)
    book.want([5])
    await log.settle()
    head = 6
    book.want([6, 5])
    await log.settle()
    expect(log.asked).toEqual([101, 101])
    expect(book.get(6)?.version).toBe(6)
  })

  it('keeps few pages in flight and reads what was wanted last before the rest', async () => {
    const log = slowLog(() => 10_000)
    const book = new VersionBook(log.read, failureOf)
    for (let page = 0; page < 10; page++) book.want([page * PAGE + 1])
    expect(log.asked).toHaveLength(3)
    book.want([9_999])
    await log.settle()
    expect(log.asked[3]).toBe(10_001)
    expect(new Set(log.asked).size).toBe(11)
  })

  it('stops after a failure and goes on when it is asked to', async () => {
    const log = slowLog(() => 5)
    const book = new VersionBook(log.read, failureOf)
    let told = 0
    book.subscribe(() => told++)
    log.breakIt(true)
    book.want([5])
    await log.settle()
    expect(book.failure?.code).toBe('web.disconnected')
    book.want([5])
    expect(log.asked).toHaveLength(1)
    log.breakIt(false)
    book.retry()
    book.want([5])
    await log.settle()
    expect(book.failure).toBeNull()
    expect(book.get(5)?.version).toBe(5)
    expect(told).toBeGreaterThanOrEqual(3)
  })

  it('never asks for the empty pond', () => {
    const log = slowLog(() => 5)
    new VersionBook(log.read, failureOf).want([0])
    expect(log.asked).toEqual([])
  })
})
