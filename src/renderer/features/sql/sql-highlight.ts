/** SQL's colours, in the window's own. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { tags } from '@lezer/highlight'

export const sqlHighlight = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.keyword, tags.operatorKeyword], color: 'var(--pond-accent)', fontWeight: '600' },
    { tag: [tags.string, tags.special(tags.string)], color: 'var(--pond-added)' },
    { tag: [tags.number, tags.bool, tags.null], color: 'var(--pond-renamed)' },
    { tag: [tags.lineComment, tags.blockComment], color: 'var(--pond-dim)', fontStyle: 'italic' },
    { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--pond-modified)' },
  ]),
)
