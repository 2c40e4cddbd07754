/** The editor tabs of the open pond, remembered in the page's storage shortly after they change. */
import { useEffect, useState } from 'react'
import type { EditorTabs } from './console-tabs'
import { pageLeft, pageName, readTabs, writeTabs } from './kept-tabs'

const SAVE_AFTER_MS = 400

const page = pageName(sessionStorage, () => crypto.randomUUID())
addEventListener('pagehide', () => pageLeft(sessionStorage))
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) pageLeft(sessionStorage, true)
})

export function useEditorTabs(
  pondId: string,
): readonly [EditorTabs, (change: (tabs: EditorTabs) => EditorTabs) => void] {
  const [tabs, setTabs] = useState(() => readTabs(localStorage, pondId, [page.name, page.from]))
  useEffect(() => {
    const save = () => {
      try {
        writeTabs(localStorage, { pondId, page: page.name, tabs, now: Date.now() })
      } catch {
        // A full storage costs the memory of tabs, not the tabs.
      }
    }
    const timer = setTimeout(save, SAVE_AFTER_MS)
    window.addEventListener('pagehide', save)
    return () => {
      clearTimeout(timer)
      window.removeEventListener('pagehide', save)
    }
  }, [pondId, tabs])
  return [tabs, setTabs]
}
