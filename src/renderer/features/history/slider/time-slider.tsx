/**
 * Time along the bottom of the window: a slider over every version, with now at its right end. Moving
 * it moves the whole window's moment; it only ever looks.
 */
import { useElementSize } from '@mantine/hooks'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { memo, useCallback, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { useCommand, usePendingCount } from '../../../session'
import { clsx, IconButton, TimeAgo, useNow } from '../../../ui'
import { EntryHistoryCommands } from '../entry-history'
import { useVersions } from '../use-versions'
import { Bubble } from './bubble'
import { Ticks } from './ruler'
import { fractionOf, lastPosition, positionAtFraction, positionForKey, ruler, step } from './scale'
import classes from './time-slider.module.css'
import { useCursor } from './use-cursor'
import { pendingWords, subjectOf, valueText } from './words'

export function TimeSlider() {
  const cursor = useCursor()
  const { position, head } = cursor
  const pending = usePendingCount()
  const past = position <= head
  const entry = useVersions(past ? [position] : []).entry(position)
  const now = useNow()
  const { current, go } = cursor
  const move = useCallback((delta: number) => go(step(current(), delta, head)), [current, go, head])

  return (
    <section className={classes.bar} data-past={past || undefined} aria-label="Time">
      <EntryHistoryCommands />
      <Steps atStart={position === 0} atEnd={!past} move={move} />
      <Track cursor={cursor} pending={pending} text={valueText({ position, head, pending, entry, now })} />
      <div className={classes.readout}>
        {past ? (
          <>
            <span className={classes.where}>
              Version {position} <span className={classes.of}>of {head}</span>
            </span>
            <span
              className={clsx(classes.aside, 'pond-ellipsis')}
              title={entry === undefined ? undefined : subjectOf(entry.message)}
            >
              {position === 0 && 'The empty pond'}
              {entry !== undefined && (
                <>
                  <TimeAgo instant={entry.committedAt} /> · {subjectOf(entry.message)}
                </>
              )}
            </span>
          </>
        ) : (
          <>
            <span className={classes.where}>Now</span>
            <span className={classes.aside} data-pending={pending > 0 || undefined}>
              {pending === 0 ? 'Nothing pending' : pendingWords(pending)}
            </span>
          </>
        )}
      </div>
    </section>
  )
}

/** One step back or forth, as buttons and as commands. */
const Steps = memo(function Steps({
  atStart,
  atEnd,
  move,
}: {
  readonly atStart: boolean
  readonly atEnd: boolean
  move(delta: number): void
}) {
  const first = atStart ? 'this is the empty pond' : null
  const last = atEnd ? 'this is now' : null
  const back = (): void => move(-1)
  const forth = (): void => move(1)
  const common = { group: 'History', cli: null } as const
  useCommand(
    {
      ...common,
      id: 'history.previous',
      title: 'Look at the version before',
      key: 'alt+ArrowLeft',
      disabled: first,
      run: back,
    },
    {
      ...common,
      id: 'history.next',
      title: 'Look at the version after',
      key: 'alt+ArrowRight',
      disabled: last,
      run: forth,
    },
  )
  return (
    <div className={classes.steps}>
      <IconButton
        size={24}
        label="Previous version"
        hotkey="alt+ArrowLeft"
        icon={<IconChevronLeft size={16} stroke={1.8} />}
        disabledReason={first}
        onClick={back}
      />
      <IconButton
        size={24}
        label="Next version"
        hotkey="alt+ArrowRight"
        icon={<IconChevronRight size={16} stroke={1.8} />}
        disabledReason={last}
        onClick={forth}
      />
    </div>
  )
})

interface Hover {
  readonly position: number
  /** Of the pointer, in the window. */
  readonly x: number
}

function Track({
  cursor,
  pending,
  text,
}: {
  readonly cursor: ReturnType<typeof useCursor>
  readonly pending: number
  readonly text: string
}) {
  const { position, head } = cursor
  const size = useElementSize<HTMLDivElement>()
  const rail = useRef<HTMLDivElement>(null)
  /** Where the slider stood when it was grabbed; null while it is not. */
  const grabbed = useRef<number | null>(null)
  const [hover, setHover] = useState<Hover | null>(null)
  const marks = useMemo(() => ruler(head, size.width), [head, size.width])
  const at = `${(100 * fractionOf(position, head)).toFixed(4)}%`

  const under = (event: PointerEvent): Hover => {
    const box = rail.current?.getBoundingClientRect()
    const fraction = box === undefined || box.width === 0 ? 1 : (event.clientX - box.left) / box.width
    const found = positionAtFraction(fraction, head)
    return { position: found, x: box === undefined ? event.clientX : box.left + box.width * fractionOf(found, head) }
  }
  const release = (): void => {
    grabbed.current = null
    cursor.settle()
  }
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    grabbed.current = cursor.current()
    cursor.go(under(event).position)
  }
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const found = under(event)
    setHover(found)
    if (grabbed.current !== null && found.position !== cursor.current()) cursor.go(found.position)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'Escape' && grabbed.current !== null) {
      event.preventDefault()
      cursor.go(grabbed.current)
      release()
      return
    }
    const to = positionForKey(event.key, cursor.current(), head)
    if (to === null) return
    event.preventDefault()
    setHover(null)
    if (to !== cursor.current()) cursor.go(to)
  }

  return (
    <div
      className={classes.track}
      role="slider"
      tabIndex={0}
      aria-label="Version"
      aria-valuemin={0}
      aria-valuemax={lastPosition(head)}
      aria-valuenow={position}
      aria-valuetext={text}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={release}
      onPointerCancel={release}
      onPointerLeave={() => setHover(null)}
    >
      <div ref={size.ref} className={classes.scale}>
        <div ref={rail} className={classes.rail}>
          <span className={classes.passed} style={{ width: at }} />
          <span
            className={classes.open}
            data-pending={pending > 0 || undefined}
            style={{ left: `${(100 * fractionOf(head, head)).toFixed(4)}%` }}
          />
          <span className={classes.thumb} style={{ left: at }} />
        </div>
        <Ticks ruler={marks} head={head} />
      </div>
      {hover !== null && <Bubble position={hover.position} head={head} pending={pending} left={hover.x} />}
    </div>
  )
}
