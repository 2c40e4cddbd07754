/** At which moment the console runs: the window's past, a version chosen here, or now with or without what is pending. */

export interface MomentChoice {
  /** What the window looks at. */
  readonly window: 'pending' | number
  /** A version chosen in the console; null follows the window. */
  readonly asOf: number | null
  readonly pending: number
  /** What the user said; null when they have not since something was last pending. */
  readonly include: boolean | null
  readonly head: number
}

export interface ConsoleMoment {
  /** As the API takes it. */
  readonly at: string
  readonly includesPending: boolean
  /** Why the switch cannot be moved; null when it can. */
  readonly fixedBecause: string | null
  /** Where the query runs, in words. */
  readonly words: string
}

export function momentOf({ window, asOf, pending, include, head }: MomentChoice): ConsoleMoment {
  const version = typeof window === 'number' ? window : asOf
  if (version !== null) {
    return {
      at: String(version),
      includesPending: false,
      fixedBecause: `The query runs as of version ${version}, where nothing is pending`,
      words: `As of version ${version}`,
    }
  }
  if (pending === 0) {
    return { at: 'head', includesPending: false, fixedBecause: 'Nothing is pending', words: `On version ${head}` }
  }
  const on = include ?? true
  const changes = `${pending.toLocaleString('en-US')} pending ${pending === 1 ? 'operation' : 'operations'}`
  return on
    ? { at: 'pending', includesPending: true, fixedBecause: null, words: `On version ${head} with ${changes}` }
    : { at: 'head', includesPending: false, fixedBecause: null, words: `On version ${head} without ${changes}` }
}

/** A result's moment in few words, e.g. `version 3 + pending`. */
export function momentLabel(at: { readonly kind: 'pending' | 'version'; readonly version: number }): string {
  return at.kind === 'pending' ? `version ${at.version} + pending` : `version ${at.version}`
}
