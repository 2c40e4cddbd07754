/** One row of the tree: indentation, twist, sign, name, and how it differs from what is committed. */
import { IconChevronRight } from '@tabler/icons-react'
import { memo, useEffect, useRef, type MouseEvent } from 'react'
import { checkName } from '../../../../shared/path'
import { failureOf, useConnection, useIsUnsaved, usePond } from '../../../session'
import { ChangeBadge, computedBy, displayName, EntryIcon, formatCount, formatNumber } from '../../../ui'
import { UnsavedDot } from '../unsaved-dot'
import { canExpand } from './tree-keys'
import { startDrag } from './tree-drag'
import type { TreeEntry, TreeRow } from './tree-model'
import classes from './tree.module.css'

interface Props {
  readonly index: number
  readonly top: number
  readonly row: TreeRow
  readonly active: boolean
  readonly selected: boolean
  readonly renaming: boolean
  readonly dropHere: boolean
  readonly dragging: (() => readonly TreeEntry[]) | null
  readonly at: string
  readonly onToggle: (entry: TreeEntry, expanded: boolean) => void
  readonly onClick: (event: MouseEvent, index: number, row: TreeRow) => void
  readonly onOpen: () => void
  readonly onRename: (entry: TreeEntry, name: string | null) => Promise<void>
}

export function TreeRowView(props: Props) {
  const { index, top, row, active, selected } = props
  const connection = useConnection()
  const { pondId } = usePond()
  const unsaved = useIsUnsaved(row.kind === 'entry' ? row.entry.path : null)
  const shared = {
    id: `navigator-row-${index}`,
    role: 'treeitem',
    'data-row': index,
    'aria-level': row.depth + 1,
    'aria-selected': selected,
    className: classes.row,
    style: { transform: `translateY(${top}px)`, paddingLeft: 4 + row.depth * 14 },
    'data-active': active || undefined,
  }
  if (row.kind !== 'entry') {
    const text = row.kind === 'failed' ? failureOf(row.error).message : 'Loading'
    return (
      <div
        {...shared}
        aria-label={text}
        {...(row.kind === 'unloaded' ? { 'aria-posinset': row.position + 1, 'aria-setsize': row.siblings } : {})}
      >
        <span className={classes.twist} />
        {row.kind === 'failed' ? (
          <span className={classes.failed}>{text}</span>
        ) : (
          <span className={classes.skeleton} aria-hidden />
        )}
      </div>
    )
  }
  const { entry, expanded } = row
  const name = displayName(entry.name)
  return (
    <div
      {...shared}
      aria-label={labelOf(entry, name, unsaved)}
      aria-expanded={canExpand(entry) ? expanded : undefined}
      aria-posinset={row.position + 1}
      aria-setsize={row.siblings}
      data-change={entry.change ?? undefined}
      data-drop={props.dropHere || undefined}
      draggable={!props.renaming}
      title={titleOf(entry)}
      onDragStart={(event) => {
        if (props.dragging !== null)
          startDrag(event.dataTransfer, props.dragging(), { pondId, at: props.at, bytesBase: connection.bytesBase })
      }}
      onClick={(event) => props.onClick(event, index, row)}
      onDoubleClick={() => {
        if (canExpand(entry)) props.onToggle(entry, expanded)
        props.onOpen()
      }}
    >
      <span
        className={classes.twist}
        aria-hidden
        onClick={(event) => {
          if (!canExpand(entry)) return
          event.stopPropagation()
          props.onToggle(entry, expanded)
        }}
      >
        {canExpand(entry) && <IconChevronRight size={14} stroke={1.8} data-open={expanded || undefined} />}
      </span>
      <EntryIcon fileType={entry.fileType} name={entry.name} open={expanded} recipe={entry.recipe} />
      {props.renaming ? (
        <Rename entry={entry} onDone={(to) => void props.onRename(entry, to)} />
      ) : (
        <>
          <span className={classes.name}>{name}</span>
          {entry.fileType === 'symlink' && entry.target !== null && (
            <span className={classes.target}>{displayName(entry.target)}</span>
          )}
          <span className={classes.end}>
            {unsaved && <UnsavedDot />}
            {entry.pendingBelow > 0 && entry.change === null && (
              <span className={classes.below} title={`${formatCount(entry.pendingBelow, 'pending change')} inside`}>
                {formatNumber(entry.pendingBelow)}
              </span>
            )}
            {entry.change !== null && <ChangeBadge change={entry.change} oldPath={entry.oldPath} />}
          </span>
        </>
      )}
    </div>
  )
}

function labelOf(entry: TreeEntry, name: string, unsaved: boolean): string {
  const change = entry.change === null ? '' : `, ${entry.change}`
  const below =
    entry.pendingBelow > 0 && entry.change === null
      ? `, ${formatCount(entry.pendingBelow, 'pending change')} inside`
      : ''
  const made = entry.recipe === undefined ? '' : `, ${computedBy(entry.recipe)}`
  return name + change + below + made + (unsaved ? ', unsaved edits' : '')
}

function titleOf(entry: TreeEntry): string {
  if (entry.change === 'renamed' && entry.oldPath !== null)
    return `${displayName(entry.path)}\nwas ${displayName(entry.oldPath)}`
  if (entry.recipe !== undefined) return `${displayName(entry.path)}\n${computedBy(entry.recipe)}`
  return displayName(entry.path)
}

/** Edits the name in place: Enter keeps it, Escape or leaving gives up. */
const Rename = memo(function Rename({
  entry,
  onDone,
}: {
  readonly entry: TreeEntry
  readonly onDone: (name: string | null) => void
}) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const dot = entry.fileType === 'directory' ? -1 : entry.name.lastIndexOf('.')
    input.current?.focus()
    input.current?.setSelectionRange(0, dot > 0 ? dot : entry.name.length)
  }, [entry])
  return (
    <input
      ref={input}
      className={classes.rename}
      aria-label={`New name of ${displayName(entry.name)}`}
      defaultValue={entry.name}
      spellCheck={false}
      onInput={(event) => event.currentTarget.setCustomValidity(problemOf(event.currentTarget.value))}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Escape') onDone(null)
        if (event.key === 'Enter') {
          if (event.currentTarget.reportValidity()) onDone(event.currentTarget.value)
        }
      }}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onBlur={() => onDone(null)}
    />
  )
})

/** Why a name cannot be used; empty when it can. */
export function problemOf(name: string): string {
  try {
    checkName(name)
    return ''
  } catch (error) {
    return failureOf(error).message
  }
}
