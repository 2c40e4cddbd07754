/** CodeMirror for plain text: numbers, search, wrapped or not; reads ten megabytes without a pause. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { useEffect, useRef } from 'react'
import type { RecipeProblem } from '../../../../shared/model'
import { followTyping } from '../../../session'
import { editorLook } from '../../../ui/editor-look'
import { markProblems } from '../recipe/yaml-editor'
import { createPause } from './pause'

export interface CodeTextHandle {
  /** The whole text, with the line ends it came with. */
  text(): string
  /** Forgets edits that were not told yet: they are not wanted. */
  forget(): void
  focus(): void
  /** Marks problems where they stand, in place of those before. */
  mark(problems: readonly RecipeProblem[]): void
  /** Goes to a place, counted from 1. */
  goTo(line: number, column: number): void
}

/** Copying the whole document at every key is too much: it happens when typing pauses. */
const PAUSE_MS = 300

export function CodeText({
  className,
  label,
  language = [],
  text,
  textKey,
  lineEnd,
  editable,
  onReady,
  onLines,
  onEdited,
}: {
  readonly className?: string | undefined
  readonly label: string
  /** What the editor knows of the text's language; taken with the text. */
  readonly language?: Extension
  readonly text: string
  /** The text is taken anew when this changes, and only then. */
  readonly textKey: string
  readonly lineEnd: '\n' | '\r\n'
  readonly editable: boolean
  readonly onReady: (handle: CodeTextHandle | null) => void
  readonly onLines: (lines: number) => void
  readonly onEdited: (text: string) => void
}) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const mode = useRef(new Compartment())
  const heard = useRef({ onEdited, onLines })
  heard.current = { onEdited, onLines }

  useEffect(() => {
    if (place.current === null) return
    const pause = createPause(PAUSE_MS)
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorState.lineSeparator.of(lineEnd),
          lineNumbers(),
          highlightSpecialChars(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          highlightSelectionMatches(),
          drawSelection(),
          history(),
          search({ top: true }),
          language,
          keymap.of([...searchKeymap, ...historyKeymap, ...defaultKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          mode.current.of(modeOf(editable)),
          editorLook,
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return
            heard.current.onLines(linesOf(update.state))
            // Told to whoever listens now: the same editor may show another moment by then.
            const { onEdited: tell } = heard.current
            pause.after(() => tell(update.state.sliceDoc()))
          }),
        ],
      }),
    })
    view.current = editor
    heard.current.onLines(linesOf(editor.state))
    onReady({
      text: () => {
        // Whoever takes the text needs not be told of it once more.
        pause.drop()
        return editor.state.sliceDoc()
      },
      forget: pause.drop,
      focus: () => editor.focus(),
      mark: (problems) => markProblems(editor, problems),
      goTo: (line, column) => {
        const { doc } = editor.state
        const { from, to } = doc.line(Math.min(Math.max(1, line), doc.lines))
        const anchor = Math.min(to, from + column - 1)
        editor.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) })
        editor.focus()
      },
    })
    const stopFollowing = followTyping(pause.cutShort)
    return () => {
      stopFollowing()
      pause.cutShort()
      onReady(null)
      editor.destroy()
      view.current = null
    }
    // A new text is a new editor; everything else is changed in place.
    // oxlint-disable-next-line react/exhaustive-deps -- the text is taken anew with its key only
  }, [textKey, lineEnd, label])

  useEffect(() => {
    view.current?.dispatch({ effects: mode.current.reconfigure(modeOf(editable)) })
  }, [editable])

  return <div ref={place} className={className} style={{ overflow: 'hidden' }} />
}

const modeOf = (editable: boolean) => [
  EditorState.readOnly.of(!editable),
  EditorView.contentAttributes.of({ 'aria-readonly': String(!editable) }),
]

/** A line end at the very end closes the last line, it does not begin another. */
const linesOf = ({ doc }: EditorState): number =>
  doc.length > 0 && doc.line(doc.lines).length === 0 ? doc.lines - 1 : doc.length === 0 ? 0 : doc.lines
