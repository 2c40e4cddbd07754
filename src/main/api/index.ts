/**
 * The contract, implemented once over a pond, for every host: in process for the command line, over a
 * socket or a port by `loadServer`, and bytes by `createBytePlane`. Knows nothing of who carries it.
 */
import { changesHandlers } from './changes'
import { filesHandlers } from './files'
import type { Handlers } from './handlers'
import { historyHandlers } from './history'
import { hostHandlers } from './host'
import { pondHandlers } from './pond'
import { queriesHandlers } from './queries'
import type { Session } from './session'

export { createBytePlane, type BytePlane } from './bytes'
export { describe } from './describe'
export { Config, configFolder, isPond } from './config'
export type { Call, Handlers } from './handlers'
export { copyFileOut, copyOut, type CopiedOut, type CopyOut } from './host-folder'
export { Hub, type HubOptions, type PondLease } from './hub'
export { Import } from './imports'
export { mediaTypeOf } from './media-type'
export { PAGE_PERMISSIONS, pagePolicy, SAFE_HEADERS } from './page-policy'
export { findRendererFolder } from './renderer-folder'
export { listRenderer, type RendererFile } from './renderer-files'
export { fillSample } from './sample'
export type { Session } from './session'
export type { Workspace } from './workspace'

/** Every call of the contract, on one connection. */
export function createHandlers(session: Session): Handlers {
  return {
    host: hostHandlers(session),
    pond: pondHandlers(session),
    files: filesHandlers(session),
    changes: changesHandlers(session),
    history: historyHandlers(session),
    queries: queriesHandlers(session),
  }
}

/** The bridge's server, apart because loading it and its validation costs the command line 100 ms. */
export const loadServer = () => import('./server')
