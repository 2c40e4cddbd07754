/**
 * Changes of entries as one long list: a glyph, a path, a size. Any number of them; arrows move and the
 * active one is shown at once by whoever listens. Focus stays on the list.
 */
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useId, useRef, type KeyboardEvent, type MouseEvent } from 'react'
import type { Change } from '../../../shared/model'
import { ChangeBadge } from '../change-badge'
import { displayName, formatBytes, formatBytesDelta } from '../format'
import classes from './change-list.module.css'
import { choose, moveActive, type ListSelection } from './selection'

export { choose, NOTHING_CHOSEN, settle, type ListSelection } from './selection'

const ROW_PX = 28

export function ChangeList({
  label,
  changes,
  selection,
  several = false,
  onSelect,
  onDelete,
  onMenu,
}: {
  readonly label: string
  readonly changes: readonly Change[]
  readonly selection: ListSelection
  /** More than one can be chosen. */
  readonly several?: boolean
  onSelect(selection: ListSelection): void
  /** The Delete key. */
  readonly onDelete?: () => void
  readonly onMenu?: (at: { readonly x: number; readonly y: number }) => void
}) {
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const keys = changes.map((change) => change.path)
  const activeIndex = selection.active === null ? -1 : keys.indexOf(selection.active)
  const virtual = useVirtualizer({
    count: changes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  })
  useEffect(() => {
    if (activeIndex >= 0) virtual.scrollToIndex(activeIndex, { align: 'auto' })
  }, [activeIndex, virtual])

  const onKeyDown = (event: KeyboardEvent) => {
    const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 1)
    const to = moveActive(selection, keys, event.key, pageRows)
    const all = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a'
    if (to !== null) onSelect(choose(selection, keys, to, several && event.shiftKey ? 'range' : 'only'))
    else if (several && all && selection.active !== null) onSelect({ ...selection, chosen: new Set(keys) })
    else if (several && event.key === ' ' && selection.active !== null)
      onSelect(choose(selection, keys, selection.active, 'toggle'))
    else if (event.key === 'Delete' && onDelete !== undefined) onDelete()
    else if ((event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) && onMenu !== undefined) {
      const box = document.getElementById(`${id}-${activeIndex}`)?.getBoundingClientRect()
      if (box !== undefined) onMenu({ x: box.left + 24, y: box.bottom })
    } else return
    event.preventDefault()
  }
  const pick = (event: MouseEvent, path: string) => {
    const how = several && event.shiftKey ? 'range' : several && (event.ctrlKey || event.metaKey) ? 'toggle' : 'only'
    onSelect(choose(selection, keys, path, how))
  }

  return (
    <div
      ref={scroller}
      role="listbox"
      aria-label={label}
      aria-multiselectable={several || undefined}
      aria-activedescendant={activeIndex < 0 ? undefined : `${id}-${activeIndex}`}
      tabIndex={0}
      className={classes.list}
      onKeyDown={onKeyDown}
      onFocus={() => {
        if (selection.active === null && keys[0] !== undefined) onSelect(choose(selection, keys, keys[0], 'only'))
      }}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const change = changes[index]
          if (change === undefined) return null
          return (
            <div
              key={change.path}
              id={`${id}-${index}`}
              role="option"
              aria-selected={selection.chosen.has(change.path)}
              aria-posinset={index + 1}
              aria-setsize={changes.length}
              data-active={index === activeIndex || undefined}
              className={classes.row}
              style={{ transform: `translateY(${start}px)` }}
              title={displayName(change.oldPath === null ? change.path : `${change.oldPath} → ${change.path}`)}
              onClick={(event) => pick(event, change.path)}
              onContextMenu={(event) => {
                if (onMenu === undefined) return
                event.preventDefault()
                if (!selection.chosen.has(change.path)) pick(event, change.path)
                onMenu({ x: event.clientX, y: event.clientY })
              }}
            >
              <ChangeBadge change={change.change} oldPath={change.oldPath} />
              <PathText
                path={change.path}
                struck={change.change === 'deleted'}
                directory={change.fileType === 'directory'}
              />
              <span className={classes.size}>{sizeText(change)}</span>
            </div>
          )
        })}
      </div>
    </div>
  )
}

/** The name in full as long as there is room, the folders before it dim and cut first. */
function PathText({
  path,
  struck,
  directory,
}: {
  readonly path: string
  readonly struck: boolean
  readonly directory: boolean
}) {
  const cut = path.lastIndexOf('/') + 1
  return (
    <span className={classes.path}>
      <span className={classes.folder}>{displayName(path.slice(1, cut))}</span>
      <span className={classes.name} data-struck={struck || undefined}>
        {displayName(path.slice(cut))}
        {directory ? '/' : ''}
      </span>
    </span>
  )
}

function sizeText({ change, sizeBefore, sizeAfter }: Change): string {
  if (sizeBefore !== null && sizeAfter !== null)
    return change === 'renamed' && sizeBefore === sizeAfter
      ? ''
      : formatBytesDelta(sizeAfter - sizeBefore).replace('no change in size', '')
  const size = sizeAfter ?? sizeBefore
  return size === null ? '' : formatBytes(size)
}
