/** The tree model of the open pond at the moment being looked at, kept fresh by the news. */
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { useApi, useAt, usePond, useSession, useTick, type Moment } from '../../../session'
import type { Api } from '../../../../shared/contract'
import { useFilesState } from '../state'
import { pendingTree } from './pending-source'
import { TreeModel, type TreeSource } from './tree-model'

/** Expanding everything that is pending stops here: beyond it nobody reads a tree. */
const EXPANDED_AT_MOST = 2_000

export function useTree(): TreeModel {
  const api = useApi()
  const { pondId } = usePond()
  const at = useAt()
  const tick = useTick()
  const pendingOnly = useFilesState((s) => s.pendingOnly) && at === 'pending'

  // oxlint-disable-next-line react/exhaustive-deps -- made once for a pond; `refresh` follows the moment
  const entries = useMemo(() => new TreeModel(entriesAt(api, at)), [api, pondId])
  const pending = usePendingTree(api, pendingOnly, tick)
  const first = useRef(true)
  // A version never changes; what could not be read of it may be there once the line is.
  const wire = useSession((s) => s.wire)
  const news = typeof at === 'number' ? null : tick
  useEffect(() => {
    if (first.current) first.current = false
    else entries.refresh(entriesAt(api, at))
  }, [entries, api, at, news, wire])

  const model = pendingOnly && pending !== null ? pending : entries
  useSyncExternalStore(model.subscribe, () => model.revision)
  return model
}

function entriesAt(api: Api, at: Moment): TreeSource {
  return (path, offset, limit) => api.files.list({ path, offset, limit, at: String(at), deleted: at === 'pending' })
}

function usePendingTree(api: Api, wanted: boolean, tick: number): TreeModel | null {
  const [model, setModel] = useState<TreeModel | null>(null)
  useEffect(() => {
    if (!wanted) return setModel(null)
    let stale = false
    api.changes.list({ limit: 100_000 }).then(
      ({ changes }) => {
        if (stale) return
        const { source, directories } = pendingTree(changes)
        const next = new TreeModel(source)
        for (const path of directories.slice(0, EXPANDED_AT_MOST)) if (path !== '/') next.expand(path)
        setModel(next)
      },
      () => {
        // The list of entries stays; the band says that the line is down.
      },
    )
    return () => {
      stale = true
    }
  }, [api, wanted, tick])
  return model
}
