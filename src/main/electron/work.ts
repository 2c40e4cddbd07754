/**
 * The work that is under way in the window. The task bar shows it, and closing the window does not drop it by
 * accident: this keeps the window open while the page asks, because the page can show how far the work is.
 */
import type { App, BrowserWindow } from 'electron'
import type { PageWork } from '../../shared/contract'

const NO_WORK: PageWork = { tasks: [], unsaved: 0 }
/** To Electron, more than the whole is a bar without an end, less than none no bar. */
const ENDLESS = 2
const NONE = -1

export class WindowWork {
  readonly #app: App
  readonly #ask: () => void
  #window: BrowserWindow | undefined
  #work = NO_WORK
  #mayClose = false
  #quits = false

  /** @param ask has the page ask whether its work may be stopped */
  constructor(app: App, ask: () => void) {
    this.#app = app
    this.#ask = ask
    app.on('before-quit', () => (this.#quits = true))
  }

  watch(window: BrowserWindow): void {
    this.#window = window
    this.#mayClose = false
    window.on('close', (event) => {
      if (this.#mayClose || this.#work.tasks.length === 0) return
      event.preventDefault()
      window.show()
      this.#ask()
    })
    // A page that is loaded, or whose process ended, has nothing under way.
    window.webContents.on('did-start-loading', () => this.show(NO_WORK))
    window.webContents.on('render-process-gone', () => this.show(NO_WORK))
  }

  show(work: PageWork): void {
    this.#work = work
    const window = this.#window
    if (window === undefined || window.isDestroyed()) return
    window.setProgressBar(progressOf(work))
    window.setDocumentEdited(work.unsaved > 0)
  }

  /** The answer to the question. */
  answer(close: boolean): void {
    if (!close) return this.stay()
    this.#mayClose = true
    if (this.#quits) this.#app.quit()
    else this.#window?.close()
  }

  /** The window stays after all: the next close asks again, and is no quit. */
  stay(): void {
    this.#mayClose = false
    this.#quits = false
  }
}

export function progressOf({ tasks }: PageWork): number {
  if (tasks.length === 0) return NONE
  const known = tasks.flatMap(({ fraction }) => (fraction === null ? [] : [fraction]))
  if (known.length < tasks.length) return ENDLESS
  return known.reduce((sum, fraction) => sum + fraction, 0) / known.length
}
