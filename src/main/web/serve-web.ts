/** The localhost host over this machine's real disk: what `pond serve` and `npm start` run. */
import { resolve } from 'node:path'
import { PRODUCT_VERSION } from '../../shared/version'
import { findRendererFolder, Hub } from '../api'
import type { Diagnostics } from '../diagnostics'
import { builtProcesses, configFolder, nodeDiagnostics, nodeStorage, nodeWorld } from '../platform/node'
import { serve, type WebHost } from './serve'

export interface ServeWebOptions {
  /** 0 for any that is free; null for that of an earlier start where it is free. */
  readonly port: number | null
  /** The pond to open at once; null for the welcome screen. */
  readonly pondPath: string | null
  /** Default: this process's own, as `DUCKPOND_LOG` says. */
  readonly diagnostics?: Diagnostics
  /** Default: the user's, or `DUCKPOND_CONFIG`. */
  readonly configFolder?: string
  /** Default: the built page beside this code. */
  readonly rendererFolder?: string
}

/** @throws web.port-in-use, host.not-found (no built page) */
export async function serveWeb(options: ServeWebOptions): Promise<WebHost> {
  const diagnostics = options.diagnostics ?? (await nodeDiagnostics())
  const hub = new Hub({
    kind: 'web',
    productVersion: PRODUCT_VERSION,
    startPond: options.pondPath === null ? null : resolve(options.pondPath),
    configFolder: options.configFolder ?? configFolder(),
    worldAt: (folder) =>
      nodeWorld({
        storage: nodeStorage(folder),
        log: diagnostics.log,
        command: 'pond serve',
        processes: builtProcesses(),
      }),
    report: (error) => diagnostics.report(error),
    warn: (event, fields) => diagnostics.log.warn(event, fields),
  })
  return serve({
    hub,
    port: options.port,
    rendererFolder: options.rendererFolder ?? findRendererFolder(import.meta.dirname),
  })
}
