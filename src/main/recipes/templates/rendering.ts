/** What is asked of templates, and what becomes of it: plain data, which also goes to another process. */

export interface Rendering {
  readonly template: string
  /** JSON values by name. */
  readonly context: Readonly<Record<string, unknown>>
  /** Of the template engine, at most; default: `MOST_STEPS`. */
  readonly steps?: number
}

/** Instructions of the template engine: about two seconds of them. */
export const MOST_STEPS = 10_000_000
/** For a name, a path, a word in a query: some 20 ms. */
export const FEW_STEPS = 100_000

export type Rendered = { readonly text: string } | TemplateProblem

export interface TemplateProblem {
  readonly problem: string
  /** Within the template, from 1; absent where all of it is meant. */
  readonly line?: number
}

/** Every one is done, in order. */
export type Render = (work: readonly Rendering[]) => Promise<readonly Rendered[]>

/** Whether there is something to fill in; a comment counts, it goes. */
export function isTemplate(text: string): boolean {
  return /\{[{%#]/.test(text)
}
