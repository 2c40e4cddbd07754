/** The frame of a dialog's form: what it holds, then Cancel and the one action. */
import { Button, Group, Stack } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { showDialog } from '../state'

export function DialogForm({
  submit,
  danger = false,
  disabled = false,
  onSubmit,
  children,
}: {
  /** The action's name. */
  readonly submit: string
  readonly danger?: boolean
  readonly disabled?: boolean
  /** Closes the dialog unless it resolves to false. */
  readonly onSubmit: () => Promise<boolean | void>
  readonly children: ReactNode
}) {
  const [busy, setBusy] = useState(false)
  const act = async (): Promise<void> => {
    setBusy(true)
    try {
      if ((await onSubmit()) !== false) showDialog(null)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!disabled && !busy) void act()
      }}
    >
      <Stack gap={12}>
        {children}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={() => showDialog(null)}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={busy}
            disabled={disabled}
            {...(danger ? { color: 'red' } : {})}
            {...(danger ? { 'data-autofocus': true } : {})}
          >
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
