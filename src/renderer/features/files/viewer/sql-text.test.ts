import { describe, expect, it } from 'vitest'
import { quoteSql, selectFrom, tableOf } from './sql-text'

describe('SQL that shows a file', () => {
  it('doubles quotes in a literal', () => {
    expect(quoteSql("it's")).toBe("'it''s'")
  })
  it('names one file even where its name is a pattern', () => {
    expect(tableOf('/a*[1]{x,y}?.csv')).toBe("'/a\\*\\[1\\]\\{x\\,y\\}\\?.csv'")
    expect(tableOf('/a, b.csv')).toBe("'/a, b.csv'")
  })
  it('reads a file as its entry says', () => {
    expect(selectFrom('/a.csv')).toBe("SELECT * FROM '/a.csv'")
  })
})
