/**
 * One connection: a window, a browser tab, a command. It looks at one pond at a time, and closing it frees
 * everything that it holds.
 */
import type { HostEvent } from '../../../shared/contract'
import { PondError } from '../../../shared/errors'
import { Channel } from './channel'
import type { Hub, PondLease } from './hub'
import { Workspace } from './workspace'

export class Session {
  readonly hub: Hub
  /** What the host asks of this connection's page. */
  readonly events = new Channel<HostEvent>('all')
  workspace: Workspace | undefined
  readonly #onClose: () => void
  #entering: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(hub: Hub, onClose: () => void) {
    this.hub = hub
    this.#onClose = onClose
  }

  /** The open pond and this connection's work on it. @throws api.no-pond */
  mustWorkspace(): Workspace {
    if (this.workspace !== undefined) return this.workspace
    throw new PondError('api.no-pond', 'expected an open pond, found none: open or create one first')
  }

  /** Opens a pond and closes the one before; if that fails, the one before stays. */
  enter(lease: () => Promise<PondLease>): Promise<Workspace> {
    const entering = this.#entering.then(async () => {
      const next = new Workspace(await lease())
      if (this.#closed) {
        await next.close()
        throw new PondError('web.disconnected', 'the connection was closed while the pond was opening')
      }
      const before = this.workspace
      this.workspace = next
      // The next pond is open, whatever closing the one before says.
      await before?.close().catch((error: unknown) => this.hub.options.report(error))
      return next
    })
    this.#entering = entering.catch(() => undefined)
    return entering
  }

  async leave(): Promise<void> {
    await this.#entering
    const before = this.workspace
    this.workspace = undefined
    await before?.close()
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    this.events.end()
    this.#onClose()
    await this.leave()
  }
}
