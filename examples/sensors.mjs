// @ts-check
/**
 * A year of two sensors in a pond: create, append, commit, correct a mistake, travel in time, ask SQL, compare
 * rows, export. `node examples/sensors.mjs [FOLDER]`; in a project of your own, `npm install duckpond` first.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPond } from 'duckpond'

/** @type {import('duckpond').TableSchema} */
const SENSORS = {
  name: 'sensors',
  columns: [
    { name: 'id', type: 'string', nullable: false },
    { name: 'place', type: 'string', nullable: false },
    { name: 'height', type: { precision: 6, scale: 2 }, nullable: false },
  ],
}

const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'sensors-')))
const pond = await createPond(join(folder, 'pond'), { user: 'field station' })

// A table of the sensors: typed records in, Parquet in the pond.
await pond.createDirectory('/river')
await pond.writeTable(
  '/river/sensors.parquet',
  [
    { id: 'N1', place: 'north bridge', height: '12.50' },
    { id: 'S1', place: 'south weir', height: '9.75' },
  ],
  SENSORS,
)

// Their readings arrive month by month as CSV: each append is a version of one series.
const january =
  'timestamp,id,level\n2026-01-10T06:00:00Z,N1,1.42\n2026-01-10T06:00:00Z,S1,0.97\n2026-01-20T06:00:00Z,N1,1.51\n'
const appended = await pond.appendSeries('/river/levels', january, { format: 'csv' })
console.log(`appended ${appended.rows} readings as version ${appended.nodeVersion} of ${appended.path}`)
console.log('pending:', (await pond.status()).pendingOperations, 'operations')
const first = await pond.commit('Sensors, and the readings of January')
if (first.outcome !== 'committed') throw new Error(first.outcome)
console.log(`version ${first.version}: ${first.operationsCommitted} operations`)

// A typed append, of records.
await pond.appendRecords(
  '/river/levels',
  [
    { timestamp: micros('2026-02-10T06:00:00Z'), id: 'N1', level: 1.48 },
    { timestamp: micros('2026-02-10T06:00:00Z'), id: 'S1', level: 9.9 },
  ],
  {
    name: 'levels',
    columns: [
      { name: 'timestamp', type: 'timestamp', nullable: true },
      { name: 'id', type: 'string', nullable: true },
      { name: 'level', type: 'double', nullable: true },
    ],
  },
)
await pond.commit('The readings of February')

// SQL over all versions of the series, joined with a table; a file is a table by its path.
const highest = `
  SELECT place, max(level) AS highest, count(*) AS readings
  FROM '/river/levels' JOIN '/river/sensors.parquet' USING (id)
  GROUP BY place ORDER BY place`
show(await pond.queryHistory(highest))

// The weir was never that high. See it as it was before February, and keep the table of sensors up to date meanwhile.
console.log(
  'in January:',
  await (await pond.query(`SELECT max(level) AS highest FROM '/river/levels'`, { at: '1' })).all(),
)
await pond.writeTable(
  '/river/sensors.parquet',
  [
    { id: 'N1', place: 'north bridge', height: '12.50' },
    { id: 'S1', place: 'south weir', height: '9.70' },
    { id: 'E1', place: 'east lock', height: '10.00' },
  ],
  SENSORS,
  { replace: true },
)
await pond.restoreToVersion(1, '/river/levels')
for (const { change, path } of (await pond.diff()).changes) console.log('pending:', change, path)
await pond.commit('Without February, whose weir gauge was broken; one more sensor')

// Row by row, what differs between two versions of a table.
show(
  await pond.queryHistory(`
  SELECT change, from_id, to_id, from_height, to_height
  FROM pond.diff_rows('/river/sensors.parquet', 1, 3, key := ['id']) ORDER BY ALL`),
)

// The pond's own history is SQL, too. Nothing is lost: February is still in version 2.
show(await pond.queryHistory('SELECT version, message, operation_count AS operations FROM pond.log ORDER BY version'))
let february = 0
for await (const { level } of pond.readSeries('/river/levels', { at: '2', from: new Date('2026-02-01') })) {
  if (typeof level === 'number') february++
}
console.log('readings of February, in version 2:', february)

// A file for somebody else, which says where it comes from.
const exported = await pond.export(highest, join(folder, 'highest.parquet'), { format: 'parquet', at: 'head' })
console.log(`exported ${exported.rows} rows`)

console.log('everything as it should be:', (await pond.verify()).ok)
await pond.close()
if (process.argv[2] === undefined) await rm(folder, { recursive: true })

/** @param {string} time */
function micros(time) {
  return BigInt(Date.parse(time)) * 1_000n
}

/** @param {readonly import('duckpond').Row[]} rows */
function show(rows) {
  for (const row of rows) console.log(' ', JSON.stringify(row))
}
