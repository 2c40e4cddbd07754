/** Says why, and commits: a message, an author, and what exactly will become the next version. */
import { Button, Modal, Progress, Textarea, TextInput } from '@mantine/core'
import { useState, type KeyboardEvent } from 'react'
import { describeChanges, describeCounts } from '../../../shared/describe-changes'
import type { Change, CommitOutcome } from '../../../shared/model'
import { failureOf, useHead, useRead, useReadOnlyReason, useSession, useUnsaved } from '../../session'
import {
  ChangeBadge,
  ChangeCountsBadge,
  displayName,
  ErrorState,
  formatBytes,
  formatBytesDelta,
  formatCount,
  formatNumber,
  KeyHint,
  notifyDone,
} from '../../ui'
import classes from './commit.module.css'
import { Computed } from './computed'
import { useCommit } from './use-commit'

const AUTHOR_KEY = 'duckpond.author'
const SHOWN = 200

export function CommitDialog({ opened, onClose }: { readonly opened: boolean; onClose(): void }) {
  const work = useCommit()
  const running = work.state.step === 'running'
  const close = () => {
    if (running) return
    work.reset()
    onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title="Commit"
      size={600}
      closeOnEscape={!running}
      closeOnClickOutside={false}
      withCloseButton={!running}
    >
      {opened && <CommitForm work={work} onClose={close} />}
    </Modal>
  )
}

function CommitForm({ work, onClose }: { readonly work: ReturnType<typeof useCommit>; onClose(): void }) {
  const [message, setMessage] = useState('')
  const [author, setAuthor] = useState(() => localStorage.getItem(AUTHOR_KEY) ?? '')
  const head = useHead()
  const readOnly = useReadOnlyReason()
  const { data, error } = useRead(
    ['commit-changes'],
    (api, to, signal) => api.changes.list({ from: 'head', to, limit: SHOWN }, { signal }),
    { at: 'pending' },
  )
  const { state } = work
  const running = state.step === 'running'
  const suggestion =
    data === undefined
      ? ''
      : data.changes.length < data.total
        ? describeCounts(data.counts)
        : describeChanges(data.changes)
  const empty = data !== undefined && data.total === 0
  const canCommit = !running && readOnly === null && data !== undefined

  const commit = async () => {
    if (!canCommit) return
    const name = author.trim()
    if (name === '') localStorage.removeItem(AUTHOR_KEY)
    else localStorage.setItem(AUTHOR_KEY, name)
    const outcome = await work.commit(message.trim() === '' ? suggestion : message.trim(), name === '' ? null : name)
    if (outcome === null) return
    onClose()
    tell(outcome)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    event.stopPropagation()
    void commit()
  }

  return (
    <div className={classes.form} onKeyDown={onKeyDown}>
      <Textarea
        label="Message"
        description={
          message.trim() === '' && suggestion !== ''
            ? 'Left empty, the grey text becomes the message.'
            : 'Why, in a sentence; more in the lines below it.'
        }
        placeholder={suggestion}
        autosize
        minRows={3}
        maxRows={10}
        data-autofocus
        disabled={running}
        value={message}
        onChange={(event) => setMessage(event.currentTarget.value)}
      />
      <TextInput
        label="Author"
        placeholder="You, as this computer knows you"
        disabled={running}
        value={author}
        onChange={(event) => setAuthor(event.currentTarget.value)}
      />
      {error !== null && <ErrorState compact title="The changes cannot be listed" failure={failureOf(error)} />}
      {data !== undefined && (
        <section className={classes.summary} aria-label="What will be committed">
          <header className={classes.summaryHead}>
            <strong>{`Version ${head + 1}`}</strong>
            <ChangeCountsBadge counts={data.counts} />
            <span className={classes.delta}>{sizeDelta(data.changes, data.total)}</span>
          </header>
          <ul className={classes.list} tabIndex={0} aria-label="Changes">
            {data.changes.map((change) => (
              <li key={change.path} className={classes.item}>
                <ChangeBadge change={change.change} oldPath={change.oldPath} />
                <span className="pond-ellipsis" title={displayName(change.path)}>
                  {displayName(change.path)}
                </span>
                <span className={classes.itemSize}>
                  {change.sizeAfter === null ? '' : formatBytes(change.sizeAfter)}
                </span>
              </li>
            ))}
            {data.total > data.changes.length && (
              <li className={classes.item}>and {formatNumber(data.total - data.changes.length)} more</li>
            )}
            {empty && (
              <li className={classes.item}>
                No entry differs from version {head}: what is pending cancels itself out.
              </li>
            )}
          </ul>
        </section>
      )}
      <Computed onShow={onClose} />
      <Unsaved disabled={running} onShow={onClose} />
      {state.step === 'conflict' && (
        <section className={classes.conflict} role="alert">
          <strong>Somebody else committed version {state.outcome.version} in the meantime.</strong>
          <p>These operations do not fit on it any more. Nothing was committed and nothing was lost.</p>
          <ul>
            {state.outcome.conflicts.map((conflict) => (
              <li key={conflict.seq}>
                <code>{conflict.operation}</code> {displayName(conflict.path)}: {conflict.reason}
              </li>
            ))}
          </ul>
          <Button variant="default" onClick={() => void work.discardConflicts()}>
            Discard {state.outcome.conflicts.length === 1 ? 'this operation' : 'these operations'}, keep the rest
          </Button>
          <p className="pond-dim">To keep such a change, make it again on the newest version.</p>
        </section>
      )}
      {state.step === 'failed' && <ErrorState compact title="Nothing was committed" failure={state.failure} />}
      {running && (
        <div role="status">
          <Progress
            size={4}
            aria-label="Committing"
            value={
              state.progress === null || state.progress.total === null || state.progress.total === 0
                ? 100
                : (100 * state.progress.done) / state.progress.total
            }
            animated
          />
          <span className="pond-dim">{state.progress?.note ?? 'Committing…'}</span>
        </div>
      )}
      <div className={classes.buttons}>
        <Button variant="default" onClick={running ? work.cancel : onClose}>
          Cancel
        </Button>
        <Button
          aria-label="Commit changes"
          rightSection={<KeyHint hotkey="mod+enter" />}
          loading={running}
          disabled={!canCommit}
          onClick={() => void commit()}
        >
          Commit changes
        </Button>
      </div>
    </div>
  )
}

/** Edits that nobody saved are not pending: whoever commits without them should know. */
function Unsaved({ disabled, onShow }: { readonly disabled: boolean; onShow(): void }) {
  const paths = useUnsaved()
  const [first] = paths
  if (first === undefined) return null
  const show = (): void => {
    const { select, setTab, setAt } = useSession.getState()
    setAt('pending')
    select(first)
    setTab('files')
    onShow()
  }
  return (
    <section className={classes.unsaved} aria-label="Unsaved edits">
      <span title={paths.map(displayName).join('\n')}>
        <strong>{formatCount(paths.length, 'file has', 'files have')} unsaved edits</strong>, which this commit leaves
        out: {displayName(first)}
        {paths.length > 1 && ` and ${formatNumber(paths.length - 1)} more`}
      </span>
      <Button variant="default" disabled={disabled} onClick={show}>
        Show
      </Button>
    </section>
  )
}

function tell(outcome: CommitOutcome): void {
  if (outcome.outcome === 'committed') {
    notifyDone(`Committed version ${outcome.version}: ${formatCount(outcome.operationsCommitted, 'operation')}`, {
      label: 'Show',
      run: () => useSession.getState().setTab('history'),
    })
  } else if (outcome.outcome === 'nothing-to-commit') notifyDone('There was nothing to commit')
}

/** By how much the pond's files grow or shrink; silent when not all changes are known. */
function sizeDelta(changes: readonly Change[], total: number): string {
  if (changes.length < total) return formatCount(total, 'change')
  return formatBytesDelta(changes.reduce((sum, change) => sum + (change.sizeAfter ?? 0) - (change.sizeBefore ?? 0), 0))
}
