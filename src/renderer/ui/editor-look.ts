/** How every text editor of the window looks: the product's own colours and type, in both schemes. */
import { EditorView } from '@codemirror/view'

export const editorLook = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--pond-bg)', color: 'var(--pond-text)', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--pond-mono)', lineHeight: '20px' },
  '.cm-content': { caretColor: 'var(--pond-text)', padding: '4px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--pond-text)' },
  '.cm-gutters': {
    backgroundColor: 'var(--pond-bg)',
    color: 'var(--pond-dim)',
    border: 'none',
    paddingRight: '4px',
  },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '40px', padding: '0 8px 0 12px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--pond-hover) 45%, transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--pond-selected) !important',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--pond-accent-soft)' },
  '.cm-searchMatch': { backgroundColor: 'var(--pond-modified-soft)', outline: '1px solid var(--pond-past-border)' },
  '.cm-specialChar': { color: 'var(--pond-error)' },
  '.cm-panels': {
    backgroundColor: 'var(--pond-surface)',
    color: 'var(--pond-text)',
    borderBottom: '1px solid var(--pond-border)',
  },
  '.cm-panels input, .cm-panels button': {
    font: '12px/20px var(--pond-font)',
    color: 'var(--pond-text)',
    backgroundColor: 'var(--pond-bg)',
    backgroundImage: 'none',
    border: '1px solid var(--pond-border-strong)',
    borderRadius: '4px',
  },
  '.cm-panels label': { font: '12px/20px var(--pond-font)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--pond-bg)',
    color: 'var(--pond-text)',
    border: '1px solid var(--pond-border)',
    borderRadius: '4px',
    boxShadow: 'var(--pond-shadow)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--pond-selected)',
    color: 'var(--pond-text)',
  },
})
