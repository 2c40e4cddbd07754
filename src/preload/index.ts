/**
 * Runs sandboxed before the page: makes a channel, hands one end to the main process and the other to
 * the page that asks for it, and tells where a dropped file is. No logic, no other door.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron'

/** The page's globals as far as they are used here: this file is checked with Node's types, not the DOM's. */
declare const window: {
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
  postMessage(message: string, origin: string, transfer: readonly MessageChannel['port1'][]): void
}
declare const location: { readonly origin: string }

contextBridge.exposeInMainWorld('duckpond', {
  pathForFile: (file: File) => webUtils.getPathForFile(file),
})

window.addEventListener('message', (event: MessageEvent) => {
  if ((event.source as unknown) !== window || event.data !== 'duckpond:port-wanted') return
  const { port1, port2 } = new MessageChannel()
  ipcRenderer.postMessage('duckpond:port', null, [port1])
  window.postMessage('duckpond:port', location.origin, [port2])
})
