/** What differs between two moments: the entries above, the chosen one compared below. */
import { Button } from '@mantine/core'
import { useEffect, useMemo, useState } from 'react'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import type { ChangePage } from '../../../../shared/contract'
import { useHead } from '../../../session'
import {
  ChangeBadge,
  displayName,
  EmptyState,
  formatNumber,
  MenuAt,
  Pane,
  Spacer,
  Toolbar,
  type Point,
} from '../../../ui'
import { ChangeList, choose, NOTHING_CHOSEN, type ListSelection } from '../../../ui/change-list'
import { momentName, type Pair } from '../choice'
import classes from './detail.module.css'
import { EntryDiff } from './entry-diff'
import { EntryItems, EntryTools } from './entry-tools'

export function ChangedEntries({
  page,
  pair,
  label,
  preferred,
  onMore,
}: {
  readonly page: ChangePage
  readonly pair: Pair
  readonly label: string
  /** The path to show first, when it is among them. */
  readonly preferred: string | null
  onMore(): void
}) {
  const { changes, total } = page
  const head = useHead()
  const [selection, setSelection] = useState<ListSelection>(NOTHING_CHOSEN)
  const [menu, setMenu] = useState<Point | null>(null)
  const layout = useDefaultLayout({
    id: 'duckpond.history-detail',
    storage: localStorage,
    panelIds: ['entries', 'entry'],
  })
  const keys = useMemo(() => changes.map(({ path }) => path), [changes])

  // The next version often changed the same entry: it stays in view. Else the first that has content.
  useEffect(() => {
    setSelection((s) => {
      const asked = changes.find((c) => c.path === preferred)
      if (asked === undefined && s.active !== null && keys.includes(s.active)) return s
      const first = asked ?? changes.find((c) => c.fileType !== 'directory') ?? changes[0]
      return first === undefined ? NOTHING_CHOSEN : choose(NOTHING_CHOSEN, keys, first.path, 'only')
    })
  }, [changes, keys, preferred])

  const active = changes.find((change) => change.path === selection.active) ?? null
  const names = { before: momentName(pair.from, head).toLowerCase(), after: momentName(pair.to, head).toLowerCase() }
  return (
    <Group
      className={classes.split}
      orientation="vertical"
      {...(layout.defaultLayout === undefined ? {} : { defaultLayout: layout.defaultLayout })}
      onLayoutChanged={layout.onLayoutChanged}
    >
      <Panel id="entries" defaultSize="28%" minSize={64}>
        <Pane>
          <div className={classes.entries}>
            <ChangeList
              label={label}
              changes={changes}
              selection={selection}
              onSelect={setSelection}
              onMenu={setMenu}
            />
          </div>
          {total > changes.length && (
            <Button className={classes.more} variant="subtle" onClick={onMore}>
              {formatNumber(changes.length)} of {formatNumber(total)} listed: list more
            </Button>
          )}
        </Pane>
      </Panel>
      <Separator className={classes.separator} aria-label="Height of the list of entries" />
      <Panel id="entry" minSize={120}>
        <Pane>
          {active === null ? (
            <EmptyState>Choose an entry to see what changed in it.</EmptyState>
          ) : (
            <>
              <Toolbar label="Compared entry">
                <ChangeBadge change={active.change} oldPath={active.oldPath} />
                <span className={classes.path} title={displayName(active.path)}>
                  {active.oldPath !== null && <span className="pond-dim">{displayName(active.oldPath)} → </span>}
                  {displayName(active.path)}
                </span>
                <Spacer />
                <EntryTools change={active} sides={page} />
              </Toolbar>
              <EntryDiff path={active.path} pair={pair} names={names} />
            </>
          )}
        </Pane>
      </Panel>
      <MenuAt at={menu} label="Entry" onClose={() => setMenu(null)}>
        {active !== null && <EntryItems change={active} sides={page} />}
      </MenuAt>
    </Group>
  )
}
