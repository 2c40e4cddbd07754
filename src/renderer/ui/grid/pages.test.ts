import { tableFromArrays, type Table } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { Page } from './page'
import { PAGE_ROWS, Pages } from './pages'
import type { RowSource } from './row-source'
import { wireOf } from './wire-of'

/** A source of the numbers 0, 1, 2, ... whose answers the test gives when it likes. */
function numbers(rowCount: number) {
  const asked: { offset: number; signal: AbortSignal; answer(): void; refuse(error: unknown): void }[] = []
  let descending = false
  const table = (offset: number, limit: number): Table => {
    const rows = Array.from({ length: Math.max(0, Math.min(limit, rowCount - offset)) }, (_, i) => offset + i)
    return tableFromArrays({ n: Int32Array.from(rows.map((row) => (descending ? rowCount - 1 - row : row))) })
  }
  const source: RowSource = {
    key: 'numbers',
    columns: [{ name: 'n', type: 'INTEGER' }],
    rowCount,
    final: true,
    sort: null,
    page: (offset, limit, signal) =>
      new Promise((resolve, reject) => {
        asked.push({ offset, signal, answer: () => resolve(table(offset, limit)), refuse: reject })
      }),
  }
  return { source, asked, descend: () => (descending = true) }
}

/** Answers everything that is asked, and what is asked because of that. */
async function settle(asked: ReturnType<typeof numbers>['asked']): Promise<void> {
  for (let done = 0; done < asked.length;) {
    while (done < asked.length) asked[done++]?.answer()
    await new Promise((resolve) => setTimeout(resolve, 60))
  }
}

const open = (source: RowSource) => {
  const changes = { count: 0 }
  const pages = new Pages({ source, failureOf: wireOf, onChange: () => changes.count++ })
  return { pages, changes }
}
const textAt = (pages: Pages, row: number): string | null => {
  const state = pages.stateOf(row)
  return state instanceof Page ? state.text(row, 0) : String(state === 'loading' ? state : state.code)
}

describe('the pages of a result', () => {
  it('bring every row that was looked at, and tell when they are there', async () => {
    const { source, asked } = numbers(100_000)
    const { pages, changes } = open(source)
    pages.show(500, 540)
    expect(textAt(pages, 510)).toBe('loading')
    await settle(asked)
    expect(changes.count).toBeGreaterThan(0)
    for (const row of [500, 511, 512, 539]) expect(textAt(pages, row)).toBe(String(row))
    expect(textAt(pages, 90_000)).toBe('loading')
  })

  it('ask for each page once, however often one looks', async () => {
    const { source, asked } = numbers(10_000)
    const { pages } = open(source)
    for (let i = 0; i < 5; i++) pages.show(0, 40)
    await settle(asked)
    pages.show(0, 40)
    pages.show(3, 43)
    await settle(asked)
    const offsets = asked.map(({ offset }) => offset)
    expect(new Set(offsets).size).toBe(offsets.length)
  })

  it('give up what has left the screen before it came', async () => {
    const { source, asked } = numbers(1_000_000)
    const { pages } = open(source)
    pages.show(0, 40)
    pages.show(500_000, 500_040)
    expect(asked.filter(({ offset }) => offset < 1_000).every(({ signal }) => signal.aborted)).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 80))
    await settle(asked)
    expect(textAt(pages, 500_010)).toBe('500010')
  })

  it('read a page again that ended early because no more was ready then', async () => {
    const first = numbers(100)
    const { pages } = open(first.source)
    pages.show(0, 40)
    await settle(first.asked)
    expect(textAt(pages, 150)).toBe('loading')
    const second = numbers(PAGE_ROWS)
    pages.grow(second.source)
    await settle(second.asked)
    expect(textAt(pages, 150)).toBe('150')
  })

  it('read on where large rows made a page short, and show what is there', async () => {
    const { source, asked } = numbers(600)
    const short: RowSource = {
      ...source,
      page: (offset, limit, signal) => source.page(offset, Math.min(limit, 100), signal),
    }
    const { pages } = open(short)
    pages.show(256, 300)
    asked[0]!.answer()
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect([textAt(pages, 355), textAt(pages, 356)]).toEqual(['355', 'loading'])
    await settle(asked)
    for (let row = 0; row < 600; row++) expect(textAt(pages, row)).toBe(String(row))
    const inFirst = asked.map(({ offset }) => offset).filter((offset) => offset >= 256 && offset < 512)
    expect(inFirst.sort((a, b) => a - b)).toEqual([256, 356, 456])
    const copied = open(short).pages.read(450, new AbortController().signal)
    asked.at(-1)!.answer()
    expect((await copied).has(450)).toBe(true)
  })

  it('show the former order until the new one is there', async () => {
    const { source, asked, descend } = numbers(1_000)
    const { pages } = open(source)
    pages.show(0, 40)
    await settle(asked)
    descend()
    pages.reorder()
    expect(textAt(pages, 0)).toBe('0')
    await settle(asked)
    expect(textAt(pages, 0)).toBe('999')
  })

  it('say what went wrong, and try again when asked to', async () => {
    const { source, asked } = numbers(1_000)
    const { pages } = open(source)
    pages.show(0, 40)
    asked[0]?.refuse({ code: 'query.closed', message: 'gone', detail: {} })
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(textAt(pages, 0)).toBe('query.closed')
    pages.retry()
    await settle(asked)
    expect(textAt(pages, 0)).toBe('0')
  })

  it('forget the oldest of very many', async () => {
    const { source, asked } = numbers(100 * PAGE_ROWS)
    const { pages } = open(source)
    for (let row = 0; row < 100 * PAGE_ROWS; row += PAGE_ROWS) {
      pages.show(row, row + 10)
      for (const ask of asked) ask.answer()
      await new Promise((resolve) => setTimeout(resolve, 0))
    }
    await settle(asked)
    expect(textAt(pages, 99 * PAGE_ROWS)).toBe(String(99 * PAGE_ROWS))
    expect(textAt(pages, 0)).toBe('loading')
  })
})
