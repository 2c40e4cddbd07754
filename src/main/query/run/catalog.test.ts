import { describe, expect, it } from 'vitest'
import { openBench } from '../testing/host-source'

const bench = await openBench()
const source = await bench.source({
  '/weather/seattle.csv': 'temp_max,wind speed\n1,2\n',
  '/weather/new york.csv': 'a\n1\n',
  '/movies.json': '[{"title":"x"}]',
  '/notes.txt': 'hello',
  '/nested.json': `${'['.repeat(364)}1${']'.repeat(364)}`,
})

/** Suggestions where the text has a `|`. */
async function suggestions(text: string): Promise<{ label: string; from: number }[]> {
  const position = text.indexOf('|')
  return bench.queries.complete(source, text.replace('|', ''), position)
}
async function labels(text: string): Promise<string[]> {
  return (await suggestions(text)).map(({ label }) => label)
}

describe('completion', () => {
  it('suggests what it can beside a file whose type is nested too deep to be named', async () => {
    expect(await labels(`SEL| FROM read_json('/nested.json')`)).toContain('SELECT')
  })

  it('knows the relations of the pond', async () => {
    expect(await labels('FROM oplog_e|')).toContain('oplog_entries')
    expect(await suggestions('SELECT 1 FROM pond.|')).toContainEqual({ label: 'pond.files', from: 14 })
    expect(await labels('FROM pond.file|')).toEqual(['pond.files', 'pond.file_versions', 'pond.files_at('])
    expect(await labels('FROM pond.diff|')).toEqual(['pond.diff(', 'pond.diff_rows('])
    expect(await labels('SELECT node| FROM oplog_entries')).toContain('node_id')
  })

  it('knows the files of the pond inside quotes', async () => {
    expect(await suggestions(`FROM '/w|`)).toEqual([{ label: '/weather/', from: 6 }])
    expect((await labels(`FROM '/weather/|'`)).sort()).toEqual(['/weather/new york.csv', '/weather/seattle.csv'])
    expect(await labels(`FROM read_json("/mov|`)).toEqual(['/movies.json'])
    expect(await labels(`FROM '/weather/seattle.csv' WHERE 'x' = '/nothing|`)).toEqual([])
  })

  it('knows the columns of the files that the text names', async () => {
    expect(await suggestions(`SELECT 'é😀', te| FROM '/weather/seattle.csv'`)).toContainEqual({
      label: 'temp_max',
      from: 14,
    })
    expect(await labels(`SELECT win| FROM '/weather/seattle.csv'`)).toContain('"wind speed"')
    expect(await labels(`FROM '/movies.json' SELECT ti|`)).toContain('title')
    expect(await labels(`FROM '/not there.csv' SELECT o|`)).toEqual(expect.any(Array))
  })

  it('writes keywords as the user does', async () => {
    expect(await suggestions('SEL|')).toContainEqual({ label: 'SELECT', from: 0 })
    expect(await suggestions('sel|')).toContainEqual({ label: 'select', from: 0 })
  })

  it('survives any text', async () => {
    for (const text of ['|', `'|`, `"|`, '/*|', `FROM '|`, 'SELECT $$|', `FROM '/[|`]) {
      expect(await labels(text), text).toEqual(expect.any(Array))
    }
  })
})
