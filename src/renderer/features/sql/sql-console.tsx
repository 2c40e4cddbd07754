/**
 * The SQL tab: editor tabs above, results below. Queries see the moment of the window unless told
 * otherwise here, and pending changes by themselves as long as there are any.
 */
import { IconPlus } from '@tabler/icons-react'
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import {
  useAt,
  useConnection,
  useHead,
  usePendingCount,
  usePond,
  useReconnects,
  useSession,
  useTick,
} from '../../session'
import { displayName, IconButton, notifyDone } from '../../ui'
import { addTab, closeTab, keepText, renameTab, reopenTab } from './console-tabs'
import { momentLabel, momentOf } from './console-moment'
import { ExamplesPane } from './examples-pane'
import { fixSpan, spanAt } from './place'
import { ResultPanel } from './result-panel'
import { createResults, follows, isRunning, type ResultAsk, type ResultItem } from './results'
import { RunBar } from './run-bar'
import { readHistory, united, withRun, writeHistory } from './run-history'
import { createSqlEditor, type RunPart, type SqlEditor } from './sql-editor'
import classes from './sql.module.css'
import { TabStrip } from './tab-strip'
import { useConsoleCommands } from './use-console-commands'
import { useEditorTabs } from './use-editor-tabs'

const KEEP_TEXT_AFTER_MS = 500
const SETTLE_MS = 150

export function SqlConsole() {
  const connection = useConnection()
  const { pondId } = usePond()
  const at = useAt()
  const head = useHead()
  const tick = useTick()
  const pending = usePendingCount()
  const id = useId()
  const beforeLeaving = useRef(() => {})
  const [tabs, changeTabs] = useEditorTabs(pondId, beforeLeaving)
  const [asOf, setAsOf] = useState<number | null>(null)
  const [include, setInclude] = useState<boolean | null>(null)
  const [history, setHistory] = useState(() => readHistory(pondId))
  const layout = useDefaultLayout({ id: 'duckpond.sql', storage: localStorage, panelIds: ['editor', 'results'] })

  // What the user said about pending changes is about those that were pending.
  useEffect(() => {
    if (pending === 0) setInclude(null)
  }, [pending])
  const moment = momentOf({ window: at, asOf, pending, include, head })
  const latest = useRef({ moment, tick, tabs, asOf })
  latest.current = { moment, tick, tabs, asOf }

  const remember = useRef((item: ResultItem) => {
    const { state, ask } = item
    if (state === null || state.state === 'cancelled') return
    setHistory((old) => {
      const next = withRun(united(old, readHistory(pondId)), {
        sql: ask.sql,
        when: Date.now(),
        rows: state.state === 'done' ? state.rowsReady : null,
        ms: state.elapsedMs,
        failed: state.state === 'failed',
      })
      writeHistory(pondId, next)
      return next
    })
    if (state.state === 'failed') markError(item)
  })
  const results = useMemo(() => createResults(connection, (item) => remember.current(item)), [connection])
  useEffect(() => () => results.closeAll(), [results])
  const reconnects = useReconnects()
  useEffect(() => {
    if (reconnects > 0) results.lose()
  }, [reconnects, results])
  const { items, active } = results.use()
  const shown = items.find((item) => item.id === active) ?? null

  // The editor, once; tabs are shown in it.
  const place = useRef<HTMLDivElement>(null)
  const editor = useRef<SqlEditor | null>(null)
  const texts = useRef(new Map<string, { timer: ReturnType<typeof setTimeout>; keep: () => void }>())
  useLayoutEffect(() => {
    if (place.current === null) return
    const kept = texts.current
    const created = createSqlEditor({
      parent: place.current,
      api: connection.api,
      at: () => latest.current.moment.at,
      edition: () => latest.current.tick,
      onRun: (which) => run(which),
      onChange: (tabId, text) => {
        const old = kept.get(tabId)
        if (old !== undefined) clearTimeout(old.timer)
        const keep = () => {
          kept.delete(tabId)
          changeTabs((state) => keepText(state, tabId, text.toString()))
        }
        kept.set(tabId, { keep, timer: setTimeout(keep, KEEP_TEXT_AFTER_MS) })
      },
    })
    editor.current = created
    return () => {
      for (const { timer, keep } of kept.values()) {
        clearTimeout(timer)
        keep()
      }
      created.destroy()
      editor.current = null
    }
    // `run` reads what is newest by itself.
    // eslint-disable-next-line react/exhaustive-deps
  }, [connection, changeTabs])
  useLayoutEffect(() => {
    const tab = tabs.tabs.find((one) => one.id === tabs.active)
    editor.current?.show(tabs.active, tab?.sql ?? '')
  }, [tabs, connection])

  /** What was typed last is in the tabs before one of them goes or comes. */
  function keepTyped(): void {
    for (const { timer, keep } of texts.current.values()) {
      clearTimeout(timer)
      keep()
    }
  }
  beforeLeaving.current = keepTyped
  function close(tabId: string): void {
    const tab = tabs.tabs.find((one) => one.id === tabId)
    keepTyped()
    const text = editor.current?.textOf(tabId) ?? tab?.sql ?? ''
    editor.current?.forget(tabId)
    changeTabs((state) => closeTab(state, tabId))
    if (text.trim() !== '') notifyDone(`"${displayName(tab?.name ?? '')}" was closed`, { label: 'Undo', run: reopen })
  }
  function reopen(): void {
    keepTyped()
    // It takes the place of an empty one.
    if (latest.current.tabs.tabs.length === 1 && editor.current?.isEmpty() === true)
      editor.current.forget(latest.current.tabs.active)
    changeTabs(reopenTab)
  }
  function run(which: RunPart = 'selection-or-all'): void {
    const what = editor.current?.runnable(which)
    if (what == null) return editor.current?.focus()
    const { tick, tabs } = latest.current
    editor.current?.closeSuggestions()
    editor.current?.mark([])
    const name = tabs.tabs.find((tab) => tab.id === tabs.active)?.name ?? 'result'
    const asked = { sql: what.sql, offset: what.offset, tabId: tabs.active, name }
    results.run({ ...asked, ...here() }, tick)
  }
  /** Where a statement runs now. */
  function here(): Pick<ResultAsk, 'at' | 'window' | 'pinned'> {
    const { moment, asOf } = latest.current
    const { at: window } = useSession.getState()
    return { at: moment.at, window: window ?? 'pending', pinned: window === 'pending' && asOf !== null }
  }
  function again(item: ResultItem): void {
    // What was pinned to a version stays there; everything else is asked of where the window is.
    results.again(item.id, item.ask.pinned ? item.ask : { ...item.ask, ...here() }, latest.current.tick)
  }
  function openSql(sql: string, runIt: boolean): void {
    const isFree = editor.current?.isEmpty() === true
    if (isFree) editor.current?.setText(sql)
    else {
      const next = addTab(latest.current.tabs, sql)
      changeTabs(() => next)
      editor.current?.show(next.active, sql)
      latest.current = { ...latest.current, tabs: next }
    }
    if (runIt) run()
    else editor.current?.focus()
  }
  /** Where a result's error is in the editor now; null when its text is no longer there. */
  function errorSpan(item: ResultItem) {
    const error = item.state?.error
    const { ask } = item
    if (error == null || error.line === null || editor.current === null || latest.current.tabs.active !== ask.tabId)
      return null
    if (editor.current.text().slice(ask.offset, ask.offset + ask.sql.length) !== ask.sql) return null
    const inAsk = spanAt(ask.sql, error.line, error.column ?? 1)
    return { inAsk, from: inAsk.from + ask.offset, to: inAsk.to + ask.offset, message: error.message }
  }
  function markError(item: ResultItem): void {
    const span = errorSpan(item)
    if (span !== null) editor.current?.mark([span])
  }
  function fix(item: ResultItem, replacement: string): void {
    const span = errorSpan(item)
    if (span === null) return
    const { from, to } = fixSpan(item.ask.sql, span.inAsk)
    editor.current?.replace(from + item.ask.offset, to + item.ask.offset, replacement)
    run()
  }

  // SQL that another part of the window asks for.
  const request = useSession((s) => s.sqlRequest)
  useEffect(() => {
    if (request === null || editor.current === null) return
    useSession.getState().takeSqlRequest()
    openSql(request.sql, request.run)
    // eslint-disable-next-line react/exhaustive-deps
  }, [request])

  const front = useSession((s) => s.tab === 'sql')
  // A result follows the window through time: the one that is shown at once, the others when they are.
  const outdated = shown !== null && front && follows(shown) && shown.ask.window !== at ? shown.id : null
  useEffect(() => {
    if (outdated === null) return
    const item = results.use.getState().items.find((one) => one.id === outdated)
    // Steps of a slider that is being dragged are passed over.
    const timer = setTimeout(() => item !== undefined && again(item), SETTLE_MS)
    return () => clearTimeout(timer)
    // eslint-disable-next-line react/exhaustive-deps -- `again` reads what is newest by itself
  }, [outdated, at, results])
  const running = shown !== null && isRunning(shown)
  useConsoleCommands({
    front,
    running,
    canReopen: tabs.closed.length > 0,
    run,
    cancel: () => shown !== null && results.cancel(shown.id),
    addTab: () => changeTabs((state) => addTab(state)),
    reopen,
  })

  return (
    <Group
      className={classes.console}
      orientation="vertical"
      {...(layout.defaultLayout === undefined ? {} : { defaultLayout: layout.defaultLayout })}
      onLayoutChanged={layout.onLayoutChanged}
    >
      <Panel id="editor" defaultSize="38%" minSize={120}>
        <div className={classes.editorPane}>
          <div className={classes.tabBar}>
            <TabStrip
              label="Queries"
              id={`${id}-query`}
              tabs={tabs.tabs.map((tab) => ({ key: tab.id, name: tab.name }))}
              active={tabs.active}
              onShow={(key) => changeTabs((state) => ({ ...state, active: key }))}
              onClose={close}
              onRename={(key, name) => changeTabs((state) => renameTab(state, key, name))}
            />
            <IconButton
              label="New query"
              icon={<IconPlus size={15} stroke={1.6} />}
              onClick={() => changeTabs((state) => addTab(state))}
            />
          </div>
          <div
            ref={place}
            className={classes.editor}
            role="tabpanel"
            id={`${id}-query-panel`}
            aria-labelledby={`${id}-query-tab-${tabs.active}`}
          />
          <RunBar
            moment={moment}
            asOf={asOf}
            windowVersion={typeof at === 'number' ? at : null}
            running={running}
            history={history}
            onRun={() => run()}
            onCancel={() => shown !== null && results.cancel(shown.id)}
            onInclude={setInclude}
            onAsOf={setAsOf}
            onRecall={(sql) => openSql(sql, false)}
          />
        </div>
      </Panel>
      <Separator className={classes.separator} aria-label="Height of the editor" />
      <Panel id="results" minSize={120}>
        <div className={classes.results}>
          {items.length > 0 && (
            <div className={classes.tabBar}>
              <TabStrip
                label="Results"
                id={`${id}-result`}
                tabs={items.map((item) => ({
                  key: String(item.id),
                  name: `Result ${item.id}`,
                  hint: item.ask.sql.slice(0, 300),
                  ...(item.state === null ? {} : { detail: momentLabel(item.state.at) }),
                  mark: markOf(item),
                }))}
                active={active === null ? null : String(active)}
                onShow={(key) => results.show(Number(key))}
                onClose={(key) => results.close(Number(key))}
              />
            </div>
          )}
          {shown === null ? (
            <ExamplesPane at={moment.at} onRun={(sql) => openSql(sql, true)} />
          ) : (
            <div
              key={shown.id}
              className={classes.result}
              role="tabpanel"
              id={`${id}-result-panel`}
              aria-labelledby={`${id}-result-tab-${shown.id}`}
            >
              <ResultPanel
                item={shown}
                window={at}
                moving={outdated !== null}
                onAgain={() => again(shown)}
                onKeep={(kept) => results.keep(shown.id, kept)}
                onOpenSql={() => openSql(shown.ask.sql, false)}
                onGoTo={() => {
                  const span = errorSpan(shown)
                  if (span !== null) editor.current?.goTo(span.from, span.to)
                }}
                onFix={(replacement) => fix(shown, replacement)}
              />
            </div>
          )}
        </div>
      </Panel>
    </Group>
  )
}

function markOf(item: ResultItem): 'error' | 'busy' | undefined {
  if (item.failure !== null || item.state?.state === 'failed') return 'error'
  return isRunning(item) ? 'busy' : undefined
}
