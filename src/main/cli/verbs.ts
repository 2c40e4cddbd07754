/**
 * Every verb of the command line as data: its arguments, options and examples. The code of a verb is
 * loaded when it runs, so that a cold start pays for one verb only.
 */
import type { Verb } from './verb'
import { CHANGE_VERBS } from './verbs/changes'
import { ENTRY_VERBS } from './verbs/entries'
import { POND_VERBS } from './verbs/pond'

export type { Verb }

/** In the order that help lists them. */
export const VERBS: readonly Verb[] = [...ENTRY_VERBS, ...CHANGE_VERBS, ...POND_VERBS]
