import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entry } from '../../../../shared/model'
import { kindWord, sortEntries, type SortColumn } from './sort-entries'

const entries: fc.Arbitrary<Entry[]> = fc
  .array(
    fc.record({
      name: fc.constantFrom('a2.csv', 'a10.csv', 'B.txt', 'b.txt', 'noext', '.hidden', 'x.verylongextension'),
      fileType: fc.constantFrom('directory', 'file:data', 'file:table', 'symlink') as fc.Arbitrary<Entry['fileType']>,
      size: fc.option(fc.nat({ max: 5 })),
      modifiedAt: fc.nat({ max: 5 }),
      nodeVersion: fc.nat({ max: 5 }),
    }),
  )
  .map((list) =>
    list.map((part, i): Entry => ({
      path: `/${i}`,
      nodeId: `${i}`,
      sha256: null,
      mediaType: null,
      target: null,
      change: null,
      oldPath: null,
      pendingBelow: 0,
      ...part,
    })),
  )

describe('a directory listing', () => {
  it('keeps every entry and puts directories first in every order', () => {
    const column = fc.constantFrom<SortColumn>('name', 'kind', 'size', 'modified', 'versions')
    fc.assert(
      fc.property(entries, column, fc.boolean(), (list, by, descending) => {
        const sorted = sortEntries(list, by, descending)
        expect(sorted.map((e) => e.path).sort()).toEqual(list.map((e) => e.path).sort())
        const kinds = sorted.map((e) => e.fileType === 'directory')
        expect(kinds).toEqual([...kinds].sort((a, b) => Number(b) - Number(a)))
        if (by === 'size') {
          const sizes = sorted.filter((e) => e.fileType !== 'directory').map((e) => e.size ?? -1)
          expect(sizes).toEqual([...sizes].sort((a, b) => (descending ? b - a : a - b)))
        }
      }),
    )
  })
  it('counts in names as people do', () => {
    const named = (name: string) => ({ ...sample, name })
    expect(sortEntries([named('a10'), named('a2'), named('A1')], 'name', false).map((e) => e.name)).toEqual([
      'A1',
      'a2',
      'a10',
    ])
  })
  it('calls a file by its ending only where that is one', () => {
    expect([
      kindWord({ fileType: 'file:data', name: 'a.csv' }),
      kindWord({ fileType: 'file:data', name: '.hidden' }),
    ]).toEqual(['CSV file', 'File'])
  })
})

const sample: Entry = {
  path: '/x',
  name: 'x',
  nodeId: '1',
  fileType: 'file:data',
  size: 1,
  sha256: null,
  nodeVersion: 1,
  modifiedAt: 0,
  mediaType: null,
  target: null,
  change: null,
  oldPath: null,
  pendingBelow: 0,
}
