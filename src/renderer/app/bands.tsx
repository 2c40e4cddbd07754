/** Bands across the window that say why it is not the usual: the past, read only, locked, gone, or cut off. */
import { Button, Group } from '@mantine/core'
import {
  IconFolderOff,
  IconHistory,
  IconInfoCircle,
  IconLock,
  IconLockOpen,
  IconPlugConnectedX,
  IconRefresh,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { reloadPage, useHead, usePond, useSession } from '../session'
import { adviceFor, displayText, sentence } from '../ui'
import classes from './bands.module.css'
import { useIsBuildReplaced } from './page-build'
import { usePondGone } from './pond-gone'
import { usePondActions } from './welcome/opening'

export function Bands() {
  const at = useSession((s) => s.at)
  const setAt = useSession((s) => s.setAt)
  const wire = useSession((s) => s.wire)
  const lockedBy = useSession((s) => s.lockedBy)
  const setLockedBy = useSession((s) => s.setLockedBy)
  const { readOnly } = usePond()
  const head = useHead()
  const gone = useSession((s) => s.gone)
  const lookAgain = usePondGone()
  const { close } = usePondActions()
  return (
    <>
      {wire === 'reconnecting' && (
        <Band kind="wire" icon={<IconPlugConnectedX size={16} stroke={1.6} />}>
          DuckPond does not answer. Connecting again…
        </Band>
      )}
      {wire === 'lost' && (
        <Band
          kind="lost"
          icon={<IconPlugConnectedX size={16} stroke={1.6} />}
          action={
            <Button variant="default" onClick={reloadPage}>
              Reload
            </Button>
          }
        >
          DuckPond has gone. What was staged or committed is safe; start DuckPond again, then reload.
        </Band>
      )}
      <BuildBand />
      {gone !== null && (
        <Band
          kind="lost"
          icon={<IconFolderOff size={16} stroke={1.6} />}
          action={
            <Group gap={8} wrap="nowrap">
              <Button variant="default" onClick={() => void lookAgain()}>
                Look again
              </Button>
              <Button variant="default" onClick={() => void close()}>
                Close
              </Button>
            </Group>
          }
        >
          {sentence(gone.message)} {adviceFor(gone.code)}
        </Band>
      )}
      <Notice />
      {readOnly !== null && (
        <Band kind="quiet" icon={<IconLock size={16} stroke={1.6} />}>
          Read only: {sentence(readOnly.message)} {adviceFor(readOnly.code)}
        </Band>
      )}
      {lockedBy !== null && (
        <Band
          kind="warning"
          icon={<IconLockOpen size={16} stroke={1.6} />}
          action={
            <Button variant="default" onClick={() => setLockedBy(null)}>
              Dismiss
            </Button>
          }
        >
          {sentence(lockedBy.message)} {adviceFor(lockedBy.code)}
        </Band>
      )}
      {typeof at === 'number' && (
        <Band
          kind="past"
          label="Past version"
          icon={<IconHistory size={16} stroke={1.6} />}
          action={
            <Button variant="filled" onClick={() => setAt('pending')}>
              Back to now
            </Button>
          }
          aside="Everything here is read only."
        >
          {`You are looking at version ${at} of ${Math.max(at, head)}`}
        </Band>
      )}
    </>
  )
}

/** Another build of the page is there, as after an upgrade: this one goes on until somebody says. */
export function BuildBand() {
  if (!useIsBuildReplaced()) return null
  return (
    <Band
      kind="quiet"
      label="New build"
      icon={<IconRefresh size={16} stroke={1.6} />}
      action={
        <Button variant="default" className={classes.action} onClick={reloadPage}>
          Reload
        </Button>
      }
    >
      DuckPond was replaced by another build. Reload to use its window; unsaved edits are kept.
    </Band>
  )
}

/** The first that was not dismissed of what people should hear. */
function Notice() {
  const notices = useSession((s) => s.notices)
  const dismiss = useSession((s) => s.dismissNotice)
  const [first] = notices
  if (first === undefined) return null
  const others = notices.length - 1
  return (
    <Band
      kind="quiet"
      label="To know"
      icon={<IconInfoCircle size={16} stroke={1.6} />}
      action={
        <Button variant="default" className={classes.action} onClick={() => dismiss(first)}>
          {others === 0 ? 'Dismiss' : `Dismiss, ${others} more`}
        </Button>
      }
    >
      {sentence(displayText(first))}
    </Band>
  )
}

function Band({
  kind,
  icon,
  label,
  children,
  aside,
  action,
}: {
  readonly kind: 'past' | 'quiet' | 'warning' | 'wire' | 'lost'
  readonly icon: ReactNode
  readonly label?: string
  readonly children: ReactNode
  readonly aside?: ReactNode
  readonly action?: ReactNode
}) {
  return (
    <div className={classes.band} data-kind={kind} role="status" aria-label={label}>
      <span aria-hidden className={classes.icon}>
        {icon}
      </span>
      <span className={classes.text}>{children}</span>
      {aside !== undefined && <span className={classes.aside}>{aside}</span>}
      <span className={classes.spacer} />
      {action}
    </div>
  )
}
