/**
 * The pond that commands work on: opened when first asked for, and again for writing when one that was
 * opened to read turns out to be changed. A batch hands one to all its commands; who made it closes it.
 */
import type { Pond } from '../pond'

export class OpenedPond {
  readonly #open: (readOnly: boolean) => Promise<Pond>
  #current: { readonly readOnly: boolean; readonly pond: Promise<Pond> } | undefined

  constructor(open: (readOnly: boolean) => Promise<Pond>) {
    this.#open = open
  }

  /** Undefined until it has been opened, and where opening failed. */
  async current(): Promise<Pond | undefined> {
    return this.#current?.pond.catch(() => undefined)
  }

  /** To read: nothing outside its cache is written. @throws steward.not-a-pond and what opening throws */
  async reading(): Promise<Pond> {
    this.#current ??= { readOnly: true, pond: this.#open(true) }
    return this.#current.pond
  }

  /** To change. Opening repairs what a crash left. @throws as `reading` */
  async writing(): Promise<Pond> {
    if (this.#current?.readOnly !== false) {
      await this.close()
      this.#current = { readOnly: false, pond: this.#open(false) }
    }
    return this.#current.pond
  }

  /** Idempotent; it may be asked for again. */
  async close(): Promise<void> {
    const pond = await this.current()
    this.#current = undefined
    await pond?.close()
  }
}
