/**
 * Notices changes below a folder, whoever made them. The system's own notification where it works,
 * polling where it cannot: remote file systems do not report what other machines do, and a system can
 * run out of watches.
 */
import { stat, statfs } from 'node:fs/promises'
import { platform } from 'node:process'
import { FolderProbe } from './folder-probe'

const POLL_MS = 250
/** What quickly follows a change usually belongs to it. */
const SETTLE_MS = 15

export interface WatchOptions {
  readonly hostPath: string
  /** Absolute host paths of which nothing is reported. */
  readonly unwatched: readonly string[]
  readonly changed: () => void
  /** `poll` where notification would not be trusted anyway; for tests. */
  readonly how?: 'poll'
}

/** @throws ENOENT when there is no such folder */
export async function watchFolder(options: WatchOptions): Promise<{ close(): Promise<void> }> {
  await stat(options.hostPath)
  const watch = new FolderWatch(options)
  await watch.start()
  return watch
}

class FolderWatch {
  readonly #options: WatchOptions
  #stop: () => Promise<void> = () => Promise.resolve()
  #settling: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: WatchOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    if (this.#options.how === 'poll' || (await isRemote(this.#options.hostPath))) return this.#poll()
    try {
      await this.#subscribe()
    } catch {
      await this.#poll()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#settling)
    await this.#stop()
    this.#stop = () => Promise.resolve()
  }

  async #subscribe(): Promise<void> {
    const { hostPath, unwatched } = this.#options
    const { subscribe } = await import('@parcel/watcher')
    const subscription = await subscribe(
      hostPath,
      (error, events) => {
        if (error === null) {
          if (events.length > 0) this.#noticed()
        } else void this.#fallBack()
      },
      { ignore: [...unwatched] },
    )
    this.#stop = () => subscription.unsubscribe()
  }

  /** Notification has failed, and may have missed something. */
  async #fallBack(): Promise<void> {
    if (this.#closed) return
    await this.#stop().catch(() => undefined)
    await this.#poll()
    this.#noticed()
  }

  async #poll(): Promise<void> {
    const probe = new FolderProbe(this.#options.hostPath, this.#options.unwatched)
    await probe.hasChanged()
    let timer: NodeJS.Timeout | undefined
    let stopped = this.#closed
    const again = (): void => {
      if (stopped) return
      timer = setTimeout(() => {
        void probe.hasChanged().then((changed) => {
          if (changed) this.#noticed()
          again()
        })
      }, POLL_MS)
    }
    again()
    this.#stop = () => {
      stopped = true
      clearTimeout(timer)
      return Promise.resolve()
    }
  }

  #noticed(): void {
    if (this.#closed || this.#settling !== undefined) return
    this.#settling = setTimeout(() => {
      this.#settling = undefined
      if (!this.#closed) this.#options.changed()
    }, SETTLE_MS)
  }
}

/** Magic numbers of statfs(2) for file systems whose changes may come from elsewhere. */
const REMOTE_TYPES = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546, 0x01021997, 0x5346414f, 0x00c36400])

async function isRemote(hostPath: string): Promise<boolean> {
  if (platform !== 'linux') return false
  const { type } = await statfs(hostPath)
  return REMOTE_TYPES.has(type >>> 0)
}
