import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pathLiteral } from './examples'
import { pathsIn } from './paths-in-text'

const path = fc.stringMatching(/^\/[a-z' .]{1,12}$/)

describe('the files that SQL names', () => {
  it('are found again from their literals', () => {
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 5 }), (paths) => {
        const sql = `SELECT * FROM ${paths.map(pathLiteral).join(' JOIN ')} WHERE a = 'x'`
        expect(pathsIn(sql, 10)).toEqual([...paths].reverse())
      }),
    )
  })

  it('are neither globs nor other texts', () => {
    expect(pathsIn("FROM '/a/*.csv' WHERE b = 'c' AND d = '/x.csv'", 10)).toEqual(['/x.csv'])
    expect(pathsIn("FROM '/a.csv', '/b.csv', '/a.csv'", 1)).toEqual(['/a.csv'])
  })
})
