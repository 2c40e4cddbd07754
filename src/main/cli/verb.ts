/** What the command line knows of a verb before it runs: enough to parse, explain and complete it. */
import type { Run } from './context'

/**
 * What can be written at a place: fixed words, paths in the pond, on this machine (`host`; `host:` and a
 * path for `either`), moments (`past`: committed ones), verbs, keys of the settings, or anything at all (`free`).
 */
export type Words =
  readonly string[] | 'pond' | 'host' | 'either' | 'moment' | 'past' | 'moments and paths' | 'verb' | 'key' | 'free'

/** An option as commander writes it, what it does, what its value may be, and whether it may be given again and again. */
export type OptionSpec = readonly [flags: string, help: string, value?: Words, isRepeated?: true]

export interface Verb {
  readonly name: string
  readonly alias?: string
  /** Neither listed nor completed. */
  readonly hidden?: boolean
  /** As commander writes them: `<from> <to>`, `[path...]`. */
  readonly args: string
  /** Where `args` cannot say it: only the last argument can be several. */
  readonly usage?: string
  readonly summary: string
  readonly options?: readonly OptionSpec[]
  /** What each argument may be; the last of them holds for those that follow. */
  readonly words?: readonly Words[]
  /** Command lines that run in the sample pond. */
  readonly example: readonly string[]
  load(): Promise<{ readonly run: Run }>
}
