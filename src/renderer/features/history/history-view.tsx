/**
 * The History tab: versions on the left, what the chosen one changed on the right. It follows the
 * moment that the window shows, and lists the versions of one entry alone when asked to.
 */
import { Button } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { memo, useDeferredValue, useEffect, useMemo, useState, type ReactNode } from 'react'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import type { FileVersion } from '../../../shared/model'
import { failureOf, useAt, useCommand, useHead, usePendingCount, useRead, useSession } from '../../session'
import { displayName, EmptyState, ErrorState, formatCount, Pane, PaneBody, PaneTitle, Spacer, Toolbar } from '../../ui'
import { useCannotRestore, useHistoryActions } from './actions'
import { chooseRow, type Choice, type RowKey } from './choice'
import { Detail } from './detail/detail'
import { Waiting } from './detail/entry-diff'
import classes from './history-view.module.css'
import { PathFilter } from './list/path-filter'
import { VersionList } from './list/version-list'
import { entryRows, pondRows, rowFor, type Rows } from './rows'
import { useVersions } from './use-versions'

const SteadyDetail = memo(Detail)

export function HistoryView() {
  const path = useSession((s) => s.historyPath)
  const layout = useDefaultLayout({ id: 'duckpond.history', storage: localStorage, panelIds: ['versions', 'detail'] })
  const listed = useListed(path)
  const [choice, setChoice] = useChoice(listed.rows)
  useRowCommands(choice)
  // Moving through versions goes before drawing each of them in full.
  const shown = useDeferredValue(choice)
  const { rows } = listed

  if (path === null && rows !== null && rows.count === 0) return <NothingYet />
  return (
    <Group
      className={classes.split}
      orientation="horizontal"
      {...(layout.defaultLayout === undefined ? {} : { defaultLayout: layout.defaultLayout })}
      onLayoutChanged={layout.onLayoutChanged}
    >
      <Panel id="versions" defaultSize="36%" minSize="150px">
        <Pane>
          <Toolbar label="History">
            <PaneTitle>History</PaneTitle>
            <Spacer />
            {rows !== null && (
              <span className={classes.count}>
                {formatCount(rows.count - (rows.key(0) === 'pending' ? 1 : 0), 'version')}
              </span>
            )}
          </Toolbar>
          <PathFilter />
          <PaneBody fill>
            {listed.problem ??
              (rows === null ? (
                <Waiting />
              ) : rows.count === 0 ? (
                <EmptyState>{displayName(path ?? '')} has no versions yet.</EmptyState>
              ) : (
                choice !== null && (
                  <VersionList rows={rows} choice={choice} onChoose={setChoice} changeOf={listed.changeOf} />
                )
              ))}
          </PaneBody>
        </Pane>
      </Panel>
      <Separator className={classes.separator} aria-label="Width of the list of versions" />
      <Panel id="detail" minSize="35%">
        {shown === null ? (
          <EmptyState icon={<IconHistory size={28} stroke={1.4} />}>
            Choose a version to see what it changed.
          </EmptyState>
        ) : (
          <SteadyDetail choice={shown} onChoose={setChoice} preferred={listed.changeOf?.(shown.active)?.path ?? path} />
        )}
      </Panel>
    </Group>
  )
}

interface Listed {
  /** Null while it is not known, or cannot be. */
  readonly rows: Rows | null
  readonly changeOf: ((key: RowKey) => FileVersion | undefined) | null
  /** Drawn in place of the list. */
  readonly problem: ReactNode
}

function useListed(path: string | null): Listed {
  const head = useHead()
  const pending = usePendingCount() > 0
  const whole = useVersions([])
  const ofEntry = useRead(['versions', path], (api) => api.files.versions({ path: path ?? '/' }), {
    at: 'pending',
    enabled: path !== null,
  })
  const wholeRows = useMemo(() => pondRows(head, pending), [head, pending])
  const entry = useMemo(() => {
    const versions = ofEntry.data
    if (versions === undefined) return null
    return {
      rows: entryRows(versions),
      changeOf: (key: RowKey) => versions.find(({ version }) => (version ?? 'pending') === key),
    }
  }, [ofEntry.data])

  if (path === null) {
    const { failure } = whole
    return {
      rows: wholeRows,
      changeOf: null,
      problem:
        failure === null ? null : (
          <ErrorState
            title="The history cannot be read"
            failure={failure}
            action={
              <Button variant="default" onClick={whole.retry}>
                Try again
              </Button>
            }
          />
        ),
    }
  }
  if (ofEntry.error !== null) {
    const failure = failureOf(ofEntry.error)
    const problem =
      failure.code === 'tinyfs.not-found' || failure.code === 'tinyfs.not-a-directory' ? (
        <EmptyState>Nothing is at {displayName(path)}, neither now nor in the last version.</EmptyState>
      ) : (
        <ErrorState title="The history cannot be read" failure={failure} />
      )
    return { rows: null, changeOf: null, problem }
  }
  return { rows: entry?.rows ?? null, changeOf: entry?.changeOf ?? null, problem: null }
}

/** The chosen row: the user's, or the one the window shows, or the newest. Null when there are no rows. */
function useChoice(rows: Rows | null): readonly [Choice | null, (choice: Choice) => void] {
  const at = useAt()
  const [own, setOwn] = useState<Choice | null>(null)
  // Whoever moves the window through time wants to see what is there.
  useEffect(() => setOwn(null), [at])
  const choice = useMemo(() => {
    if (rows === null) return null
    if (own !== null && rows.indexOf(own.active) >= 0) return own
    const row = rowFor(rows, at)
    return row === undefined ? null : chooseRow(row)
  }, [rows, own, at])
  return [choice, setOwn]
}

function useRowCommands(choice: Choice | null): void {
  const actions = useHistoryActions()
  const cannot = useCannotRestore()
  const version = typeof choice?.active === 'number' ? choice.active : null
  const none = version === null ? 'no version is chosen in the history' : null
  const run = (work: (version: number) => void) => () => {
    if (version !== null) work(version)
  }
  useCommand(
    {
      id: 'history.look',
      title: version === null ? 'Look at the chosen version' : `Look at version ${version}`,
      group: 'History',
      key: null,
      cli: version === null ? null : `pond ls --at ${version}`,
      disabled: none,
      run: run(actions.look),
    },
    {
      id: 'history.restore',
      title: version === null ? 'Restore the chosen version' : `Restore version ${version}`,
      group: 'History',
      key: null,
      cli: version === null ? null : `pond restore --to ${version}`,
      disabled: none ?? cannot,
      run: run(actions.restorePond),
    },
    {
      id: 'history.copy',
      title: 'Copy version number',
      group: 'History',
      key: null,
      cli: null,
      disabled: none,
      run: run(actions.copyNumber),
    },
  )
}

function NothingYet() {
  const setTab = useSession((s) => s.setTab)
  return (
    <EmptyState
      icon={<IconHistory size={28} stroke={1.4} />}
      action={
        <Button variant="default" onClick={() => setTab('files')}>
          Add files
        </Button>
      }
    >
      Nothing has been committed yet. Every commit becomes a version that you can come back to.
    </EmptyState>
  )
}
