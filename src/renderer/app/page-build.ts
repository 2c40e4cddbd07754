/**
 * Whether the host serves another build of the page than the one that runs here, as after an upgrade. A build is
 * known by what its page loads: those names carry hashes of their content. The host is asked at every connection,
 * because a host that was replaced drops the line. In the desktop app the page ends with its host.
 */
import { useEffect } from 'react'
import { create } from 'zustand'
import { reloadPage, useConnection, useTasks } from '../session'

/** What stands in the page's own head. Taken before chunks that load later add to it. */
const LOADED = partsOf(document)
/** `npm run dev` puts this into the address: such a page does not ask before it loads another build. */
const RELOADS_BY_ITSELF = new URLSearchParams(location.search).has('reload')

const useBuild = create<{ readonly isReplaced: boolean }>()(() => ({ isReplaced: false }))

export const useIsBuildReplaced = (): boolean => useBuild((s) => s.isReplaced)

export function useBuildCheck(): void {
  const connection = useConnection()
  useEffect(() => {
    if (connection.kind !== 'web') return
    const check = (): void => {
      // A host that went away again is asked at the next connection.
      isAnotherServed().then(note, () => undefined)
    }
    if (connection.state === 'connected') check()
    return connection.onState((state) => state === 'connected' && check())
  }, [connection])
}

function note(isReplaced: boolean): void {
  useBuild.setState({ isReplaced })
  if (isReplaced && RELOADS_BY_ITSELF && useTasks.getState().tasks.length === 0) reloadPage()
}

async function isAnotherServed(): Promise<boolean> {
  const response = await fetch('/', { cache: 'no-store' })
  if (!response.ok) return false
  const served = new DOMParser().parseFromString(await response.text(), 'text/html')
  return partsOf(served).some((part) => !LOADED.includes(part))
}

/** The scripts and styles that a page names, as it spells them. */
function partsOf(page: Document): readonly string[] {
  const named = page.querySelectorAll('script[src], link[rel="stylesheet"], link[rel="modulepreload"]')
  return [...named].map((part) => part.getAttribute('src') ?? part.getAttribute('href') ?? '')
}
