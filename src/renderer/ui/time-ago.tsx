/** An instant as people say it, with the exact one on hover. */
import { useEffect, useState } from 'react'
import { exactInstant, formatAgo } from './format'

export function TimeAgo({ instant, className }: { readonly instant: number; readonly className?: string | undefined }) {
  const now = useNow()
  return (
    <time className={className} dateTime={new Date(instant / 1000).toISOString()} title={exactInstant(instant)}>
      {formatAgo(instant, now)}
    </time>
  )
}

/** The time in microseconds, refreshed every half minute. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now() * 1000)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() * 1000), 30_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
