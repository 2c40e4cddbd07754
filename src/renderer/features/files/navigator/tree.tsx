/**
 * The tree on screen: a window of rows over the model, with the keyboard of WAI-ARIA's tree pattern.
 * The focus stays on the tree itself and the active row is named by `aria-activedescendant`, so that
 * scrolling never loses it.
 */
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import { useAt, usePendingCount, useReadOnlyReason, useSession } from '../../../session'
import { EmptyState, MenuAt, type Point } from '../../../ui'
import { useFileActions } from '../actions'
import { hasFiles, useImport } from '../import/use-import'
import { mark, startRename, useFilesState } from '../state'
import { EntryMenu } from './entry-menu'
import classes from './tree.module.css'
import { dropDirectory, takeMoved } from './tree-drag'
import { intentionOf, typeAhead } from './tree-keys'
import type { TreeEntry, TreeModel, TreeRow } from './tree-model'
import { TreeRowView } from './tree-row'

const ROW = 26
const TYPING_MS = 700

export function Tree({ model, pendingOnly }: { readonly model: TreeModel; readonly pendingOnly: boolean }) {
  const at = useAt()
  const actions = useFileActions()
  const importer = useImport()
  const readOnly = useReadOnlyReason()
  const pending = usePendingCount()
  const selected = useSession((s) => s.selected)
  const { select, setTab } = useSession.getState()
  const marked = useFilesState((s) => s.marked)
  const renaming = useFilesState((s) => s.renaming)
  const reveal = useFilesState((s) => s.reveal)
  const scroller = useRef<HTMLDivElement>(null)
  /** The active row by path; by number while its entry is not loaded. */
  const [active, setActive] = useState<string | number | null>(null)
  const [menu, setMenu] = useState<Point | null>(null)
  const [dropTarget, setDropTarget] = useState<string | null>(null)
  const typed = useRef({ text: '', at: 0 })
  const anchor = useRef<string | null>(null)

  const activeRow = typeof active === 'string' ? model.indexOf(active) : (active ?? -1)
  const rows = useVirtualizer({
    count: model.rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) => {
        const shown = defaultRangeExtractor(range)
        return activeRow >= 0 && activeRow < range.count && !shown.includes(activeRow)
          ? [...shown, activeRow].sort((a, b) => a - b)
          : shown
      },
      [activeRow],
    ),
  })
  const items = rows.getVirtualItems()
  const firstShown = rows.range?.startIndex ?? 0
  const lastShown = rows.range?.endIndex ?? 0

  useLayoutEffect(() => model.look(firstShown - 12, lastShown + 12), [model, model.revision, firstShown, lastShown])

  const entryAt = (index: number): TreeEntry | null => {
    if (index < 0 || index >= model.rowCount) return null
    const row = model.rowAt(index)
    return row.kind === 'entry' ? row.entry : null
  }

  const go = (index: number, keepMarks = false): void => {
    if (index < 0) return
    rows.scrollToIndex(index, { align: 'auto' })
    const entry = entryAt(index)
    setActive(entry?.path ?? index)
    if (entry !== null) {
      select(entry.path)
      anchor.current = entry.path
    }
    if (!keepMarks && marked.size > 0) mark([])
  }

  // A row reached while it was not loaded is selected when its entry arrives.
  useEffect(() => {
    if (typeof active !== 'number') return
    const entry = entryAt(active)
    if (entry === null) return
    setActive(entry.path)
    select(entry.path)
    // oxlint-disable-next-line react/exhaustive-deps -- follows what is shown, not the functions that read it
  }, [active, model.revision])

  // Somebody else selected: follow without scrolling away from what is looked at, unless asked to reveal.
  useEffect(() => {
    if (selected !== null && model.indexOf(selected) >= 0) setActive(selected)
  }, [selected, model])
  useEffect(() => {
    if (reveal === null) return
    let stale = false
    void model.reveal(reveal.path).then((index) => {
      if (stale || index < 0) return
      setActive(reveal.path)
      rows.scrollToIndex(index, { align: 'auto' })
    })
    return () => {
      stale = true
    }
    // oxlint-disable-next-line react/exhaustive-deps -- follows what is shown, not the functions that read it
  }, [reveal, model])

  /** The marked entries if the one meant is among them, else that one. */
  const meant = (entry: TreeEntry): TreeEntry[] => {
    if (!marked.has(entry.path)) return [entry]
    return [...marked].flatMap((path) => entryAt(model.indexOf(path)) ?? [])
  }

  const markRange = (to: string): void => {
    const from = model.indexOf(anchor.current ?? to)
    const end = model.indexOf(to)
    if (from < 0 || end < 0) return mark([to])
    const [low, high] = from < end ? [from, end] : [end, from]
    mark(Array.from({ length: high - low + 1 }, (_, i) => entryAt(low + i)?.path ?? '').filter((path) => path !== ''))
  }

  const toggle = (entry: TreeEntry, expanded: boolean): void =>
    expanded ? model.collapse(entry.path) : model.expand(entry.path)

  const openMenu = (index: number): void => {
    const box = scroller.current?.querySelector(`[data-row="${index}"]`)?.getBoundingClientRect()
    if (box !== undefined) setMenu({ x: box.left + 48, y: box.bottom })
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || ((event.ctrlKey || event.metaKey) && event.key !== 'Home' && event.key !== 'End')) return
    if (event.key === 'F10' && event.shiftKey) {
      event.preventDefault()
      return openMenu(activeRow)
    }
    if (event.key === 'Escape' && marked.size > 0) return mark([])
    const intention = intentionOf(event.key, model, activeRow, Math.max(1, lastShown - firstShown - 1))
    if (intention === null) {
      if (event.key.length === 1 && event.key !== ' ') void typing(event.key)
      return
    }
    event.preventDefault()
    event.stopPropagation()
    const entry = 'row' in intention ? entryAt(intention.row) : null
    switch (intention.kind) {
      case 'go': {
        const target = entryAt(intention.row)
        if (event.shiftKey && target !== null) {
          rows.scrollToIndex(intention.row, { align: 'auto' })
          setActive(target.path)
          return markRange(target.path)
        }
        return go(intention.row)
      }
      case 'expand':
        return model.expand(intention.path)
      case 'collapse':
        return model.collapse(intention.path)
      case 'expand-siblings':
        return expandSiblings(model, intention.row)
      case 'open':
        if (entry === null) return
        if (entry.fileType === 'directory') toggle(entry, model.isOpen(entry.path))
        select(entry.path)
        if (event.key === 'Enter') setTab('files')
        return
      case 'rename':
        if (entry !== null && readOnly === null && entry.change !== 'deleted') startRename(entry.path)
        return
      case 'delete':
        if (entry !== null && readOnly === null) void actions.remove(meant(entry).filter((e) => e.change !== 'deleted'))
        return
      case 'menu':
        return openMenu(intention.row)
    }
  }

  const typing = async (key: string): Promise<void> => {
    const now = performance.now()
    const text = now - typed.current.at < TYPING_MS ? typed.current.text + key : key
    // The same letter again and again walks through the names that start with it.
    const repeated = [...text].every((c) => c === key)
    typed.current = { text, at: now }
    const index = await typeAhead(model, activeRow, repeated ? key : text)
    if (typed.current.text === text) go(index)
  }

  const onRowClick = (event: MouseEvent, index: number, row: TreeRow): void => {
    if (row.kind !== 'entry') return
    if (event.shiftKey) return markRange(row.entry.path)
    if (event.ctrlKey || event.metaKey) {
      const next = new Set(marked.size === 0 && selected !== null ? [selected] : marked)
      if (!next.delete(row.entry.path)) next.add(row.entry.path)
      anchor.current = row.entry.path
      setActive(row.entry.path)
      return mark(next)
    }
    go(index)
  }

  const onDrop = (event: React.DragEvent): void => {
    event.preventDefault()
    setDropTarget(null)
    const directory = dropDirectory(event, model)
    if (readOnly !== null) return
    const moved = takeMoved(event.dataTransfer)
    if (moved !== null) void actions.move(moved, directory)
    else if (hasFiles(event.dataTransfer)) importer.drop(event.dataTransfer, directory)
  }

  const menuEntry = entryAt(activeRow)
  if (model.rowCount === 0) {
    return (
      <div
        className={classes.empty}
        onDragOver={(e) => readOnly === null && e.preventDefault()}
        onDrop={onDrop}
        data-drop={dropTarget === '/' || undefined}
      >
        <EmptyState>
          {pendingOnly
            ? 'Nothing is pending.'
            : at === 'pending'
              ? 'The pond is empty: drop files here.'
              : 'The pond was empty then.'}
        </EmptyState>
      </div>
    )
  }
  return (
    <div
      ref={scroller}
      role="tree"
      aria-label="Navigator"
      aria-multiselectable
      tabIndex={0}
      aria-activedescendant={activeRow >= 0 ? `navigator-row-${activeRow}` : undefined}
      className={classes.tree}
      data-drop={dropTarget === '/' || undefined}
      data-pending={pending > 0 || undefined}
      onFocus={() => {
        if (active === null && model.rowCount > 0) setActive(entryAt(0)?.path ?? 0)
      }}
      onKeyDown={onKeyDown}
      onDragOver={(event) => {
        if (readOnly !== null || !(hasFiles(event.dataTransfer) || takeMoved(event.dataTransfer, false))) return
        event.preventDefault()
        setDropTarget(dropDirectory(event, model))
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDropTarget(null)
      }}
      onDrop={onDrop}
      onContextMenu={(event) => {
        event.preventDefault()
        const index = Number((event.target as Element).closest('[data-row]')?.getAttribute('data-row') ?? -1)
        const entry = entryAt(index)
        if (entry !== null && !marked.has(entry.path)) go(index)
        setMenu(event.clientX === 0 && event.clientY === 0 ? null : { x: event.clientX, y: event.clientY })
      }}
    >
      <div className={classes.spacer} role="presentation" style={{ height: rows.getTotalSize() }}>
        {items.map((item) => {
          const row = model.rowAt(item.index)
          return (
            <TreeRowView
              key={item.index}
              index={item.index}
              top={item.start}
              row={row}
              active={item.index === activeRow}
              selected={
                row.kind === 'entry' && (marked.size > 0 ? marked.has(row.entry.path) : row.entry.path === selected)
              }
              renaming={row.kind === 'entry' && renaming === row.entry.path}
              dropHere={dropTarget !== null && row.kind === 'entry' && row.entry.path === dropTarget}
              dragging={row.kind === 'entry' ? () => meant(row.entry) : null}
              at={String(at)}
              onToggle={toggle}
              onClick={onRowClick}
              onOpen={() => setTab('files')}
              onRename={async (entry, name) => {
                startRename(null)
                scroller.current?.focus()
                if (name !== null && name !== entry.name) await actions.rename(entry.path, name)
              }}
            />
          )
        })}
      </div>
      <MenuAt at={menu} onClose={() => setMenu(null)} label="Actions">
        {menuEntry !== null && <EntryMenu entries={meant(menuEntry)} />}
      </MenuAt>
    </div>
  )
}

function expandSiblings(model: TreeModel, row: number): void {
  const here = model.rowAt(Math.max(0, row))
  for (let i = 0; i < model.rowCount; i++) {
    const at = model.rowAt(i)
    if (at.kind === 'entry' && at.directory === here.directory && at.entry.fileType === 'directory' && !at.expanded) {
      model.expand(at.entry.path)
    }
  }
}
