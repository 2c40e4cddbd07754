/** What was answered last of a directory, for each state of the pond that is in use. */
import type { ReadBackend } from '../../tinyfs'

export interface AskedDirectory {
  /** Path of the directory that the moment begins in. */
  readonly base: string
  /** From there. */
  readonly path: string
  /** With what is pending deletion. */
  readonly deleted: boolean
}

export class LastAsked<Answer> {
  readonly #last = new WeakMap<ReadBackend, { readonly asked: AskedDirectory; readonly answer: Promise<Answer> }>()

  /** The same answer as the last time, or another one, which is remembered unless it is a failure. */
  of(backend: ReadBackend, asked: AskedDirectory, answered: () => Promise<Answer>): Promise<Answer> {
    const last = this.#last.get(backend)
    if (last !== undefined && isSame(last.asked, asked)) return last.answer
    const next = { asked, answer: answered() }
    this.#last.set(backend, next)
    next.answer.catch(() => {
      if (this.#last.get(backend) === next) this.#last.delete(backend)
    })
    return next.answer
  }
}

function isSame(a: AskedDirectory, b: AskedDirectory): boolean {
  return a.base === b.base && a.path === b.path && a.deleted === b.deleted
}
