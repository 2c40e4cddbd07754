/** Asks before pending changes give way: names them, and offers to commit them first. */
import { Button, Group, Stack, TextInput } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useState } from 'react'
import type { Change } from '../../shared/model'
import { ChangeBadge } from './change-badge'
import classes from './displace-question.module.css'
import { displayName, formatCount } from './format'

/** What is to become of them: committed first with a message, or give way; null calls it off. */
export type DisplaceAnswer = { readonly kind: 'keep'; readonly message: string } | { readonly kind: 'displace' } | null

/** A list of thousands helps nobody; the count says how many more there are. */
const SHOWN = 200

/**
 * @param title the question, e.g. `Restore version 3?`
 * @param aim what it leads to, e.g. `the pond is as in version 3`
 */
export function askToDisplace({
  title,
  aim,
  message,
  changes,
}: {
  readonly title: string
  readonly aim: string
  /** Proposed for the commit. */
  readonly message: string
  readonly changes: readonly Change[]
}): Promise<DisplaceAnswer> {
  return new Promise((resolve) => {
    let answered: DisplaceAnswer = null
    const id = modals.open({
      title,
      size: 560,
      onClose: () => resolve(answered),
      children: (
        <Question
          aim={aim}
          message={message}
          changes={changes}
          onAnswer={(answer) => {
            answered = answer
            modals.close(id)
          }}
        />
      ),
    })
  })
}

function Question({
  aim,
  message: proposed,
  changes,
  onAnswer,
}: {
  readonly aim: string
  readonly message: string
  readonly changes: readonly Change[]
  onAnswer(answer: DisplaceAnswer): void
}) {
  const [message, setMessage] = useState(proposed)
  const keep = (): void => onAnswer({ kind: 'keep', message })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (message.trim() !== '') keep()
      }}
    >
      <Stack gap={12}>
        <p className={classes.lead}>
          {formatCount(changes.length, 'pending change')} {changes.length === 1 ? 'gives' : 'give'} way, so that {aim}.
        </p>
        <ul className={classes.list} aria-label="Changes that give way" tabIndex={0}>
          {changes.slice(0, SHOWN).map(({ path, oldPath, change }) => (
            <li key={path} className={classes.line}>
              <ChangeBadge change={change} oldPath={oldPath} />
              <span className={classes.path} title={displayName(path)}>
                {displayName(path)}
              </span>
            </li>
          ))}
          {changes.length > SHOWN && (
            <li className={classes.line}>and {formatCount(changes.length - SHOWN, 'more change')}</li>
          )}
        </ul>
        <p className={classes.note}>
          Undo brings them back until the next commit. A version of their own keeps them for good.
        </p>
        <TextInput
          label="Message of that version"
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={() => onAnswer(null)}>
            Cancel
          </Button>
          <Button variant="default" onClick={() => onAnswer({ kind: 'displace' })}>
            Restore
          </Button>
          <Button type="submit" data-autofocus disabled={message.trim() === ''}>
            Commit them first
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
