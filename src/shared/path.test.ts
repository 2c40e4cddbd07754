import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  baseName,
  checkName,
  childPath,
  compareUtf8,
  hasTrailingSlash,
  isWithin,
  joinNames,
  parentPath,
  parsePath,
  pathNames,
  quote,
} from './path'

const refusal = (code: string) => expect.objectContaining({ code })
const name = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 20 })
  .filter((text) => !/[/\0]/.test(text) && text !== '.' && text !== '..' && text.isWellFormed())
const names = fc.array(name, { maxLength: 6 })

describe('parsePath', () => {
  it('gives back the names of a path that was joined from them', () => {
    fc.assert(
      fc.property(names, (list) => {
        expect(pathNames(parsePath(joinNames(list)))).toEqual(list)
      }),
    )
  })

  it('ignores dots, repeated slashes and a missing first slash, and is done after one time', () => {
    const noise = fc.array(fc.constantFrom('/', '/.', '//', '/./'), { minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(names, noise, (list, between) => {
        const noisy = list.map((each, i) => between[i]! + (between[i]!.endsWith('/') ? '' : '/') + each).join('')
        const path = parsePath(noisy)
        expect(path).toBe(joinNames(list))
        expect(parsePath(path)).toBe(path)
        expect(parsePath(noisy.replace(/^\/+/, ''))).toBe(path)
      }),
    )
  })

  it('climbs one name for each pair of dots, and never above the root', () => {
    fc.assert(
      fc.property(names, fc.nat(8), (list, ups) => {
        const text = `${joinNames(list)}${'/..'.repeat(ups)}`
        if (ups > list.length) expect(() => parsePath(text)).toThrow(refusal('tinyfs.above-root'))
        else expect(parsePath(text)).toBe(joinNames(list.slice(0, list.length - ups)))
      }),
    )
  })
})

describe('a name', () => {
  it('has 1 to 255 bytes of UTF-8 without slash and NUL, and is not reserved', () => {
    for (const good of ['a', '-', ' ', '\n', '...', '\u{1f986}'.repeat(63), 'x'.repeat(255)]) checkName(good)
    for (const bad of ['', '.', '..', 'a/b', 'a\0', '\ud800', '\u{1f986}'.repeat(64), 'x'.repeat(256)]) {
      expect(() => checkName(bad)).toThrow(refusal('tinyfs.bad-name'))
    }
  })
})

describe('the parts of a path', () => {
  it('fit together again', () => {
    fc.assert(
      fc.property(names, name, (list, last) => {
        const directory = joinNames(list)
        const path = childPath(directory, last)
        expect([parentPath(path), baseName(path)]).toEqual([directory, last])
        expect(isWithin(path, directory)).toBe(true)
        expect(isWithin(directory, path)).toBe(false)
        expect(isWithin(`${path}x`, path)).toBe(false)
      }),
    )
    expect([parentPath(parsePath('/')), baseName('/')]).toEqual(['/', ''])
    expect([hasTrailingSlash('/'), hasTrailingSlash('/a/'), hasTrailingSlash('/a')]).toEqual([false, true, false])
  })
})

describe('compareUtf8', () => {
  it('orders as the bytes do', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom('a', '\uffee', '\ue000', '\u{10000}', '\u{1f986}', '\u07ff'),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
      maxLength: 6,
    })
    fc.assert(
      fc.property(text, text, (a, b) => {
        fc.pre(a.isWellFormed() && b.isWellFormed())
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('quote', () => {
  it('leaves nothing in text that a terminal would obey', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(quote(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
        expect(JSON.parse(quote(text))).toBe(text)
      }),
    )
  })
})
