/** The one button that makes a version; says why when it cannot. */
import { Button, Tooltip } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useCommand, usePendingCount, useReadOnlyReason } from '../../session'
import { formatNumber, KeyHint } from '../../ui'
import classes from './commit.module.css'
import { CommitDialog } from './commit-dialog'

export function CommitButton() {
  const [opened, setOpened] = useState(false)
  const pending = usePendingCount()
  const readOnly = useReadOnlyReason()
  const reason = readOnly ?? (pending === 0 ? 'Nothing is pending' : null)
  const open = () => {
    if (reason === null) setOpened(true)
  }
  useCommand({
    id: 'commit.open',
    title: 'Commit…',
    group: 'Changes',
    key: 'mod+shift+C',
    cli: 'pond commit -m MESSAGE',
    disabled: reason,
    inFields: true,
    run: open,
  })
  // The past cannot be committed: a dialog that was open when the window went there closes.
  useEffect(() => {
    if (readOnly !== null) setOpened(false)
  }, [readOnly])
  return (
    <>
      <Tooltip
        label={
          reason ?? (
            <span>
              Commit what is pending
              <KeyHint hotkey="mod+shift+C" />
            </span>
          )
        }
      >
        <Button
          aria-label="Commit"
          aria-disabled={reason !== null || undefined}
          {...(reason === null ? {} : { 'data-disabled': true })}
          leftSection={<IconCheck size={14} stroke={2} />}
          onClick={open}
        >
          Commit
          {pending > 0 && reason === null && <span className={classes.count}>{formatNumber(pending)}</span>}
        </Button>
      </Tooltip>
      <CommitDialog opened={opened} onClose={() => setOpened(false)} />
    </>
  )
}
