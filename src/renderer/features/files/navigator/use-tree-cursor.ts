/**
 * Where one is in the tree: the active row, the selection that follows it, the entries marked with
 * it, and jumping to a name by typing. The row is known by path, so it stays on its entry while rows
 * above it come and go; a row whose entry is not loaded yet is known by number until it arrives.
 */
import { useEffect, useRef, useState } from 'react'
import { useSession } from '../../../session'
import { mark, useFilesState } from '../state'
import { typeAhead } from './tree-keys'
import type { TreeEntry, TreeModel } from './tree-model'

const TYPING_MS = 700
/** A path that has not come by then is not jumped to any more: one has gone on to something else. */
const PATIENCE_MS = 5_000

export interface TreeCursor {
  /** The active row, or -1. */
  readonly row: number
  entryAt(row: number): TreeEntry | null
  /** Makes a row active and selects its entry; marks end. */
  go(row: number): void
  /** Makes a row active without selecting: the focus came to the tree. */
  enter(): void
  /** Marks everything from where one was to a row. */
  markTo(row: number): void
  /** Adds a row to what is marked, or takes it away. */
  markAlso(row: number): void
  /** The marked entries if this one is among them, else this one. */
  meant(entry: TreeEntry): TreeEntry[]
  /** A letter was typed. */
  type(key: string): void
}

export function useTreeCursor(model: TreeModel, scrollTo: (row: number) => void): TreeCursor {
  const selected = useSession((s) => s.selected)
  const { select } = useSession.getState()
  const marked = useFilesState((s) => s.marked)
  const [active, setActive] = useState<string | number | null>(null)
  const anchor = useRef<string | null>(null)
  const typed = useRef({ text: '', at: 0 })
  const row = typeof active === 'string' ? model.indexOf(active) : (active ?? -1)

  const entryAt = (index: number): TreeEntry | null => {
    if (index < 0 || index >= model.rowCount) return null
    const at = model.rowAt(index)
    return at.kind === 'entry' ? at.entry : null
  }

  // A row reached while it was not loaded is selected when its entry arrives.
  const arrived = typeof active === 'number' ? (entryAt(active)?.path ?? null) : null
  useEffect(() => {
    if (arrived === null) return
    setActive(arrived)
    select(arrived)
  }, [arrived, select])

  // Somebody else selected: follow, without scrolling away from what is looked at.
  useEffect(() => {
    if (selected !== null && model.indexOf(selected) >= 0) setActive(selected)
  }, [selected, model])
  useReveal(model, (path, index) => {
    setActive(path)
    scrollTo(index)
  })

  const go = (index: number): void => {
    if (index < 0) return
    scrollTo(index)
    const entry = entryAt(index)
    setActive(entry?.path ?? index)
    if (entry !== null) {
      select(entry.path)
      anchor.current = entry.path
    }
    if (marked.size > 0) mark([])
  }

  return {
    row,
    entryAt,
    go,
    enter: () => {
      if (active === null && model.rowCount > 0) setActive(entryAt(0)?.path ?? 0)
    },
    markTo: (index) => {
      const to = entryAt(index)
      if (to === null) return
      scrollTo(index)
      setActive(to.path)
      const from = model.indexOf(anchor.current ?? to.path)
      const [low, high] = from < 0 ? [index, index] : from < index ? [from, index] : [index, from]
      mark(
        Array.from({ length: high - low + 1 }, (_, i) => entryAt(low + i)?.path).filter((path) => path !== undefined),
      )
    },
    markAlso: (index) => {
      const entry = entryAt(index)
      if (entry === null) return
      const next = new Set(marked.size === 0 && selected !== null ? [selected] : marked)
      if (!next.delete(entry.path)) next.add(entry.path)
      anchor.current = entry.path
      setActive(entry.path)
      mark(next)
    },
    meant: (entry) => {
      if (!marked.has(entry.path)) return [entry]
      return [...marked].flatMap((path) => entryAt(model.indexOf(path)) ?? [])
    },
    type: (key) => {
      const now = performance.now()
      const text = now - typed.current.at < TYPING_MS ? typed.current.text + key : key
      typed.current = { text, at: now }
      // The same letter again and again walks through the names that start with it.
      const repeated = [...text].every((c) => c === key)
      void typeAhead(model, row, repeated ? key : text).then((index) => {
        if (typed.current.text === text) go(index)
      })
    },
  }
}

/** Finds a path that was asked to be shown; what was just made may arrive with later news. */
function useReveal(model: TreeModel, onFound: (path: string, row: number) => void): void {
  const reveal = useFilesState((s) => s.reveal)
  const done = useRef(0)
  const found = useRef(onFound)
  found.current = onFound
  const { revision } = model
  useEffect(() => {
    if (reveal === null || reveal.nonce === done.current || performance.now() - reveal.askedMs > PATIENCE_MS) return
    let stale = false
    void model.reveal(reveal.path).then((row) => {
      if (stale || row < 0 || reveal.nonce === done.current) return
      done.current = reveal.nonce
      found.current(reveal.path, row)
    })
    return () => {
      stale = true
    }
  }, [reveal, model, revision])
}
