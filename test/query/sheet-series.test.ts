import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Terminal } from '../../src/main/cli/testing/terminal'
import { sheet, workbook } from '../../src/main/query/testing/workbook-bytes'

let terminal: Terminal
beforeAll(async () => {
  terminal = new Terminal()
  await terminal.json(['init', 'p'])
})
afterAll(() => terminal[Symbol.dispose]())
const options = () => ({ cwd: terminal.path('p') })
const run = (...argv: string[]) => terminal.pond(argv, options())
const json = <T = Record<string, unknown>>(...argv: string[]) => terminal.json<T>(argv, options())
const host = (name: string) => `host://${terminal.path(name)}`

describe('a workbook', () => {
  it('appends sheets to a series, with their times, and refuses one whose columns are others', async () => {
    const day = (number: number) => ({ xml: `<c s="1"><v>${number}</v></c>` })
    const file = (name: string, rows: Parameters<typeof sheet>[0]): void =>
      writeFileSync(
        terminal.path(name),
        workbook({ sheets: [{ name: 'Days', xml: sheet(rows) }], formats: ['yyyy-mm-dd hh:mm'] }),
      )
    file('a.xlsx', [
      ['timestamp', 'level'],
      [day(45_352.5), 1.5],
      [day(45_353.25), 2],
    ])
    file('b.xlsx', [['Station 7'], [], ['timestamp', 'level'], [day(45_354), 3.25]])
    file('c.xlsx', [
      ['timestamp', 'level'],
      [day(45_355), 'high'],
      [day(45_356), 'low'],
    ])
    await json('append', '/s', host('a.xlsx'))
    await json('append', '/s', host('b.xlsx'))
    const rows = [
      { timestamp: '2024-03-01T12:00:00Z', level: 1.5 },
      { timestamp: '2024-03-02T06:00:00Z', level: 2 },
      { timestamp: '2024-03-03T00:00:00Z', level: 3.25 },
    ]
    const read = () => json<{ timestamp: string; level: number }[]>('query', '--pending', `FROM '/s' ORDER BY ALL`)
    expect((await read()).map((row) => ({ ...row, timestamp: row.timestamp.replace(/Z?$/, 'Z') }))).toEqual(rows)
    const refused = await run('append', '/s', host('c.xlsx'))
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringMatching(/row 1|line 2|level/) })
    expect(await read()).toHaveLength(3)
    await json('commit', 'three days')
    expect(await json('describe', '/s')).toMatchObject({ entry: { fileType: 'file:series' }, rows: 3 })
  })
})
