/**
 * The page's one way to its host: oRPC over a WebSocket in a browser, over the preload's message
 * port in Electron, and `fetch` for bytes in both. After `connect()` nobody knows which host it is.
 * Every failure that leaves here is an `ApiError` with a code; a socket that drops is opened again,
 * and the pond that was open on it with it.
 */
import type { Connection } from './connection'
import { connectPort, connectSocket, type PreloadBridge } from './hosts'

export { ApiError, asPondError } from './api-error'
export type { Connection } from './connection'
export { connectPort, connectSocket, type SocketTiming } from './hosts'
export type { ConnectionState } from './line'
export { damaged, readBody, type UploadOptions } from './transfer'

declare global {
  interface Window {
    readonly duckpond?: PreloadBridge
  }
}

/** The messages by which the page asks its preload for the port and is given it. */
const PORT_WANTED = 'duckpond:port-wanted'
const PORT_GIVEN = 'duckpond:port'

/** @throws ApiError `web.disconnected` when the host does not answer */
export async function connect(): Promise<Connection> {
  const bridge = window.duckpond
  if (bridge !== undefined) return connectPort(await portOfPreload(), bridge)
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  return connectSocket(() => new WebSocket(`${scheme}://${location.host}/api`))
}

function portOfPreload(): Promise<MessagePort> {
  return new Promise((resolve) => {
    const receive = (event: MessageEvent) => {
      const [port] = event.ports
      if (event.source !== window || event.data !== PORT_GIVEN || port === undefined) return
      window.removeEventListener('message', receive)
      resolve(port)
    }
    window.addEventListener('message', receive)
    window.postMessage(PORT_WANTED, location.origin)
  })
}
