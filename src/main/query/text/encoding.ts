/** Which encoding a text is in: as its mark, somebody, or all its bytes say. */
import type { ReadingNote, ReadingOptions } from '../../../shared/model'
import { unreadable } from './refusals'
import { byteOrderMark, looksLikeUtf16, type Utf8Check } from './text-bytes'

export function encodingOf(
  head: Uint8Array,
  said: ReadingOptions,
  name: string,
): { readonly encoding: string; readonly hasByteOrderMark: boolean } {
  const mark = byteOrderMark(head)
  if (said.encoding !== undefined) {
    const encoding = new TextDecoder(said.encoding).encoding
    if (mark !== null && mark.encoding !== encoding) {
      throw unreadable(name, `its byte order mark says ${mark.encoding}, and ${encoding} was said (--encoding)`, {
        options: ['encoding'],
      })
    }
    return { encoding, hasByteOrderMark: mark !== null }
  }
  if (mark !== null) return { encoding: mark.encoding, hasByteOrderMark: true }
  return { encoding: looksLikeUtf16(head) ?? 'utf-8', hasByteOrderMark: false }
}

/** Text that was taken for UTF-8, after all of it was looked at. @throws query.unreadable-file */
export function decidedEncoding(encoding: string, check: Utf8Check, name: string, notes: ReadingNote[]): string {
  if (encoding !== 'utf-8' || check.invalid === 0) return encoding
  const where = `byte ${check.firstInvalid! + 1}`
  // Accents stand alone in the languages of windows-1252; others have whole words beyond ASCII.
  if (check.valid === 0 && check.longestRun <= 3) {
    notes.push({ message: `it is not UTF-8 (${where}), and read as windows-1252 (--encoding says otherwise)` })
    return 'windows-1252'
  }
  const why =
    check.valid > 0 ? `${where} is no UTF-8, which the rest is` : `${where} is no UTF-8, and nothing says what it is`
  throw unreadable(name, `${why} (--encoding names it, such as windows-1252, iso-8859-2, shift_jis)`, {
    options: ['encoding'],
  })
}
