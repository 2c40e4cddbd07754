/**
 * Versions as one long list, newest first with what is pending on top. Arrows move and the detail
 * follows at once; with Shift they stretch a comparison between two rows. Only visible rows are read.
 */
import { Menu } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useCallback, useEffect, useId, useRef, useState, type CSSProperties, type KeyboardEvent } from 'react'
import type { FileVersion, Version } from '../../../../shared/model'
import { useAt, useHead, useSession } from '../../../session'
import { MenuAt, type Point } from '../../../ui'
import { useCannotRestore, useHistoryActions } from '../actions'
import { chooseRow, extendTo, type Choice, type RowKey } from '../choice'
import { indexForKey, type Rows } from '../rows'
import { useVersions } from '../use-versions'
import classes from './version-list.module.css'
import { VersionRow, type RowEvent } from './version-row'

const ROW_PX = 48
const SteadyRow = memo(VersionRow)

export function VersionList({
  rows,
  choice,
  onChoose,
  changeOf,
}: {
  readonly rows: Rows
  readonly choice: Choice
  onChoose(choice: Choice): void
  /** How a version changed the entry whose history this is; null for the history of the pond. */
  readonly changeOf: ((key: RowKey) => FileVersion | undefined) | null
}) {
  const id = useId()
  const at = useAt()
  const head = useHead()
  const actions = useHistoryActions()
  const scroller = useRef<HTMLDivElement>(null)
  const [menu, setMenu] = useState<(Point & { readonly key: RowKey }) | null>(null)
  const virtual = useVirtualizer({
    count: rows.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
  })
  const items = virtual.getVirtualItems()
  const versions = useVersions(
    items.map(({ index }) => rows.key(index)).filter((key): key is Version => typeof key === 'number'),
  )
  const active = rows.indexOf(choice.active)
  // With nothing pending, now is the head.
  const here: RowKey = at === 'pending' && rows.key(0) !== 'pending' ? head : at

  useEffect(() => {
    if (active >= 0) virtual.scrollToIndex(active, { align: 'auto' })
  }, [active, virtual])

  const pick = (key: RowKey, extend: boolean): void => onChoose(extend ? extendTo(choice, key) : chooseRow(key))
  const latest = useRef({ pick, choice })
  latest.current = { pick, choice }
  // The same for good, so that only rows that look different are drawn again.
  const onRow = useCallback((event: RowEvent) => {
    const { key } = event
    if (event.kind === 'pick') latest.current.pick(key, event.extend)
    else if (event.kind === 'look') useSession.getState().setAt(key)
    else {
      const { active: one, other } = latest.current.choice
      if (key !== one && key !== other) latest.current.pick(key, false)
      setMenu({ x: event.x, y: event.y, key })
    }
  }, [])
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 1)
    const to = indexForKey(event.key, active, rows.count, page)
    const key = to === null ? undefined : rows.key(to)
    if (key !== undefined) pick(key, event.shiftKey)
    else if (event.key === 'Enter') actions.look(choice.active)
    else if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
      const box = document.getElementById(`${id}-${active}`)?.getBoundingClientRect()
      if (box !== undefined) setMenu({ x: box.left + 40, y: box.bottom, key: choice.active })
    } else return
    event.preventDefault()
  }

  return (
    <div
      ref={scroller}
      role="listbox"
      aria-label="Versions"
      aria-multiselectable
      aria-activedescendant={active < 0 ? undefined : `${id}-${active}`}
      tabIndex={0}
      className={classes.list}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" className={classes.rows} style={{ height: virtual.getTotalSize(), ...digits(head) }}>
        {items.map(({ index, start }) => {
          const key = rows.key(index)
          if (key === undefined) return null
          return (
            <SteadyRow
              key={key}
              id={`${id}-${index}`}
              row={key}
              entry={typeof key === 'number' ? versions.entry(key) : undefined}
              change={changeOf === null ? null : (changeOf(key) ?? null)}
              here={here === key}
              past={at === key && at !== 'pending'}
              chosen={key === choice.active || key === choice.other}
              active={index === active}
              index={index}
              count={rows.count}
              top={start}
              onEvent={onRow}
            />
          )
        })}
      </div>
      <MenuAt at={menu} label="Version" onClose={() => setMenu(null)}>
        {menu !== null && <RowMenu row={menu.key} onChoose={onChoose} />}
      </MenuAt>
    </div>
  )
}

/** Room for the longest version number. */
const digits = (head: Version): CSSProperties => ({ '--digits': String(head).length }) as CSSProperties

function RowMenu({ row, onChoose }: { readonly row: RowKey; onChoose(choice: Choice): void }) {
  const actions = useHistoryActions()
  const cannot = useCannotRestore()
  const setTab = useSession((s) => s.setTab)
  if (row === 'pending') {
    return (
      <>
        <Menu.Item onClick={() => setTab('changes')}>Show in Changes</Menu.Item>
        <Menu.Item onClick={() => actions.look('pending')}>Look at now</Menu.Item>
        <Menu.Divider />
        <Menu.Item color="red" disabled={cannot !== null} onClick={() => void actions.discardAll()}>
          Discard all
        </Menu.Item>
      </>
    )
  }
  return (
    <>
      <Menu.Item onClick={() => actions.look(row)}>Look at this version</Menu.Item>
      <Menu.Item onClick={() => onChoose({ active: row, other: null, named: { from: String(row), to: 'pending' } })}>
        Compare with now
      </Menu.Item>
      <Menu.Item onClick={() => actions.copyNumber(row)}>Copy version number</Menu.Item>
      <Menu.Divider />
      <Menu.Item disabled={cannot !== null} onClick={() => actions.restorePond(row)}>
        Restore
      </Menu.Item>
    </>
  )
}
