/** Resident memory of long work, each in a process of its own: the scripts of test/memory at their full size. */
import { peakOf, run, type Peak } from '../test/memory/peak'
import type { Row } from './measure'
import { temporary } from './world'

const LIMIT_MB = 300
const ENTRIES = 1_000_000
const ROWS = 10_000_000
const IMPORTED = 2 * 2 ** 30
const VERSIONS = 1_000

export async function memoryOfEntries(): Promise<Row> {
  const folder = await temporary('entries')
  await run('entries', 'make', folder, String(ENTRIES))
  return row(`memory: ${ENTRIES.toLocaleString('en')} entries open`, await peakOf('entries', 'open', folder))
}

export async function memoryOfExport(): Promise<Row> {
  return row(
    `memory: export of ${ROWS.toLocaleString('en')} rows`,
    await peakOf('export-rows', 'parquet', String(ROWS)),
  )
}

export async function memoryOfImport(): Promise<Row> {
  return row('memory: import of 2 GiB', await peakOf('big-file', String(IMPORTED)))
}

export async function memoryOfSeries(): Promise<Row> {
  return row(`memory: a series of ${VERSIONS.toLocaleString('en')} versions`, await peakOf('series', String(VERSIONS)))
}

function row(workload: string, { baseline, peak }: Peak<unknown>): Row {
  const over = (peak - baseline) / 1e6
  const sample = (name: string, bytes: number) => ({ name, medianMs: bytes / 1e6, p95Ms: bytes / 1e6, runs: 1 })
  return {
    workload,
    unit: 'MB',
    samples: [sample('resident before', baseline), sample('resident at most', peak)],
    verdict: {
      measured: `${over.toFixed(0)} MB over the baseline`,
      target: `<= ${LIMIT_MB} MB`,
      met: over <= LIMIT_MB,
    },
  }
}
