/** One result: its rows, or how far it is, or why there are none; with the SQL and the moment it came from. */
import { Button, Progress } from '@mantine/core'
import { IconPin, IconPinFilled } from '@tabler/icons-react'
import { usePond, useRowSource, useTick } from '../../session'
import { EmptyState, ErrorState, formatDuration, formatNumber, IconButton, Spacer } from '../../ui'
import { ResultGrid } from '../../ui/grid'
import { momentLabel } from './console-moment'
import { ExportMenu } from './export-menu'
import { QueryFailure } from './query-failure'
import { isRunning, type ResultItem } from './results'
import classes from './sql.module.css'

export interface ResultPanelProps {
  readonly item: ResultItem
  onAgain(): void
  onKeep(kept: boolean): void
  onOpenSql(): void
  readonly onGoTo: (() => void) | null
  readonly onFix: ((replacement: string) => void) | null
}

export function ResultPanel(props: ResultPanelProps) {
  const { item } = props
  const { state } = item
  const { pondId } = usePond()
  const tick = useTick()
  const source = useRowSource(pondId, state)
  const running = isRunning(item)
  const isOld = state !== null && state.at.kind === 'pending' && item.tick !== tick && !running && item.failure === null
  const dropped = state?.resultsDropped ?? 0
  const moment = state === null ? null : momentLabel(state.at)
  return (
    <>
      <div className={classes.resultBar}>
        <button
          type="button"
          className={classes.resultSql}
          title="Open this SQL in a new tab"
          onClick={props.onOpenSql}
        >
          <code>{item.ask.sql.slice(0, 500).replace(/\s+/g, ' ')}</code>
        </button>
        {moment !== null && (
          <span className={classes.chip} data-pending={state?.at.kind === 'pending' || undefined}>
            {moment}
          </span>
        )}
        {state !== null && <span className={classes.elapsed}>{formatDuration(state.elapsedMs)}</span>}
        {dropped > 0 && (
          <span className={classes.elapsed} title="All statements of the text ran: the rows are the last one's">
            {dropped === 1 ? '1 earlier result' : `${formatNumber(dropped)} earlier results`} not shown
          </span>
        )}
        {isOld && (
          <Button variant="light" onClick={props.onAgain} title="The pending changes are others than when this ran">
            Changed since: run again
          </Button>
        )}
        <Spacer />
        <IconButton
          label={item.kept ? 'Let go of this result' : 'Keep this result'}
          pressed={item.kept}
          icon={item.kept ? <IconPinFilled size={15} /> : <IconPin size={15} stroke={1.6} />}
          onClick={() => props.onKeep(!item.kept)}
        />
        {state !== null && state.columns !== null && item.failure === null && (
          <ExportMenu
            queryId={state.queryId}
            label={moment ?? ''}
            disabledReason={
              state.state === 'done' ? null : running ? 'The query is still running' : 'The query did not end'
            }
          />
        )}
      </div>
      {running && (
        <Progress
          size={2}
          radius={0}
          value={state?.percent ?? 100}
          animated={state?.percent == null}
          striped={state?.percent == null}
          aria-label="Query progress"
        />
      )}
      <div className={classes.resultBody}>{content()}</div>
    </>
  )

  function content() {
    if (item.failure !== null) {
      return (
        <ErrorState
          title={state === null ? 'The query did not run' : 'The rows of this result are gone'}
          failure={item.failure}
          action={
            <Button variant="default" onClick={props.onAgain}>
              Run again
            </Button>
          }
        />
      )
    }
    if (state?.state === 'failed' && state.error !== null)
      return <QueryFailure error={state.error} onGoTo={props.onGoTo} onFix={props.onFix} />
    if (source !== null && source.columns.length > 0) {
      return (
        <ResultGrid
          source={source}
          extra={
            state?.state === 'cancelled' ? (
              <span className={classes.stopped}>Stopped: not all rows are here</span>
            ) : undefined
          }
        />
      )
    }
    if (state?.state === 'cancelled') {
      return (
        <EmptyState
          action={
            <Button variant="default" onClick={props.onAgain}>
              Run again
            </Button>
          }
        >
          Stopped after {formatDuration(state.elapsedMs)}, before the first row.
        </EmptyState>
      )
    }
    if (running) {
      const rows = state?.rowsReady ?? 0
      return <EmptyState>{rows > 0 ? `${formatNumber(rows)} rows so far…` : 'Running…'}</EmptyState>
    }
    return <EmptyState>Done. This statement has no rows to show.</EmptyState>
  }
}
