import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  clampTop,
  isScaled,
  MAX_SPACER_PX,
  maxTop,
  scrollOfTop,
  spacerPx,
  topOfScroll,
  topShowingRow,
  visibleRows,
} from './scroll'

const ROW = 26
const extents = fc.record({
  rows: fc.integer({ min: 0, max: 2_000_000_000 }),
  viewportPx: fc.integer({ min: 1, max: 4_000 }),
})
const extentOf = ({ rows, viewportPx }: { rows: number; viewportPx: number }) => ({ contentPx: rows * ROW, viewportPx })

describe('scrolling', () => {
  it('never lays out more than the cap', () => {
    fc.assert(
      fc.property(extents, (e) => {
        expect(spacerPx(extentOf(e))).toBeLessThanOrEqual(MAX_SPACER_PX)
      }),
    )
  })

  it('reaches the very last row at the end of the scrollbar, and the first at its start', () => {
    fc.assert(
      fc.property(extents, (e) => {
        const extent = extentOf(e)
        const end = Math.max(0, spacerPx(extent) - extent.viewportPx)
        expect(topOfScroll(extent, 0)).toBe(0)
        expect(topOfScroll(extent, end)).toBeCloseTo(maxTop(extent), 3)
        const [, to] = visibleRows(extent, topOfScroll(extent, end), ROW, e.rows)
        expect(to).toBe(e.rows)
      }),
    )
  })

  it('puts the scrollbar where it points back at the same top', () => {
    fc.assert(
      fc.property(extents, fc.double({ min: 0, max: 1, noNaN: true }), (e, part) => {
        const extent = extentOf(e)
        const top = part * maxTop(extent)
        const back = topOfScroll(extent, scrollOfTop(extent, top))
        expect(Math.abs(back - top)).toBeLessThan(0.001 + top * 1e-9)
      }),
    )
  })

  it('is one to one below the cap', () => {
    const extent = { contentPx: 200_000 * ROW, viewportPx: 600 }
    expect(isScaled(extent)).toBe(false)
    expect(topOfScroll(extent, 12_345)).toBe(12_345)
    expect(scrollOfTop(extent, 12_345)).toBe(12_345)
  })

  it('shows a row wholly after moving to it, and moves no farther than it must', () => {
    fc.assert(
      fc.property(extents, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (e, pick, part) => {
        fc.pre(e.rows > 0 && e.viewportPx >= ROW)
        const extent = extentOf(e)
        const row = pick % e.rows
        const top = Math.floor(part * maxTop(extent))
        const next = topShowingRow(extent, top, row, ROW)
        expect(next).toBe(clampTop(extent, next))
        expect(row * ROW).toBeGreaterThanOrEqual(next)
        expect((row + 1) * ROW).toBeLessThanOrEqual(next + extent.viewportPx)
        const wasVisible = row * ROW >= top && (row + 1) * ROW <= top + extent.viewportPx
        if (wasVisible) expect(next).toBe(top)
      }),
    )
  })
})
