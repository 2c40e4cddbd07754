/**
 * The text of a file and back, byte for byte: a byte-order mark and the line ends stay what they were,
 * and what is not UTF-8 throughout is shown but never saved.
 */
export interface TextDocument {
  readonly text: string
  /** What ends its lines; `\n` where they are mixed, so that every `\r` stays a character of its line. */
  readonly lineEnd: '\n' | '\r\n'
  /** False when decoding lost something: saving would damage the file. */
  readonly exact: boolean
}

export function decodeText(bytes: Uint8Array, whole: boolean): TextDocument {
  let text: string
  let exact = true
  try {
    // A part may end in the middle of a character, which is no damage.
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: !whole })
  } catch {
    text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    exact = false
  }
  return { text, lineEnd: lineEndOf(text), exact }
}

function lineEndOf(text: string): '\n' | '\r\n' {
  const all = text.match(/\r\n|\n|\r/g) ?? []
  return all.length > 0 && all.every((end) => end === '\r\n') ? '\r\n' : '\n'
}
