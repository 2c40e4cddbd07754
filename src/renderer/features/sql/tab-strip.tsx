/**
 * Tabs that come and go: arrows move, Delete closes, F2 or a double click renames. The cross is for the
 * mouse only, so that the strip stays a plain list of tabs for everyone else.
 */
import { IconX } from '@tabler/icons-react'
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import classes from './sql.module.css'

export interface StripTab {
  readonly key: string
  readonly name: string
  readonly hint?: string
  /** Said after the name, in smaller words. */
  readonly detail?: string
  readonly icon?: ReactNode
  readonly mark?: 'error' | 'busy' | undefined
}

export function TabStrip({
  label,
  id,
  tabs,
  active,
  onShow,
  onClose,
  onRename,
}: {
  readonly label: string
  /** Ids of tabs and of the panel begin with it. */
  readonly id: string
  readonly tabs: readonly StripTab[]
  readonly active: string | null
  onShow(key: string): void
  onClose(key: string): void
  readonly onRename?: (key: string, name: string) => void
}) {
  const list = useRef<HTMLDivElement>(null)
  const [renaming, setRenaming] = useState<string | null>(null)
  const focusOn = (key: string) => {
    onShow(key)
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-key="${key}"]`)?.focus())
  }
  const onKeyDown = (event: KeyboardEvent, key: string) => {
    const index = tabs.findIndex((tab) => tab.key === key)
    const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: tabs.length - 1 }[event.key]
    const next = to === undefined ? undefined : tabs[(to + tabs.length) % tabs.length]
    if (next !== undefined) focusOn(next.key)
    else if (event.key === 'Delete') onClose(key)
    else if (event.key === 'F2' && onRename !== undefined) setRenaming(key)
    else return
    event.preventDefault()
  }
  return (
    <div ref={list} role="tablist" aria-label={label} className={classes.strip}>
      {tabs.map((tab) =>
        renaming === tab.key ? (
          <input
            key={tab.key}
            aria-label="Name of the tab"
            className={classes.stripInput}
            defaultValue={tab.name}
            autoFocus
            onFocus={(event) => event.currentTarget.select()}
            onBlur={(event) => {
              onRename?.(tab.key, event.currentTarget.value)
              setRenaming(null)
            }}
            onKeyDown={(event) => {
              if (event.key === 'Escape') event.currentTarget.value = tab.name
              if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur()
            }}
          />
        ) : (
          <button
            key={tab.key}
            type="button"
            role="tab"
            id={`${id}-tab-${tab.key}`}
            data-key={tab.key}
            data-mark={tab.mark}
            aria-selected={tab.key === active}
            aria-controls={tab.key === active ? `${id}-panel` : undefined}
            aria-keyshortcuts="Delete"
            tabIndex={tab.key === active ? 0 : -1}
            title={tab.hint}
            className={classes.stripTab}
            onClick={() => onShow(tab.key)}
            onAuxClick={(event) => event.button === 1 && onClose(tab.key)}
            onDoubleClick={() => onRename !== undefined && setRenaming(tab.key)}
            onKeyDown={(event) => onKeyDown(event, tab.key)}
          >
            {tab.icon}
            <span className={classes.stripName}>{tab.name}</span>
            {tab.detail !== undefined && <span className={classes.stripDetail}>{tab.detail}</span>}
            <span
              aria-hidden
              className={classes.stripClose}
              onClick={(event) => {
                event.stopPropagation()
                onClose(tab.key)
              }}
            >
              <IconX size={12} stroke={1.8} />
            </span>
          </button>
        ),
      )}
    </div>
  )
}
