/**
 * The life of the open pond in this window: which one to open at the start, its news while it is
 * open, and what happens when the line or the pond goes away.
 */
import { useEffect, useState } from 'react'
import { failureOf, useConnection, useSession, type Failure } from '../session'

/** Survives a reload of the page, not the closing of its window. */
const REMEMBERED = 'duckpond.open-pond'

export function usePondLifetime(): {
  readonly starting: boolean
  readonly failure: Failure | null
  readonly clearFailure: () => void
} {
  const connection = useConnection()
  const [starting, setStarting] = useState(true)
  const [failure, setFailure] = useState<Failure | null>(null)
  const pond = useSession((s) => s.pond)
  const tick = useSession((s) => s.news?.tick)
  const { setWire, setHost, openPond, closePond, setNews, hear, refreshPond } = useSession.getState()

  useEffect(() => {
    setWire(connection.state)
    return connection.onState(setWire)
  }, [connection, setWire])

  useEffect(() => {
    let gone = false
    const start = async (): Promise<void> => {
      const host = await connection.api.host.info()
      if (gone) return
      setHost(host)
      const path = sessionStorage.getItem(REMEMBERED) ?? host.startPond
      if (path === null) return
      const opened = await connection.api.pond.open({ path })
      if (!gone) openPond(opened)
    }
    start()
      .catch((error: unknown) => {
        sessionStorage.removeItem(REMEMBERED)
        if (!gone) setFailure(failureOf(error))
      })
      .finally(() => {
        if (!gone) setStarting(false)
      })
    return () => {
      gone = true
    }
  }, [connection, setHost, openPond])

  const path = pond?.path ?? null
  const name = pond?.name ?? null
  useEffect(() => {
    document.title = name === null ? 'DuckPond' : `${name} - DuckPond`
    if (starting) return
    if (path === null) sessionStorage.removeItem(REMEMBERED)
    else sessionStorage.setItem(REMEMBERED, path)
  }, [path, name, starting])

  const pondId = pond?.pondId ?? null
  useEffect(() => {
    if (pondId === null) return
    return connection.follow(
      (api, signal) => api.pond.watch(undefined, { signal }),
      setNews,
      (error) => {
        if (error.code === 'web.disconnected' || error.code === 'api.interrupted') return
        closePond()
        setFailure(failureOf(error))
      },
    )
  }, [connection, pondId, setNews, closePond])

  // Whether the pond can be written may have changed while the line was down, or with what there is to hear.
  useEffect(() => {
    if (pondId === null) return
    const refresh = () => connection.api.pond.info().then(refreshPond, () => {})
    const stopFollowing = connection.follow(
      (api, signal) => api.pond.notices(undefined, { signal }),
      (notice) => void refresh().then(() => hear(notice)),
      // What watches the pond says why it is gone.
      () => {},
    )
    const stopListening = connection.onState((state) => state === 'connected' && void refresh())
    return () => {
      stopFollowing()
      stopListening()
    }
  }, [connection, pondId, hear, refreshPond])

  // What made it read only may end with any change.
  const isReadOnly = pond !== null && pond.readOnly !== null
  useEffect(() => {
    if (isReadOnly) connection.api.pond.info().then(refreshPond, () => {})
  }, [connection, isReadOnly, tick, refreshPond])

  return { starting, failure, clearFailure: () => setFailure(null) }
}
