/** Short news in the corner: that something is done (perhaps with a way back), or that it failed. */
import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { WireError } from '../../shared/model'
import { adviceFor } from './advice'
import { sentence } from './error-state'

export function notifyDone(message: string, action?: { readonly label: string; readonly run: () => void }): void {
  const id = `done-${message}`
  notifications.hide(id)
  notifications.show({
    id,
    autoClose: action === undefined ? 4_000 : 10_000,
    withBorder: true,
    closeButtonProps: { 'aria-label': 'Dismiss' },
    message:
      action === undefined ? (
        message
      ) : (
        <span>
          {message}{' '}
          <Button
            variant="subtle"
            onClick={() => {
              notifications.hide(id)
              action.run()
            }}
          >
            {action.label}
          </Button>
        </span>
      ),
  })
}

/** @param what was attempted, e.g. `"a.csv" was not renamed`. */
export function notifyFailure(what: string, failure: WireError): void {
  const advice = adviceFor(failure.code)
  notifications.show({
    color: 'red',
    withBorder: true,
    autoClose: 12_000,
    title: what,
    closeButtonProps: { 'aria-label': 'Dismiss' },
    message: `${sentence(failure.message)}${advice === null ? '' : ` ${advice}`} (${failure.code})`,
  })
}
