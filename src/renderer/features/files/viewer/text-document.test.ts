import { EditorState } from '@codemirror/state'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText } from './text-document'

const through = (text: string): string => {
  const document = decodeText(new TextEncoder().encode(text), true)
  const state = EditorState.create({ doc: document.text, extensions: EditorState.lineSeparator.of(document.lineEnd) })
  return state.sliceDoc()
}

const texts = fc
  .array(fc.oneof(fc.constantFrom('\n', '\r\n', '\r', '\ufeff', 'é', '🦆', '\u2028', '\t'), fc.string()), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''))
  .filter((text) => text.isWellFormed())

describe('the text of a file', () => {
  it('goes through the editor without losing a character, whatever ends its lines', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(through(text)).toBe(text)
      }),
    )
  })
  it('knows when it is not text throughout', () => {
    expect(decodeText(new Uint8Array([0x61, 0xff, 0x62]), true)).toMatchObject({ exact: false })
  })
  it('takes a character that is cut at the end of a part for no damage', () => {
    const bytes = new TextEncoder().encode('aé').subarray(0, 2)
    expect(decodeText(bytes, false)).toMatchObject({ text: 'a', exact: true })
    expect(decodeText(bytes, true)).toMatchObject({ exact: false })
  })
})
