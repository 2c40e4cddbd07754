/**
 * The scroll position of a grid: the true top in pixels of all rows, kept here and only mirrored by the
 * scrollbar, which is what lets a result of any length be reached to its last row.
 */
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import { flushSync } from 'react-dom'
import { clampTop, isScaled, scrollOfTop, topOfScroll, type Extent } from './scroll'

export interface GridScroll {
  readonly top: number
  readonly extent: Extent
  /** The scrolling element's inner size. */
  readonly width: number
  readonly height: number
  scrollTo(top: number): void
}

export function useGridScroll(scroller: RefObject<HTMLElement | null>, contentPx: number, headPx: number): GridScroll {
  const [size, setSize] = useState({ width: 0, height: 0 })
  const [top, setTop] = useState(0)
  const extent: Extent = { contentPx, viewportPx: Math.max(0, size.height - headPx) }
  const live = useRef({ top, extent, bar: 0 })
  live.current.extent = extent

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [scroller])

  const scrollTo = useCallback(
    (to: number) => {
      const element = scroller.current
      const { extent } = live.current
      const next = clampTop(extent, to)
      live.current.top = next
      if (element !== null) live.current.bar = moveBar(element, scrollOfTop(extent, next))
      setTop(next)
    },
    [scroller],
  )

  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const onScroll = () => {
      // The answer to a move of our own, or a move sideways.
      if (Math.abs(element.scrollTop - live.current.bar) < 1) return
      live.current.bar = element.scrollTop
      const next = topOfScroll(live.current.extent, element.scrollTop)
      live.current.top = next
      flushSync(() => setTop(next))
    }
    const onWheel = (event: WheelEvent) => {
      const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
      if (!isScaled(live.current.extent) || sideways || event.ctrlKey) return
      // One pixel of the scrollbar is many rows here: the wheel moves the true top instead.
      event.preventDefault()
      const unit = event.deltaMode === 1 ? 40 : event.deltaMode === 2 ? live.current.extent.viewportPx : 1
      scrollTo(live.current.top + event.deltaY * unit)
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => {
      element.removeEventListener('scroll', onScroll)
      element.removeEventListener('wheel', onWheel)
    }
  }, [scroller, scrollTo])

  // A result that grows or shrinks keeps its top; only the scrollbar moves.
  useLayoutEffect(() => {
    if (size.height > 0) scrollTo(live.current.top)
  }, [contentPx, size.height, scrollTo])

  return { top: clampTop(extent, top), extent, ...size, scrollTo }
}

/** Where the scrollbar really ended up, which may be a fraction off. */
function moveBar(element: HTMLElement, to: number): number {
  element.scrollTop = to
  return element.scrollTop
}
