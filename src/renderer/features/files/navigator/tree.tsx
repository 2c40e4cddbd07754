/**
 * The tree on screen: a window of rows over the model, with the keyboard of WAI-ARIA's tree pattern.
 * The focus stays on the tree itself and the active row is named by `aria-activedescendant`, so that
 * scrolling never loses it.
 */
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import { useAt, useReadOnlyReason, useSession } from '../../../session'
import { EmptyState, MenuAt, type Point } from '../../../ui'
import { useFileActions } from '../actions'
import { hasFiles, useImport } from '../import/use-import'
import { mark, startRename, useFilesState } from '../state'
import { EntryMenu } from './entry-menu'
import classes from './tree.module.css'
import { dropDirectory, takeMoved } from './tree-drag'
import { intentionOf } from './tree-keys'
import type { TreeEntry, TreeModel, TreeRow } from './tree-model'
import { TreeRowView } from './tree-row'
import { useTreeCursor } from './use-tree-cursor'

const ROW = 26

export function Tree({ model, pendingOnly }: { readonly model: TreeModel; readonly pendingOnly: boolean }) {
  const at = useAt()
  const actions = useFileActions()
  const importer = useImport()
  const readOnly = useReadOnlyReason()
  const selected = useSession((s) => s.selected)
  const { select, setTab } = useSession.getState()
  const marked = useFilesState((s) => s.marked)
  const renaming = useFilesState((s) => s.renaming)
  const scroller = useRef<HTMLDivElement>(null)
  const [menu, setMenu] = useState<Point | null>(null)
  const [dropTarget, setDropTarget] = useState<string | null>(null)
  const scrollTo = useRef((_row: number): void => {})
  const cursor = useTreeCursor(model, (row) => scrollTo.current(row))
  const rows = useVirtualizer({
    count: model.rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    rangeExtractor: useCallback(
      (range: Parameters<typeof defaultRangeExtractor>[0]) => {
        const shown = defaultRangeExtractor(range)
        return cursor.row >= 0 && cursor.row < range.count && !shown.includes(cursor.row)
          ? [...shown, cursor.row].sort((a, b) => a - b)
          : shown
      },
      [cursor.row],
    ),
  })
  scrollTo.current = (row) => rows.scrollToIndex(row, { align: 'auto' })
  const items = rows.getVirtualItems()
  const firstShown = rows.range?.startIndex ?? 0
  const lastShown = rows.range?.endIndex ?? 0

  useLayoutEffect(() => model.look(firstShown - 12, lastShown + 12), [model, model.revision, firstShown, lastShown])

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
      return openMenu(cursor.row)
    }
    if (event.key === 'Escape' && marked.size > 0) return mark([])
    const intention = intentionOf(event.key, model, cursor.row, Math.max(1, lastShown - firstShown - 1))
    if (intention === null) {
      if (event.key.length === 1 && event.key !== ' ') cursor.type(event.key)
      return
    }
    event.preventDefault()
    event.stopPropagation()
    const entry = 'row' in intention ? cursor.entryAt(intention.row) : null
    switch (intention.kind) {
      case 'go':
        return event.shiftKey ? cursor.markTo(intention.row) : cursor.go(intention.row)
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
        if (entry !== null && readOnly === null)
          void actions.remove(cursor.meant(entry).filter((e) => e.change !== 'deleted'))
        return
      case 'menu':
        return openMenu(intention.row)
    }
  }

  const onRowClick = (event: MouseEvent, index: number, row: TreeRow): void => {
    if (row.kind !== 'entry') return
    if (event.shiftKey) cursor.markTo(index)
    else if (event.ctrlKey || event.metaKey) cursor.markAlso(index)
    else cursor.go(index)
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

  const menuEntry = cursor.entryAt(cursor.row)
  if (model.rowCount === 0) {
    return (
      <div
        className={classes.empty}
        onDragOver={(e) => readOnly === null && e.preventDefault()}
        onDrop={onDrop}
        data-drop={dropTarget === '/' || undefined}
      >
        {/* A tree without rows: the sentence is beside it, because only rows may be in it. */}
        <div role="tree" aria-label="Navigator" tabIndex={0} className={classes.rowless} />
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
    <>
      <div
        ref={scroller}
        role="tree"
        aria-label="Navigator"
        aria-multiselectable
        tabIndex={0}
        aria-activedescendant={cursor.row >= 0 ? `navigator-row-${cursor.row}` : undefined}
        className={classes.tree}
        data-drop={dropTarget === '/' || undefined}
        onFocus={cursor.enter}
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
          const entry = cursor.entryAt(index)
          if (entry !== null && !marked.has(entry.path)) cursor.go(index)
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
                active={item.index === cursor.row}
                selected={
                  row.kind === 'entry' && (marked.size > 0 ? marked.has(row.entry.path) : row.entry.path === selected)
                }
                renaming={row.kind === 'entry' && renaming === row.entry.path}
                dropHere={dropTarget !== null && row.kind === 'entry' && row.entry.path === dropTarget}
                dragging={row.kind === 'entry' ? () => cursor.meant(row.entry) : null}
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
      </div>
      <MenuAt at={menu} onClose={() => setMenu(null)} label="Actions">
        {menuEntry !== null && <EntryMenu entries={cursor.meant(menuEntry)} />}
      </MenuAt>
    </>
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
