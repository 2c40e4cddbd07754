/** One message port for each load of the page: the bridge of a connection, closed with it. */
import type { IpcMain } from 'electron'
import { loadServer, type Hub } from '../api'
import { isTrustedSender } from './policy'

export async function servePorts(ipc: IpcMain, hub: Hub): Promise<void> {
  const { servePort } = await loadServer()
  ipc.on('duckpond:port', ({ ports: [port], senderFrame }) => {
    if (port === undefined) return
    if (!isTrustedSender(senderFrame)) return port.close()
    const session = servePort(hub, port)
    port.on('close', () => void session.close().catch(hub.options.report))
    port.start()
  })
}
