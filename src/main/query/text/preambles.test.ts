/** Short files of loggers and people, with lines above their tables. */
import { describe, expect, it } from 'vitest'
import { CsvScan } from './csv-scan'
import { findDialect } from './dialect'

const TABLES: Readonly<Record<string, readonly [header: string, row: (n: number) => string]>> = {
  levels: ['Date,Time,ms,LEVEL,TEMPERATURE', (n) => `2021/08/0${(n % 9) + 1},12:0${n % 10}:00,0,1.${n + 20},9.${n}`],
  'decimal commas': ['Datum;Wert', (n) => `0${(n % 9) + 1}.08.2021;${n},5`],
  tabs: ['time\tlevel\tnote', (n) => `2021-08-0${(n % 9) + 1}T00:00\t1.${n}\tok`],
  texts: ['name,town', (n) => `Ann${n},Rome${n}`],
}
const WORDS = 'Serial_number: 2123456|Project ID:|Weir 7|Location:|Bridge|LEVEL|UNIT: m|Offset: 0.000000 m|TEMPERATURE'
const words = `${WORDS}|UNIT: Deg C|made by hand|on Monday|end`.split('|')
const pairs = 'Serial,21|Project,Weir 7|Place,Bridge|Unit,m|Offset,0.0|By,Ann|Start,2021-08-01|Logger,LT 5|Depth,3'
const PREAMBLES: Readonly<Record<string, readonly string[]>> = {
  words,
  pairs: `${pairs}|Samples,12|Mode,cont|Firmware,1.2|End,x`.split('|'),
  prose: words.map((_, n) => `Measured at the weir, number ${n}, by hand`),
  remarks: words.map((_, n) => `# remark ${n}`),
}

interface Seen {
  readonly outcome: 'right' | 'refused' | 'said' | 'silent'
  readonly told: string
}

function seen(lines: readonly string[], header: string, rows: number): Seen {
  const text = `${lines.join('\n')}\n`
  const found = findDialect({ text, isCut: false }, null, {})
  const names = header.split(/[,;\t]/)
  const told = JSON.stringify({ text, names: found.names, notes: found.notes.map(({ message }) => message) })
  if (found.names?.join() === names.join() && found.skip === lines.length - rows) return { outcome: 'right', told }
  const scan = new CsvScan(found)
  scan.feed(Buffer.from(text))
  // Lines of another width are refused, with the options that say where and how the table is.
  if (scan.end().misfits.count > 0) return { outcome: 'refused', told }
  const isSaid = found.notes.some(({ message }) => /--(delim|skip|header)/.test(message))
  return { outcome: isSaid ? 'said' : 'silent', told }
}

describe('a table of one to ten rows below up to twelve lines', () => {
  const all = Object.keys(TABLES).flatMap((table) => Object.keys(PREAMBLES).map((above) => [table, above] as const))
  it.each(all)('(%s below %s) is read rightly, or said not to be, with the option that helps', (table, above) => {
    const [header, row] = TABLES[table]!
    const silent: string[] = []
    const counts = { right: 0, refused: 0, said: 0, silent: 0 }
    for (let count = 0; count <= 12; count++)
      for (let rows = 1; rows <= 10; rows++)
        for (const blank of count === 0 ? [[]] : [[], ['']]) {
          const body = Array.from({ length: rows }, (_, n) => row(n))
          const lines = [...PREAMBLES[above]!.slice(0, count), ...blank, header, ...body]
          const { outcome, told } = seen(lines, header, rows)
          counts[outcome]++
          if (outcome === 'silent') silent.push(told)
        }
    expect(silent).toEqual([])
    // Words and remarks are no table, and numbers and times below names are one.
    if (table !== 'texts' && (above === 'words' || above === 'remarks')) expect(counts.right).toBe(250)
  })
})
