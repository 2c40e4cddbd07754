/** A button that is an icon: its name and key show on hover, and why it cannot be pressed. */
import { ActionIcon, Tooltip, type ActionIconProps } from '@mantine/core'
import type { MouseEventHandler, ReactNode, Ref } from 'react'
import { KeyHint, spellKey } from './key-hint'

export interface IconButtonProps extends Pick<ActionIconProps, 'size' | 'variant' | 'color' | 'loading' | 'className'> {
  /** The accessible name, and the tooltip. */
  readonly label: string
  readonly icon: ReactNode
  /** As commands spell it, e.g. `mod+K`. */
  readonly hotkey?: string | null
  /** Why it cannot be pressed; it stays focusable so that the reason can be read. */
  readonly disabledReason?: string | null
  readonly pressed?: boolean
  readonly onClick?: MouseEventHandler<HTMLButtonElement>
  readonly ref?: Ref<HTMLButtonElement>
  readonly tabIndex?: number
}

export function IconButton({ label, icon, hotkey, disabledReason, pressed, onClick, ...rest }: IconButtonProps) {
  const off = disabledReason != null
  return (
    <Tooltip
      label={
        off ? (
          `${label}: ${disabledReason}`
        ) : (
          <span>
            {label}
            {hotkey != null && <KeyHint hotkey={hotkey} />}
          </span>
        )
      }
    >
      <ActionIcon
        {...rest}
        aria-label={label}
        aria-disabled={off || undefined}
        aria-pressed={pressed}
        aria-keyshortcuts={hotkey == null ? undefined : spellKey(hotkey, 'aria')}
        data-disabled-look={off || undefined}
        data-pressed={pressed || undefined}
        onClick={off ? undefined : onClick}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  )
}
