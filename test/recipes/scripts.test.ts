/**
 * Each factory against a script that does the same to the same data by hand: SQL of a DuckDB that knows no pond, or JavaScript.
 * In the order of those who come from another pond: derived tables and series, join, pivot, reduction, synthetic series, directories,
 * renamed columns, templates.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newPond, type Row, type TestPond } from '../query/pond'

let test: TestPond
let folder: string
let duckdb: DuckDBConnection

/** Two instruments at two places with times of their own: rows missing here and there, and one that was sent twice. */
function readings(seed: number, minutes: number): string {
  const lines = Array.from({ length: 600 }, (_, i) => {
    const at = new Date(Date.UTC(2026, 2, 28) + i * minutes * 60_000)
    const value = (n: number): number => Math.round(1_000 * Math.sin((i * n + seed) / 9)) / 100
    return `${at.toISOString()},${i % 7 === 3 ? '' : value(1)},${value(2) + 20},${(i * seed) % 5}`
  })
  const gone = lines.filter((_, i) => (i * seed) % 11 !== 4)
  return `timestamp,DO.mg/L,AT.temp,count\n${[...gone, gone.at(-1)!.replace(/\d+$/, '99')].join('\n')}\n`
}
const FILES = {
  Silver_AT: readings(3, 15),
  Silver_BT: readings(5, 20),
  Field_AT: readings(8, 15),
}

beforeAll(async () => {
  test = await newPond()
  folder = await mkdtemp(join(tmpdir(), 'duckpond-scripts-'))
  duckdb = await (await DuckDBInstance.create(':memory:')).connect()
  await duckdb.run("SET TimeZone = 'UTC'")
  for (const [name, csv] of Object.entries(FILES)) {
    await writeFile(join(folder, `${name}.csv`), csv)
    // Each in two parts, so that a series is one.
    const [head, ...lines] = csv.trimEnd().split('\n')
    for (const part of [lines.slice(0, 250), lines.slice(250)])
      await test.pond.appendSeries(`/raw/${name}.series`, [Buffer.from(`${head}\n${part.join('\n')}\n`)], {
        parents: true,
      })
  }
})
afterAll(async () => {
  await test[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function apply(path: string, yaml: string): Promise<void> {
  const content = await test.pond.prepare([Buffer.from(yaml)])
  await test.pond.stage((fs) => fs.put(`${path}.recipe.yaml`, content, { parents: true, replace: true }))
}
/** Rows as texts, fractions to twelve digits: another order of additions changes the last ones. */
const shown = (rows: readonly Row[]): string[] => rows.map((row) => row.map((value) => shownValue(value)).join(' | '))
function shownValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text === 'null' || text === '') return 'null'
  if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return String(Number(Number(text).toPrecision(12)))
  return text.replace(/^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.0+)?(Z|\+00)?$/, '$1 $2')
}
async function ofScript(sql: string): Promise<{ columns: readonly string[]; rows: string[] }> {
  const reader = await duckdb.runAndReadAll(
    sql.replaceAll(/'@(\w+)'/g, (_, name: string) => `'${join(folder, name)}.csv'`),
  )
  return { columns: reader.columnNames(), rows: shown(reader.getRowsJson() as Row[]) }
}
async function ofPond(sql: string): Promise<{ columns: readonly string[]; rows: string[] }> {
  const described = await test.rows(`DESCRIBE ${sql}`)
  return { columns: described.map(([name]) => String(name)), rows: shown(await test.rows(sql)) }
}
async function text(path: string): Promise<string> {
  const reader = await test.pond.open(path)
  const bytes = Buffer.from(await reader.read(0, reader.size))
  await reader.close()
  return String(bytes)
}

/** Of rows of one time, the one that came last. */
const newest = (name: string): string =>
  `(SELECT * EXCLUDE n FROM (SELECT *, row_number() OVER () AS n FROM '@${name}') QUALIFY n = max(n) OVER (PARTITION BY timestamp))`

describe('What recipes make is what a script makes', () => {
  it('of a derived table', async () => {
    const query = `SELECT date_trunc('day', timestamp) AS day, count(*) AS n, max("AT.temp") AS warmest FROM s GROUP BY 1 ORDER BY 1`
    await apply('/table', `recipe: sql\ninputs: { s: /raw/Silver_AT.series }\nquery: ${JSON.stringify(query)}\n`)
    expect(await ofPond("FROM '/table'")).toEqual(await ofScript(query.replace('FROM s', "FROM '@Silver_AT'")))
  })

  it('of a derived series, of several inputs', async () => {
    const query = `SELECT timestamp, a."AT.temp" - b."AT.temp" AS difference FROM a JOIN b USING (timestamp) WHERE a.count < 4 ORDER BY timestamp, difference`
    await apply(
      '/series',
      `recipe: sql\nseries: timestamp\ninputs: { a: /raw/Silver_AT.series, b: /raw/Field_AT.series }\nquery: ${JSON.stringify(query)}\n`,
    )
    expect((await test.pond.stat('/series')).fileType).toBe('file:series')
    const script = query.replace('FROM a JOIN b', "FROM '@Silver_AT' a JOIN '@Field_AT' b")
    expect(await ofPond("FROM '/series'")).toEqual(await ofScript(script))
    // A range of it, by its files alone.
    const range = "timestamp >= '2026-03-30' AND timestamp < '2026-03-31'"
    expect((await ofPond(`FROM '/series' WHERE ${range}`)).rows).toEqual(
      (await ofScript(`SELECT * FROM (${script}) WHERE ${range}`)).rows,
    )
  })

  it('of a join of series by time, with a range of each', async () => {
    await apply(
      '/joined',
      `recipe: join
inputs:
  - { glob: /raw/Silver_AT.series, scope: Silver.AT, columns: ["DO*", "AT*"], from: "2026-03-29" }
  - { glob: /raw/Silver_BT.series, scope: Silver.BT, columns: ["DO*"], to: "2026-04-01" }
`,
    )
    expect(await ofPond("FROM '/joined'")).toEqual(
      await ofScript(`SELECT timestamp, a."DO.mg/L" AS "Silver.AT.DO.mg/L", a."AT.temp" AS "Silver.AT.AT.temp", b."DO.mg/L" AS "Silver.BT.DO.mg/L"
        FROM (FROM ${newest('Silver_AT')} WHERE timestamp >= '2026-03-29') a
        FULL JOIN (FROM ${newest('Silver_BT')} WHERE timestamp < '2026-04-01') b USING (timestamp) ORDER BY 1`),
    )
  })

  it('of a pivot of a column, with a column for each place', async () => {
    await apply('/across', 'recipe: pivot\ninput: /raw/*_AT.series\ncolumns: [AT.temp, count]\n')
    expect(await ofPond("FROM '/across'")).toEqual(
      await ofScript(`SELECT timestamp, a."AT.temp" AS "Field.AT.temp", a.count AS "Field.count", b."AT.temp" AS "Silver.AT.temp", b.count AS "Silver.count"
        FROM ${newest('Field_AT')} a FULL JOIN ${newest('Silver_AT')} b USING (timestamp) ORDER BY 1`),
    )
  })

  it('of a reduction, at several widths', async () => {
    await apply(
      '/low',
      `recipe: reduce
input: /raw/*.series
every: [1h, 6h, 1d]
values:
  - { fn: avg, columns: ["DO*", "AT*"] }
  - { fn: min, columns: "AT*" }
  - { fn: max, columns: "AT*" }
  - { fn: sum, columns: count }
  - { fn: count, columns: "DO*" }
  - { fn: stddev, columns: "AT*" }
`,
    )
    expect((await test.pond.list('/low')).map(({ name }) => name)).toEqual(['Field_AT', 'Silver_AT', 'Silver_BT'])
    for (const name of Object.keys(FILES))
      for (const [every, interval] of [
        ['1h', '1 hour'],
        ['6h', '6 hours'],
        ['1d', '1 day'],
      ] as const)
        expect(await ofPond(`FROM '/low/${name}/res=${every}.series'`), `${name} ${every}`).toEqual(
          await ofScript(`SELECT time_bucket(INTERVAL '${interval}', timestamp::TIMESTAMP, TIMESTAMP '1970-01-01') AS timestamp,
            avg("DO.mg/L") AS "DO.mg/L.avg", avg("AT.temp") AS "AT.temp.avg", min("AT.temp") AS "AT.temp.min", max("AT.temp") AS "AT.temp.max",
            sum(count) AS "count.sum", count("DO.mg/L") AS "DO.mg/L.count", stddev("AT.temp") AS "AT.temp.stddev"
            FROM '@${name}' GROUP BY 1 ORDER BY 1`),
        )
  })

  it('of a synthetic series', async () => {
    await apply(
      '/waves',
      `recipe: synthetic
start: "2026-01-01"
end: "2026-01-03"
interval: 15m
points:
  - { name: tide, components: [{ type: sine, amplitude: 1.5, period: 12h, offset: 2 }, { type: sine, amplitude: 0.2, period: 1d, phase: 3600 }] }
  - { name: saw, components: [{ type: triangle, amplitude: 3, period: 8h }] }
  - { name: pump, components: [{ type: square, amplitude: 0.5, period: 6h, offset: 0.5 }] }
  - { name: drift, components: [{ type: line, slope: 0.001, offset: -1 }] }
`,
    )
    const rows: Row[] = []
    for (let at = Date.UTC(2026, 0, 1); at <= Date.UTC(2026, 0, 3); at += 15 * 60_000) {
      const x = at / 1_000
      const turns = (hours: number, phase = 0): number => (x + phase) / (hours * 3_600)
      const part = (value: number): number => value - Math.floor(value)
      const tide = 2 + 1.5 * Math.sin(2 * Math.PI * turns(12)) + 0.2 * Math.sin(2 * Math.PI * turns(24, 3_600))
      const saw = 3 * (1 - 4 * Math.abs(part(turns(8) + 0.25) - 0.5))
      rows.push([new Date(at).toISOString().slice(0, 19), tide, saw, part(turns(6)) < 0.5 ? 1 : 0, -1 + 0.001 * x])
    }
    const found = await test.rows("FROM '/waves'")
    expect(found.map(([at]) => shownValue(at))).toEqual(rows.map(([at]) => shownValue(at)))
    for (const [i, row] of found.entries())
      for (const column of [1, 2, 3, 4]) expect(Number(row[column])).toBeCloseTo(Number(rows[i]![column]), 6)
  })

  it('of a directory of recipes', async () => {
    await apply(
      '/by-place',
      `recipe: directory
for_each: /raw/*_AT.series
entries:
  - { name: "$0-cold", recipe: sql, inputs: { s: "{{ path }}" }, query: 'SELECT timestamp, "AT.temp" FROM s WHERE "AT.temp" < 15 ORDER BY ALL' }
  - { name: "$0.md", recipe: text, template: "# {{ c[0] }}" }
`,
    )
    expect((await test.pond.list('/by-place')).map(({ name }) => name)).toEqual([
      'Field-cold',
      'Field.md',
      'Silver-cold',
      'Silver.md',
    ])
    for (const place of ['Field', 'Silver']) {
      const script = `SELECT timestamp, "AT.temp" FROM '@${place}_AT' WHERE "AT.temp" < 15 ORDER BY ALL`
      expect(await ofPond(`FROM '/by-place/${place}-cold'`)).toEqual(await ofScript(script))
      expect(await text(`/by-place/${place}.md`)).toBe(`# ${place}`)
    }
  })

  it('of columns with other names and types, by rules and by a query', async () => {
    await apply(
      '/renamed',
      `recipe: sql
inputs:
  s:
    glob: /raw/Silver_BT.series
    rename:
      - { from: timestamp, to: time }
      - { from: count, to: events, cast: VARCHAR }
      - { match: "^(\\\\w+)\\\\.(.*)$", to: "$1 ($2)" }
query: FROM s ORDER BY ALL
`,
    )
    expect(await ofPond("FROM '/renamed'")).toEqual(
      await ofScript(
        `SELECT timestamp AS time, "DO.mg/L" AS "DO (mg/L)", "AT.temp" AS "AT (temp)", count::VARCHAR AS events FROM '@Silver_BT' ORDER BY ALL`,
      ),
    )
  })

  it('of templates, one for all and one for each', async () => {
    await apply(
      '/index.md',
      `recipe: text
vars: { title: Stations }
data: { s: "SELECT 'Silver' AS place, max(\\"AT.temp\\") AS warmest FROM '/raw/Silver_*.series'" }
template: |
  # {{ title }}
  {% for row in data.s %}- {{ row.place }}: {{ row.warmest|round(1) }}
  {% endfor %}
`,
    )
    await apply(
      '/pages',
      `recipe: text
input: /raw/*_*.series
name: "$0-$1.md"
data: { n: "SELECT count(*) AS n FROM '{{ path }}'" }
template: |
  {{ c[0] }}/{{ c[1] }}: {{ data.n[0].n }} rows of {{ files|length }} files
  {% for f in schema.fields %}{{ f.name }}{% if f.unit %} in {{ f.unit }}{% endif %};{% endfor %}
`,
    )
    const [warmest] = (
      await ofScript(`SELECT max("AT.temp") FROM read_csv(['${folder}/Silver_AT.csv', '${folder}/Silver_BT.csv'])`)
    ).rows
    expect(await text('/index.md')).toBe(`# Stations\n- Silver: ${Math.round(Number(warmest) * 10) / 10}\n\n`)
    const names = Object.keys(FILES).map((name) => name.replace('_', '-'))
    expect((await test.pond.list('/pages')).map(({ name }) => name)).toEqual(names.map((name) => `${name}.md`).sort())
    for (const [name, csv] of Object.entries(FILES)) {
      const rows = csv.trimEnd().split('\n').length - 1
      const [place, instrument] = name.split('_')
      expect(await text(`/pages/${place}-${instrument}.md`)).toBe(
        `${place}/${instrument}: ${rows} rows of 3 files\ntimestamp;DO in mg/L;AT in temp;count;\n`,
      )
    }
  })
})
