/**
 * The app's own scheme: `pond://app/` serves the built page and the byte plane of this process, under
 * the same policy as the localhost host. Nothing is ever loaded from `file://`.
 */
import type { Session } from 'electron'
import { SCHEME } from './address'
import { routeRequest, type AppParts } from './route'

export function serveScheme(session: Session, parts: AppParts): void {
  session.protocol.handle(SCHEME, (request) => routeRequest(request, parts))
}
