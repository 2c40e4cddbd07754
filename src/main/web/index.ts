/** The app in a browser: the localhost host, and the browser window that looks like the app's own. */
export { findBrowser, hasDisplay, openAppWindow, type AppWindow } from './open'
export { serveWeb } from './serve-web'
export type { WebHost } from './serve'
