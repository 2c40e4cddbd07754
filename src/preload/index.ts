/**
 * Runs sandboxed before the page. It makes a channel, gives one end to the main process and the other to the page
 * that asks for it, and tells where a dropped file is. It has no logic, and offers nothing else.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron'

contextBridge.exposeInMainWorld('duckpond', {
  pathForFile: (file: File) => webUtils.getPathForFile(file),
})

window.addEventListener('message', (event: MessageEvent) => {
  if (event.source !== window || event.data !== 'duckpond:port-wanted') return
  const { port1, port2 } = new MessageChannel()
  ipcRenderer.postMessage('duckpond:port', null, [port1])
  window.postMessage('duckpond:port', location.origin, [port2])
})
