/**
 * Makes the data of the sample pond (resources/sample/files) from vega-datasets. Its output is kept in
 * the repository; run it again only to change the data: `npx tsx scripts/sample-data.mts`.
 */
import { DuckDBInstance } from '@duckdb/node-api'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const from = resolve('node_modules/vega-datasets/data')
const to = resolve('resources/sample/files')

await mkdir(to, { recursive: true })
await daily()
await hourlyNormals()
await earthquakes()
await river()
await writeFile(join(to, 'global-temp.csv'), await readFile(join(from, 'global-temp.csv')))

/** The daily record as it grew, and once with the mistake that the story corrects: 2015 in Fahrenheit. */
async function daily(): Promise<void> {
  const [header, ...rows] = (await readFile(join(from, 'seattle-weather.csv'), 'utf8')).trimEnd().split('\n') as [
    string,
    ...string[],
  ]
  const until = (year: number) => rows.filter((row) => Number(row.slice(0, 4)) <= year)
  const save = (name: string, lines: readonly string[]) => writeFile(join(to, name), [header, ...lines, ''].join('\n'))
  await save('daily-to-2013.csv', until(2013))
  await save('daily-to-2014.csv', until(2014))
  await save('daily-to-2015.csv', until(2015))
  await save(
    'daily-to-2015-mistaken.csv',
    until(2015).map((row) => (row.startsWith('2015') ? inFahrenheit(row) : row)),
  )
}

function inFahrenheit(row: string): string {
  const [date, precipitation, max, min, ...rest] = row.split(',')
  const convert = (celsius: string | undefined) => ((Number(celsius) * 9) / 5 + 32).toFixed(1)
  return [date, precipitation, convert(max), convert(min), ...rest].join(',')
}

/** The source says 2010, which stands for any year. */
async function hourlyNormals(): Promise<void> {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  await connection.run(`
    copy (
      select month(date)::tinyint as month, day(date)::tinyint as day, hour(date)::tinyint as hour,
        pressure::float as pressure, temperature::float as temperature, wind::float as wind
      from read_csv('${join(from, 'seattle-weather-hourly-normals.csv')}')
    ) to '${join(to, 'hourly-normals.parquet')}' (format parquet, compression zstd)`)
  connection.closeSync()
  instance.closeSync()
}

/** One event a line, oldest first, with what a reader of a table wants to know of it. */
async function earthquakes(): Promise<void> {
  const { features } = JSON.parse(await readFile(join(from, 'earthquakes.json'), 'utf8')) as { features: Feature[] }
  const lines = features
    .toSorted((a, b) => a.properties.time - b.properties.time)
    .map(({ id, properties: { time, mag, place, magType, tsunami, felt, status }, geometry: { coordinates } }) => {
      const [longitude, latitude, depth_km] = coordinates
      const event = {
        id,
        time: new Date(time).toISOString(),
        magnitude: mag,
        scale: magType,
        place,
        longitude,
        latitude,
        depth_km,
        felt,
        tsunami: tsunami === 1,
        status,
      }
      return JSON.stringify(event)
    })
  await writeFile(join(to, 'earthquakes.jsonl'), `${lines.join('\n')}\n`)
}

interface Feature {
  readonly id: string
  readonly properties: {
    readonly time: number
    readonly mag: number | null
    readonly place: string
    readonly magType: string | null
    readonly tsunami: 0 | 1
    readonly felt: number | null
    readonly status: string
  }
  readonly geometry: { readonly coordinates: readonly [number, number, number] }
}

/**
 * Two gauges of a river that is made up, hour by hour, from January to April: a file for each month. The upper one was out
 * of order in the middle of March.
 */
async function river(): Promise<void> {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  for (const month of [1, 2, 3, 4]) {
    const hours = `from (
      select t as timestamp, epoch(t) / 86400 as d
      from range(timestamp '2026-0${month}-01', timestamp '2026-0${month + 1}-01', interval 1 hour) r(t))`
    const wave = (days: number, phase: number) => `sin(2 * pi() * (d / ${days} + ${phase}))`
    const flood = '1.9 * exp(-pow((d - 20500) / 3, 2)) + 1.2 * exp(-pow((d - 20552) / 5, 2))'
    const save = (name: string, columns: string, where = '') =>
      connection.run(`copy (select timestamp, ${columns} ${hours} ${where} order by timestamp)
        to '${join(to, `river-${name}-${month}.parquet`)}' (format parquet, compression zstd)`)
    await save(
      'upper',
      `round(1.1 + 0.2 * ${wave(19, 0)} + 0.05 * ${wave(1, 0.3)} + ${flood}, 2) as level,
        round(6 + (d - 20454) / 20 + 1.5 * ${wave(1, 0.6)} + 0.8 * ${wave(11, 0.1)}, 1) as temperature`,
      `where not timestamp between timestamp '2026-03-09 14:00' and timestamp '2026-03-17 08:00'`,
    )
    await save(
      'lower',
      `round(2.4 + 0.3 * ${wave(19, -0.02)} + 0.04 * ${wave(1, 0.2)} + 1.3 * (${flood.replaceAll('(d -', '(d - 0.4 -')}), 2) as level,
        round(7 + (d - 20454) / 18 + 0.9 * ${wave(1, 0.55)} + 0.8 * ${wave(11, 0.08)}, 1) as temperature`,
    )
  }
  connection.closeSync()
  instance.closeSync()
}
