/**
 * The Changes tab: what is pending on the left, how the chosen entry differs on the right. Looking at
 * the past it shows what that version changed, and any two moments when another part asks for them.
 */
import { Button, Menu, TextInput } from '@mantine/core'
import { IconArrowBackUp, IconFilter, IconGitCompare, IconTrash, IconX } from '@tabler/icons-react'
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import type { Change } from '../../../shared/model'
import {
  failureOf,
  runCommand,
  useAt,
  useCommand,
  useHead,
  useRead,
  useReadOnlyReason,
  useSession,
} from '../../session'
import {
  ChangeBadge,
  ChangeCountsBadge,
  displayName,
  EmptyState,
  ErrorState,
  formatCount,
  formatNumber,
  IconButton,
  MenuAt,
  Pane,
  PaneBody,
  PaneTitle,
  Spacer,
  Toolbar,
  type Point,
} from '../../ui'
import { ChangeList, choose, NOTHING_CHOSEN, settle, type ListSelection } from '../../ui/change-list'
import classes from './changes.module.css'
import { EntryDiff } from './entry-diff'
import { comparedMoments, type ComparedMoments } from './moments'
import { useDiscard } from './use-discard'

/** More are listed on demand: nobody reads them, and every row costs memory in the page. */
const PAGE = 20_000

export function ChangesView() {
  const at = useAt()
  const head = useHead()
  const comparison = useSession((s) => s.comparison)
  const compare = useSession((s) => s.compare)
  const moments = useMemo(() => comparedMoments({ at, head, comparison }), [at, head, comparison])
  const [limit, setLimit] = useState(PAGE)
  const { data, error, isPlaceholderData } = useRead(
    ['changes', moments.from, limit],
    (api, to, signal) => api.changes.list({ from: moments.from, to, limit }, { signal }),
    { at: moments.to, followNews: moments.from === 'head' },
  )
  const layout = useDefaultLayout({ id: 'duckpond.changes', storage: localStorage, panelIds: ['list', 'diff'] })

  if (error !== null) return <ErrorState title="The changes cannot be listed" failure={failureOf(error)} />
  const title = (
    <>
      <PaneTitle>{moments.title}</PaneTitle>
      {data !== undefined && <ChangeCountsBadge counts={data.counts} />}
    </>
  )
  const back = comparison !== null && !moments.pending && (
    <IconButton label="End the comparison" icon={<IconX size={16} stroke={1.6} />} onClick={() => compare(null)} />
  )
  if (data !== undefined && data.total === 0 && !isPlaceholderData) {
    return (
      <Pane>
        <Toolbar label="Changes">
          {title}
          <Spacer />
          {back}
          <UndoButton />
        </Toolbar>
        <PaneBody fill>
          <Nothing moments={moments} asked={comparison?.path ?? null} />
        </PaneBody>
      </Pane>
    )
  }
  return (
    <Group
      orientation="horizontal"
      className={classes.split}
      {...(layout.defaultLayout === undefined ? {} : { defaultLayout: layout.defaultLayout })}
      onLayoutChanged={layout.onLayoutChanged}
    >
      <Changes
        key={`${moments.from} ${moments.to}`}
        changes={data?.changes ?? []}
        total={data?.total ?? 0}
        moments={moments}
        title={title}
        back={back}
        asked={comparison?.path ?? null}
        onMore={() => setLimit((l) => Math.min(100_000, l + PAGE))}
      />
    </Group>
  )
}

function Changes({
  changes,
  total,
  moments,
  title,
  back,
  asked,
  onMore,
}: {
  readonly changes: readonly Change[]
  readonly total: number
  readonly moments: ComparedMoments
  readonly title: ReactNode
  readonly back: ReactNode
  /** The path that another part of the window wants to see compared. */
  readonly asked: string | null
  onMore(): void
}) {
  const [filter, setFilter] = useState('')
  const [selection, setSelection] = useState<ListSelection>(NOTHING_CHOSEN)
  const [menu, setMenu] = useState<Point | null>(null)
  const readOnly = useReadOnlyReason()
  const discard = useDiscard()
  const { select, setTab } = useSession.getState()
  const shown = useMemo(() => {
    const words = filter.trim().toLowerCase()
    return words === ''
      ? changes
      : changes.filter((c) => c.path.toLowerCase().includes(words) || c.oldPath?.toLowerCase().includes(words))
  }, [changes, filter])
  const keys = useMemo(() => shown.map((change) => change.path), [shown])
  const previous = useRef(keys)

  useEffect(() => {
    setSelection((s) => settle(s, keys, previous.current))
    previous.current = keys
  }, [keys])
  // What another part asked for is chosen once, when the list has it; afterwards the choice is the user's.
  const answered = useRef<string | null>(null)
  useEffect(() => {
    if (asked === null || asked === answered.current || !keys.includes(asked)) return
    answered.current = asked
    setSelection(choose(NOTHING_CHOSEN, keys, asked, 'only'))
  }, [asked, keys])

  const active = shown.find((change) => change.path === selection.active) ?? null
  // An entry that did not change between the two moments is compared all the same when it was asked for.
  const path = active?.path ?? (changes.some((c) => c.path === asked) ? null : asked)
  const chosen = [...selection.chosen]
  const canDiscard = moments.pending && readOnly === null && chosen.length > 0
  useCommand(
    {
      id: 'changes.discard',
      title: chosen.length > 1 ? `Discard ${formatNumber(chosen.length)} changes` : 'Discard the change',
      group: 'Changes',
      key: null,
      cli: active === null ? null : `pond discard ${active.path}`,
      disabled: moments.pending
        ? (readOnly ?? (chosen.length > 0 ? null : 'No change is chosen'))
        : 'Only pending changes can be discarded',
      run: () => void discard(chosen),
    },
    {
      id: 'changes.discard-all',
      title: 'Discard all pending changes',
      group: 'Changes',
      key: null,
      cli: 'pond discard --all',
      disabled: moments.pending ? readOnly : 'Only pending changes can be discarded',
      run: () => void discard([]),
    },
  )

  return (
    <>
      <Panel id="list" defaultSize="36%" minSize={220}>
        <Pane>
          <Toolbar label="Changes">
            {title}
            <Spacer />
            {back}
            {moments.pending && (
              <>
                <UndoButton />
                <IconButton
                  label={chosen.length > 1 ? `Discard ${formatNumber(chosen.length)} changes` : 'Discard the change'}
                  icon={<IconTrash size={16} stroke={1.6} />}
                  disabledReason={readOnly ?? (chosen.length > 0 ? null : 'no change is chosen')}
                  onClick={() => void discard(chosen)}
                />
                <Button variant="subtle" color="gray" disabled={readOnly !== null} onClick={() => void discard([])}>
                  Discard all
                </Button>
              </>
            )}
          </Toolbar>
          <div className={classes.filter}>
            <TextInput
              aria-label="Filter changes"
              placeholder="Filter by path"
              leftSection={<IconFilter size={14} stroke={1.6} />}
              value={filter}
              onChange={(event) => setFilter(event.currentTarget.value)}
              onKeyDown={(event) => event.key === 'Escape' && setFilter('')}
            />
          </div>
          <PaneBody fill>
            {shown.length === 0 && changes.length > 0 ? (
              <EmptyState>No change has this in its path.</EmptyState>
            ) : (
              <ChangeList
                label={moments.title}
                changes={shown}
                selection={selection}
                several={moments.pending}
                onSelect={setSelection}
                {...(canDiscard ? { onDelete: () => void discard(chosen) } : {})}
                onMenu={setMenu}
              />
            )}
          </PaneBody>
          {(total > changes.length || filter.trim() !== '') && (
            <div className={classes.foot}>
              {filter.trim() !== '' && `${formatNumber(shown.length)} of ${formatCount(changes.length, 'change')}`}
              {total > changes.length && (
                <Button variant="subtle" onClick={onMore}>
                  {formatNumber(changes.length)} of {formatNumber(total)} listed: list more
                </Button>
              )}
            </div>
          )}
        </Pane>
      </Panel>
      <Separator className={classes.separator} aria-label="Width of the list of changes" />
      <Panel id="diff" minSize="30%">
        <Pane>
          {path === null ? (
            <EmptyState icon={<IconGitCompare size={28} stroke={1.4} />}>
              Choose a change to see what it does.
            </EmptyState>
          ) : (
            <>
              <Toolbar label="Compared entry">
                {active !== null && <ChangeBadge change={active.change} oldPath={active.oldPath} />}
                <span className={classes.path} title={displayName(path)}>
                  {active?.oldPath != null && <span className="pond-dim">{displayName(active.oldPath)} → </span>}
                  {displayName(path)}
                </span>
                <Spacer />
                {active?.change !== 'deleted' && (
                  <Button
                    variant="subtle"
                    onClick={() => {
                      select(path)
                      setTab('files')
                    }}
                  >
                    Open
                  </Button>
                )}
              </Toolbar>
              <EntryDiff path={path} from={moments.from} to={moments.to} names={moments.names} />
            </>
          )}
        </Pane>
      </Panel>
      <MenuAt at={menu} label="Change" onClose={() => setMenu(null)}>
        <Menu.Item disabled={!canDiscard} onClick={() => void discard(chosen)}>
          {chosen.length > 1 ? `Discard ${formatNumber(chosen.length)} changes` : 'Discard the change'}
        </Menu.Item>
        <Menu.Item
          disabled={active === null || active.change === 'deleted'}
          onClick={() => {
            if (active !== null) select(active.path)
            setTab('files')
          }}
        >
          Show in Files
        </Menu.Item>
        <Menu.Item
          disabled={active === null}
          onClick={() => active !== null && void navigator.clipboard.writeText(active.path)}
        >
          Copy the path
        </Menu.Item>
      </MenuAt>
    </>
  )
}

function UndoButton() {
  const readOnly = useReadOnlyReason()
  const { data } = useRead(['status'], (api) => api.changes.status(), { at: 'pending' })
  const undoable = data?.undoable ?? 0
  if (undoable === 0) return null
  return (
    <IconButton
      label={`Undo the last discard, restore or replacement (${formatCount(undoable, 'operation')})`}
      icon={<IconArrowBackUp size={16} stroke={1.6} />}
      hotkey="mod+Z"
      disabledReason={readOnly}
      onClick={() => runCommand('changes.undo')}
    />
  )
}

function Nothing({ moments, asked }: { readonly moments: ComparedMoments; readonly asked: string | null }) {
  const setTab = useSession((s) => s.setTab)
  if (moments.pending) {
    return (
      <EmptyState
        icon={<IconGitCompare size={28} stroke={1.4} />}
        action={
          <Button variant="default" onClick={() => setTab('history')}>
            Look at the history
          </Button>
        }
      >
        Nothing is pending: everything in this pond is committed.
      </EmptyState>
    )
  }
  const what = asked === null ? 'Nothing' : displayName(asked)
  return (
    <EmptyState icon={<IconGitCompare size={28} stroke={1.4} />}>
      {asked === null
        ? `Nothing differs between ${moments.names.before} and ${moments.names.after}.`
        : `${what} is the same in ${moments.names.before} and ${moments.names.after}.`}
    </EmptyState>
  )
}
