/** The two HTTP headers with a grammar of their own: a byte range, and the name of a download. */

/** Half open: `end` is the first byte that is not part of it. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * RFC 9110 section 14: one range of bytes. Undefined where the header asks for nothing we give (none,
 * another unit, several ranges, bad syntax), which means the whole.
 */
export function parseRange(header: string | null, sizeBytes: number): ByteRange | undefined | 'unsatisfiable' {
  const match = /^bytes=(\d{0,16})-(\d{0,16})$/.exec(header?.trim() ?? '')
  const [first, last] = [match?.[1] ?? '', match?.[2] ?? '']
  if (first === '' && last === '') return undefined
  if (first === '') {
    const length = Math.min(Number(last), sizeBytes)
    return length === 0 ? 'unsatisfiable' : { start: sizeBytes - length, end: sizeBytes }
  }
  const start = Number(first)
  if (last !== '' && Number(last) < start) return undefined
  if (start >= sizeBytes) return 'unsatisfiable'
  return { start, end: last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes) }
}

/** RFC 6266: a plain name for old readers, and the true one as RFC 5987 writes it. */
export function contentDisposition(kind: 'inline' | 'attachment', name: string): string {
  const shown = name.replace(/[/\\\u0000-\u001f\u007f]/g, '_') || 'content'
  const plain = shown.replace(/[^\u0020-\u007e]/g, '_').replace(/["%]/g, '_')
  const exact = encodeURIComponent(shown).replace(/['()*!]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${kind}; filename="${plain}"; filename*=UTF-8''${exact}`
}
