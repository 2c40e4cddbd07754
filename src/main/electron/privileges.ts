/**
 * What the app's own scheme may do. It stands apart from what serves the scheme, because Electron asks for it
 * before the app is loaded.
 */
import { protocol } from 'electron'
import { SCHEME } from './address'

/** Before the app is ready, or the scheme has no origin. */
export function registerScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true }
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges }])
}
