/** The editor tabs of the open pond, remembered in the page's storage shortly after they change. */
import { useEffect, useState } from 'react'
import { fromStored, toStored, type EditorTabs } from './console-tabs'

const SAVE_AFTER_MS = 400

export function useEditorTabs(
  pondId: string,
): readonly [EditorTabs, (change: (tabs: EditorTabs) => EditorTabs) => void] {
  const key = `duckpond.sql-tabs.${pondId}`
  const [tabs, setTabs] = useState(() => fromStored(localStorage.getItem(key)))
  useEffect(() => {
    const save = () => {
      try {
        localStorage.setItem(key, toStored(tabs))
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
  }, [key, tabs])
  return [tabs, setTabs]
}
