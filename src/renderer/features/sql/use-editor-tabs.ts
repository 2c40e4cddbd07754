/** The editor tabs of the open pond, remembered in the page's storage shortly after they change. */
import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'
import type { EditorTabs } from './console-tabs'
import { pageLeft, pageName, readTabs, writeTabs } from './kept-tabs'

const SAVE_AFTER_MS = 400

const page = pageName(sessionStorage, () => crypto.randomUUID())
addEventListener('pagehide', () => pageLeft(sessionStorage))
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) pageLeft(sessionStorage, true)
})

/** @param keepTyped puts what was typed last into the tabs, before the page goes */
export function useEditorTabs(
  pondId: string,
  keepTyped: RefObject<() => void>,
): readonly [EditorTabs, (change: (tabs: EditorTabs) => EditorTabs) => void] {
  const [tabs, setTabs] = useState(() => readTabs(localStorage, pondId, [page.name, page.from]))
  /** As they are now: what a page does last is drawn no more. */
  const current = useRef(tabs)
  const change = useCallback((next: (tabs: EditorTabs) => EditorTabs) => {
    current.current = next(current.current)
    setTabs(current.current)
  }, [])
  const save = useCallback(() => {
    try {
      writeTabs(localStorage, { pondId, page: page.name, tabs: current.current, now: Date.now() })
    } catch {
      // A full storage costs the memory of tabs, not the tabs.
    }
  }, [pondId])
  useEffect(() => {
    const timer = setTimeout(save, SAVE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [save, tabs])
  useEffect(() => {
    const leave = (): void => {
      keepTyped.current()
      save()
    }
    window.addEventListener('pagehide', leave)
    return () => {
      window.removeEventListener('pagehide', leave)
      save()
    }
  }, [keepTyped, save])
  return [tabs, change]
}
