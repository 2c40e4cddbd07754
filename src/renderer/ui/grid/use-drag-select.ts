/** Selecting with the mouse: a press sets the anchor, dragging moves the focus and scrolls at the edges. */
import { useEffect, useRef, type PointerEvent as ReactPointerEvent, type RefObject } from 'react'
import type { CellAt } from './selection'

const EDGE_PX = 24
const MOST_PX_PER_FRAME = 52

export interface DragSelectOptions {
  readonly scroller: RefObject<HTMLElement | null>
  /** Height of the header, above which rows begin. */
  readonly headPx: number
  readonly gutterPx: number
  /** The cell at a place in the window, clamped to what exists. */
  cellAtPoint(x: number, y: number): CellAt | null
  onPress(cell: CellAt, extend: boolean, whole: boolean): void
  onDrag(cell: CellAt, whole: boolean): void
  scrollBy(dx: number, dy: number): void
}

export function useDragSelect(options: DragSelectOptions): (event: ReactPointerEvent) => void {
  const latest = useRef(options)
  latest.current = options
  const stop = useRef<(() => void) | null>(null)
  useEffect(() => () => stop.current?.(), [])

  return (event) => {
    if (event.button !== 0 || !(event.target instanceof Element)) return
    const whole = event.target.closest('[data-gutter-row]') !== null
    if (!whole && event.target.closest('[data-row]') === null) return
    const cell = latest.current.cellAtPoint(event.clientX, event.clientY)
    if (cell === null) return
    latest.current.onPress(cell, event.shiftKey, whole)

    let point = { x: event.clientX, y: event.clientY }
    let frame = 0
    const follow = () => {
      const at = latest.current.cellAtPoint(point.x, point.y)
      if (at !== null) latest.current.onDrag(at, whole)
    }
    const atEdge = () => {
      const { scroller, headPx, gutterPx } = latest.current
      const box = scroller.current?.getBoundingClientRect()
      if (box !== undefined) {
        const dy = pull(point.y, box.top + headPx, box.bottom)
        const dx = whole ? 0 : pull(point.x, box.left + gutterPx, box.right)
        if (dx !== 0 || dy !== 0) {
          latest.current.scrollBy(dx, dy)
          follow()
        }
      }
      frame = requestAnimationFrame(atEdge)
    }
    const onMove = (move: PointerEvent) => {
      point = { x: move.clientX, y: move.clientY }
      follow()
      if (frame === 0) frame = requestAnimationFrame(atEdge)
    }
    const end = () => {
      cancelAnimationFrame(frame)
      window.removeEventListener('pointermove', onMove)
      window.removeEventListener('pointerup', end)
      window.removeEventListener('pointercancel', end)
      stop.current = null
    }
    stop.current = end
    window.addEventListener('pointermove', onMove)
    window.addEventListener('pointerup', end)
    window.addEventListener('pointercancel', end)
  }
}

/** Pixels to scroll in a frame: more the farther the mouse is beyond the edge. */
function pull(at: number, low: number, high: number): number {
  const beyond = at < low ? at - low : at > high - EDGE_PX / 2 ? at - (high - EDGE_PX / 2) : 0
  return Math.max(-MOST_PX_PER_FRAME, Math.min(MOST_PX_PER_FRAME, beyond))
}
