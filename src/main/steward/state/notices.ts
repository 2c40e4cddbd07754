/**
 * What people should hear of what this process did, found or repaired on the way, such as a new format of the
 * pond. It waits until it is taken; where somebody listens, it is told at once and waits no longer.
 */
import type { Log } from '../../diagnostics'
import type { AsideEntry, Foreign } from '../../oplog'
import type { Pending } from '../../tlogfs'

export class Notices {
  readonly #log: Log
  readonly #repairs: string[] = []
  #waiting: readonly string[] = []
  readonly #listeners = new Set<(notice: string) => void>()
  /** The change of another program that was told of. */
  #saidForeign: number | null = null
  /** Of the damaged end of a journal that was told of, while it is there. */
  #saidTailBytes: number | null = null

  constructor(log: Log) {
    this.#log = log
  }

  /** Nothing that waits already waits twice. */
  add(notice: string): void {
    if (!this.#waiting.includes(notice)) this.#waiting = [...this.#waiting, notice]
    this.#tell()
  }

  /** It is said by other means, or holds no longer. */
  withdraw(notice: string): void {
    this.#waiting = this.#waiting.filter((other) => other !== notice)
  }

  take(): readonly string[] {
    const taken = this.#waiting
    this.#waiting = []
    return taken
  }

  /** Tells what waits before it returns, and everything that comes. It must not throw. Returns the unsubscriber. */
  listen(listener: (notice: string) => void): () => void {
    this.#listeners.add(listener)
    this.#tell()
    return () => this.#listeners.delete(listener)
  }

  /** What a state says that other programs changed; each such change is told once. */
  foreign(foreign: Foreign | null): void {
    const isSaid = foreign === null || foreign.deltaVersion === this.#saidForeign
    this.#saidForeign = foreign?.deltaVersion ?? null
    if (!isSaid) this.add(foreignReason(foreign))
  }

  /** It is set aside: the next one is told of, whatever its version. */
  forgetForeign(foreign: Foreign): void {
    this.#saidForeign = null
    this.withdraw(foreignReason(foreign))
  }

  /** The end of the journal cannot be read: told once before it is cut, and once when it was. */
  lostTail({ bytes, tail, aside }: LostTail): void {
    const isSaid = aside === null && bytes === this.#saidTailBytes
    this.#saidTailBytes = tail === 'damaged' && aside === null ? bytes : null
    if (tail !== 'damaged' || isSaid) return
    const what = `what was changed last and not committed cannot be read and is left out: ${bytes} bytes at the end of the journal are damaged, or the power failed while they were written`
    const before = `${what}. The next change keeps them in a file beside it`
    if (aside !== null) this.withdraw(before)
    this.add(aside === null ? before : `${what}. They are kept in ${aside}`)
  }

  /** Since the pond was opened. */
  get repairs(): readonly string[] {
    return this.#repairs
  }

  repaired(what: string): void {
    this.#repairs.push(what)
    this.#log.info('steward.repaired', { what })
  }

  #tell(): void {
    if (this.#listeners.size === 0) return
    for (const notice of this.take()) for (const listener of this.#listeners) listener(notice)
  }
}

export interface LostTail {
  readonly bytes: number
  readonly tail: Pending['tail']
  /** The file that has the bytes now; null while they are where they were. */
  readonly aside: string | null
}

export function foreignReason({ deltaVersion, reason, isReadBefore }: Foreign): string {
  const read = isReadBefore ? 'DuckPond shows the pond as it was before that' : 'every version can be read as before'
  return `another program changed the table (Delta version ${deltaVersion}: ${reason}); ${read}, and changes nothing until \`pond recover --set-foreign-aside\` has set it aside`
}

export function describeAside(entries: readonly AsideEntry[], folder: string): string {
  const each = entries.map(
    ({ deltaVersion, engine, operation, at }) =>
      `Delta version ${deltaVersion} (${operation} by ${engine}${at === null ? '' : `, ${at}`})`,
  )
  const said = each.length <= 5 ? each.join(', ') : `${each.slice(0, 4).join(', ')} and ${each.length - 4} more`
  return `set aside what other programs wrote into the table: ${said}; it is kept in ${folder}, whose README.txt says how to put it back`
}
