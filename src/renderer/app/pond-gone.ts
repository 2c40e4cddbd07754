/**
 * Whether the open pond's folder is still there. Nobody tells the page when it is moved or deleted, so
 * a read that says so is believed at once, and the page looks by itself now and then: often while the
 * folder is gone, so that everything goes on without a hand when it is back.
 */
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect } from 'react'
import { failureOf, useApi, usePond, useSession } from '../session'

const LOOK_MS = 15_000
const LOOK_WHILE_GONE_MS = 3_000
const GONE = 'steward.gone'

/** Follows the folder while it is mounted. Returns a look at it now, which never rejects. */
export function usePondGone(): () => Promise<void> {
  const api = useApi()
  const queries = useQueryClient()
  const { pondId } = usePond()
  const isGone = useSession((s) => s.gone !== null)
  const isConnected = useSession((s) => s.wire === 'connected')

  const look = useCallback(async (): Promise<void> => {
    const { setGone, refreshPond } = useSession.getState()
    const isStill = (): boolean => useSession.getState().pond?.pondId === pondId
    try {
      const info = await api.pond.info()
      if (!isStill() || useSession.getState().gone === null) return
      setGone(null)
      refreshPond(info)
      // What was asked meanwhile has failed, and is asked again by nobody else.
      await queries.invalidateQueries()
    } catch (error) {
      const failure = failureOf(error)
      if (failure.code === GONE && isStill()) setGone(failure)
    }
  }, [api, queries, pondId])

  useEffect(
    () =>
      queries.getQueryCache().subscribe((event) => {
        if (event.type !== 'updated' || event.action.type !== 'error') return
        const failure = failureOf(event.action.error)
        if (failure.code === GONE && useSession.getState().gone === null) useSession.getState().setGone(failure)
      }),
    [queries],
  )

  useEffect(() => {
    if (!isConnected) return
    const lookIfSeen = (): void => {
      if (!document.hidden) void look()
    }
    const timer = setInterval(lookIfSeen, isGone ? LOOK_WHILE_GONE_MS : LOOK_MS)
    window.addEventListener('focus', lookIfSeen)
    return () => {
      clearInterval(timer)
      window.removeEventListener('focus', lookIfSeen)
    }
  }, [look, isGone, isConnected])

  return look
}
