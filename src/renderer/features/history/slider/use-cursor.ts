/**
 * The slider's hold on the session's moment: it moves at once under the hand, the window follows at a
 * throttled pace, and whatever else moves the moment takes the slider along. Looking never writes.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useAt, useHead, useSession, type Moment } from '../../../session'
import { momentAt, positionOf } from './scale'
import { throttle } from './throttle'

/** Between two moments that the window is asked to show. */
const GAP_MS = 120

export interface Cursor {
  /** Where the slider stands now, on the scale. */
  readonly position: number
  readonly head: number
  /** As of this instant, for handlers that run faster than drawing. */
  current(): number
  go(position: number): void
  /** Shows what was last asked for without waiting. */
  settle(): void
}

export function useCursor(): Cursor {
  const at = useAt()
  const head = useHead()
  /** Ahead of the session while a request waits. */
  const [ahead, setAhead] = useState<Moment | null>(null)
  const granted = useRef<Moment | null>(null)
  const throttled = useMemo(
    () =>
      throttle<Moment>((moment) => {
        granted.current = moment
        useSession.getState().setAt(moment)
      }, GAP_MS),
    [],
  )
  useEffect(() => () => throttled.cancel(), [throttled])
  useEffect(() => {
    const own = at === granted.current
    granted.current = null
    if (own && throttled.waiting()) return
    throttled.cancel()
    setAhead(null)
  }, [at, throttled])

  const position = positionOf(ahead ?? at, head)
  const latest = useRef(position)
  latest.current = position
  const go = useCallback(
    (to: number) => {
      const moment = momentAt(to, head)
      latest.current = to
      setAhead(moment)
      throttled.ask(moment)
    },
    [throttled, head],
  )
  const current = useCallback(() => latest.current, [])
  return { position, head, current, go, settle: throttled.flush }
}
