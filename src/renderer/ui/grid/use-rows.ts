/** A source's pages and order, for the life of one grid. */
import type { SortingState } from '@tanstack/react-table'
import { useEffect, useReducer, useRef, useState } from 'react'
import type { WireError } from '../../../shared/model'
import { sortKeys } from './grid-table'
import { Pages } from './pages'
import type { RowSource } from './row-source'
import { wireOf } from './wire-of'

/** The pages of a source. Draws again whenever rows arrive. */
export function usePages(source: RowSource): Pages {
  const [, draw] = useReducer((n: number) => n + 1, 0)
  const [pages] = useState(() => new Pages({ source, failureOf: wireOf, onChange: draw }))
  useEffect(() => pages.grow(source), [pages, source])
  useEffect(() => () => pages.stop(), [pages])
  return pages
}

export interface Sorting {
  readonly busy: boolean
  readonly sortFailure: WireError | null
  dismissSortFailure(): void
}

/** Asks the source for each new order; the rows of the old one stay until the new one is there. */
export function useSorting(source: RowSource, pages: Pages, sorting: SortingState, onFailed: () => void): Sorting {
  const [busy, setBusy] = useState(false)
  const [sortFailure, setSortFailure] = useState<WireError | null>(null)
  const asked = useRef('[]')
  const latest = useRef({ source, onFailed })
  latest.current = { source, onFailed }
  const keys = JSON.stringify(sortKeys(sorting))

  useEffect(() => {
    const { sort } = latest.current.source
    if (keys === asked.current || sort === null) return
    asked.current = keys
    setBusy(true)
    setSortFailure(null)
    sort(sortKeys(sorting)).then(
      () => {
        if (asked.current !== keys) return
        pages.reorder()
        setBusy(false)
      },
      (error: unknown) => {
        if (asked.current !== keys) return
        asked.current = '[]'
        setBusy(false)
        setSortFailure(wireOf(error))
        latest.current.onFailed()
      },
    )
  }, [keys, pages, sorting])

  return { busy, sortFailure, dismissSortFailure: () => setSortFailure(null) }
}
