import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quoteName, quoteText } from '../engine/quote'
import { callExtent, fromByteOffset, lineAndColumn, scan, statements } from './scan'

/** What may be quoted: anything without NUL. */
const quotable = fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replaceAll('\0', ''))

/** A token of SQL, one that could be mistaken for the end of something among them. */
const token = fc.oneof(
  fc.constantFrom('SELECT', 'a', '1.5', ',', '=', '+', '$1', 'été', '"', "'").filter((text) => !/["']/.test(text)),
  quotable.map(quoteText),
  quotable.map(quoteName),
  fc
    .string({ maxLength: 6 })
    .filter((text) => !text.includes('$'))
    .map((text) => `$$${text}$$`),
  fc
    .string({ maxLength: 6 })
    .filter((text) => !text.includes('$'))
    .map((text) => `$tag$${text}$tag$`),
  fc
    .string({ maxLength: 6 })
    .filter((text) => !/[\r\n]/.test(text))
    .map((text) => `--${text}\n`),
  fc
    .string({ maxLength: 6 })
    .filter((text) => !/[/*]/.test(text))
    .map((text) => `/* ${text} /* nested; */ ' */`),
  fc.constantFrom("E'it\\'s; '", "e'a''b'"),
)
const isComment = (text: string): boolean => /^(--|\/\*)/.test(text)
const statement = fc.array(token, { minLength: 1, maxLength: 8 }).filter((parts) => !parts.every(isComment))

describe('statements', () => {
  it('are cut at the semicolons between them and nowhere else', () => {
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 5 }), (all) => {
        const sql = all.map((parts) => parts.join(' ')).join(' ; ')
        const found = statements(sql).map((piece) => sql.slice(piece.start, piece.end))
        expect(found).toHaveLength(all.length)
        all.forEach((parts, index) => {
          const shown = parts.filter((part) => !isComment(part))
          expect(found[index]!.startsWith(shown[0]!)).toBe(true)
          expect(found[index]!.endsWith(shown.at(-1)!)).toBe(true)
        })
      }),
    )
  })

  it('are none in a text of blanks, comments and semicolons', () => {
    expect(statements(' ;; -- a\n /* b */ ; ')).toEqual([])
  })

  it('survive any text, however broken', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const tokens = scan(text)
        for (const { start, end } of tokens) expect(end).toBeGreaterThan(start)
        expect(tokens.every((each, index) => index === 0 || each.start >= tokens[index - 1]!.end)).toBe(true)
      }),
    )
  })
})

describe('a quoted text', () => {
  it('is one token with the text as its content', () => {
    fc.assert(
      fc.property(quotable, (text) => {
        expect(scan(quoteText(text))).toMatchObject([{ kind: 'string', text }])
        expect(scan(quoteName(text))).toMatchObject([{ kind: 'quoted', text }])
      }),
    )
  })

  it('has no NUL, at which DuckDB takes a statement for ended', () => {
    for (const quoted of [quoteText, quoteName])
      expect(() => quoted('a\0b')).toThrow(expect.objectContaining({ code: 'query.failed' }))
  })
})

describe('a call', () => {
  it('ends at the parenthesis that closes it', () => {
    const call = `read_csv('/a).csv', columns = {'a(': 'INT'}, /* ) */ x = (1 + (2)))`
    const sql = `FROM ${call} t, (SELECT 1)`
    expect(sql.slice(5, callExtent(sql, 5)!.end)).toBe(call)
    expect(callExtent('read_csv', 0)).toBeUndefined()
  })
})

describe('a place', () => {
  it('is counted in characters, from bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (before, after) => {
        const text = before + after
        const bytes = Buffer.byteLength(before)
        expect(fromByteOffset(text, bytes)).toBe(before.length)
        const lines = before.split('\n')
        expect(lineAndColumn(text, before.length)).toEqual({
          line: lines.length,
          column: [...lines.at(-1)!].length + 1,
        })
      }),
    )
  })
})
