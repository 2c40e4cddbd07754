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
