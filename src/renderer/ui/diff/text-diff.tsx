/**
 * Two texts line by line: side by side, each under its name, or one below the other where there is no
 * room for two columns; one alone where the other does not exist.
 */
import { MergeView, unifiedMergeView } from '@codemirror/merge'
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView, highlightSpecialChars, lineNumbers } from '@codemirror/view'
import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import { editorLook } from '../editor-look'
import classes from './diff.module.css'
import { lineDiff } from './line-diff'

const mergeLook = EditorView.theme({
  '&': { height: 'auto', fontSize: '12px' },
  '.cm-scroller': { lineHeight: '18px', overflowX: 'auto' },
  '&.cm-merge-a .cm-changedLine, .cm-deletedLine': { backgroundColor: 'var(--pond-deleted-soft)' },
  '&.cm-merge-b .cm-changedLine, .cm-insertedLine': { backgroundColor: 'var(--pond-added-soft)' },
  '&.cm-merge-a .cm-changedText': { background: 'color-mix(in srgb, var(--pond-deleted) 28%, transparent)' },
  '&.cm-merge-b .cm-changedText': { background: 'color-mix(in srgb, var(--pond-added) 28%, transparent)' },
  '&.cm-merge-a .cm-changedLineGutter': { background: 'var(--pond-deleted)' },
  '&.cm-merge-b .cm-changedLineGutter': { background: 'var(--pond-added)' },
  // One below the other: what was is drawn among the lines of what is.
  '& .cm-deletedChunk': { backgroundColor: 'transparent', paddingLeft: '0' },
  '& .cm-deletedChunk .cm-deletedLine': { padding: '0 2px 0 6px' },
  '& .cm-deletedChunk .cm-deletedLine .cm-deletedText': {
    background: 'color-mix(in srgb, var(--pond-deleted) 28%, transparent)',
  },
  '& .cm-deletedLineGutter': { background: 'var(--pond-deleted)' },
  '.cm-collapsedLines': {
    background: 'var(--pond-sunken)',
    color: 'var(--pond-dim)',
    font: '12px/22px var(--pond-font)',
    padding: '0 12px',
  },
  // Its own marks around the words are of a script that few fonts have.
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: '"\u22EF"', margin: '0 6px' },
})

/** Two columns narrower than half of this, in px, break most lines. */
const SIDE_BY_SIDE = 520

const alone = { before: classes.onlyBefore, after: classes.onlyAfter }

export default function TextDiff({
  before,
  after,
  names,
}: {
  /** Null where the text does not exist. */
  readonly before: string | null
  readonly after: string | null
  readonly names: { readonly before: string; readonly after: string }
}) {
  const place = useRef<HTMLDivElement>(null)
  const { before: nameBefore, after: nameAfter } = names
  const narrow = useNarrow(place, before !== after)
  useEffect(() => {
    const parent = place.current
    if (parent === null || narrow === null) return
    const view =
      before !== null && after !== null
        ? (narrow ? unified : both)(parent, before, after, nameBefore, nameAfter)
        : one(parent, before ?? after ?? '', before === null ? nameAfter : nameBefore)
    return () => view.destroy()
  }, [before, after, nameBefore, nameAfter, narrow])

  if (before === after) return <p className={classes.same}>The text is the same on both sides.</p>
  const only = before === null ? 'after' : after === null ? 'before' : null
  return (
    <div className={classes.text}>
      <div className={classes.sides}>
        {only === null && narrow === true ? (
          <div className={classes.side}>
            {nameBefore} → {nameAfter}
          </div>
        ) : (
          <>
            {only !== 'after' && <div className={classes.side}>{nameBefore}</div>}
            {only !== 'before' && <div className={classes.side}>{nameAfter}</div>}
          </>
        )}
      </div>
      <div ref={place} className={`${classes.merge} ${only === null ? '' : alone[only]}`} />
    </div>
  )
}

/** Whether the pane around is too narrow for two columns; null before it is measured. */
function useNarrow(place: RefObject<HTMLDivElement | null>, drawn: boolean): boolean | null {
  const [narrow, setNarrow] = useState<boolean | null>(null)
  useLayoutEffect(() => {
    // The pane's outer width does not depend on whether what is drawn in it needs a scroll bar.
    const pane = place.current?.parentElement?.parentElement
    if (pane == null) return
    const measure = () => {
      // A pane of a hidden tab says nothing about its width.
      if (pane.offsetWidth > 0) setNarrow(pane.offsetWidth < SIDE_BY_SIDE)
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(pane)
    return () => observer.disconnect()
  }, [place, drawn])
  return narrow
}

function extensions(name: string): Extension {
  return [
    lineNumbers(),
    highlightSpecialChars(),
    EditorView.lineWrapping,
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({
      'aria-label': `Text in ${name}`,
      'aria-readonly': 'true',
      role: 'textbox',
      'aria-multiline': 'true',
      tabindex: '0',
    }),
    // What comes first wins.
    mergeLook,
    editorLook,
  ]
}

function both(
  parent: HTMLElement,
  before: string,
  after: string,
  nameBefore: string,
  nameAfter: string,
): { destroy(): void } {
  return new MergeView({
    parent,
    a: { doc: before, extensions: extensions(nameBefore) },
    b: { doc: after, extensions: extensions(nameAfter) },
    gutter: true,
    highlightChanges: true,
    collapseUnchanged: { margin: 3, minSize: 8 },
    diffConfig: { override: lineDiff },
  })
}

function one(parent: HTMLElement, text: string, name: string): { destroy(): void } {
  return new EditorView({ parent, state: EditorState.create({ doc: text, extensions: extensions(name) }) })
}

function unified(
  parent: HTMLElement,
  before: string,
  after: string,
  nameBefore: string,
  nameAfter: string,
): { destroy(): void } {
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: after,
      extensions: [
        extensions(`${nameAfter}, with what it replaced of ${nameBefore}`),
        unifiedMergeView({
          original: before,
          gutter: true,
          highlightChanges: true,
          mergeControls: false,
          collapseUnchanged: { margin: 3, minSize: 8 },
          diffConfig: { override: lineDiff },
        }),
      ],
    }),
  })
}
