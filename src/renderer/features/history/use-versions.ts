/** The open pond's book of versions, for components: what is drawn is read, and drawn again when it is there. */
import { useEffect, useSyncExternalStore } from 'react'
import type { Api } from '../../../shared/contract'
import type { LogEntry, Version } from '../../../shared/model'
import { failureOf, useApi, useHead, usePond, type Failure } from '../../session'
import { VersionBook } from './version-book'

const books = new WeakMap<Api, Map<string, VersionBook>>()

/** One book per line and pond, shared by the slider and the history. */
function bookOf(api: Api, pondId: string): VersionBook {
  let ofApi = books.get(api)
  if (ofApi === undefined) books.set(api, (ofApi = new Map()))
  let book = ofApi.get(pondId)
  if (book === undefined) {
    book = new VersionBook((before, limit) => api.history.log({ before, limit }), failureOf)
    ofApi.set(pondId, book)
  }
  return book
}

export interface Versions {
  readonly head: Version
  /** Undefined while it is not read yet, and for version 0, which nobody committed. */
  entry(version: Version): LogEntry | undefined
  readonly failure: Failure | null
  retry(): void
}

/** Reads the entries of these versions; those beyond the head and version 0 are left out. */
export function useVersions(wanted: readonly Version[]): Versions {
  const api = useApi()
  const { pondId } = usePond()
  const head = useHead()
  const book = bookOf(api, pondId)
  const edition = useSyncExternalStore(book.subscribe, () => book.edition)
  const face = wanted.join()
  useEffect(() => {
    book.want(wanted.filter((version) => version <= head))
    // `face` stands for `wanted`.
    // oxlint-disable-next-line react/exhaustive-deps -- `face` stands for `wanted`
  }, [book, face, head, edition])
  return { head, entry: (version) => book.get(version), failure: book.failure, retry: () => book.retry() }
}
