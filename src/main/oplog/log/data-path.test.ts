import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPondError } from '../../../shared/errors'
import { decodePath } from './data-path'

describe('the path of a data file', () => {
  it('is decoded exactly once', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => !/[/\\\0]/.test(text) && text !== '.' && text !== '..' && text.isWellFormed())
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), (names) => {
        expect(decodePath(names.map(encodeURIComponent).join('/'))).toBe(names.join('/'))
      }),
    )
    expect(decodePath('part_id=a%2520b/x.parquet')).toBe('part_id=a%20b/x.parquet')
  })

  it('is refused where it would leave the table or is not a path', () => {
    const hostile = [
      '',
      '/etc/passwd',
      '../x',
      'a/../../x',
      'a/%2e%2e/x',
      '%2e%2e%2fx',
      '..%5cx',
      'a//b',
      './a',
      'file:///etc/passwd',
      's3://bucket/x',
      'C:\\x',
      'a%00b',
      'a%zz',
      '%ff',
    ]
    const refused = hostile.filter((path) => {
      try {
        return decodePath(path) === undefined
      } catch (error) {
        return isPondError(error, 'oplog.unsafe-path')
      }
    })
    expect(refused).toEqual(hostile)
  })
})
