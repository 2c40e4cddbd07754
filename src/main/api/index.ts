/**
 * The contract, implemented once over a pond, for every host: in process for the command line, over a
 * socket or a port by `loadServer`, and bytes by `createBytePlane`. Knows nothing of who carries it.
 */

export { createBytePlane, type BytePlane } from './page/bytes'
export { describe } from './groups/describe'
export { Config, isPond } from './connection/config'
export type { Call, Handlers } from './connection/handlers'
export { copyFileOut, copyOut, type CopiedOut, type CopyOut } from './transfer/host-folder'
export { Hub } from './connection/hub'
export { Import } from './transfer/imports'
export { PAGE_PERMISSIONS, pagePolicy, SAFE_HEADERS } from './page/page-policy'
export { findRendererFolder } from './page/renderer-folder'
export { listRenderer, type RendererFile } from './page/renderer-files'
export { fillSample } from './groups/sample'
export { createHandlers } from './router'
export type { Session } from './connection/session'

/** The bridge's server, apart because loading it and its validation costs the command line 100 ms. */
export const loadServer = () => import('./server')
