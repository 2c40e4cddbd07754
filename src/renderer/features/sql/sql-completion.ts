/** What the editor suggests: DuckDB's own suggestions, paths of the pond, and columns of the files in sight. */
import {
  insertCompletionText,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
} from '@codemirror/autocomplete'
import type { Api } from '../../../shared/contract'
import type { Column } from '../../../shared/model'
import { pathsIn } from './paths-in-text'
import { asName } from './place'

/** DuckDB reads the text again for every suggestion: of a very long one, what is near is enough. */
const NEAR_CHARS = 20_000
const MOST_FILES = 5

export interface CompletionOptions {
  readonly api: Api
  /** The moment of the console now. */
  at(): string
  /** Differs after every change of the pond. */
  edition(): number
}

export function sqlCompletions(options: CompletionOptions): readonly CompletionSource[] {
  return [ownSuggestions(options), columnSuggestions(options)]
}

/** Keywords, functions, relations and paths, as the engine sees the text up to the cursor. */
function ownSuggestions({ api, at }: CompletionOptions): CompletionSource {
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
      .filter((suggestion) => suggestion.from + start === from && /[\w/]/.test(suggestion.label))
      .map(({ label }, i): Completion => ({
        label: label.trimEnd(),
        type: typeOf(label),
        boost: -i / 100,
        ...(label.endsWith('/') ? { apply: intoFolder } : {}),
      }))
    return { from, options, validFor: typed.startsWith('/') ? /^\/[^'"\n/]*$/ : /^[\w$]*$/ }
  }
}

/** A folder that is taken asks for what is in it. */
const intoFolder: Exclude<Completion['apply'], string | undefined> = (view, { label }, from, to) => {
  view.dispatch(insertCompletionText(view.state, label, from, to))
  startCompletion(view)
}

/** Columns of the files whose paths stand near the cursor. */
function columnSuggestions({ api, at, edition }: CompletionOptions): CompletionSource {
  const known = new Map<string, Promise<readonly Column[]>>()
  const columnsOf = (path: string): Promise<readonly Column[]> => {
    const key = `${at()} ${edition()} ${path}`
    let columns = known.get(key)
    if (columns === undefined) {
      if (known.size > 50) known.clear()
      // A path that is still being written is no file yet.
      columns = api.files.describe({ path, at: at() }).then(
        (description) => description.columns ?? [],
        () => [],
      )
      known.set(key, columns)
    }
    return columns
  }
  return async (context): Promise<CompletionResult | null> => {
    const word = context.matchBefore(/"?[\p{L}\p{N}_$]*/u)
    if (insideText(context) || word === null || (word.text === '' && !context.explicit)) return null
    const near = context.state.sliceDoc(Math.max(0, context.pos - NEAR_CHARS), context.pos + NEAR_CHARS)
    const files = pathsIn(near, MOST_FILES)
    const lists = await Promise.all(files.map(columnsOf))
    if (context.aborted) return null
    const options = lists.flatMap((columns, i) =>
      columns.map(({ name, type }): Completion => ({
        label: name,
        apply: asName(name),
        detail: type,
        info: files[i] ?? '',
        type: 'property',
        boost: 1,
      })),
    )
    return options.length === 0 ? null : { from: word.from, options, validFor: /^"?[\p{L}\p{N}_$]*$/u }
  }
}

/** In a string that the line has opened and not closed. */
function insideText({ state, pos }: CompletionContext): boolean {
  const line = state.doc.lineAt(pos)
  return (line.text.slice(0, pos - line.from).split("'").length - 1) % 2 === 1
}

function typeOf(label: string): string {
  if (label.startsWith('/')) return label.endsWith('/') ? 'namespace' : 'class'
  if (/^[A-Z][A-Z ]*$/.test(label.trim())) return 'keyword'
  return label.includes('(') ? 'function' : 'variable'
}
