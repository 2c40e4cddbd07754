/** Bytes for people: whether they are text, and how they look in hexadecimal. */

/** Text is UTF-8 without control characters that a terminal would obey. @param head the first bytes of a file */
export function looksBinary(head: Uint8Array): boolean {
  try {
    // A character may be cut at the end of the head.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/.test(text)
  } catch {
    return true
  }
}

/** Sixteen bytes to a line: offset, hexadecimal, printable characters. */
export function hexDump(bytes: Uint8Array): string {
  let lines = ''
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)]
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0'))
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    lines += `${at.toString(16).padStart(8, '0')}  ${[hex.slice(0, 8).join(' '), hex.slice(8).join(' ')].join('  ').padEnd(48)}  |${text}|\n`
  }
  return lines
}
