/**
 * The session as components ask for it: the open pond, the moment, what may be written, and reads
 * that follow both. A read at `pending` is keyed by the news' tick, so it is asked again after every
 * change; a read at a version is kept for good.
 */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { PondInfo } from '../../shared/model'
import type { Api } from '../../shared/contract'
import { useApi } from './connection'
import { useSession, type Moment } from './session'

/** The open pond. Only for components that are drawn while one is open. */
export function usePond(): PondInfo {
  const pond = useSession((s) => s.pond)
  if (pond === null) throw new Error('usePond needs an open pond')
  return pond
}

/** The moment being looked at: `'pending'` or a version. Only while a pond is open. */
export function useAt(): Moment {
  const at = useSession((s) => s.at)
  if (at === null) throw new Error('useAt needs an open pond')
  return at
}

/** Grows with every change of the pond; 0 before the first news. */
export function useTick(): number {
  return useSession((s) => s.news?.tick ?? 0)
}

/** The pond's newest version, as last heard. */
export function useHead(): number {
  return useSession((s) => s.news?.version ?? s.pond?.version ?? 0)
}

/** Pending changes, one per entry that differs from what is committed; however many operations led there. */
export function usePendingCount(): number {
  const operations = useSession((s) => s.news?.pending ?? 0)
  const { data } = useRead(['status'], (api) => api.changes.status(), { at: 'pending' })
  if (operations === 0 || data === undefined) return operations
  const { added, modified, deleted, renamed } = data.counts
  return added + modified + deleted + renamed
}

/**
 * Grows with every reconnect. What a host keeps for a connection (queries and their rows) ends with
 * it: whoever uses such things starts them again when this changes.
 */
export function useReconnects(): number {
  const wire = useSession((s) => s.wire)
  const [count, setCount] = useState(0)
  const was = useRef(wire)
  useEffect(() => {
    if (wire === 'connected' && was.current !== 'connected') setCount((n) => n + 1)
    was.current = wire
  }, [wire])
  return count
}

/** Why nothing can be changed now, as a sentence; null when it can. */
export function useReadOnlyReason(): string | null {
  return useSession((s) => {
    if (s.pond === null) return 'No pond is open'
    if (s.wire !== 'connected') return 'DuckPond is not connected'
    if (s.gone !== null) return 'The folder of this pond is gone'
    if (s.pond.readOnly !== null) return s.pond.readOnly.message
    if (s.at !== 'pending') return `Version ${s.at} is in the past and read only: go back to now to change things`
    return null
  })
}

export type ReadKey = readonly ['read', pondId: string, at: string, tick: number | null, ...parts: readonly unknown[]]

/** The query key of a read at a moment. `changes: true` for reads that depend on news whatever the moment. */
export function readKey(pondId: string, at: Moment | string, tick: number, parts: readonly unknown[]): ReadKey {
  const fixed = /^\d+$/.test(String(at))
  return ['read', pondId, String(at), fixed ? null : tick, ...parts]
}

/**
 * A read through the API that follows the moment and the news, and keeps showing the previous answer
 * to the same question while the next is on its way.
 *
 * `parts` name the question; `read` asks it at `at` (as the API takes it).
 */
export function useRead<T>(
  parts: readonly unknown[],
  read: (api: Api, at: string, signal: AbortSignal) => Promise<T>,
  options: { readonly at?: Moment | string; readonly enabled?: boolean; readonly followNews?: boolean } = {},
): UseQueryResult<T> {
  const api = useApi()
  const pond = usePond()
  const now = useAt()
  const tick = useTick()
  const at = String(options.at ?? now)
  const base = readKey(pond.pondId, at, tick, parts)
  const key = options.followNews === true ? [...base, tick] : base
  const question = JSON.stringify(parts)
  return useQuery<T>({
    queryKey: key,
    queryFn: ({ signal }) => read(api, at, signal),
    enabled: options.enabled ?? true,
    placeholderData: (previous, query) => {
      const old = query?.queryKey as ReadKey | undefined
      const sameQuestion =
        old !== undefined && old[1] === pond.pondId && JSON.stringify(old.slice(4, 4 + parts.length)) === question
      return sameQuestion ? keepPreviousData(previous) : undefined
    },
  })
}
