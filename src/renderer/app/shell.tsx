/**
 * The window around an open pond: navigator left, the tab's work in the middle, the time slider and
 * the status bar along the bottom, and bands above the work that say when it is not now, not writable
 * or not connected. Sizes of panes are remembered.
 */
import { Button, Loader } from '@mantine/core'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Group, Panel, Separator, useDefaultLayout, usePanelRef } from 'react-resizable-panels'
import { FilesView, Navigator } from '../features/files'
import { TimeSlider } from '../features/history'
import { TABS, usePond, useSession, type Tab } from '../session'
import { displayName, ErrorState, useTabs } from '../ui'
import { Bands } from './bands'
import { PondCommands } from './pond-commands'
import classes from './shell.module.css'
import { Boundary } from './start'
import { StatusBar } from './status-bar'
import { TopBar } from './top-bar'

const ChangesView = lazy(() => import('../features/changes').then((m) => ({ default: m.ChangesView })))
const HistoryView = lazy(() => import('../features/history').then((m) => ({ default: m.HistoryView })))
const PipelinesView = lazy(() => import('../features/pipelines').then((m) => ({ default: m.PipelinesView })))
const SqlConsole = lazy(() => import('../features/sql').then((m) => ({ default: m.SqlConsole })))

const VIEWS = {
  files: FilesView,
  changes: ChangesView,
  history: HistoryView,
  sql: SqlConsole,
  pipelines: PipelinesView,
} as const satisfies Record<Tab, unknown>

export function Shell() {
  const pond = usePond()
  const at = useSession((s) => s.at)
  const tabs = useTabs()
  const layout = useDefaultLayout({ id: 'duckpond.layout', storage: localStorage, panelIds: ['navigator', 'work'] })
  const navigator = usePanelRef()
  const [hidden, setHidden] = useState(false)
  return (
    <div className={classes.shell} data-past={at !== 'pending' || undefined}>
      <PondCommands />
      <TopBar
        tabsId={tabs.id}
        navigatorHidden={hidden}
        onNavigator={() => (hidden ? navigator.current?.expand() : navigator.current?.collapse())}
      />
      <Bands />
      <main className={classes.middle}>
        <h1 className="pond-hidden">{displayName(pond.name)}</h1>
        <Group
          className={classes.group}
          orientation="horizontal"
          {...(layout.defaultLayout === undefined ? {} : { defaultLayout: layout.defaultLayout })}
          onLayoutChanged={layout.onLayoutChanged}
        >
          <Panel
            id="navigator"
            panelRef={navigator}
            defaultSize={280}
            minSize={180}
            maxSize="35%"
            collapsible
            collapsedSize={0}
            groupResizeBehavior="preserve-pixel-size"
            onResize={({ inPixels }) => setHidden(inPixels < 1)}
          >
            <nav className={classes.side} aria-label="Pond" hidden={hidden}>
              <Navigator />
            </nav>
          </Panel>
          <Separator className={classes.separator} aria-label="Width of the navigator" />
          <Panel id="work" minSize="30%">
            <div className={classes.work}>
              {TABS.map((tab) => (
                <TabPanel key={tab} tab={tab} panelProps={tabs.panelProps(tab)} />
              ))}
            </div>
          </Panel>
        </Group>
      </main>
      <TimeSlider />
      <StatusBar />
    </div>
  )
}

/** Drawn from the first time it comes to the front, and kept: a console does not forget when one looks at a file. */
function TabPanel({ tab, panelProps }: { readonly tab: Tab; readonly panelProps: Record<string, string> }) {
  const front = useSession((s) => s.tab === tab)
  const [visited, setVisited] = useState(front)
  useEffect(() => {
    if (front) setVisited(true)
  }, [front])
  const View = VIEWS[tab]
  if (!front && !visited) return null
  return (
    <div {...panelProps} className={classes.panel} hidden={!front}>
      <Boundary
        fallback={(failure, again) => (
          <ErrorState
            title="This view cannot be drawn"
            failure={failure}
            action={<Button onClick={again}>Draw it again</Button>}
          />
        )}
      >
        <Suspense
          fallback={
            <div className={classes.loading}>
              <Loader size="xs" aria-label="Loading" />
            </div>
          }
        >
          <View />
        </Suspense>
      </Boundary>
    </div>
  )
}
