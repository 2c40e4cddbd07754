/** The top of the detail: a version, what is pending, or two moments; and what can be done with them. */
import { Button } from '@mantine/core'
import { IconArrowBackUp, IconCopy, IconEye, IconGitCompare } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { ChangePage } from '../../../../shared/contract'
import type { ChangeCounts, ResolvedAt, Version } from '../../../../shared/model'
import { useAt, useHead, usePendingCount, useSession } from '../../../session'
import {
  ChangeCountsBadge,
  displayName,
  exactBytes,
  exactInstant,
  formatBytesDelta,
  formatCount,
  formatInstant,
  IconButton,
  Spacer,
  TimeAgo,
  Words,
} from '../../../ui'
import { useCannotRestore, useHistoryActions } from '../actions'
import { momentName, resolvedName, type Pair } from '../choice'
import { pendingWords, subjectOf } from '../slider/words'
import { useVersions } from '../use-versions'
import classes from './detail.module.css'

export function VersionHead({
  version,
  counts,
}: {
  readonly version: Version
  readonly counts: ChangeCounts | undefined
}) {
  const at = useAt()
  const head = useHead()
  const pending = usePendingCount()
  const entry = useVersions([version]).entry(version)
  const actions = useHistoryActions()
  const cannot = useCannotRestore()
  const shown = counts ?? entry?.counts
  const nothingToRestore = version === head && pending === 0 ? 'the pond is as it was then' : null
  return (
    <Head
      title={`Version ${version}`}
      aside={shown !== undefined && <ChangeCountsBadge counts={shown} />}
      message={entry?.message}
      actions={
        <>
          <IconButton
            label="Copy version number"
            icon={<IconCopy size={16} stroke={1.6} />}
            onClick={() => actions.copyNumber(version)}
          />
          <Button
            variant="default"
            leftSection={<IconArrowBackUp size={15} stroke={1.6} />}
            aria-disabled={(cannot ?? nothingToRestore) !== null || undefined}
            data-disabled-look={(cannot ?? nothingToRestore) !== null || undefined}
            title={cannot ?? nothingToRestore ?? 'Stage the way back to this version as pending changes'}
            onClick={() => {
              if (cannot === null && nothingToRestore === null) actions.restorePond(version)
            }}
          >
            <Words>Restore</Words>
          </Button>
          <Button
            variant={at === version ? 'default' : 'filled'}
            leftSection={<IconEye size={15} stroke={1.6} />}
            data-disabled-look={at === version || undefined}
            aria-disabled={at === version || undefined}
            title={at === version ? 'The window shows this version' : 'Show the whole window as it was at this version'}
            onClick={() => actions.look(version)}
          >
            <Words>Look at this version</Words>
          </Button>
        </>
      }
    >
      {entry !== undefined && (
        <>
          {displayName(entry.author)} · <TimeAgo instant={entry.committedAt} /> ·{' '}
          <span title={exactInstant(entry.committedAt)}>{formatInstant(entry.committedAt)}</span> ·{' '}
          {formatCount(entry.operations, 'operation')} ·{' '}
          <span title={exactBytes(entry.bytesDelta)}>{formatBytesDelta(entry.bytesDelta)}</span>
        </>
      )}
    </Head>
  )
}

export function PendingHead({ counts }: { readonly counts: ChangeCounts | undefined }) {
  const pending = usePendingCount()
  const actions = useHistoryActions()
  const cannot = useCannotRestore()
  const setTab = useSession((s) => s.setTab)
  return (
    <Head
      title="Pending"
      aside={counts !== undefined && <ChangeCountsBadge counts={counts} />}
      message="Not committed yet"
      actions={
        <>
          <Button variant="default" disabled={cannot !== null} onClick={() => void actions.discardAll()}>
            Discard all
          </Button>
          <Button
            variant="default"
            leftSection={<IconGitCompare size={15} stroke={1.6} />}
            onClick={() => setTab('changes')}
          >
            <Words>Show in Changes</Words>
          </Button>
        </>
      }
    >
      {pendingWords(pending)}
    </Head>
  )
}

export function ComparisonHead({ pair, page }: { readonly pair: Pair; readonly page: ChangePage | undefined }) {
  const head = useHead()
  return (
    <Head
      title={`${momentName(pair.from, head)} → ${momentName(pair.to, head)}`}
      aside={page !== undefined && <ChangeCountsBadge counts={page.counts} />}
    >
      {page !== undefined && (
        <span className={classes.sides}>
          <Side at={page.from} />
          <Side at={page.to} />
        </span>
      )}
    </Head>
  )
}

/** What stands behind one side's name. */
function Side({ at }: { readonly at: ResolvedAt }) {
  const version = at.kind === 'version' ? at.version : null
  const entry = useVersions(version === null ? [] : [version]).entry(version ?? 0)
  return (
    <span className={classes.side}>
      <b>{resolvedName(at)}</b>
      <span className="pond-ellipsis">
        {version === null
          ? 'now, with what is not committed yet'
          : version === 0
            ? 'the empty pond'
            : entry !== undefined && subjectOf(entry.message)}
      </span>
      {entry !== undefined && <TimeAgo instant={entry.committedAt} />}
    </span>
  )
}

function Head({
  title,
  aside,
  message,
  actions,
  children,
}: {
  readonly title: string
  readonly aside: ReactNode
  readonly message?: string | undefined
  readonly actions?: ReactNode
  readonly children: ReactNode
}) {
  const [subject, ...rest] = (message ?? '').trim().split('\n')
  const body = rest.join('\n').trim()
  return (
    <header className={classes.head}>
      <div className={classes.headline}>
        <h2 className={classes.title}>{title}</h2>
        {aside}
        <Spacer />
        {actions}
      </div>
      {subject !== undefined && subject !== '' && (
        <p className={classes.subject} {...keyScroll(subject)}>
          {displayName(subject)}
        </p>
      )}
      {body !== '' && (
        <p className={classes.message} {...keyScroll(body)}>
          {body.split('\n').map(displayName).join('\n')}
        </p>
      )}
      <div className={classes.facts}>{children}</div>
    </header>
  )
}

/** Text that may be more than its few lines scrolls in its place, for the keyboard too. */
function keyScroll(text: string): { readonly tabIndex?: 0 } {
  return text.length > 100 || text.split('\n').length > 2 ? { tabIndex: 0 } : {}
}
