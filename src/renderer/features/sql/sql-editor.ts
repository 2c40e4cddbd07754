/**
 * The console's editor: one CodeMirror view that shows one of several documents. Texts stay inside it
 * as CodeMirror's own trees, so that megabytes cost nothing per key; whoever wants one asks for it.
 */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeCompletion,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { PostgreSQL, sql as sqlLanguage } from '@codemirror/lang-sql'
import { bracketMatching, indentOnInput, syntaxTree } from '@codemirror/language'
import { setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, Prec, type Text } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view'
import { editorLook } from '../../ui/editor-look'
import { sqlCompletions, type CompletionOptions } from './sql-completion'
import { sqlHighlight } from './sql-highlight'

export interface SqlEditorOptions extends CompletionOptions {
  readonly parent: HTMLElement
  onRun(which: RunPart): void
  /** The text of a tab changed. */
  onChange(tabId: string, text: Text): void
}

export type RunPart = 'selection-or-all' | 'statement'

export interface Runnable {
  readonly sql: string
  /** Where it begins in the tab's text, in UTF-16 units. */
  readonly offset: number
}

export interface SqlEditor {
  /** Brings a tab to the front; `text` is what it begins with the first time. */
  show(tabId: string, text: string): void
  forget(tabId: string): void
  /** What a tab holds; undefined where it was not shown yet. */
  textOf(tabId: string): string | undefined
  /** What a run of this part would run now; null when that is nothing. */
  runnable(which: RunPart): Runnable | null
  replace(from: number, to: number, text: string): void
  setText(text: string): void
  isEmpty(): boolean
  text(): string
  goTo(from: number, to?: number): void
  /** Puts away what is suggested. */
  closeSuggestions(): void
  /** Marks places; an empty list takes the marks away. */
  mark(marks: readonly { readonly from: number; readonly to: number; readonly message: string }[]): void
  focus(): void
  destroy(): void
}

export function createSqlEditor(options: SqlEditorOptions): SqlEditor {
  const states = new Map<string, EditorState>()
  let shown = ''

  const extensions = [
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightSelectionMatches({ maxMatches: 100 }),
    search({ top: true }),
    sqlLanguage({ dialect: PostgreSQL, upperCaseKeywords: true }),
    sqlHighlight,
    consoleLook,
    editorLook,
    placeholder("Write SQL. A file of the pond is a table: SELECT * FROM '/folder/file.csv'"),
    autocompletion({ override: [...sqlCompletions(options)], activateOnTypingDelay: 150, icons: false }),
    Prec.highest(
      keymap.of([
        { key: 'Mod-Enter', run: () => (options.onRun('selection-or-all'), true) },
        { key: 'Mod-Shift-Enter', run: () => (options.onRun('statement'), true) },
        { key: 'Tab', run: acceptCompletion },
      ]),
    ),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap]),
    EditorView.contentAttributes.of({ 'aria-label': 'SQL editor' }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.onChange(shown, update.state.doc)
    }),
  ]
  const fresh = (text: string): EditorState => EditorState.create({ doc: text, extensions })
  const view = new EditorView({ parent: options.parent, state: fresh('') })

  return {
    show: (tabId, text) => {
      if (tabId === shown) return
      if (shown !== '') states.set(shown, view.state)
      shown = tabId
      view.setState(states.get(tabId) ?? fresh(text))
    },
    forget: (tabId) => {
      states.delete(tabId)
      if (shown === tabId) shown = ''
    },
    textOf: (tabId) => (tabId === shown ? view.state : states.get(tabId))?.doc.toString(),
    runnable: (which) => runnable(view.state, which),
    replace: (from, to, insert) => {
      view.dispatch({
        changes: { from, to, insert },
        selection: { anchor: from + insert.length },
        userEvent: 'input.fix',
      })
    },
    setText: (text) => {
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        selection: { anchor: text.length },
      })
    },
    isEmpty: () => view.state.doc.length < 1_000 && view.state.doc.toString().trim() === '',
    text: () => view.state.doc.toString(),
    goTo: (from, to = from) => {
      const end = view.state.doc.length
      view.dispatch({ selection: { anchor: Math.min(from, end), head: Math.min(to, end) }, scrollIntoView: true })
      view.focus()
    },
    mark: (marks) => {
      const end = view.state.doc.length
      const diagnostics = marks
        .filter(({ from }) => from <= end)
        .map(({ from, to, message }): Diagnostic => ({ from, to: Math.min(to, end), message, severity: 'error' }))
      view.dispatch(setDiagnostics(view.state, diagnostics))
    },
    closeSuggestions: () => void closeCompletion(view),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  }
}

const consoleLook = EditorView.theme({
  '.cm-placeholder': { color: 'var(--pond-dim)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--pond-mono)', fontSize: '12px', maxHeight: '260px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', lineHeight: '18px' },
  '.cm-completionDetail': { color: 'var(--pond-dim)', fontStyle: 'normal', float: 'right', marginLeft: '24px' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
})

function runnable(state: EditorState, which: RunPart): Runnable | null {
  const { from, to, empty } = state.selection.main
  const span = !empty
    ? { from, to }
    : which === 'statement'
      ? statementAt(state, from)
      : { from: 0, to: state.doc.length }
  const sql = state.sliceDoc(span.from, span.to)
  return sql.trim() === '' ? null : { sql, offset: span.from }
}

/** The statement around a place, or the one before it when the place is between two. */
function statementAt(state: EditorState, at: number): { readonly from: number; readonly to: number } {
  let found: { from: number; to: number } | null = null
  for (let node = syntaxTree(state).topNode.firstChild; node !== null; node = node.nextSibling) {
    if (node.name !== 'Statement') continue
    if (node.from > at && found !== null) break
    found = { from: node.from, to: node.to }
    if (node.to >= at) break
  }
  return found ?? { from: 0, to: state.doc.length }
}
