/** What the editor suggests: DuckDB's own suggestions, paths of the pond, and columns of the tables in sight. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import type { Api } from '../../../shared/contract'

/** DuckDB reads the text again for every suggestion: of a very long one, what is near is enough. */
const NEAR_CHARS = 20_000

export interface CompletionOptions {
  readonly api: Api
  /** The moment of the console now. */
  at(): string
}

export function sqlCompletion({
  api,
  at,
}: CompletionOptions): (context: CompletionContext) => Promise<CompletionResult | null> {
  return async (context) => {
    // After a word or inside the quotes of a path; elsewhere only when asked.
    if (!context.explicit && context.matchBefore(/[\w$.]|['"]\/[^'"\n]*/) === null) return null
    const start = Math.max(0, context.pos - NEAR_CHARS)
    const text = context.state.sliceDoc(start, context.pos)
    const abort = new AbortController()
    context.addEventListener('abort', () => abort.abort())
    const suggestions = await api.queries
      .complete({ sql: text, position: text.length, at: at() }, { signal: abort.signal })
      // No suggestions are better than a failure on every key.
      .catch(() => [])
    if (context.aborted || suggestions.length === 0) return null
    const from = Math.min(...suggestions.map((suggestion) => suggestion.from)) + start
    const typed = context.state.sliceDoc(from, context.pos)
    const options = suggestions
      .filter(({ from: at, label }) => at + start === from && /[\w/]/.test(label))
      .map(({ label }, i): Completion => ({ label: label.trimEnd(), type: typeOf(label), boost: -i / 100 }))
    return { from, options, validFor: typed.startsWith('/') ? /^\/[^'"\n/]*$/ : /^[\w$]*$/ }
  }
}

function typeOf(label: string): string {
  if (label.startsWith('/')) return label.endsWith('/') ? 'namespace' : 'class'
  if (/^[A-Z][A-Z ]*$/.test(label.trim())) return 'keyword'
  return label.includes('(') ? 'function' : 'variable'
}
