/** What makes the text editor one for YAML: its colours, and in a recipe suggestions of fields, words and paths. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  insertCompletionText,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete'
import { indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { HighlightStyle, indentService, syntaxHighlighting } from '@codemirror/language'
import { setDiagnostics, type Diagnostic } from '@codemirror/lint'
import type { Extension } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import type { Api } from '../../../../shared/contract'
import type { RecipeFactory, RecipeProblem } from '../../../../shared/model'
import { offersAt, type Offer } from './offers'
import { placeIn } from './place-in-yaml'

const MOST_NAMES = 500

export interface YamlEditorOptions {
  readonly api: Api
  /** The moment that the window looks at. */
  at(): string
}

export const isYaml = (name: string): boolean => /\.ya?ml$/i.test(name)
export const isRecipe = (name: string): boolean => name.endsWith('.recipe.yaml')

const highlight = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--pond-accent)', fontWeight: '600' },
    { tag: [tags.string, tags.content], color: 'var(--pond-text)' },
    { tag: [tags.special(tags.string), tags.attributeValue], color: 'var(--pond-added)' },
    { tag: [tags.number, tags.bool, tags.null], color: 'var(--pond-renamed)' },
    { tag: [tags.lineComment, tags.comment], color: 'var(--pond-dim)', fontStyle: 'italic' },
    { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--pond-dim)' },
    { tag: [tags.labelName, tags.typeName, tags.keyword], color: 'var(--pond-modified)' },
  ]),
)

const look = EditorView.theme({
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--pond-mono)', fontSize: '12px', maxHeight: '260px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', lineHeight: '18px' },
  '.cm-completionDetail': { color: 'var(--pond-dim)', fontStyle: 'normal', float: 'right', marginLeft: '24px' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-tooltip.cm-completionInfo': { maxWidth: '280px', padding: '6px 8px', font: '12px/18px var(--pond-font)' },
  '.cm-diagnostic': { font: '12px/18px var(--pond-font)' },
})

/** A new line stands below the one before it, and further in where that has opened something. */
const indentation = indentService.of((context, position) => {
  const { text } = context.lineAt(position, -1)
  const [start = ''] = /^ *(?:- +)*/.exec(text) ?? []
  return start.length + (/:\s*(?:[|>][-+\d]*)?\s*$/.test(text) ? 2 : 0)
})

/** For a text of this name; nothing for one that is no YAML. */
export function yamlEditor(name: string, options: YamlEditorOptions): Extension {
  if (!isYaml(name)) return []
  const language = [indentation, yaml(), highlight, look, closeBrackets()]
  const keys = keymap.of([...closeBracketsKeymap, ...completionKeymap, indentWithTab])
  if (!isRecipe(name)) return [language, keys]
  const source = suggestions(options)
  return [language, autocompletion({ override: [source], activateOnTypingDelay: 120, icons: false }), keys]
}

function suggestions({ api, at }: YamlEditorOptions) {
  let schema: Promise<readonly RecipeFactory[]> | undefined
  const factories = (): Promise<readonly RecipeFactory[]> => {
    schema ??= api.recipes.schema()
    schema.catch(() => (schema = undefined))
    return schema
  }
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    if (context.state.readOnly) return null
    const text = context.state.doc.toString()
    // The path that is being written, in the quotes of a query or as a value.
    const path = context.matchBefore(/(?<![\w/])\/[^\s'"\n,}\]]*/)
    const place = placeIn(text, context.pos)
    if (path !== null && (place === null || place.key !== null)) return pathsBelow(path.text, path.from, { api, at })
    if (place === null) return null
    // No suggestions are better than a failure on every key.
    const known = await factories().catch(() => null)
    if (known === null || context.aborted) return null
    const { offers, wantsPath } = offersAt(place, text, known)
    if (!context.explicit && place.typed === '' && place.key === null && offers.length > 0 && text.trim() !== '')
      return null
    if (wantsPath && place.typed === '') return pathsBelow('/', context.pos, { api, at }, offers)
    if (offers.length === 0) return null
    return { from: place.from, options: offers.map(completionOf), validFor: /^[\w$*]*$/ }
  }
}

function completionOf({ label, apply = label, detail, words, kind }: Offer, i: number): Completion {
  return {
    label,
    apply: (view, _completion, from, to) => {
      view.dispatch(insertCompletionText(view.state, apply, from, to))
      if (apply.endsWith(': ')) startCompletion(view)
    },
    ...(detail !== '' && { detail }),
    ...(words !== '' && { info: words }),
    type: kind === 'field' ? 'property' : 'constant',
    boost: -i / 100,
  }
}

/** Entries of the folder that a path is in so far. */
async function pathsBelow(
  typed: string,
  from: number,
  { api, at }: YamlEditorOptions,
  offers: readonly Offer[] = [],
): Promise<CompletionResult | null> {
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1)
  const page = await api.files
    .list({ path: folder === '/' ? '/' : folder.slice(0, -1), at: at(), limit: MOST_NAMES })
    .catch(() => null)
  if (page === null) return null
  const options = page.entries.map(({ name, fileType, recipe }): Completion => {
    const isFolder = fileType === 'directory'
    const path = folder + name + (isFolder ? '/' : '')
    return {
      label: path,
      apply: (view, _completion, start, end) => {
        view.dispatch(insertCompletionText(view.state, path, start, end))
        if (isFolder) startCompletion(view)
      },
      detail: recipe === undefined ? (isFolder ? 'folder' : '') : 'computed',
      type: isFolder ? 'namespace' : 'class',
    }
  })
  return { from, options: [...offers.map(completionOf), ...options], validFor: /^\/[^\s'"\n,}\]/]*$/ }
}

/** Marks problems where they stand; what has no place of its own is marked at the field that it is most likely about. */
export function markProblems(view: EditorView, problems: readonly RecipeProblem[]): void {
  const diagnostics = problems.map((problem): Diagnostic => {
    const { from, to } = spanOf(view, problem)
    return { from, to, severity: 'error', message: problem.message }
  })
  view.dispatch(setDiagnostics(view.state, diagnostics))
}

function spanOf({ state: { doc } }: EditorView, { line, column }: RecipeProblem): { from: number; to: number } {
  if (line === null) {
    const text = doc.toString()
    const found = /^(query|template|template_file|data|inputs?|recipe)(?= *:)/m.exec(text)
    const from = found?.index ?? 0
    return { from, to: from + (found?.[0].length ?? Math.min(1, doc.length)) }
  }
  const at = doc.line(Math.min(line, doc.lines))
  const from = Math.min(at.from + Math.max(0, (column ?? 1) - 1), at.to)
  const token = /^[^\s:,}\]]+/.exec(doc.sliceString(from, at.to))?.[0].length ?? 1
  return { from, to: Math.min(doc.length, from + token) }
}
