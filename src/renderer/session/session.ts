/**
 * What all parts of the window share: the open pond, the moment being looked at, the selection, the
 * tab in front, and the last news from the pond. Features meet only here.
 */
import { create } from 'zustand'
import type { PondChanged, PondInfo, Version, WireError } from '../../shared/model'
import type { HostInfo } from '../../shared/contract'
import type { Connection } from './connection'

export const TABS = ['files', 'changes', 'history', 'sql', 'pipelines'] as const
export type Tab = (typeof TABS)[number]

/** The moment the whole window shows: now (with what is pending), or a committed version. */
export type Moment = 'pending' | Version

/** A comparison that another feature asks the Changes tab to show. Moments as the API takes them. */
export interface Comparison {
  readonly path: string
  readonly from: string
  readonly to: string
}

/** What a recipe is to be made of: its text, and a path that is proposed for it, without the ending. */
export interface RecipeRequest {
  readonly text: string
  readonly path: string
}

/** A place in a text, counted from 1. */
export interface TextPlace {
  readonly path: string
  readonly line: number
  readonly column: number
  /** Begins to edit there. */
  readonly edit?: boolean
}

export interface Session {
  readonly host: HostInfo | null
  readonly wire: Connection['state']
  readonly pond: PondInfo | null
  /** Null when no pond is open. */
  readonly at: Moment | null
  readonly tab: Tab
  /** The selected entry's path; null when nothing is. */
  readonly selected: string | null
  /** The last news of `pond.watch`; null until the first. */
  readonly news: PondChanged | null
  readonly comparison: Comparison | null
  /** The entry whose versions alone the History tab lists; null for those of the whole pond. */
  readonly historyPath: string | null
  /** Another program held the pond's lock when something was to be written here; null when not. */
  readonly lockedBy: WireError | null
  /** The folder of the open pond was moved or deleted; null while it is there. */
  readonly gone: WireError | null
  /** What people should hear and have not dismissed, oldest first; see `pond.notices`. */
  readonly notices: readonly string[]
  /** Everything of that kind that was heard of the open pond: nothing is said twice. */
  readonly heard: readonly string[]
  /** SQL that another feature asks the console to open in a new tab; the console takes it. */
  readonly sqlRequest: { readonly sql: string; readonly run: boolean } | null

  /** A query that another feature asks to make a recipe of, by the name of its tab; the files feature takes it. */
  readonly recipeRequest: RecipeRequest | null

  /** Where the text of a file that is being opened should go to; the editor takes it. */
  readonly place: TextPlace | null

  setHost(host: HostInfo): void
  setWire(wire: Connection['state']): void
  openPond(pond: PondInfo): void
  /** Replaces what is known of the open pond, leaving everything else as it is. */
  refreshPond(pond: PondInfo): void
  closePond(): void
  setNews(news: PondChanged): void
  setLockedBy(failure: WireError | null): void
  setGone(failure: WireError | null): void
  hear(notice: string): void
  dismissNotice(notice: string): void
  setAt(at: Moment): void
  setTab(tab: Tab): void
  select(path: string | null): void
  compare(comparison: Comparison | null): void
  /** Lists the versions of one entry, or of the whole pond, in the History tab. */
  showHistory(path: string | null): void
  openSql(sql: string, run?: boolean): void
  makeRecipe(request: RecipeRequest | null): void
  openAt(place: TextPlace): void
  takePlace(): void
  takeSqlRequest(): { readonly sql: string; readonly run: boolean } | null
}

const CLOSED = {
  pond: null,
  at: null,
  tab: 'files',
  selected: null,
  news: null,
  comparison: null,
  historyPath: null,
  lockedBy: null,
  gone: null,
  notices: [],
  heard: [],
  sqlRequest: null,
  recipeRequest: null,
  place: null,
} as const

export const useSession = create<Session>()((set, get) => ({
  host: null,
  wire: 'reconnecting',
  ...CLOSED,

  setHost: (host) => set({ host }),
  setWire: (wire) => set({ wire }),
  openPond: (pond) => set({ ...CLOSED, pond, at: 'pending' }),
  refreshPond: (pond) => {
    if (get().pond?.pondId === pond.pondId) set({ pond })
  },
  closePond: () => set(CLOSED),
  setNews: (news) => set({ news, lockedBy: null }),
  setLockedBy: (lockedBy) => set({ lockedBy }),
  setGone: (gone) => {
    if (get().pond !== null) set({ gone })
  },
  hear: (notice) => {
    const { pond, notices, heard } = get()
    if (pond === null || heard.includes(notice)) return
    // Why the pond is read only is said for as long as it is.
    const isSaid = pond.readOnly?.message === notice
    set({ notices: isSaid ? notices : [...notices, notice], heard: [...heard, notice] })
  },
  dismissNotice: (notice) => set(({ notices }) => ({ notices: notices.filter((other) => other !== notice) })),
  setAt: (at) => {
    if (get().pond !== null) set({ at })
  },
  setTab: (tab) => set({ tab }),
  select: (selected) => set({ selected }),
  compare: (comparison) =>
    set(comparison === null ? { comparison } : { comparison, tab: 'changes', selected: comparison.path }),
  showHistory: (historyPath) => set({ historyPath, tab: 'history' }),
  openSql: (sql, run = false) => set({ sqlRequest: { sql, run }, tab: 'sql' }),
  makeRecipe: (recipeRequest) => set({ recipeRequest }),
  openAt: (place) => set({ place, selected: place.path, tab: 'files' }),
  takePlace: () => set({ place: null }),
  takeSqlRequest: () => {
    const request = get().sqlRequest
    if (request !== null) set({ sqlRequest: null })
    return request
  },
}))
