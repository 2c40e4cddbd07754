/** A menu at a point of the window: a context menu, from the mouse or from the keyboard. */
import { Menu } from '@mantine/core'
import type { ReactNode } from 'react'

export interface Point {
  readonly x: number
  readonly y: number
}

export function MenuAt({
  at,
  onClose,
  label,
  children,
}: {
  readonly at: Point | null
  readonly onClose: () => void
  readonly label: string
  readonly children: ReactNode
}) {
  return (
    <Menu
      opened={at !== null}
      onChange={(opened) => {
        if (!opened) onClose()
      }}
      position="bottom-start"
      offset={0}
      width={240}
      returnFocus
      // Not keys: the one that opened it is still on its way up.
      clickOutsideEvents={['mousedown', 'touchstart']}
    >
      <Menu.Target>
        <span aria-hidden style={{ position: 'fixed', left: at?.x ?? 0, top: at?.y ?? 0, width: 0, height: 0 }} />
      </Menu.Target>
      <Menu.Dropdown aria-label={label}>{children}</Menu.Dropdown>
    </Menu>
  )
}
