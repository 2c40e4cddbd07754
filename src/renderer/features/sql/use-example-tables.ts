/** Some files of the pond that read as tables, nearest to the root first. */
import type { Entry } from '../../../shared/model'
import { useRead } from '../../session'
import { looksLikeTable } from './examples'

const ENOUGH = 4
const MOST_FOLDERS = 40
const PER_FOLDER = 200

export function useExampleTables(at: string, enabled: boolean): readonly string[] {
  const read = useRead<readonly string[]>(
    ['sql-examples'],
    async (api, moment, signal) => {
      const found: Entry[] = []
      const folders = ['/']
      for (let visited = 0; visited < MOST_FOLDERS && found.length < ENOUGH; visited++) {
        const path = folders.shift()
        if (path === undefined) break
        const { entries } = await api.files.list({ path, at: moment, limit: PER_FOLDER }, { signal })
        found.push(...entries.filter((entry) => looksLikeTable(entry) && (entry.size ?? 0) > 0))
        folders.push(...entries.filter((entry) => entry.fileType === 'directory').map((entry) => entry.path))
      }
      return found.slice(0, ENOUGH).map((entry) => entry.path)
    },
    { at, enabled },
  )
  return read.data ?? []
}
