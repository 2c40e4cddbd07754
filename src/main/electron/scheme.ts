/**
 * The app's own scheme: `pond://app/` serves the built page and the byte plane of this process, under
 * the same policy as the localhost host. Nothing is ever loaded from `file://`.
 */
import { protocol, type Session } from 'electron'
import { routeRequest, SCHEME, type AppParts } from './route'

/** Before the app is ready, or the scheme has no origin. */
export function registerScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true }
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges }])
}

export function serveScheme(session: Session, parts: AppParts): void {
  session.protocol.handle(SCHEME, (request) => routeRequest(request, parts))
}
