/** Short news in the corner: that something is done (perhaps with a way back), or that it failed. */
import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { WireError } from '../../shared/model'
import { adviceFor } from './advice'
import { sentence } from './error-state'
import classes from './notify.module.css'

/** The last news takes the place of the one before: a column of them would cover the work. */
const NEWS = 'news'

interface Action {
  readonly label: string
  readonly run: () => void
}

export function notifyDone(message: string, action?: Action): void {
  notifications.hide(NEWS)
  notifications.show({
    id: NEWS,
    autoClose: action === undefined ? 3_000 : 8_000,
    withBorder: true,
    classNames: { root: classes.news, body: classes.body, description: classes.words },
    closeButtonProps: { 'aria-label': 'Dismiss' },
    message: (
      <>
        <span>{message}</span>
        {action !== undefined && (
          <Button
            variant="subtle"
            onClick={() => {
              notifications.hide(NEWS)
              action.run()
            }}
          >
            {action.label}
          </Button>
        )}
      </>
    ),
  })
}

/** What waits for somebody to take it stays, beside other news, until it is taken or dismissed. */
export function notifyReady(title: string, message: string, action: Action): void {
  const id = crypto.randomUUID()
  notifications.show({
    id,
    autoClose: false,
    withBorder: true,
    title,
    classNames: { root: classes.news, body: classes.body, description: classes.words },
    closeButtonProps: { 'aria-label': 'Dismiss' },
    message: (
      <>
        <span>{message}</span>
        <Button
          variant="subtle"
          aria-label={`${action.label} ${message}`}
          onClick={() => {
            notifications.hide(id)
            action.run()
          }}
        >
          {action.label}
        </Button>
      </>
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
