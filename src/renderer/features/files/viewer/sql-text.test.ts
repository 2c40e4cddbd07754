import { describe, expect, it } from 'vitest'
import { AUTOMATIC, isAutomatic, quoteSql, selectFrom, tableOf } from './sql-text'

describe('SQL that shows a file', () => {
  it('doubles quotes in a literal', () => {
    expect(quoteSql("it's")).toBe("'it''s'")
  })
  it('names one file even where its name is a pattern', () => {
    expect(tableOf('/a*[1]{x,y}?.csv')).toBe("'/a\\*\\[1\\]\\{x\\,y\\}\\?.csv'")
    expect(tableOf('/a, b.csv')).toBe("'/a, b.csv'")
  })
  it('reads a file plainly until an option is chosen', () => {
    expect(selectFrom('/a.csv', null)).toBe("SELECT * FROM '/a.csv'")
    expect(selectFrom('/a.csv', AUTOMATIC)).toBe("SELECT * FROM '/a.csv'")
    expect(isAutomatic(AUTOMATIC)).toBe(true)
  })
  it('spells every option that was chosen', () => {
    const options = {
      ...AUTOMATIC,
      delimiter: ';',
      header: true,
      decimal: ',',
      quote: "'",
      skip: 2,
      encoding: 'latin-1',
      pad: true,
      allText: true,
      ignoreErrors: true,
    }
    expect(selectFrom('/a.csv', options)).toBe(
      "SELECT * FROM read_csv('/a.csv', delim=';', quote='''', header=true, decimal_separator=',', skip=2, encoding='latin-1', null_padding=true, all_varchar=true, ignore_errors=true)",
    )
  })
})
