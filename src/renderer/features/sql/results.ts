/**
 * The results of a console: each keeps its SQL, its moment and its rows until it is closed. The newest
 * is in front; beyond a number of them the oldest that is not kept goes, and its rows with it.
 */
import { create, type StoreApi, type UseBoundStore } from 'zustand'
import type { QueryState, WireError } from '../../../shared/model'
import { failureOf, startRun, type Connection, type Moment, type RunHandle } from '../../session'

export interface ResultAsk {
  readonly sql: string
  readonly at: string
  /** The editor tab it came from and where in its text it began. */
  readonly tabId: string
  readonly offset: number
  /** Name of that tab then: exports are named after it. */
  readonly name: string
  /** What the window looked at; a result that is not pinned is read again where the window goes. */
  readonly window: Moment
  /** At a version that was chosen in the console. */
  readonly pinned: boolean
}

export interface ResultItem {
  readonly id: number
  readonly ask: ResultAsk
  readonly state: QueryState | null
  /** The call itself failed. */
  readonly failure: WireError | null
  /** The pond's tick when it ran: later news make a result on pending changes old. */
  readonly tick: number
  readonly kept: boolean
}

export interface ResultsState {
  readonly items: readonly ResultItem[]
  readonly active: number | null
}

export interface Results {
  readonly use: UseBoundStore<StoreApi<ResultsState>>
  run(ask: ResultAsk, tick: number): number
  /** Runs a result's statement again in its place. */
  again(id: number, ask: ResultAsk, tick: number): void
  cancel(id: number): void
  close(id: number): void
  show(id: number): void
  keep(id: number, kept: boolean): void
  /** The host has forgotten every query: rows that were not read are gone. */
  lose(): void
  closeAll(): void
}

const MOST = 8

/** @param onEnd hears each run's last state, once */
export function createResults(connection: Connection, onEnd: (item: ResultItem) => void): Results {
  const use = create<ResultsState>()(() => ({ items: [], active: null }))
  const handles = new Map<number, RunHandle>()
  let last = 0

  const change = (id: number, part: Partial<ResultItem>): ResultItem | undefined => {
    use.setState((s) => ({ items: s.items.map((item) => (item.id === id ? { ...item, ...part } : item)) }))
    return use.getState().items.find((item) => item.id === id)
  }
  const begin = (id: number, ask: ResultAsk): void => {
    const handle = startRun(
      connection,
      ask,
      (state) => {
        if (handles.get(id) !== handle) return
        const changed = change(id, { state })
        if (state.state !== 'running' && changed !== undefined) onEnd(changed)
      },
      (error) => handles.get(id) === handle && change(id, { failure: failureOf(error) }),
    )
    handles.set(id, handle)
  }
  const drop = (id: number): void => {
    handles.get(id)?.close()
    handles.delete(id)
  }

  return {
    use,
    run: (ask, tick) => {
      const id = ++last
      const { items } = use.getState()
      const surplus = items.filter((item) => !item.kept).slice(0, Math.max(0, items.length + 1 - MOST))
      for (const item of surplus) drop(item.id)
      const item: ResultItem = { id, ask, state: null, failure: null, tick, kept: false }
      use.setState({ items: [...items.filter((old) => !surplus.includes(old)), item], active: id })
      begin(id, ask)
      return id
    },
    again: (id, ask, tick) => {
      drop(id)
      change(id, { ask, tick, state: null, failure: null })
      begin(id, ask)
    },
    cancel: (id) => handles.get(id)?.cancel(),
    close: (id) => {
      drop(id)
      use.setState((s) => {
        const index = s.items.findIndex((item) => item.id === id)
        const items = s.items.filter((item) => item.id !== id)
        const next = items[Math.min(index, items.length - 1)]?.id ?? null
        return { items, active: s.active === id ? next : s.active }
      })
    },
    show: (active) => use.setState({ active }),
    keep: (id, kept) => change(id, { kept }),
    lose: () => {
      const failure: WireError = {
        code: 'web.disconnected',
        message: 'the connection broke off, and the rows of this result went with it',
        detail: {},
      }
      use.setState((s) => ({
        items: s.items.map((item) => (item.state?.state === 'failed' ? item : { ...item, failure })),
      }))
    },
    closeAll: () => {
      for (const id of [...handles.keys()]) drop(id)
      use.setState({ items: [], active: null })
    },
  }
}

/** Whether a result is of where the window looks, or will be when it is shown. */
export const follows = ({ ask, kept }: ResultItem): boolean => !ask.pinned && !kept

export const isRunning = (item: ResultItem): boolean =>
  item.failure === null && (item.state === null || item.state.state === 'running')
