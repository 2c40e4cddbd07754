/**
 * Tabs inside a pane, in the look of the window's own: an underline in the accent, arrows move, the
 * panel is labelled. Panels are the caller's; `panelProps` ties one to its tab.
 */
import { useId, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { clsx } from './clsx'
import classes from './tabs.module.css'

export interface TabItem<K extends string> {
  readonly key: K
  readonly label: string
  /** Beside the label, not part of the name; e.g. a count. */
  readonly extra?: ReactNode
}

export function Tabs<K extends string>({
  label,
  items,
  value,
  onChange,
  className,
  id,
}: {
  readonly label: string
  readonly items: readonly TabItem<K>[]
  readonly value: K
  readonly onChange: (key: K) => void
  readonly className?: string | undefined
  /** From `useTabs`. */
  readonly id: string
}) {
  const list = useRef<HTMLDivElement>(null)
  const onKeyDown = (event: KeyboardEvent) => {
    const index = items.findIndex((item) => item.key === value)
    const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: items.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    const next = items[(to + items.length) % items.length]
    if (next === undefined) return
    onChange(next.key)
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.key}"]`)?.focus()
  }
  return (
    <div ref={list} role="tablist" aria-label={label} className={clsx(classes.list, className)} onKeyDown={onKeyDown}>
      {items.map((item) => (
        <button
          key={item.key}
          type="button"
          role="tab"
          id={`${id}-tab-${item.key}`}
          data-tab={item.key}
          aria-label={item.label}
          aria-selected={item.key === value}
          aria-controls={item.key === value ? `${id}-panel-${item.key}` : undefined}
          tabIndex={item.key === value ? 0 : -1}
          className={classes.tab}
          onClick={() => onChange(item.key)}
        >
          {item.label}
          {item.extra}
        </button>
      ))}
    </div>
  )
}

export function useTabs(): { readonly id: string; panelProps(key: string): Record<string, string> } {
  const id = useId()
  return {
    id,
    panelProps: (key) => ({ role: 'tabpanel', id: `${id}-panel-${key}`, 'aria-labelledby': `${id}-tab-${key}` }),
  }
}
