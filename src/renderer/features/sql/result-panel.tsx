/** One result: its rows, or how far it is, or why there are none; with the SQL and the moment it came from. */
import { Button, Progress } from '@mantine/core'
import { IconFileCode, IconPin, IconPinFilled } from '@tabler/icons-react'
import { useRef } from 'react'
import {
  exportResult,
  useConnection,
  useHead,
  usePond,
  useReadOnlyReason,
  useRowSource,
  useSession,
  useTick,
  type Moment,
} from '../../session'
import {
  displayName,
  EmptyState,
  ErrorState,
  formatDuration,
  formatNumber,
  IconButton,
  Spacer,
  withFieldNames,
} from '../../ui'
import { ExportMenu, ResultGrid, type ShownColumns } from '../../ui/grid'
import { momentLabel } from './console-moment'
import { otherMoment } from './other-moment'
import { QueryFailure } from './query-failure'
import { recipeOf } from './recipe-of'
import { isRunning, type ResultItem } from './results'
import classes from './sql.module.css'

export interface ResultPanelProps {
  readonly item: ResultItem
  /** What the window looks at. */
  readonly window: Moment
  /** It is about to be read again where the window is. */
  readonly moving: boolean
  onAgain(): void
  onKeep(kept: boolean): void
  onOpenSql(): void
  readonly onGoTo: (() => void) | null
  readonly onFix: ((replacement: string) => void) | null
}

export function ResultPanel(props: ResultPanelProps) {
  const { item } = props
  const { state } = item
  const connection = useConnection()
  const { pondId } = usePond()
  const tick = useTick()
  const source = useRowSource(pondId, state)
  const running = isRunning(item)
  const head = useHead()
  const readOnly = useReadOnlyReason()
  const shown = useRef<ShownColumns | null>(null)
  const other = running || item.failure !== null ? null : otherMoment(item, props.window, { head, tick })
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
        <Spacer />
        {state?.state === 'done' && source !== null && (
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconFileCode size={15} stroke={1.6} />}
            disabled={readOnly !== null}
            title={readOnly ?? 'Keep the query in the pond: its rows are computed anew whenever they are read'}
            onClick={() => useSession.getState().makeRecipe(recipeOf(item.ask))}
          >
            Make this a recipe
          </Button>
        )}
        <IconButton
          label={item.kept ? 'Let go of this result' : 'Keep this result, and its moment'}
          pressed={item.kept}
          icon={item.kept ? <IconPinFilled size={15} /> : <IconPin size={15} stroke={1.6} />}
          onClick={() => props.onKeep(!item.kept)}
        />
        {state !== null && state.columns !== null && item.failure === null && (
          <ExportMenu
            moment={moment ?? ''}
            waits={running}
            disabledReason={
              state.state === 'done' || running ? null : 'The query did not end: not all of its rows are here'
            }
            onExport={(format, title) =>
              exportResult(connection, {
                pondId,
                queryId: state.queryId,
                name: item.ask.name,
                format,
                title,
                shown: shown.current,
              })
            }
          />
        )}
      </div>
      {other !== null && !props.moving && (
        <div className={classes.otherMoment} role="status">
          {other}
          <Button variant="default" onClick={props.onAgain}>
            Run again
          </Button>
        </div>
      )}
      {(state?.notes.length ?? 0) > 0 && (
        <ul className={classes.fileNotes} aria-label="About the files that were read">
          {state?.notes.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              {displayName(path)}: {withFieldNames(message)}
            </li>
          ))}
        </ul>
      )}
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
          onShown={(columns) => (shown.current = columns)}
          {...(moment === null ? {} : { moment })}
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
