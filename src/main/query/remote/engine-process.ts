/**
 * One process with DuckDB in it, as its parent sees it: what is asked of it, when it is over, and how it is
 * ended. Whatever waits for it when it dies fails with a code that names the files that were being read.
 */
import { PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import { Channel, type Child, type ProcessEnd, type World } from '../../platform'
import { cancelled } from '../engine/failure'
import { filesRead, ROOT, type EngineHost, type EngineSettings, type ReadFile, type WireQueries } from './wire'

/** From its cancellation on a statement has this time to stop by itself. */
export const GRACE_MS = 700
/** A process whose statement does not stop is kept this long for the results of others that are open in it. */
const RETIREMENT_MS = 30_000

export class EngineProcess {
  readonly queries: Promise<WireQueries>
  readonly ended: Promise<ProcessEnd>
  readonly #world: World
  readonly #child: Child
  readonly #channel: Channel
  readonly #overdue: (self: EngineProcess) => void
  #end: ProcessEnd | undefined
  #asked: WireQueries | undefined
  /** Nothing new comes to it. */
  #isUnused = false
  /** Ended from here, and for which reason. */
  #endedFor: 'closing' | 'another' | undefined

  /** @param overdue told when it has a statement that does not stop: nothing new should be asked of it */
  constructor(world: World, settings: EngineSettings, host: EngineHost, overdue: (self: EngineProcess) => void) {
    this.#world = world
    this.#overdue = overdue
    const child = world.processes!.start('queries')
    this.#child = child
    this.#channel = new Channel(child, {
      overdue: {
        clock: world.clock,
        afterMs: GRACE_MS,
        error: () => {
          overdue(this)
          this.retire()
          return cancelled()
        },
      },
      onWaiting: (isWaiting) => child.hold(isWaiting),
      onScopeEnd: () => this.#killIfUnused(),
    })
    this.ended = child.ended.then((end) => {
      this.#end = end
      if (this.#endedFor === undefined) world.log.error('query.engine-crashed', { ...end })
      this.#channel.end((scope) => this.#whyItEnded(filesRead(scope)))
      return end
    })
    this.queries = this.#channel.root(['open'], ROOT).open(settings, host)
    // Heard by whoever asks for it.
    this.queries.then(
      (queries) => (this.#asked = queries),
      () => undefined,
    )
  }

  get isOver(): boolean {
    return this.#end !== undefined || this.#isUnused
  }

  /** What is open in it does not stop: nobody waits for it any more. */
  abandon(object: object): void {
    this.#channel.abandon(object, cancelled())
    this.#overdue(this)
    this.retire()
  }

  /** Nothing new comes to it: it goes as soon as nothing else is open in it, and at the latest after a while. */
  retire(): void {
    if (this.#isUnused) return
    this.#isUnused = true
    this.#killIfUnused()
    void this.#world.clock.sleep(RETIREMENT_MS).then(() => this.#kill('another'))
  }

  /** Ends what runs, frees what it has, and ends it; at once where that takes too long. */
  async close(): Promise<void> {
    this.#isUnused = true
    this.#endedFor ??= 'closing'
    if (this.#end === undefined) {
      const closing = this.queries.then((queries) => queries.close()).catch(() => undefined)
      await Promise.race([closing, this.ended, this.#world.clock.sleep(GRACE_MS)])
    }
    this.#kill('closing')
    await this.ended
  }

  #kill(reason: 'closing' | 'another'): void {
    this.#endedFor ??= reason
    if (this.#end === undefined) this.#child.kill()
  }

  #killIfUnused(): void {
    if (!this.#isUnused || this.#endedFor !== undefined) return
    if (this.#asked === undefined || !this.#channel.isNeededBeside(this.#asked)) this.#kill('another')
  }

  #whyItEnded(files: readonly ReadFile[]): PondError {
    if (this.#endedFor === 'closing') return cancelled()
    const { code, signal } = this.#end!
    const paths = files.map(({ path }) => path)
    if (this.#endedFor === 'another') return engineEnded(paths)
    return engineCrashed(paths, { code, signal })
  }
}

function engineEnded(paths: readonly string[]): PondError {
  const message = 'the SQL engine was ended, as another statement in it did not stop: run the query again'
  return new PondError('query.engine-crashed', message, { paths, code: null, signal: null })
}

function engineCrashed(
  paths: readonly string[],
  end: { readonly code: number | null; readonly signal: string | null },
): PondError {
  const named = paths.slice(0, 3).map((path) => quote(path))
  const more = paths.length > named.length ? ` and ${paths.length - named.length} more` : ''
  const reading = named.length === 0 ? '' : ` while it read ${named.join(', ')}${more}`
  const how = end.signal ?? (end.code === null ? 'it could not be started' : `status ${end.code}`)
  const message = `the SQL engine ended${reading} (${how}): nothing was changed; a file that it cannot read may be damaged, too deep or too large`
  return new PondError('query.engine-crashed', message, { paths, ...end })
}
