/** The controls between editor and results: run, stop, and the moment that a query sees. */
import { Button, Menu, Select, Switch, Tooltip } from '@mantine/core'
import { IconClock, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useRead } from '../../session'
import {
  formatDuration,
  formatInstant,
  formatNumber,
  IconButton,
  KeyHint,
  Rule,
  Spacer,
  Toolbar,
  Words,
} from '../../ui'
import type { ConsoleMoment } from './console-moment'
import type { PastRun } from './run-history'
import classes from './sql.module.css'

export function RunBar({
  moment,
  asOf,
  windowVersion,
  running,
  history,
  onRun,
  onCancel,
  onInclude,
  onAsOf,
  onRecall,
}: {
  readonly moment: ConsoleMoment
  readonly asOf: number | null
  /** The past that the window looks at; null for now. */
  readonly windowVersion: number | null
  /** The result in front is still running. */
  readonly running: boolean
  readonly history: readonly PastRun[]
  onRun(): void
  onCancel(): void
  onInclude(on: boolean): void
  onAsOf(version: number | null): void
  onRecall(sql: string): void
}) {
  return (
    <Toolbar label="Run">
      <Button
        leftSection={<IconPlayerPlay size={14} stroke={1.8} />}
        rightSection={
          <span className={classes.hint}>
            <KeyHint hotkey="mod+enter" />
          </span>
        }
        aria-label="Run"
        onClick={onRun}
      >
        Run
      </Button>
      <Button
        variant="default"
        leftSection={<IconPlayerStop size={14} stroke={1.8} />}
        disabled={!running}
        title="Stop the query"
        onClick={onCancel}
      >
        <Words>Cancel</Words>
      </Button>
      <Rule />
      <Tooltip label={moment.fixedBecause} disabled={moment.fixedBecause === null}>
        <span className={classes.include}>
          <Switch
            label="Include pending"
            checked={moment.includesPending}
            disabled={moment.fixedBecause !== null}
            onChange={(event) => onInclude(event.currentTarget.checked)}
          />
        </span>
      </Tooltip>
      <Rule />
      <AsOf asOf={asOf} windowVersion={windowVersion} onAsOf={onAsOf} />
      <span className={classes.moment} role="status" aria-label="Moment">
        {moment.words}
      </span>
      <Spacer />
      <HistoryMenu history={history} onRecall={onRecall} />
    </Toolbar>
  )
}

function AsOf({
  asOf,
  windowVersion,
  onAsOf,
}: {
  readonly asOf: number | null
  readonly windowVersion: number | null
  onAsOf(version: number | null): void
}) {
  const log = useRead(['console-versions'], (api, _at, signal) => api.history.log({ limit: 1_000 }, { signal }), {
    at: 'head',
  })
  const versions = (log.data ?? []).map((entry) => ({
    value: String(entry.version),
    label: `Version ${entry.version} · ${formatInstant(entry.committedAt).slice(0, 16)} · ${entry.message.split('\n')[0] ?? ''}`,
  }))
  const follows = windowVersion === null ? 'Now' : `Version ${windowVersion}`
  return (
    <Select
      aria-label="As of"
      className={classes.asOf}
      leftSection={<IconClock size={14} stroke={1.6} />}
      searchable
      allowDeselect={false}
      nothingFoundMessage="No such version"
      limit={100}
      comboboxProps={{ width: 360, position: 'bottom-start' }}
      disabled={windowVersion !== null}
      data={[{ value: 'window', label: follows }, ...versions]}
      value={windowVersion !== null || asOf === null ? 'window' : String(asOf)}
      onChange={(value) => onAsOf(value === null || value === 'window' ? null : Number(value))}
    />
  )
}

function HistoryMenu({ history, onRecall }: { readonly history: readonly PastRun[]; onRecall(sql: string): void }) {
  return (
    <Menu position="bottom-end" width={480}>
      <Menu.Target>
        <IconButton
          label="Queries run before"
          icon={<IconClock size={16} stroke={1.6} />}
          disabledReason={history.length === 0 ? 'none were run yet' : null}
        />
      </Menu.Target>
      {history.length > 0 && (
        <Menu.Dropdown className={classes.historyMenu} aria-label="Queries run before">
          {history.slice(0, 50).map((run) => (
            <Menu.Item key={run.sql} onClick={() => onRecall(run.sql)}>
              <code className={classes.historySql}>{run.sql.replace(/\s+/g, ' ')}</code>
              <span className={classes.historyFacts}>
                {formatInstant(run.when * 1000).slice(0, 16)}
                {run.failed
                  ? ', failed'
                  : `, ${run.rows === null ? '' : `${formatNumber(run.rows)} rows in `}${formatDuration(run.ms)}`}
              </span>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      )}
    </Menu>
  )
}
