/**
 * Scrolling beyond what a browser can lay out. An element higher than about 16 million pixels is cut
 * off, so the spacer that makes the scrollbar is capped and its position scaled: the true top is a
 * number of ours, the scrollbar only points at it.
 */

/** Below the cap of every browser at every zoom, with room. */
export const MAX_SPACER_PX = 8_000_000

export interface Extent {
  /** Height of all rows. */
  readonly contentPx: number
  /** Height in which rows are seen. */
  readonly viewportPx: number
}

export function spacerPx({ contentPx }: Extent): number {
  return Math.min(contentPx, MAX_SPACER_PX)
}

export function isScaled({ contentPx }: Extent): boolean {
  return contentPx > MAX_SPACER_PX
}

export function maxTop({ contentPx, viewportPx }: Extent): number {
  return Math.max(0, contentPx - viewportPx)
}

export function clampTop(extent: Extent, top: number): number {
  return Math.min(Math.max(0, top), maxTop(extent))
}

/** The true top that a scrollbar position points at. */
export function topOfScroll(extent: Extent, scrollTop: number): number {
  if (!isScaled(extent)) return clampTop(extent, scrollTop)
  const room = spacerPx(extent) - extent.viewportPx
  if (room <= 0) return 0
  return clampTop(extent, (scrollTop / room) * maxTop(extent))
}

/** Where the scrollbar belongs for a true top. */
export function scrollOfTop(extent: Extent, top: number): number {
  if (!isScaled(extent)) return clampTop(extent, top)
  const room = spacerPx(extent) - extent.viewportPx
  const most = maxTop(extent)
  return most === 0 ? 0 : (clampTop(extent, top) / most) * room
}

/** Rows that are at least partly visible, as a half-open range. */
export function visibleRows(
  extent: Extent,
  top: number,
  rowPx: number,
  rows: number,
): readonly [from: number, to: number] {
  const from = Math.min(rows, Math.max(0, Math.floor(top / rowPx)))
  const to = Math.min(rows, Math.ceil((top + extent.viewportPx) / rowPx))
  return [from, Math.max(from, to)]
}

/** The nearest top at which a row is wholly visible. */
export function topShowingRow(extent: Extent, top: number, row: number, rowPx: number): number {
  const start = row * rowPx
  if (start < top) return clampTop(extent, start)
  if (start + rowPx > top + extent.viewportPx) return clampTop(extent, start + rowPx - extent.viewportPx)
  return clampTop(extent, top)
}
