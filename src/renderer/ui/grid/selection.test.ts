import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cellsIn,
  clampSelection,
  HEADER_ROW,
  moveByKey,
  rangeOf,
  selectAll,
  selectCell,
  selectColumns,
  selectRows,
  spanInRow,
  type Bounds,
  type Selection,
} from './selection'

const bounds = fc.record({
  rows: fc.integer({ min: 1, max: 10_000_000 }),
  columns: fc.integer({ min: 1, max: 300 }),
  pageRows: fc.integer({ min: 1, max: 60 }),
})
const KEYS = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown'] as const
const presses = fc.array(fc.record({ key: fc.constantFrom(...KEYS), ctrl: fc.boolean(), shift: fc.boolean() }), {
  maxLength: 40,
})
const press = (key: string, ctrl = false, shift = false) => ({ key, ctrl, shift })
const move = (from: Selection, b: Bounds, ...keys: readonly ReturnType<typeof press>[]): Selection =>
  keys.reduce((s, k) => moveByKey(s, k, b) ?? s, from)

describe('selecting in a grid', () => {
  it('never leaves the result, whatever is pressed', () => {
    fc.assert(
      fc.property(bounds, presses, (b, keys) => {
        const end = move(selectCell({ row: 0, column: 0 }), b, ...keys)
        expect(clampSelection(end, b)).toEqual(end)
        const range = rangeOf(end)
        if (range !== null) {
          expect(range.top).toBeGreaterThanOrEqual(0)
          expect(range.bottom).toBeLessThan(b.rows)
          expect(range.right).toBeLessThan(b.columns)
        }
      }),
    )
  })

  it('keeps the anchor while shift is held and lets go of it after', () => {
    const b = { rows: 100, columns: 10, pageRows: 20 }
    const start = selectCell({ row: 5, column: 5 })
    const grown = move(start, b, press('ArrowDown', false, true), press('ArrowRight', false, true))
    expect(rangeOf(grown)).toEqual({ top: 5, bottom: 6, left: 5, right: 6 })
    expect(rangeOf(move(grown, b, press('ArrowLeft')))).toEqual({ top: 6, bottom: 6, left: 5, right: 5 })
  })

  it('goes to the four corners with control', () => {
    const b = { rows: 10_000_000, columns: 30, pageRows: 20 }
    const start = selectCell({ row: 1234, column: 7 })
    expect(move(start, b, press('End', true)).focus).toEqual({ row: 9_999_999, column: 29 })
    expect(move(start, b, press('Home', true)).focus).toEqual({ row: 0, column: 0 })
    expect(move(start, b, press('ArrowDown', true)).focus).toEqual({ row: 9_999_999, column: 7 })
    expect(move(start, b, press('ArrowRight', true)).focus).toEqual({ row: 1234, column: 29 })
  })

  it('reaches the header above the first row, where nothing is selected', () => {
    const b = { rows: 3, columns: 3, pageRows: 2 }
    const inHeader = move(selectCell({ row: 0, column: 1 }), b, press('ArrowUp'))
    expect(inHeader.focus).toEqual({ row: HEADER_ROW, column: 1 })
    expect(rangeOf(inHeader)).toBeNull()
    expect(move(inHeader, b, press('ArrowDown')).focus.row).toBe(0)
  })

  it('covers whole rows, whole columns and everything', () => {
    const b = { rows: 50, columns: 4, pageRows: 10 }
    expect(rangeOf(selectRows(3, 5, 4))).toEqual({ top: 3, bottom: 5, left: 0, right: 3 })
    expect(rangeOf(selectColumns(1, 2, 50))).toEqual({ top: 0, bottom: 49, left: 1, right: 2 })
    const all = rangeOf(selectAll(b))
    expect(all === null ? 0 : cellsIn(all)).toBe(200)
  })

  it('says for each row which of its columns are selected', () => {
    const range = { top: 2, bottom: 4, left: 1, right: 3 }
    expect([1, 2, 4, 5].map((row) => spanInRow(range, row))).toEqual([null, [1, 3], [1, 3], null])
  })

  it('does nothing for other keys', () => {
    expect(moveByKey(selectCell({ row: 0, column: 0 }), press('x'), { rows: 1, columns: 1, pageRows: 1 })).toBeNull()
  })
})
