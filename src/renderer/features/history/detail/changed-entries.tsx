/** What differs between two moments: the entries above, the chosen one compared below. */
import { Button } from '@mantine/core'
import { useMemo, useState } from 'react'
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
import { ChangeList, choose, NOTHING_CHOSEN } from '../../../ui/change-list'
import { activePath } from './active-path'
import { momentName, type Pair } from '../choice'
import classes from './detail.module.css'
import { EntryDiff } from './entry-diff'
import { EntryItems, EntryTools } from './entry-tools'

export function ChangedEntries({
  page,
  pair,
  busy,
  label,
  preferred,
  onMore,
}: {
  readonly page: ChangePage
  readonly pair: Pair
  /** The next page is on its way. */
  readonly busy: boolean
  readonly label: string
  /** The path to show first, when it is among them. */
  readonly preferred: string | null
  onMore(): void
}) {
  const { changes, total } = page
  const head = useHead()
  const [picked, setPicked] = useState<{ readonly pair: Pair; readonly path: string } | null>(null)
  const [menu, setMenu] = useState<Point | null>(null)
  const layout = useDefaultLayout({
    id: 'duckpond.history-detail',
    storage: localStorage,
    panelIds: ['entries', 'entry'],
  })
  const path = activePath(changes, {
    picked: picked?.pair === pair ? picked.path : null,
    preferred,
    before: picked?.path ?? null,
  })
  const selection = useMemo(() => (path === null ? NOTHING_CHOSEN : choose(NOTHING_CHOSEN, [], path, 'only')), [path])
  const active = changes.find((change) => change.path === path) ?? null
  const names = { before: momentName(pair.from, head).toLowerCase(), after: momentName(pair.to, head).toLowerCase() }
  return (
    <Group
      className={classes.split}
      data-busy={busy || undefined}
      aria-busy={busy}
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
              onSelect={({ active: to }) => to !== null && setPicked({ pair, path: to })}
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
