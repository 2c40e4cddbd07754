/** What is asked of templates, and what becomes of it: plain data, which also goes to another process. */

export interface Rendering {
  readonly template: string
  /** JSON values by name. */
  readonly context: Readonly<Record<string, unknown>>
}

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
