/**
 * The end of the app: ponds are closed in order before the process ends, however it is asked to. If somebody starts
 * the app meanwhile, it is started again when this process has ended.
 */
import type { App } from 'electron'

export interface EndingOptions {
  /** Closes everything that is open. */
  readonly close: () => Promise<void>
  readonly report: (error: unknown) => string
  /** What to start the app with again, on this pond or on none. */
  readonly argumentsFor: (pond: string | null) => string[]
}

/** A pond is whole at every moment: one that does not come to its end must not keep the process for ever. */
const CLOSE_TIMEOUT_MS = 20_000

export class Ending {
  readonly #app: App
  readonly #options: EndingOptions
  #state: 'not yet' | 'closing' | 'closed' = 'not yet'
  #next: { readonly pond: string | null } | undefined

  constructor(app: App, options: EndingOptions) {
    this.#app = app
    this.#options = options
    app.on('will-quit', (event) => {
      if (this.#state === 'closed') return
      event.preventDefault()
      if (this.#state === 'closing') return
      this.#state = 'closing'
      void this.#close()
    })
  }

  /** True when it is too late for a window: the start is made up for once this process has ended. */
  takesOver(pond: string | null): boolean {
    if (this.#state === 'not yet') return false
    this.#next = { pond }
    return true
  }

  async #close(): Promise<void> {
    const { close, report, argumentsFor } = this.#options
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the ponds did not close in time')), CLOSE_TIMEOUT_MS)
    })
    await Promise.race([close(), late]).catch(report)
    clearTimeout(timer)
    // Electron takes no second quit within the turn in which the first was put off.
    setImmediate(() => {
      this.#state = 'closed'
      if (this.#next !== undefined) this.#app.relaunch({ args: argumentsFor(this.#next.pond) })
      this.#app.quit()
    })
  }
}
