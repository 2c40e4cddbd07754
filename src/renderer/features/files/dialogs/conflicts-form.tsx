/** Files are in the way of an import: replace them, keep both, or skip them. */
import { Button, Group, Stack } from '@mantine/core'
import { displayName, formatCount, SizeText } from '../../../ui'
import type { ImportPlan } from '../import/plan'
import type { ConflictAnswer } from '../state'
import classes from './dialogs.module.css'

/** A list of thousands helps nobody; the count says how many more there are. */
const SHOWN = 200

export function ConflictsForm({
  plan,
  answer,
}: {
  readonly plan: ImportPlan
  readonly answer: (answer: ConflictAnswer | null) => void
}) {
  const { conflicts, files } = plan
  return (
    <Stack gap={12}>
      <p className={classes.lead}>
        {files === 1
          ? 'The file is already in the pond.'
          : `${formatCount(conflicts.length, 'file')} of ${formatCount(files, 'file')} ${conflicts.length === 1 ? 'is' : 'are'} already in the pond.`}
      </p>
      <ul className={classes.list} aria-label="Files already in the pond" tabIndex={0}>
        {conflicts.slice(0, SHOWN).map(({ path, size }) => (
          <li key={path} className={classes.line}>
            <span className={classes.path} title={displayName(path)}>
              {displayName(path)}
            </span>
            <span className={classes.size}>
              <SizeText bytes={size} />
            </span>
          </li>
        ))}
        {conflicts.length > SHOWN && (
          <li className={classes.line}>and {formatCount(conflicts.length - SHOWN, 'more file')}</li>
        )}
      </ul>
      <p className={classes.note}>
        Replacing is a pending change like any other: the committed content stays in the history, and Undo brings back
        what was pending.
      </p>
      <Group justify="flex-end" gap={8}>
        <Button variant="default" onClick={() => answer(null)}>
          Cancel
        </Button>
        <Button variant="default" onClick={() => answer('skip')}>
          Skip
        </Button>
        <Button variant="default" onClick={() => answer('keep-both')}>
          Keep both
        </Button>
        <Button data-autofocus onClick={() => answer('replace')}>
          Replace
        </Button>
      </Group>
    </Stack>
  )
}
