import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addTab,
  closeTab,
  fromStored,
  KEEP_CHARS,
  keepText,
  newTabs,
  renameTab,
  reopenTab,
  toStored,
  type EditorTabs,
} from './console-tabs'

const acts = fc.array(
  fc.oneof(
    fc.record({ act: fc.constant('add' as const), text: fc.string() }),
    fc.record({ act: fc.constant('close' as const), pick: fc.nat(20) }),
    fc.record({ act: fc.constant('keep' as const), pick: fc.nat(20), text: fc.string() }),
    fc.record({ act: fc.constant('reopen' as const) }),
    fc.record({ act: fc.constant('rename' as const), pick: fc.nat(20), text: fc.string() }),
  ),
  { maxLength: 30 },
)
const play = (list: readonly { act: string; pick?: number; text?: string }[]): EditorTabs =>
  list.reduce((state, { act, pick = 0, text = '' }) => {
    const id = state.tabs[pick % state.tabs.length]?.id ?? ''
    if (act === 'add') return addTab(state, text)
    if (act === 'reopen') return reopenTab(state)
    if (act === 'close') return closeTab(state, id)
    return act === 'keep' ? keepText(state, id, text) : renameTab(state, id, text)
  }, newTabs())

describe('the editor tabs of the console', () => {
  it('always have one in front, and no two the same, whatever is done', () => {
    fc.assert(
      fc.property(acts, (list) => {
        const state = play(list)
        expect(state.tabs.map((tab) => tab.id)).toContain(state.active)
        expect(new Set(state.tabs.map((tab) => tab.id)).size).toBe(state.tabs.length)
      }),
    )
  })

  it('come back from storage as they were', () => {
    fc.assert(
      fc.property(acts, (list) => {
        const state = play(list)
        expect(fromStored(toStored(state))).toEqual(state)
      }),
    )
  })

  it('survive anything that storage may hold', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.jsonValue().map((value) => JSON.stringify(value)),
          fc.constant(null),
        ),
        (stored) => {
          const state = fromStored(stored)
          expect(state.tabs.map((tab) => tab.id)).toContain(state.active)
        },
      ),
    )
  })

  it('do not try to store what no storage holds', () => {
    const big = keepText(newTabs(), '1', 'x'.repeat(KEEP_CHARS + 1))
    expect(toStored(big).length).toBeLessThan(1_000)
    expect(fromStored(toStored(big)).tabs[0]?.sql).toMatch(/^-- /)
  })

  it('are opened again as they were, where they were, unless they were empty', () => {
    fc.assert(
      fc.property(acts, fc.nat(20), (list, pick) => {
        const state = play(list)
        const index = pick % state.tabs.length
        const { id, name, sql } = state.tabs[index]!
        const closed = closeTab(state, id)
        if (sql.trim() === '') {
          expect(closed.closed).toEqual(state.closed)
          return
        }
        const again = reopenTab(closed)
        const [other] = closed.tabs
        // One empty tab alone gives way.
        const isAlone = closed.tabs.length === 1 && other?.sql.trim() === ''
        const were = isAlone ? [{ name, sql }] : state.tabs
        expect(again.tabs.map((tab) => [tab.name, tab.sql])).toEqual(were.map((tab) => [tab.name, tab.sql]))
        expect(again.tabs.findIndex((tab) => tab.id === again.active)).toBe(isAlone ? 0 : index)
      }),
    )
  })

  it('get the lowest free number, and show their neighbour when the one in front is closed', () => {
    let state = addTab(addTab(newTabs()))
    expect(state.tabs.map((tab) => tab.name)).toEqual(['Query 1', 'Query 2', 'Query 3'])
    state = closeTab({ ...state, active: '2' }, '2')
    expect(state.active).toBe('3')
    expect(addTab(state).tabs.at(-1)?.name).toBe('Query 2')
  })
})
