/** Finds a column among hundreds: type a part of its name, go to it, show or hide it. */
import { Button, Checkbox, Popover, TextInput } from '@mantine/core'
import { IconColumns3, IconSearch } from '@tabler/icons-react'
import { useMemo, useRef, useState } from 'react'
import type { Column } from '../../../shared/model'
import { kindOf, shortType } from './column-kind'
import type { GridTable } from './grid-table'
import classes from './result-grid.module.css'
import { TypeIcon } from './type-icon'

const MOST_SHOWN = 400

export function ColumnFinder({
  columns,
  table,
  opened,
  onOpened,
  onGoTo,
}: {
  readonly columns: readonly Column[]
  readonly table: GridTable
  readonly opened: boolean
  onOpened(opened: boolean): void
  /** By position in the source. */
  onGoTo(index: number): void
}) {
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const found = useMemo(() => {
    const words = text.trim().toLowerCase()
    return columns
      .map((column, index) => ({ ...column, index }))
      .filter(({ name }) => name.toLowerCase().includes(words))
  }, [columns, text])
  const hidden = columns.length - table.getVisibleLeafColumns().length
  const open = (next: boolean) => {
    setText('')
    setActive(0)
    onOpened(next)
  }
  const goTo = (index: number) => {
    table.getColumn(String(index))?.toggleVisibility(true)
    open(false)
    onGoTo(index)
  }
  const move = (to: number) => {
    const next = Math.max(0, Math.min(to, Math.min(found.length, MOST_SHOWN) - 1))
    setActive(next)
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' })
  }
  return (
    <Popover opened={opened} onChange={open} position="top-end" trapFocus withinPortal>
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconColumns3 size={14} stroke={1.6} />}
          onClick={() => open(!opened)}
        >
          {hidden === 0 ? 'Columns' : `Columns (${hidden} hidden)`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <div className={classes.finder}>
          <TextInput
            aria-label="Find column"
            placeholder={`Find one of ${columns.length.toLocaleString('en-US')} columns`}
            leftSection={<IconSearch size={14} />}
            value={text}
            data-autofocus
            onChange={(event) => {
              setText(event.currentTarget.value)
              setActive(0)
            }}
            onKeyDown={(event) => {
              if (event.key === 'ArrowDown') move(active + 1)
              else if (event.key === 'ArrowUp') move(active - 1)
              else if (event.key === 'Enter' && found[active] !== undefined) goTo(found[active].index)
              else return
              event.preventDefault()
            }}
          />
          <div ref={list} className={classes.finderList}>
            {found.slice(0, MOST_SHOWN).map(({ name, type, index }, i) => {
              const column = table.getColumn(String(index))
              return (
                <div key={index} className={classes.finderItem} data-active={i === active || undefined}>
                  <Checkbox
                    aria-label={`Show ${name}`}
                    checked={column?.getIsVisible() ?? false}
                    onChange={(event) => column?.toggleVisibility(event.currentTarget.checked)}
                  />
                  <TypeIcon kind={kindOf(type)} />
                  <button
                    type="button"
                    className={classes.finderName}
                    title={`Go to ${name}`}
                    onClick={() => goTo(index)}
                  >
                    {name}
                  </button>
                  <span className={classes.finderType} title={type}>
                    {shortType(type)}
                  </span>
                </div>
              )
            })}
            {found.length === 0 && <div className={classes.finderItem}>No column has this in its name.</div>}
            {found.length > MOST_SHOWN && (
              <div className={classes.finderItem}>{found.length - MOST_SHOWN} more: type more of the name.</div>
            )}
          </div>
          {hidden > 0 && (
            <Button mt={8} variant="default" onClick={() => table.toggleAllColumnsVisible(true)}>
              Show all columns
            </Button>
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
