import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareColumns, countColumnChanges } from './compare-columns'

const column = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd', 'e'), type: fc.constantFrom('BIGINT', 'VARCHAR') })
const schema = fc.array(column, { maxLength: 8 })

describe('comparing columns', () => {
  it('accounts for every column of both sides exactly once', () => {
    fc.assert(
      fc.property(schema, schema, (before, after) => {
        const changes = compareColumns(before, after)
        const sorted = (names: readonly string[]) => [...names].sort()
        expect(sorted(changes.filter((c) => c.before !== null).map((c) => c.name))).toEqual(
          sorted(before.map((c) => c.name)),
        )
        expect(sorted(changes.filter((c) => c.after !== null).map((c) => c.name))).toEqual(
          sorted(after.map((c) => c.name)),
        )
      }),
    )
  })

  it('calls nothing changed between a schema and itself', () => {
    fc.assert(
      fc.property(schema, (columns) => {
        expect(countColumnChanges(compareColumns(columns, columns))).toEqual({
          same: columns.length,
          added: 0,
          removed: 0,
          changed: 0,
        })
      }),
    )
  })

  it('keeps added and removed columns where they are', () => {
    const type = 'BIGINT'
    const changes = compareColumns(
      [
        { name: 'a', type },
        { name: 'gone', type },
        { name: 'z', type },
      ],
      [
        { name: 'a', type },
        { name: 'new', type },
        { name: 'z', type: 'DOUBLE' },
      ],
    )
    expect(changes.map((c) => `${c.change} ${c.name}`)).toEqual(['same a', 'removed gone', 'added new', 'changed z'])
  })
})
