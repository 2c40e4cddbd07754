import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHANGE_KINDS, type Change, type ChangeKind, type FileType } from './model'
import { describeCounts, describeChanges } from './describe-changes'

const change = (kind: ChangeKind, path: string, more: Partial<Change> = {}): Change => ({
  path,
  oldPath: null,
  nodeId: path,
  fileType: 'file:data',
  change: kind,
  sizeBefore: null,
  sizeAfter: null,
  sha256Before: null,
  sha256After: null,
  ...more,
})

const changes = fc.array(
  fc.record({
    kind: fc.constantFrom(...CHANGE_KINDS),
    path: fc
      .array(fc.constantFrom('raw', 'a', 'b.csv', 'ü x', 'two\nlines'), { minLength: 1, maxLength: 4 })
      .map((parts) => `/${parts.join('/')}`),
    fileType: fc.constantFrom<FileType>('file:data', 'directory', 'symlink'),
  }),
  { minLength: 1, maxLength: 20 },
)

describe('the message made from what a commit changes', () => {
  it('is one line that begins with a capital and is not long, whatever changed', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const text = describeChanges(list.map(({ kind, path, fileType }) => change(kind, path, { fileType })))
        expect(text).not.toMatch(/\n/)
        expect(text).toMatch(/^[A-Z]/)
        expect(text.length).toBeLessThan(200)
      }),
    )
  })

  it.each<[string, readonly Change[]]>([
    ['Add seattle.csv', [change('added', '/weather/seattle.csv')]],
    [
      'Add seattle.csv',
      [change('added', '/weather', { fileType: 'directory' }), change('added', '/weather/seattle.csv')],
    ],
    ['Add weather', [change('added', '/weather', { fileType: 'directory' })]],
    ['Update a.csv and b.csv', [change('modified', '/a.csv'), change('modified', '/x/b.csv')]],
    ['Add 3 files in /raw/2026', ['1', '2', '3'].map((n) => change('added', `/raw/2026/${n}.csv`))],
    ['Add 3 files', [change('added', '/raw/1.csv'), change('added', '/2.csv'), change('added', '/raw/3.csv')]],
    ['Update a.csv and delete b.csv', [change('modified', '/a.csv'), change('deleted', '/b.csv')]],
    ['Rename a.csv to b.csv', [change('renamed', '/b.csv', { oldPath: '/a.csv' })]],
    ['Move a.csv to /old', [change('renamed', '/old/a.csv', { oldPath: '/a.csv' })]],
    [
      'Add n.csv, update a.csv and delete b.csv',
      [change('deleted', '/b.csv'), change('added', '/n.csv'), change('modified', '/a.csv')],
    ],
  ])('says "%s"', (text, list) => {
    expect(describeChanges(list)).toBe(text)
  })

  it('counts where there is too much to name', () => {
    expect(describeCounts({ added: 10_001, modified: 0, deleted: 1, renamed: 0 })).toBe(
      'Add 10,001 entries and delete 1 entry',
    )
  })
})
