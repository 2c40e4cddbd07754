/** Records of decisions have one form, and their index (docs/decisions/README.md) says of each what it says itself. */
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const folder = resolve(import.meta.dirname, '../../docs/decisions')
const files = readdirSync(folder)
  .filter((name) => name !== 'README.md')
  .sort()
const read = (name: string): string => readFileSync(resolve(folder, name), 'utf8')

/** The parts that every record has, in this order; more may follow. */
const FORM =
  /^# (?<number>\d+)\. (?<title>.+)\n\n\*\*Date\.\*\* (?<date>\d{4}-\d\d-\d\d)\n\n\*\*Status\.\*\* (?<status>Accepted|Superseded by \d{4})\n\n\*\*Context\.\*\* .+\n\*\*Decision\.\*\* .+\n\*\*Consequences(?:\.\*\*|\*\*,) .+\n$/s

describe('the records of decisions', () => {
  it.each(files)('%s has its number, title, date, status, context, decision and consequences', (name) => {
    const found = FORM.exec(read(name))?.groups
    expect(found).toBeDefined()
    expect(name).toMatch(/^\d{4}-[a-z0-9-]+\.md$/)
    expect(found!['number']!.padStart(4, '0')).toBe(name.slice(0, 4))
  })

  it('have numbers of their own', () => {
    expect(new Set(files.map((name) => name.slice(0, 4))).size).toBe(files.length)
  })

  it('are in the index, in their order, each with its title, date and status, and nothing else is', () => {
    const rows = read('README.md')
      .split('\n')
      .filter((line) => line.startsWith('| ['))
    const listed = rows.map((row) =>
      /^\| (\[\d{4}\]\(.+?\)) \| (.+?) \| (.+?) \| (.+?) \| \S.+ \|$/.exec(row)?.slice(1),
    )
    const recorded = files.map((name) => {
      const found = FORM.exec(read(name))?.groups
      return [`[${name.slice(0, 4)}](${name})`, found?.['title'], found?.['date'], found?.['status']]
    })
    expect(listed).toEqual(recorded)
  })
})
