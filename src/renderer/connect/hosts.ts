/** The two hosts there are: Electron's main process behind a port, the localhost host behind sockets. */
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import { disconnected } from './api-error'
import { connectionOf, type Connection } from './connection'
import { Line } from './line'

const OPEN = 1

/** What the preload puts on the page. */
export interface PreloadBridge {
  pathForFile(file: File): string
}

/** Over a message port, which lives as long as the window. */
export function connectPort(port: MessagePort, bridge: PreloadBridge): Connection {
  const line = new Line()
  let isOpen = true
  port.addEventListener('close', () => {
    isOpen = false
    line.drop('lost')
  })
  void line.use({ link: new PortLink({ port }), isOpen: () => isOpen })
  port.start()
  return connectionOf(line, {
    kind: 'electron',
    bytesBase: 'pond://app',
    pathForFile: (file) => bridge.pathForFile(file),
    close: () => port.close(),
  })
}

export interface SocketTiming {
  /** Waits before the attempts to reconnect, in order; after the last one the line is lost. */
  readonly retryAfterMs: readonly number[]
}
const PATIENT: SocketTiming = { retryAfterMs: [100, 250, 500, 1_000, 2_000, 3_000, 5_000, 5_000, 5_000, 5_000] }

/** Over WebSockets that `open` makes, one after the other. @throws ApiError `web.disconnected` */
export async function connectSocket(open: () => WebSocket, timing = PATIENT): Promise<Connection> {
  const line = new Line()
  let socket: WebSocket | undefined

  const dial = async (): Promise<void> => {
    const dialled = open()
    socket = dialled
    await new Promise<void>((resolve, reject) => {
      dialled.addEventListener('open', () => resolve(), { once: true })
      dialled.addEventListener('close', () => reject(disconnected('the host does not answer')), { once: true })
    })
    dialled.addEventListener('close', () => void redial(), { once: true })
    await line.use({
      link: new SocketLink({ websocket: dialled }),
      isOpen: () => dialled.readyState === OPEN,
    })
  }
  const redial = async (): Promise<void> => {
    if (line.isClosed) return
    line.drop('reconnecting')
    for (const waitMs of timing.retryAfterMs) {
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      if (line.isClosed) return
      try {
        return await dial()
      } catch {
        // The next attempt may do better; after the last one the line is lost.
      }
    }
    line.drop('lost')
  }

  await dial()
  return connectionOf(line, { kind: 'web', bytesBase: '', pathForFile: null, close: () => socket?.close() })
}
